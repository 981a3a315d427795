using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Recovery;

namespace Orchestrator.Tests.Actors.Recovery;

/// <summary>What is done about agents that crash.</summary>
public sealed class RecoveryTests
{
    private static readonly RecoveryPolicy Restarts = RecoveryPolicy.Default.With(TroubleKind.Crashed, RecoveryStrategy.Restart, RecoveryStrategy.Restart, RecoveryStrategy.RestartRebrief);

    [Fact]
    public void A_crashed_program_is_really_started_again_and_nobody_is_needed()
    {
        var world = Ready(Restarts);
        world.Ends("alice");
        Assert.Equal(AgentState.Error, world.Agent("alice").State);
        Assert.Equal(RecoveryOutcome.Planned, world.Recovery("alice").Live?.Outcome);
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal((AgentState.Active, 2L), (world.Agent("alice").State, world.Agent("alice").Generation.Value));
        Assert.IsType<SpawnPane>(world.Worker[^1].Command);
        world.Rises("alice");
        var recovery = world.Recovery("alice");
        Assert.Equal((RecoveryOutcome.Succeeded, new StrategyFigures(1, 0), null), (recovery.Attempts.Single().Outcome, recovery.Figures[RecoveryStrategy.Restart], recovery.Down));
        Assert.Empty(world.Gaps);
    }

    [Fact]
    public void Failures_in_a_row_go_up_the_ladder_with_pauses_that_grow()
    {
        var world = Ready(Restarts with { FirstPause = TimeSpan.FromSeconds(10), LastPause = TimeSpan.FromSeconds(15) });
        world.Ends("alice");
        foreach (var pause in new[] { 10, 15, 15 })
        {
            Assert.Equal(TimeSpan.FromSeconds(pause), world.Recovery("alice").Live!.Due - world.Now);
            world.Pass(TimeSpan.FromSeconds(pause));
            world.Does(AgentName.Parse("alice").Entity, new ReportStartFailed(world.Agent("alice").Generation, "no such program"), "worker:n1");
        }

        Assert.Equal([RecoveryStrategy.Restart, RecoveryStrategy.Restart, RecoveryStrategy.RestartRebrief], world.Recovery("alice").Attempts.Take(3).Select(static a => a.Strategy));
        Assert.Equal(new StrategyFigures(0, 2), world.Recovery("alice").Figures[RecoveryStrategy.Restart]);
    }

    [Fact]
    public void Once_the_budget_is_used_up_a_person_is_told_and_after_the_cool_down_it_goes_on_not_failed_for_ever()
    {
        var world = Ready(Restarts);
        for (var i = 0; i < 3; i++)
        {
            world.Ends("alice");
            world.Pass(TimeSpan.FromSeconds(1));
            world.Rises("alice");
        }

        world.Ends("alice");
        world.Pass(TimeSpan.FromMinutes(14));
        Assert.Equal((RecoveryOutcome.Notified, AgentState.Error), (world.Recovery("alice").Attempts[^1].Outcome, world.Agent("alice").State));
        Assert.Contains("3 times within", Assert.Single(world.Gaps).Condition!.Cause, StringComparison.Ordinal);
        world.Pass(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(AgentState.Active, world.Agent("alice").State);
        world.Rises("alice");
        Assert.Empty(world.Gaps);
    }

    [Fact]
    public void A_restart_that_does_not_get_to_its_prompt_in_time_has_failed()
    {
        var world = Ready(Restarts);
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(RecoveryOutcome.Failed, world.Recovery("alice").Attempts[0].Outcome);
    }

    [Fact]
    public void By_default_nothing_is_restarted_and_a_crash_is_a_gap_until_the_agent_runs_again()
    {
        var world = Ready(RecoveryPolicy.Default);
        world.Ends("alice");
        world.Pass(TimeSpan.FromDays(1));
        Assert.Equal(AgentState.Error, world.Agent("alice").State);
        Assert.Equal("recovery.alice.silent_agent.1", Assert.Single(world.Gaps).Id);
        world.Starts("alice");
        Assert.Empty(world.Gaps);
    }

    [Fact]
    public void A_dry_run_only_says_what_would_be_done()
    {
        var world = Ready(Restarts with { DryRun = true });
        world.Ends("alice");
        world.Pass(TimeSpan.FromDays(1));
        var attempt = Assert.Single(world.Recovery("alice").Attempts);
        Assert.Equal(RecoveryOutcome.DryRun, attempt.Outcome);
        Assert.Contains("restart would be tried", attempt.Note, StringComparison.Ordinal);
        Assert.Equal(AgentState.Error, world.Agent("alice").State);
    }

    [Fact]
    public void A_person_can_pause_it_be_quicker_and_let_it_go_on()
    {
        var world = Ready(Restarts);
        var id = AgentRecovery.Of(AgentName.Parse("alice"));
        world.Ends("alice");
        world.Does(id, new PauseRecovery(), "client:anna");
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal((AgentState.Error, RecoveryOutcome.Cancelled), (world.Agent("alice").State, world.Recovery("alice").Attempts[^1].Outcome));
        world.Does(id, new ResumeRecovery(), "client:anna");
        Assert.Equal(RecoveryOutcome.Planned, world.Recovery("alice").Live?.Outcome);
        world.Starts("alice");
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal((RecoveryOutcome.Cancelled, 2L), (world.Recovery("alice").Attempts[^1].Outcome, world.Agent("alice").Generation.Value));

        world.Ends("alice");
        world.Does(AgentName.Parse("alice").Entity, new Stop(Force: false, "not now"));
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal(AgentState.Offline, world.Agent("alice").State);
    }

    [Fact]
    public void A_conversation_that_is_begun_anew_is_briefed()
    {
        var world = Ready(Restarts.With(TroubleKind.Crashed, RecoveryStrategy.RestartRebrief));
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        world.Rises("alice");
        Assert.Equal(SessionStart.ReBriefed, world.Events<SessionBegan>().Last().How);
        Assert.Contains("Your program was started anew", world.Delivered("alice"), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_happens_the_budget_is_never_exceeded_and_no_two_recoveries_are_live_at_a_time()
        => Prop.ForAll(ArbMap.Default.ArbFor<(byte Budget, (byte Kind, byte Seconds)[] Steps)>(), static x =>
        {
            var policy = Restarts with { Budget = 1 + (x.Budget % 4), Window = TimeSpan.FromMinutes(1), CoolDown = TimeSpan.FromSeconds(5 + (x.Budget % 90)), ReadyWithin = TimeSpan.FromSeconds(20) };
            var world = Ready(policy);
            var begun = new List<DateTimeOffset>();
            foreach (var (kind, seconds) in x.Steps)
            {
                var before = world.Events<RecoveryBegun>().Count();
                Step(world, kind);
                world.Pass(TimeSpan.FromSeconds(seconds % 40));
                begun.AddRange(world.Events<RecoveryBegun>().Skip(before).Select(static b => b.At));
                if (world.Recovery("alice").Attempts.Count(static a => a.IsLive) > 1)
                {
                    return false;
                }
            }

            return begun.All(at => begun.Count(other => other <= at && other > at - policy.Window) <= policy.Budget);
        }).QuickCheckThrowOnFailure();

    private static void Step(World world, byte kind)
    {
        var agent = world.Agent("alice");
        switch (kind % 5)
        {
            case 0 or 1 when agent.Pane is not null:
                world.Ends("alice");
                break;
            case 2 or 3 when agent is { State: AgentState.Active, Pane: null }:
                world.Rises("alice");
                break;
            case 4 when agent is { State: AgentState.Active, Pane: null }:
                world.Ask(agent.Name.Entity, new ReportStartFailed(agent.Generation, "no"), "worker:n1");
                break;
            default:
                break;
        }
    }

    private static World Ready(RecoveryPolicy policy)
    {
        var world = new World(recovery: policy);
        world.Ready("alice");
        return world;
    }
}
