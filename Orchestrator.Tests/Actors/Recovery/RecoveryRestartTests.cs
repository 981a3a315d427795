using System.Collections.Immutable;

using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Actors.Recovery;

/// <summary>Supervisors over the real store, with a clock that the test moves: cool-downs and pauses survive a restart of the node.</summary>
public sealed class RecoveryRestartTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AgentName Alice = AgentName.Parse("alice");
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(Start);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_idle_ladder_and_its_cool_downs_go_on_over_a_restart()
    {
        await using (var system = await OpenAsync())
        {
            await AskAsync(system, GivenAgent.Register() with { Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", "red") });
            await ReadyAsync(system);
            await SeenAsync(system, AgentActivity.Working);
            await SeenAsync(system, AgentActivity.Ready);
            await TeamAsync(system, static t => t.IdleSince is not null, "the team is idle");
        }

        // The reminder is due while no node runs: it comes as soon as one does, once.
        _time.Advance(TimeSpan.FromMinutes(4));
        await using (var system = await OpenAsync())
        {
            await TeamAsync(system, static t => t.Attempts is [{ Step: TeamStep.Remind, Outcome: RecoveryOutcome.Begun }], "the lead is reminded");
            await Eventually.True(async () => await system.Views.ListAsync<MessageView>(MessageView.ViewName, "alice") is { Count: 1 }, "there is one message", Within);
        }

        // Somebody was at work and is not any more: the ladder begins anew, its first step is cooling down.
        await using (var system = await OpenAsync())
        {
            await SeenAsync(system, AgentActivity.Working);
            await TeamAsync(system, static t => t.IdleSince is null, "somebody is at work");
            await SeenAsync(system, AgentActivity.Ready);
            await TeamAsync(system, static t => t.IdleSince is not null, "the team is idle again");
        }

        _time.Advance(TimeSpan.FromMinutes(4));
        await using var again = await OpenAsync();
        var team = await TeamAsync(again, static t => t.Attempts.Count == 2, "the second reminder was due");
        Assert.Equal([RecoveryOutcome.Succeeded, RecoveryOutcome.Skipped], team.Attempts.Select(static a => a.Outcome));
        Assert.Single(await again.Views.ListAsync<MessageView>(MessageView.ViewName, "alice"));
    }

    [Fact]
    public async Task A_restart_of_the_node_begins_no_budget_anew_and_forgets_no_attempt()
    {
        await using (var system = await OpenAsync())
        {
            await AskAsync(system, GivenAgent.Register());
            await ReadyAsync(system);
            await EndAsync(system);
            await RecoveryAsync(system, static r => r.Live is { Outcome: RecoveryOutcome.Planned }, "a restart is planned");
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        await using (var system = await OpenAsync())
        {
            await RecoveryAsync(system, static r => r.Live is { Outcome: RecoveryOutcome.Begun }, "the restart has begun");
            await AskAsync(system, new ReportStartFailed(new Generation(2), "no such program"));
        }

        await using var again = await OpenAsync();
        var recovery = await RecoveryAsync(again, static r => r.OpenUntil is not null, "the budget is used up");
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Notified], recovery.Attempts.Select(static a => a.Outcome));
    }

    private static Task<TeamRecovery> TeamAsync(ActorSystem system, Func<TeamRecovery, bool> accepts, string what)
        => ValueAsync(() => system.Views.GetAsync<TeamRecovery>(TeamRecovery.ViewName, "red"), accepts, what);

    private static Task<AgentRecovery> RecoveryAsync(ActorSystem system, Func<AgentRecovery, bool> accepts, string what)
        => ValueAsync(() => system.Views.GetAsync<AgentRecovery>(AgentRecovery.ViewName, "alice"), accepts, what);

    private static async Task<T> ValueAsync<T>(Func<Task<T?>> read, Func<T, bool> accepts, string what)
        where T : class => (await Eventually.Value(read, value => value is not null && accepts(value), what, Within))!;

    private async Task ReadyAsync(ActorSystem system)
    {
        await AskAsync(system, new Start("n1"));
        await AskAsync(system, new BindPane(new Generation(1), GivenAgent.Pane(), GivenAgent.Traits(), Worktree: null, Adopted: false, 0));
        await SeenAsync(system, AgentActivity.Ready);
    }

    private Task SeenAsync(ActorSystem system, AgentActivity activity)
        => AskAsync(system, new ReportActivity(new Generation(1), activity, null, null, new AgentFact("screen", null, "…", _time.GetUtcNow())));

    private Task EndAsync(ActorSystem system) => AskAsync(system, new ReportPaneEnded(new Generation(1), new PaneExit(1, null, "exited"), "output"));

    private Task<ActorSystem> OpenAsync()
    {
        var policy = RecoveryPolicy.Default.With(TroubleKind.Crashed, RecoveryStrategy.Restart) with { Budget = 1 };
        var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = _folder.Path, Node = "test", MinimumFreeDisk = 0 }, VerifyPayloads = true, Time = _time };
        return ActorSystem.StartAsync(builder.AddDomain(recovery: RecoverySettings.Default with { Defaults = policy }));
    }

    private async Task AskAsync(ActorSystem system, Command command)
        => Assert.IsNotType<Refused>((await system.AskAsync(Alice.Entity, command, new CommandId(Ulid.New(_time.GetUtcNow())), new Sender("worker:n1")).WaitAsync(Within)).Reply);
}
