using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>How an agent has done, counted on real turns and kept through a killed node.</summary>
public sealed class PerformanceOnNodeTests
{
    [Fact]
    public async Task Turns_are_counted_and_survive_a_killed_node()
    {
        await using var node = await NodeUnderTest.StartAsync();
        var agent = await node.SpawnFakeInAsync("worker", node.Work, r => r with { Command = [.. node.FakeCommand("worker"), "--busy", "700"] });
        await node.IsIdle("worker");
        await node.TellAsync(agent, "one");
        var first = await Done(1);
        Assert.Equal((1, 0, 1.0), (first.Completed, first.Failed, first.SuccessRate));
        Assert.InRange(first.LastResponseSeconds!.Value, 0.6, 30);

        await node.KillAsync();
        await node.StartAgainAsync();
        Assert.Equal((1, first.RunsSince), await Eventually.Value(Kept, static k => k.Completed == 1, "the count is kept"));
        await node.TellAsync(agent, "two");
        Assert.InRange((await Done(2)).UptimeSeconds, first.UptimeSeconds, 120);
        NodeUnderTest.Signal("-KILL", (await node.Client.GetAgentAsync("worker")).Pane!.Pid);
        var crashed = (await node.AgentIs("worker", static a => a.State == "error", "has crashed")).Performance;
        Assert.Equal((1, null), (crashed.Crashes, crashed.RunsSince));
        Assert.Contains("SIGKILL", crashed.LastError, StringComparison.Ordinal);

        async Task<PerformanceInfo> Done(int turns) => (await node.AgentIs("worker", a => a.Performance.Completed == turns, $"has done {turns}")).Performance;

        async Task<(int Completed, DateTimeOffset? Since)> Kept()
        {
            var performance = (await node.Client.GetAgentAsync("worker")).Performance;
            return (performance.Completed, performance.RunsSince);
        }
    }
}
