using System.Diagnostics;
using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class ServerTests
{
    [Fact]
    public async Task Starting_twice_gives_the_same_server()
    {
        await using var own = OwnServer.NotStarted();

        var first = await own.Server.EnsureStartedAsync();
        var second = await own.Server.EnsureStartedAsync();

        Assert.Equal(ServerArrival.Started, first.Arrival);
        Assert.Equal(ServerArrival.Adopted, second.Arrival);
        Assert.Equal(first.Identity, second.Identity);
    }

    [Fact]
    public async Task Many_who_start_at_once_share_one_server()
    {
        await using var own = OwnServer.NotStarted();
        await using var other = new TmuxServer(own.Options);

        var starts = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? own.Server : other).EnsureStartedAsync()));

        Assert.Single(starts.Select(start => start.Identity).Distinct());
        Assert.Single(ServerProcesses.Of(own.Server.SocketPath));
    }

    [Fact]
    public async Task The_server_and_its_panes_outlive_whoever_started_it()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("sleep", "600");
        await own.Server.DisposeAsync();

        await using var later = new TmuxServer(own.Options);
        var start = await later.EnsureStartedAsync();

        Assert.Equal(ServerArrival.Adopted, start.Arrival);
        Assert.Equal(pane.ProcessId, (await later.Panes.FindAsync(pane.Pane))!.ProcessId);
    }

    [Fact]
    public async Task The_server_stands_in_a_session_of_its_own_so_that_no_Ctrl_C_reaches_it()
    {
        await using var own = await OwnServer.StartAsync();

        Assert.NotEqual(SessionOf(Environment.ProcessId), SessionOf(own.Server.Identity!.Pid));
        await Eventually.True(() => own.Server.Control.ClientPid is not null, "the control client runs");
        // Its process is known before it has left this session, which is the first thing that it does.
        await Eventually.True(() => SessionOf(own.Server.Control.ClientPid!.Value) != SessionOf(Environment.ProcessId), "the control client stands in another session");
    }

    [Fact]
    public async Task Only_allow_listed_variables_reach_the_panes()
    {
        Environment.SetEnvironmentVariable("CI_SECRET_FOR_TEST", "leaked");
        await using var own = await OwnServer.StartAsync();

        var global = await own.TmuxAsync("show-environment", "-g");

        Assert.DoesNotContain("CI_SECRET_FOR_TEST", global);
        Assert.Contains("PATH=", global);
    }

    [Fact]
    public async Task A_deleted_socket_is_made_again_without_touching_a_pane()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("sleep", "600");
        var before = own.Server.Identity;
        File.Delete(own.Server.SocketPath);

        var start = await own.Server.EnsureStartedAsync();

        Assert.Equal(ServerArrival.SocketRepaired, start.Arrival);
        Assert.Equal(before, start.Identity);
        Assert.Equal(pane.ProcessId, (await own.Panes.FindAsync(pane.Pane))!.ProcessId);
        Assert.Contains(pane.Pane.ToString(), await own.TmuxAsync("list-panes", "-a", "-F", "#{pane_id}"));
    }

    [Fact]
    public async Task A_deleted_socket_is_found_by_somebody_who_never_knew_the_server()
    {
        await using var own = await OwnServer.StartAsync();
        var before = own.Server.Identity;
        await own.Server.DisposeAsync();
        File.Delete(own.Server.SocketPath);

        await using var later = new TmuxServer(own.Options);
        var start = await later.EnsureStartedAsync();

        Assert.Equal((ServerArrival.SocketRepaired, before), (start.Arrival, start.Identity));
    }

    [Fact]
    public async Task A_killed_server_is_noticed_and_its_successor_is_another()
    {
        await using var own = await OwnServer.StartAsync();
        var before = own.Server.Identity!;
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await own.SpawnAsync("sleep", "600");
        var watch = Stopwatch.StartNew();
        Native.Kill(before.Pid, 9);

        await foreach (var change in own.Server.Control.WatchAsync(cancellation: enough.Token))
        {
            if (change.ServerLost)
            {
                break;
            }
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(own.Server.IsAlive());
        var start = await own.Server.EnsureStartedAsync(before);
        Assert.Equal(ServerArrival.Started, start.Arrival);
        Assert.NotEqual(before, start.Identity);
        Assert.DoesNotContain(await own.Panes.ListAsync(), pane => pane.Agent is not null);
    }

    [Fact]
    public async Task A_stopped_server_gets_no_second_one_beside_it()
    {
        await using var own = await OwnServer.StartAsync(options => options with { CommandTimeout = TimeSpan.FromSeconds(1) });
        var pid = own.Server.Identity!.Pid;
        Native.Kill(pid, 19);
        try
        {
            await Assert.ThrowsAsync<TmuxServerException>(() => own.Server.EnsureStartedAsync());
            Assert.Equal([pid], ServerProcesses.Of(own.Server.SocketPath));
        }
        finally
        {
            Native.Kill(pid, 18);
        }
    }

    [Fact]
    public async Task A_long_folder_gets_a_short_socket_that_is_found_again()
    {
        using var folder = new TemporaryFolder();
        var deep = folder[string.Join('/', Enumerable.Repeat("a-rather-long-name", 8))];
        await using var own = await OwnServer.StartAsync(options => options with { Folder = deep });

        await using var again = new TmuxServer(own.Options);

        Assert.InRange(own.Server.SocketPath.Length, 1, 107);
        Assert.Equal(own.Server.SocketPath, again.SocketPath);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(own.Server.SocketPath)!));
    }

    [Fact]
    public async Task The_session_is_made_again_when_somebody_has_killed_it()
    {
        await using var own = await OwnServer.StartAsync();
        await own.TmuxAsync("kill-session", "-t", "=agents");

        await own.Server.EnsureStartedAsync();

        await Eventually.True(async () => (await own.Panes.ListAsync()).Count == 1, "the keeper is back");
    }

    [Fact]
    public async Task Control_clients_whose_owner_is_dead_are_ended_and_living_ones_are_not()
    {
        await using var own = await OwnServer.StartAsync();
        await Eventually.True(() => own.Server.Control.IsConnected, "connected");
        var living = own.Server.Control.ClientPid!.Value;
        using var shell = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", $"sleep 60 | tmux -u -S {own.Server.SocketPath} -f /dev/null -N -C attach-session -t =agents >/dev/null 2>&1 &"])
        { UseShellExecute = false })!;
        await shell.WaitForExitAsync();
        await Eventually.True(async () => (await Clients()).Length == 2, "an orphan is attached");

        await using var later = new TmuxServer(own.Options);
        await later.EnsureStartedAsync();

        await Eventually.True(async () => (await Clients()).Length == 2 && (await Clients()).Contains($"{later.Control.ClientPid}"), "the orphan is gone");
        Assert.Contains($"{living}", await Clients());

        async Task<string[]> Clients() => (await own.TmuxAsync("list-clients", "-F", "#{client_pid}")).Split('\n');
    }

    [Fact]
    public async Task A_missing_tmux_is_named()
    {
        await using var own = OwnServer.NotStarted(options => options with { Tmux = "no-such-tmux" });

        var error = await Assert.ThrowsAsync<TmuxServerException>(() => own.Server.EnsureStartedAsync());

        Assert.Contains("no-such-tmux", error.Message);
    }

    private static int SessionOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
    }
}
