using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Recovery;

/// <summary>Programs that really end, and are really started again.</summary>
public sealed class RecoveryOnNodeTests : IAsyncLifetime
{
    private NodeUnderTest _node = null!;

    public async Task InitializeAsync()
        => _node = await NodeUnderTest.StartAsync("-D", """orchestrator.recovery={crashed=[restart], budget=2, first-pause=100ms, roles {qa {crashed=[notify]}}}""");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_killed_program_is_started_again_within_the_budget_and_then_a_person_is_told()
    {
        await _node.SpawnFakeAsync("alice");
        var within = TimeSpan.FromSeconds(60);
        for (var generation = 1; generation <= 3; generation++)
        {
            var agent = await _node.AgentIs("alice", a => a is { State: "idle", Pane: not null } && a.Generation == generation, $"is idle as generation {generation}", within);
            NodeUnderTest.Signal("-KILL", agent.Pane!.Pid);
        }

        var recovery = await Eventually.Value(() => _node.Client.GetRecoveryAsync("alice"), static r => r.State == "open", "the budget is used up", within);
        Assert.Equal(["succeeded", "succeeded", "notified"], recovery.Attempts.Select(static a => a.Outcome));
        Assert.Equal((2, 0, 1.0), (recovery.Strategies.Single().Succeeded, recovery.Strategies[0].Failed, recovery.Strategies[0].SuccessRate));
        var gap = Assert.Single(await Eventually.Value(() => _node.Client.ListGapsAsync(agent: "alice"), static g => g.Length == 1, "it is a gap", within));
        Assert.Contains("is not started again", gap.Cause, StringComparison.Ordinal);

        await _node.Client.ResumeRecoveryAsync("alice");
        await _node.AgentIs("alice", static a => a is { State: "idle", Generation: 4 }, "is idle as generation 4", within);
        await Eventually.True(async () => (await _node.Client.ListGapsAsync()).IsEmpty, "the gap is closed", within);
    }
}
