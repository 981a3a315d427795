using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class DoctorTests
{
    [Fact]
    public async Task The_doctor_looks_at_everything_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();

        var findings = await TmuxDoctor.ExamineAsync(new TmuxServerOptions { Folder = folder["t"] });

        Assert.Equal(
            ["tmux", "setsid", "terminal", "locale", "folder", "socket", "open files", "processes", "memory", "systemd", "init"],
            findings.Select(finding => finding.Name));
        Assert.All(findings, finding => Assert.Equal(finding.Verdict == DoctorVerdict.Ok, finding.Advice is null));
        Assert.NotEqual(DoctorVerdict.Fail, findings[0].Verdict);
        Assert.False(Directory.Exists(folder["t"]));
    }

    [Theory]
    [InlineData("tmux 3.3a", DoctorVerdict.Ok)]
    [InlineData("tmux 3.2", DoctorVerdict.Warn)]
    [InlineData("tmux 3.5a", DoctorVerdict.Warn)]
    [InlineData("tmux next-3.6", DoctorVerdict.Warn)]
    [InlineData("tmux 3.1c", DoctorVerdict.Fail)]
    [InlineData("tmux 2.9", DoctorVerdict.Fail)]
    [InlineData("tmux master", DoctorVerdict.Warn)]
    public void A_version_is_judged_by_what_was_measured(string version, DoctorVerdict verdict)
        => Assert.Equal(verdict, ProgramChecks.Version(version).Verdict);

    [Fact]
    public async Task A_missing_tmux_comes_with_the_way_to_install_it()
    {
        var finding = await ProgramChecks.TmuxAsync(new TmuxServerOptions { Folder = "/x", Tmux = "no-such-tmux" }, CancellationToken.None);

        Assert.Equal(DoctorVerdict.Fail, finding.Verdict);
        Assert.Contains("apt install tmux", finding.Advice);
    }

    [Theory]
    [InlineData("0::/system.slice/orchestrator.service\n", "orchestrator.service")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/orc.service\n", "orc.service")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope\n", null)]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope\n", null)]
    [InlineData("0::/\n", null)]
    public void A_service_is_told_from_a_persons_session(string groups, string? unit) => Assert.Equal(unit, ServiceChecks.ServiceUnit(groups));

    [Theory]
    [InlineData("control-group", DoctorVerdict.Fail)]
    [InlineData("process", DoctorVerdict.Ok)]
    [InlineData(null, DoctorVerdict.Warn)]
    public void A_unit_that_takes_tmux_down_with_it_is_a_failure(string? mode, DoctorVerdict verdict)
        => Assert.Equal(verdict, ServiceChecks.KillMode("orc.service", mode).Verdict);

    [Fact]
    public void Low_limits_little_memory_and_a_container_without_init_are_noticed()
    {
        using var root = new TemporaryFolder();
        Directory.CreateDirectory(root["proc/self"]);
        Directory.CreateDirectory(root["proc/1"]);
        File.WriteAllText(root["proc/self/limits"], "Limit                     Soft Limit           Hard Limit           Units     \nMax processes             512                  512                  processes \nMax open files            256                  4096                 files     \n");
        File.WriteAllText(root["proc/meminfo"], "MemTotal:  2048000 kB\nMemAvailable:     204800 kB\n");
        File.WriteAllText(root["proc/1/comm"], "dotnet\n");
        File.WriteAllText(root[".dockerenv"], "");
        var files = new MachineFiles(root.Path);

        Assert.All([.. MachineChecks.Limits(files), MachineChecks.Memory(files), ServiceChecks.Init(files)], finding => Assert.Equal(DoctorVerdict.Warn, finding.Verdict));
        Assert.Contains("at most 256", MachineChecks.Limits(files).First().Found);
        Assert.Contains("dotnet", ServiceChecks.Init(files).Found);
    }

    [Fact]
    public void A_locale_that_is_not_UTF_8_is_noticed()
    {
        Assert.Equal(DoctorVerdict.Warn, MachineChecks.Locale(_ => null).Verdict);
        Assert.Equal(DoctorVerdict.Warn, MachineChecks.Locale(name => name == "LC_ALL" ? "C" : "en_US.UTF-8").Verdict);
        Assert.Equal(DoctorVerdict.Ok, MachineChecks.Locale(name => name == "LANG" ? "de_DE.utf8" : null).Verdict);
    }

    [Fact]
    public void A_folder_open_to_others_and_a_long_socket_path_are_noticed()
    {
        using var folder = new TemporaryFolder();
        var open = Directory.CreateDirectory(folder["open"], (UnixFileMode)0b111_101_101).FullName;

        Assert.Equal(DoctorVerdict.Warn, FolderChecks.Folder(new TmuxServerOptions { Folder = open }).Verdict);
        Assert.Equal(DoctorVerdict.Warn, FolderChecks.SocketPath(new TmuxServerOptions { Folder = "/" + new string('x', 100) }).Verdict);
        Assert.Equal(DoctorVerdict.Ok, FolderChecks.SocketPath(new TmuxServerOptions { Folder = "/var/lib/orc" }).Verdict);
    }
}
