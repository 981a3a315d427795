using System.Diagnostics;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deployment;

/// <summary>What the systemd units promise.</summary>
public sealed class UnitFileTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "systemd");

    [Fact]
    public void The_tmux_server_is_in_no_control_group_of_the_node_and_neither_unit_takes_the_other_down()
    {
        var (node, tmux) = (Read("orchestrator-node.service"), Read("orchestrator-tmux.service"));
        Assert.Contains("ORC_TMUX__LAUNCH_PREFIX=[/bin/false]", node["Environment"]);
        foreach (var binding in new[] { "Requires", "Requisite", "BindsTo", "PartOf", "Conflicts", "PropagatesStopTo" })
        {
            Assert.False(node.ContainsKey(binding) || tmux.ContainsKey(binding), binding);
        }

        Assert.Contains("orchestrator-tmux.service", node["Wants"]);
        Assert.Equal(node["User"], tmux["User"]);

        // Where the node looks for it: the folder tmux of its data folder.
        Assert.Contains("ORC_DATA=/var/lib/orchestrator", string.Join(' ', node["Environment"]), StringComparison.Ordinal);
        Assert.Contains("-S /var/lib/orchestrator/tmux/tmux.sock", tmux["ExecStart"].Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orchestrator-node.service")]
    [InlineData("orchestrator-guard.service")]
    [InlineData("orchestrator-tmux.service")]
    [InlineData("orchestrator-lighthouse.service")]
    public void Every_unit_gives_no_rights_and_outlasts_the_programs_own_shutdown(string name)
    {
        var unit = Read(name);
        Assert.Equal(["yes"], unit["NoNewPrivileges"]);
        Assert.Equal([string.Empty], unit["CapabilityBoundingSet"]);
        Assert.True(unit.ContainsKey("User") || unit.ContainsKey("DynamicUser"));
        Assert.InRange(int.Parse(unit["TimeoutStopSec"].Single()), 20, 90);
    }

    [Fact]
    public async Task Systemd_understands_them()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        if (!File.Exists(Analyze))
        {
            // Nothing to ask on a machine without systemd; the other tests read the files themselves.
            return;
        }

        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Folder, "*.service"))
        {
            // The programs are not installed here.
            await File.WriteAllTextAsync(folder[Path.GetFileName(file)], (await File.ReadAllTextAsync(file)).Replace("ExecStart=/opt/orchestrator/", "ExecStart=/bin/true /opt/orchestrator/", StringComparison.Ordinal));
        }

        var start = new ProcessStartInfo(Analyze) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var word in (string[])["verify", "--man=no", .. Directory.GetFiles(folder.Path)])
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["SYSTEMD_UNIT_PATH"] = $"{folder.Path}:";
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.DoesNotContain(said.Split('\n'), static line => line.Contains("orchestrator-", StringComparison.Ordinal));
        Assert.True(process.ExitCode == 0, said);
    }

    private static Dictionary<string, List<string>> Read(string name)
    {
        Dictionary<string, List<string>> settings = new(StringComparer.Ordinal);
        foreach (var line in File.ReadAllLines(Path.Combine(Folder, name)).Where(static l => l.Contains('=', StringComparison.Ordinal) && !l.StartsWith('#')))
        {
            var (key, value) = (line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            (settings.TryGetValue(key, out var known) ? known : settings[key] = []).AddRange(key == "Environment" ? value.Split(' ') : [value]);
        }

        return settings;
    }
}
