using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Truth;

/// <summary>What becomes of agents when their tmux server goes, or only its socket.</summary>
public sealed class TmuxServerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_tmux_server_is_killed_every_agent_is_shown_as_gone_and_can_be_started_on_the_next_one(bool bySignal)
    {
        await using var node = await TruthNode.StartAsync();
        FakeAgentOnNode[] agents = [await node.IdleFakeAsync("one"), await node.IdleFakeAsync("two")];
        var server = (await node.Client.GetNodeAsync()).TmuxServerPid!.Value;
        if (bySignal)
        {
            NodeUnderTest.Signal("-KILL", server);
        }
        else
        {
            node.Tmux("kill-server");
        }

        foreach (var agent in agents)
        {
            await node.IsShownAs(agent.Name, "error", "exited", output);
            await node.ExplanationNames(agent.Name, "tmux server is gone");
            var id = await node.SendAsync(agent.Name, "on the new server");
            await node.Waits(agent, id);
            await node.Client.StartAgentAsync(agent.Name);
            await node.Arrives(agent, id, "on the new server");
        }

        var now = await Eventually.Value(() => node.Client.GetNodeAsync(), static n => n.Health == "ready", "the node is well again", TruthSteps.Within);
        Assert.NotEqual(server, now.TmuxServerPid);
        var events = await node.Client.ReadJournalAsync("node/n1");
        Assert.Contains(events, static e => e.Type == "node.tmux_server_seen.v1" && e.Data.GetProperty("change").GetString() == "restarted");
    }

    [Fact]
    public async Task A_deleted_socket_is_made_again_and_no_agent_notices()
    {
        await using var node = await TruthNode.StartAsync();
        var agent = await node.IdleFakeAsync("calm");
        var before = await node.PaneOf(agent.Name);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        File.Delete(before.Socket);
        var id = await node.SendAsync(agent.Name, "while it is away");
        await Eventually.True(() => File.Exists(before.Socket), "the socket is there again", TruthSteps.Within);
        output.WriteLine($"the socket is there again after {watch.Elapsed.TotalSeconds:0.00} s (asked: 2 s)");
        await node.Arrives(agent, id, "while it is away");
        var after = await node.Client.GetAgentAsync(agent.Name);
        Assert.Equal(before, after.Pane);
        Assert.Equal(before.Pid.ToString(), node.Tmux("display-message", "-p", "-t", before.Id, "#{pane_pid}"));
        await node.ExplanationNames(agent.Name, $"process {before.Pid} lives");
        var later = await node.SendAsync(agent.Name, "and afterwards");
        await node.Arrives(agent, later, "and afterwards");
    }
}
