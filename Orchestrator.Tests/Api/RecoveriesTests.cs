using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

public sealed class RecoveriesTests : IAsyncLifetime
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync(static options => options.Recovery = ApiNode.Recovery);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task What_is_wrong_what_would_be_done_and_what_was_done_are_read_by_api_and_command_line()
    {
        await _node.SpawnReadyAsync("alice");
        Assert.Empty(await _node.Client.ForecastRecoveryAsync("alice"));
        Assert.Empty(await _node.Client.ListRecoveriesAsync());
        var step = Assert.Single(await _node.Client.ForecastRecoveryAsync("alice", "crashed"));
        Assert.Equal(("crashed", "notify"), (step.Kind, step.Strategy));
        Assert.Contains("step 1 of 1 of crashed for role developer", step.Why, StringComparison.Ordinal);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.ForecastRecoveryAsync("alice", "gloomy"))).Problem.Code);

        var agent = await _node.Client.GetAgentAsync("alice");
        await _node.System.AskAsync(AgentName.Parse("alice").Entity, new ReportPaneEnded(new Generation(agent.Generation), new PaneExit(1, null, "exited with code 1"), Output: null), CommandId.New(TimeProvider.System), new Sender("worker:n1"));
        var down = await Eventually.Value(() => _node.Client.GetRecoveryAsync("alice"), static r => r.State == "down", "alice is down", Within);
        Assert.Equal(("crashed", "exited with code 1", "notified"), (down.Troubles.Single().Kind, down.Down, down.Attempts.Single().Outcome));
        Assert.Equal(["alice"], (await _node.Client.RecoveryHistoryAsync()).Select(static h => h.Agent));
        Assert.Empty(await _node.Client.RecoveryHistoryAsync("bob"));
        Assert.Empty(await _node.Client.RecoveryStatsAsync());
        var policy = Assert.Single(await _node.Client.ListRecoveryPoliciesAsync());
        Assert.Equal((null, 3, 300.0), (policy.Role, policy.Budget, policy.WindowSeconds));

        Assert.Equal("paused", (await _node.Client.PauseRecoveryAsync("alice")).State);
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = _node.Data;
        Assert.Contains("recovery is paused by client:admin", (await orc.RunAsync("recovery", "dry-run", "alice", "--kind", "hung")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("alice", (await orc.RunAsync("recovery", "ls")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("exited with code 1", (await orc.RunAsync("recovery", "show", "alice")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("notified", (await orc.RunAsync("recovery", "history", "--agent", "alice")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("nothing has come to an end yet", (await orc.RunAsync("recovery", "stats")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("rate_limited: wait, notify", (await orc.RunAsync("recovery", "policies")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("down", (await orc.RunAsync("recovery", "resume", "alice")).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_team_has_a_supervisor_of_its_own()
    {
        await _node.SpawnReadyAsync("alice");
        await _node.Client.SendMessageAsync(new SendRequest { To = "alice", Text = "add a search box" });
        await _node.Client.UpdateAgentAsync("alice", new UpdateAgentRequest { Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", "red") });
        var idle = await Eventually.Value(
            async () =>
            {
                try
                {
                    return await _node.Client.GetRecoveryAsync("team:red");
                }
                catch (ApiException)
                {
                    // It has not heard of its first member yet.
                    return null;
                }
            },
            static r => r?.State == "idle",
            "the team is idle",
            Within);
        Assert.Equal("idle_team", Assert.Single(idle!.Troubles).Kind);
        Assert.Equal(["remind", "critical", "restart_lead"], (await _node.Client.ForecastRecoveryAsync("team:red")).Select(static s => s.Strategy!));
        Assert.Equal("paused", (await _node.Client.PauseRecoveryAsync("team:red")).State);
        Assert.Equal("idle", (await _node.Client.ResumeRecoveryAsync("team:red")).State);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.GetRecoveryAsync("team:ghosts"))).Problem.Code);
    }
}
