using System.Globalization;

using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

/// <summary>Programs are stopped for good, with all that they have started, and no others; also while tmux does not answer.</summary>
public sealed class ProgramStopperTests
{
    // Deaf to SIGTERM and SIGHUP, with a child that has left its process group and one that is deaf too.
    private const string Stubborn = "trap '' TERM HUP; setsid sleep 611 & sh -c \"trap '' TERM; while :; do sleep 1; done\" & echo ready; while :; do sleep 1; done";

    [Fact]
    public async Task Exactly_the_programs_that_are_meant_end_however_stubborn_and_their_panes_stay()
    {
        await using var own = await OwnServer.StartAsync();
        var meant = await SpawnAsync(own, "alice", 2);
        var (older, other) = (await SpawnAsync(own, "alice", 1), await SpawnAsync(own, "bob", 2));
        await Eventually.True(async () => (await own.Panes.CaptureAsync(meant.Pane))!.Lines.Contains("ready"), "it has started its children");
        var tree = ProgramTree.Of(meant.ProcessId, new Dictionary<int, long>());
        Assert.True(tree.Count >= 3);

        var pane = Of("alice", 2, meant);
        Assert.Equal([pane], await new ProgramStopper(own.Server.SocketPath, "tmux").StopAsync([pane, new StoppablePane("nobody", 1, 1, 0)]));
        Assert.Empty(ProgramTree.Of(meant.ProcessId, tree));
        await Eventually.True(async () => (await own.Panes.FindAsync(meant.Pane))!.Dead, "the pane shows that its program has ended");
        Assert.All(new[] { older, other }, static left => Assert.True(Lives(left.ProcessId)));
        StoppablePane[] rest = [Of("alice", 1, older), Of("bob", 2, other)];
        Assert.Equal(rest, await new ProgramStopper(own.Server.SocketPath, "tmux").StopAsync([pane, .. rest]));
    }

    [Fact]
    public async Task While_tmux_stands_still_it_is_the_very_process_that_was_in_the_pane()
    {
        await using var own = await OwnServer.StartAsync();
        var (meant, other) = (await SpawnAsync(own, "alice", 2), await SpawnAsync(own, "bob", 1));
        var server = own.Server.Identity!.Pid;
        Node.Support.NodeUnderTest.Signal("-STOP", server);
        try
        {
            // Another that has the number of one that has ended is not taken for it.
            await new ProgramStopper(own.Server.SocketPath, "tmux").StopAsync([Of("alice", 2, meant), Of("carol", 1, other) with { StartedAt = 1 }]);
            Assert.False(Lives(meant.ProcessId));
            Assert.True(Lives(other.ProcessId));
        }
        finally
        {
            Node.Support.NodeUnderTest.Signal("-CONT", server);
        }

        await new ProgramStopper(own.Server.SocketPath, "tmux").StopAsync([Of("bob", 1, other)]);
    }

    private static StoppablePane Of(string agent, long generation, SpawnedPane pane) => new(agent, generation, pane.ProcessId, ProgramStopper.StartedAt(pane.ProcessId) ?? 0);

    private static Task<SpawnedPane> SpawnAsync(OwnServer own, string agent, long generation) => own.Panes.SpawnAsync(new PaneSpawn
    {
        Folder = own.Folder,
        Command = ["/bin/sh", "-c", Stubborn],
        Agent = agent,
        Generation = generation,
    });

    // Its parent, tmux, may stand still and leave it a zombie.
    private static bool Lives(int pid)
    {
        try
        {
            return !File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status").Any(static line => line.StartsWith("State:\tZ", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
