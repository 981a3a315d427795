using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Tests.Actors.Recovery;

/// <summary>What each strategy really does, and that nothing counts as recovered before its cause is seen to be gone.</summary>
public sealed class StrategyTests
{
    private static readonly RecoveryPolicy Policy = RecoveryPolicy.Default with { FirstPause = TimeSpan.FromSeconds(1), Budget = 100, HandOver = TimeSpan.Zero };
    private static readonly AgentName Alice = AgentName.Parse("alice");

    [Fact]
    public void A_failed_execution_is_really_tried_again_and_is_recovered_only_once_the_task_is_done()
    {
        var world = Working(Policy);
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal((TaskState.Queued, 2), (world.Task("t1").State, world.Task("t1").Live!.Number));
        Assert.Equal(RecoveryOutcome.Awaiting, world.Recovery("alice").Attempts.Single().Outcome);
        Assert.Contains("Objective: repair it", world.Delivered("alice"), StringComparison.Ordinal);
        Assert.Empty(world.Recovery("alice").Figures);
        world.Tells("t1", World.Completed());
        Assert.Equal((RecoveryOutcome.Succeeded, new StrategyFigures(1, 0)), (world.Recovery("alice").Attempts.Single().Outcome, world.Recovery("alice").Figures[RecoveryStrategy.Retry]));
        Assert.Empty(world.Recovery("alice").Troubles);
    }

    [Fact]
    public void What_fails_again_and_again_is_tried_three_times_with_pauses_that_grow_and_then_left_to_a_person_not_recovered_for_ever()
    {
        var world = Working(Policy);
        foreach (var pause in new[] { 1, 2, 4 })
        {
            world.Tells("t1", new FailTask("no disk"));
            Assert.Equal(TimeSpan.FromSeconds(pause), world.Recovery("alice").Live!.Due - world.Now);
            world.Pass(TimeSpan.FromSeconds(pause));
            world.Delivered("alice");
        }

        world.Tells("t1", new FailTask("still no disk"));
        world.Pass(TimeSpan.FromDays(1));
        Assert.Equal(TaskState.Failed, world.Task("t1").State);
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Failed, RecoveryOutcome.Failed, RecoveryOutcome.Notified], world.Recovery("alice").Attempts.Select(static a => a.Outcome));
        Assert.Equal(new StrategyFigures(0, 3), world.Recovery("alice").Figures[RecoveryStrategy.Retry]);
        Assert.Equal(GapKind.Failed, Assert.Single(world.Gaps).Condition!.Kind);
    }

    [Fact]
    public void Somebody_who_deals_with_a_failed_task_is_quicker_than_the_retry()
    {
        var world = Working(Policy);
        world.Ready("bob");
        world.Tells("t1", new FailTask("no disk"));
        world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("bob"), "developer")));
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal((RecoveryOutcome.Cancelled, 2), (world.Recovery("alice").Attempts.Single().Outcome, world.Task("t1").Executions.Count));
        Assert.Equal("bob", world.Task("t1").Live?.Agent?.Value);
    }

    [Theory]
    [InlineData(RecoveryStrategy.Fallback)]
    [InlineData(RecoveryStrategy.Reassign)]
    public void Fallback_and_reassign_give_the_task_with_the_hand_over_to_another_of_the_role_and_never_to_the_same_agent(RecoveryStrategy strategy)
    {
        var world = Working(Policy.With(TroubleKind.FailedExecution, strategy));
        world.Tells("t1", new ReportProgress("the parser is done"));
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal((TaskState.Queued, null), (world.Task("t1").State, world.Task("t1").Live!.Agent));
        world.Ready("bob");
        var told = world.Delivered("bob");
        Assert.Contains("taken from it (failed_execution): no disk", told, StringComparison.Ordinal);
        Assert.Contains("the parser is done", told, StringComparison.Ordinal);
        world.Tells("t1", World.Completed("bob"));
        Assert.Equal((RecoveryOutcome.Succeeded, new StrategyFigures(1, 0)), (world.Recovery("alice").Attempts.Single().Outcome, world.Recovery("alice").Figures[strategy]));
    }

    [Fact]
    public void A_task_that_was_given_to_another_and_fails_there_too_is_still_the_matter_of_one_supervisor()
    {
        var world = Working(Policy.With(TroubleKind.FailedExecution, RecoveryStrategy.Reassign, RecoveryStrategy.Notify));
        world.Ready("bob");
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(1));
        world.Delivered("bob");
        world.Tells("t1", new FailTask("no disk here either"));
        world.Pass(TimeSpan.FromDays(1));
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Notified], world.Recovery("alice").Attempts.Select(static a => a.Outcome));
        Assert.Empty(world.Recovery("bob").Attempts);
    }

    [Fact]
    public void The_tasks_of_an_agent_that_is_down_go_to_others_of_its_role_and_that_does_not_count_as_a_recovery_of_the_agent()
    {
        var world = Working(Policy.With(TroubleKind.Crashed, RecoveryStrategy.Reassign, RecoveryStrategy.Notify));
        world.Adds("t2", "alice");
        world.Ready("bob");
        world.Ready("carol");
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(["bob", "carol"], new[] { "t1", "t2" }.Select(t => world.Task(t).Live?.Agent?.Value).Order(StringComparer.Ordinal));
        Assert.Contains("alice has worked in /srv/repo", world.Delivered("bob"), StringComparison.Ordinal);
        world.Pass(TimeSpan.FromDays(1));
        Assert.Equal([RecoveryOutcome.PassedOn, RecoveryOutcome.Notified], world.Recovery("alice").Attempts.Where(static a => a.Trouble == Trouble.OfAgent).Select(static a => a.Outcome));
        Assert.Empty(world.Recovery("alice").Figures);
        Assert.Contains(world.Gaps, static g => g.Id.StartsWith("recovery.alice.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_note_that_an_agent_has_left_goes_with_its_task_to_whoever_gets_it()
    {
        var world = Working(Policy.With(TroubleKind.Crashed, RecoveryStrategy.Reassign, RecoveryStrategy.Notify));
        world.Does(Orchestrator.Actors.HandOvers.HandOver.Entity(AgentName.Parse("alice")), new LeaveNote("The parser is done.\nThe printer is not."), "agent/alice");
        world.Ready("bob");
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("The note that alice left last, at 2026-01-01 00:00 UTC:\n  The parser is done.\n  The printer is not.", world.Delivered("bob"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fallback_starts_the_agent_with_another_profile_or_model_and_briefs_it()
    {
        var settings = RecoverySettings.Default with { Fallbacks = ImmutableSortedDictionary<string, RecoveryFallback>.Empty.Add("cheap", new RecoveryFallback("shell", "small")) };
        var world = Ready(Policy.With(TroubleKind.Crashed, new RecoveryStep(RecoveryStrategy.Fallback, "cheap")), settings);
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        var spawn = Assert.IsType<SpawnPane>(world.Worker[^1].Command);
        Assert.Equal(("shell", "small"), (spawn.Profile, spawn.Model));
        world.Rises("alice");
        Assert.Equal(SessionStart.ReBriefed, world.Events<SessionBegan>().Last().How);
        Assert.Equal(RecoveryOutcome.Succeeded, world.Recovery("alice").Attempts.Single().Outcome);
    }

    [Fact]
    public void A_command_that_says_it_worked_has_not_recovered_anything_before_the_cause_is_gone()
    {
        var world = Ready(Policy.With(TroubleKind.Crashed, new RecoveryStep(RecoveryStrategy.Custom, "page"), new RecoveryStep(RecoveryStrategy.Notify)));
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        var order = Assert.IsType<RunCustom>(world.Worker[^1].Command);
        Assert.Equal(("page", "alice", TroubleKind.Crashed), (order.Name, order.Agent.Value, order.Kind));
        world.Does(AgentRecovery.Of(Alice), new ReportCustom(order.Number, Worked: true, "page ended with 0"), "worker:n1");
        Assert.Equal(RecoveryOutcome.Begun, world.Recovery("alice").Live?.Outcome);
        world.Pass(Policy.ReadyWithin);
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Notified], world.Recovery("alice").Attempts.Select(static a => a.Outcome));
    }

    [Fact]
    public void A_command_that_fails_leads_to_the_next_step_at_once()
    {
        var world = Ready(Policy.With(TroubleKind.Crashed, new RecoveryStep(RecoveryStrategy.Custom, "page"), new RecoveryStep(RecoveryStrategy.Restart)));
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        world.Does(AgentRecovery.Of(Alice), new ReportCustom(1, Worked: false, "page ended with 1"), "worker:n1");
        world.Pass(TimeSpan.FromSeconds(2));
        Assert.IsType<SpawnPane>(world.Worker[^1].Command);
    }

    [Fact]
    public void Skip_and_notify_do_nothing_to_anybody()
    {
        foreach (var strategy in new[] { RecoveryStrategy.Skip, RecoveryStrategy.Notify })
        {
            var world = Ready(Policy.With(TroubleKind.Crashed, strategy));
            var before = world.Worker.Count;
            world.Ends("alice");
            world.Pass(TimeSpan.FromDays(1));
            Assert.Equal((before, strategy == RecoveryStrategy.Notify ? 1 : 0), (world.Worker.Count, world.Gaps.Count));
        }
    }

    [Fact]
    public void Nothing_is_restarted_for_a_rate_limit_which_is_waited_for()
    {
        var world = Ready(Policy);
        var before = world.Worker.Count;
        var until = world.Now.AddHours(2);
        world.Does(Alice.Entity, new ReportActivity(world.Agent("alice").Generation, AgentActivity.RateLimited, "until then", until, new AgentFact("screen", "limit", "…", world.Now)), "worker:n1");
        world.Pass(TimeSpan.FromHours(2));
        Assert.Equal((RecoveryOutcome.Begun, before), (world.Recovery("alice").Live?.Outcome, world.Worker.Count));
        world.Seen("alice", AgentActivity.Ready);
        Assert.Equal((RecoveryOutcome.Succeeded, RecoveryStrategy.Wait), (world.Recovery("alice").Attempts.Single().Outcome, world.Recovery("alice").Attempts[0].Strategy));
    }

    [Fact]
    public void A_limit_that_does_not_end_when_it_should_is_left_to_a_person()
    {
        var world = Ready(Policy);
        world.Does(Alice.Entity, new ReportActivity(world.Agent("alice").Generation, AgentActivity.RateLimited, "until then", world.Now.AddHours(2), new AgentFact("screen", "limit", "…", world.Now)), "worker:n1");
        world.Pass(TimeSpan.FromHours(3));
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Notified], world.Recovery("alice").Attempts.Select(static a => a.Outcome));
        Assert.Contains("rate_limited", Assert.Single(world.Gaps).Condition!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_crashes_while_its_account_is_limited_is_started_when_the_limit_is_over_and_not_before()
    {
        var world = Ready(Policy.With(TroubleKind.Crashed, RecoveryStrategy.Restart));
        world.Does(AgentRecovery.Of(Alice), new NoteLimit(Limited: true, world.Now.AddHours(1)));
        world.Ends("alice");
        world.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(AgentState.Error, world.Agent("alice").State);
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(AgentState.Active, world.Agent("alice").State);
    }

    [Fact]
    public void A_hung_program_is_stopped_and_its_conversation_taken_up_again_and_only_its_prompt_shows_that_it_is_well()
    {
        var world = HungInMidTurn(Policy.With(TroubleKind.Hung, RecoveryStrategy.Restart, RecoveryStrategy.RestartRebrief, RecoveryStrategy.Notify), out var message);
        world.Pass(TimeSpan.FromSeconds(1));
        var stop = Assert.IsType<StopPane>(world.Worker[^1].Command);
        Assert.True(stop.Force);

        // It may stir once more before it is gone: that is no recovery.
        world.Seen("alice", AgentActivity.Working);
        Assert.Equal(RecoveryOutcome.Begun, world.Recovery("alice").Live?.Outcome);
        world.Ends("alice");
        Assert.True(Assert.IsType<SpawnPane>(world.Worker[^1].Command).Session is { Resume: true });
        world.Rises("alice");
        Assert.Equal((RecoveryOutcome.Succeeded, RecoveryStrategy.Restart), (world.Recovery("alice").Attempts.Single().Outcome, world.Recovery("alice").Attempts[0].Strategy));

        // What was in work is neither given a second time nor forgotten: the program is told to go on with it.
        var told = world.Delivered("alice");
        Assert.Contains(message.Value, told, StringComparison.Ordinal);
        Assert.DoesNotContain("build it", told, StringComparison.Ordinal);
        Assert.Single(world.Events<MessageAccepted>(), static e => e.Message.Text == "build it");
        Assert.Equal(2, world.Events<DeliveryAdvanced>().Count(static e => e.State == MessageState.Submitted));
    }

    [Fact]
    public void A_hung_program_that_cannot_take_its_conversation_up_again_is_told_what_it_was_at()
    {
        var world = HungInMidTurn(Policy.With(TroubleKind.Hung, RecoveryStrategy.Restart), out var message);
        world.Pass(TimeSpan.FromSeconds(1));
        world.Ends("alice");
        Assert.True(Assert.IsType<SpawnPane>(world.Worker[^1].Command).Session is { Resume: true, Brief: true });
        world.Does(Alice.Entity, new BindPane(world.Agent("alice").Generation, GivenAgent.Pane(), GivenAgent.Traits(), Worktree: null, Adopted: false, 0, new SessionReport(Resumed: false, Id: null, Prompt: null, Continues: false)));
        world.Seen("alice", AgentActivity.Ready);
        var told = world.Delivered("alice");
        Assert.Contains($"(id {message}, from client:test); you may not have done with it:\nbuild it", told, StringComparison.Ordinal);
        Assert.Single(world.Events<MessageAccepted>(), static e => e.Message.Text == "build it");
    }

    [Fact]
    public void One_that_hangs_again_after_that_is_begun_anew_and_told_what_it_was_at()
    {
        var world = HungInMidTurn(Policy.With(TroubleKind.Hung, RecoveryStrategy.Restart, RecoveryStrategy.RestartRebrief, RecoveryStrategy.Notify), out var message);
        world.Pass(TimeSpan.FromSeconds(1));
        world.Ends("alice");
        world.Does(Alice.Entity, new BindPane(world.Agent("alice").Generation, GivenAgent.Pane(), GivenAgent.Traits(), Worktree: null, Adopted: false, 0, new SessionReport(Resumed: true, Id: null, Prompt: null, Continues: true)));
        world.Seen("alice", AgentActivity.Hung);
        Assert.Equal(RecoveryOutcome.Failed, world.Recovery("alice").Attempts[0].Outcome);
        world.Pass(TimeSpan.FromSeconds(2));
        world.Ends("alice");
        world.Rises("alice");
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Succeeded], world.Recovery("alice").Attempts.Select(static a => a.Outcome));

        // The word to go on was meant for the program before, and says so by the id; then it is told everything.
        Assert.Contains(message.Value, world.Delivered("alice"), StringComparison.Ordinal);
        Assert.Contains("build it", world.Delivered("alice"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hung_program_that_goes_on_by_itself_is_left_alone()
    {
        var world = HungInMidTurn(Policy.With(TroubleKind.Hung, RecoveryStrategy.Restart) with { FirstPause = TimeSpan.FromSeconds(30) }, out _);
        world.Seen("alice", AgentActivity.Working);
        world.Seen("alice", AgentActivity.Ready);
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal((RecoveryOutcome.Cancelled, 1L), (world.Recovery("alice").Attempts.Single().Outcome, world.Agent("alice").Generation.Value));
    }

    [Fact]
    public void A_silent_agent_is_recovered_only_when_its_gap_is_closed()
    {
        var world = Ready(Policy.With(TroubleKind.SilentAgent, RecoveryStrategy.Remind, RecoveryStrategy.Restart));
        world.Seen("alice", AgentActivity.Working);
        world.Pass(TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(1));
        Assert.Equal((RecoveryOutcome.Begun, RecoveryStrategy.Remind), (world.Recovery("alice").Live?.Outcome, world.Recovery("alice").Live?.Strategy));
        Assert.Equal("remind", Assert.Single(Assert.Single(world.Gaps, static g => g.Condition!.Kind == GapKind.SilentAgent).Cures).Strategy);
        world.Pass(Policy.ReadyWithin + TimeSpan.FromSeconds(2));
        Assert.IsType<StopPane>(world.Worker[^1].Command);
        world.Ends("alice");
        world.Rises("alice");
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Succeeded], world.Recovery("alice").Attempts.Select(static a => a.Outcome));
        Assert.DoesNotContain(world.Gaps, static g => g.Condition!.Kind == GapKind.SilentAgent);
    }

    [Fact]
    public void A_turn_that_failed_is_told_to_go_on_and_one_that_fails_again_goes_up_the_ladder()
    {
        var world = Ready(Policy.With(TroubleKind.TurnFailed, RecoveryStrategy.Retry, RecoveryStrategy.Notify));
        world.Seen("alice", AgentActivity.Working);
        world.Seen("alice", AgentActivity.TurnFailed);
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("go on with it", world.Delivered("alice"), StringComparison.Ordinal);
        world.Seen("alice", AgentActivity.Working);
        Assert.Equal(RecoveryOutcome.Begun, world.Recovery("alice").Live?.Outcome);
        world.Seen("alice", AgentActivity.TurnFailed);
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Notified], world.Recovery("alice").Attempts.Select(static a => a.Outcome));
        world.Seen("alice", AgentActivity.Working);
        world.Seen("alice", AgentActivity.Ready);
        Assert.Empty(world.Recovery("alice").Troubles);
        Assert.Empty(world.Gaps);
    }

    [Fact]
    public void Trouble_of_the_agent_itself_goes_before_trouble_with_its_work_and_that_is_not_forgotten()
    {
        var world = Working(Policy.With(TroubleKind.Crashed, RecoveryStrategy.Restart) with { FirstPause = TimeSpan.FromSeconds(10) });
        world.Tells("t1", new FailTask("no disk"));
        world.Ends("alice");
        Assert.Equal((TroubleKind.Crashed, RecoveryOutcome.Cancelled), (world.Recovery("alice").Live?.Kind, world.Recovery("alice").Attempts[0].Outcome));
        world.Pass(TimeSpan.FromSeconds(10));
        world.Rises("alice");
        Assert.Equal(TroubleKind.FailedExecution, world.Recovery("alice").Live?.Kind);
        world.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(TaskState.Queued, world.Task("t1").State);
    }

    [Fact]
    public void After_the_cool_down_there_is_one_trial_and_if_that_fails_the_circuit_opens_again()
    {
        var policy = Policy.With(TroubleKind.Crashed, RecoveryStrategy.Restart) with { Budget = 1, Window = TimeSpan.FromMinutes(1), CoolDown = TimeSpan.FromMinutes(10) };
        var world = Ready(policy);
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        world.Does(Alice.Entity, new ReportStartFailed(world.Agent("alice").Generation, "no"), "worker:n1");
        Assert.Equal(world.Now + policy.CoolDown, world.Recovery("alice").OpenUntil);
        world.Pass(policy.CoolDown);
        Assert.Equal((true, RecoveryOutcome.Planned), (world.Recovery("alice").HalfOpen, world.Recovery("alice").Live?.Outcome));
        world.Pass(TimeSpan.FromMinutes(1));
        world.Does(Alice.Entity, new ReportStartFailed(world.Agent("alice").Generation, "no"), "worker:n1");
        Assert.Equal((false, world.Now + policy.CoolDown), (world.Recovery("alice").HalfOpen, world.Recovery("alice").OpenUntil));
        world.Pass(policy.CoolDown + TimeSpan.FromMinutes(1));
        world.Rises("alice");
        Assert.Equal((false, null), (world.Recovery("alice").HalfOpen, world.Recovery("alice").OpenUntil));
    }

    [Fact]
    public void A_forecast_says_what_would_be_done_and_why_and_does_nothing()
    {
        var behavior = new RecoveryBehavior(RecoverySettings.Default with { Defaults = Policy.With(TroubleKind.Crashed, RecoveryStrategy.Restart, RecoveryStrategy.Notify) with { Budget = 3 } });
        var idle = behavior.Empty(AgentRecovery.Of(Alice));
        var now = GivenAgent.Start;
        Assert.Empty(Assert.IsType<RecoveryForecast>(behavior.Answer(idle, new ForecastRecovery(Kind: null, "qa"), now)).Steps);
        var step = Assert.Single(Assert.IsType<RecoveryForecast>(behavior.Answer(idle, new ForecastRecovery(TroubleKind.Crashed, "qa"), now)).Steps);
        Assert.Equal(("restart", now.AddSeconds(1)), (step.Strategy, step.At));
        Assert.Contains("step 1 of 2 of crashed for role qa; 0 of 3 attempts", step.Why, StringComparison.Ordinal);
        var paused = behavior.Apply(idle, new RecoveryPaused("client:anna", now));
        Assert.Contains("paused by client:anna", Assert.Single(Assert.IsType<RecoveryForecast>(behavior.Answer(paused, new ForecastRecovery(TroubleKind.Crashed, "qa"), now)).Steps).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_older_versions_have_stored_of_a_crash_is_still_a_crash()
    {
        var behavior = new RecoveryBehavior(RecoverySettings.Default);
        var down = behavior.Apply(behavior.Empty(AgentRecovery.Of(Alice)), new AgentDown("n1", "qa", "exited with code 1", GivenAgent.Start));
        Assert.Equal(("exited with code 1", "n1", "qa"), (down.Down, down.Node, down.Role));
        Assert.Null(behavior.Apply(down, new AgentUp("started", GivenAgent.Start)).Down);
    }

    private static World HungInMidTurn(RecoveryPolicy policy, out MessageId message)
    {
        var world = Ready(policy);
        message = MessageId.New(world.Now);
        world.Does(Alice.Entity, new EnqueueMessage(new NewMessage(message, "client:test", FromPerson: true, "build it", MessagePriority.Medium, ExpiresAt: null, "SEAL22")));
        world.Delivered("alice");
        world.Seen("alice", AgentActivity.Working);
        world.Seen("alice", AgentActivity.Hung);
        return world;
    }

    private static World Working(RecoveryPolicy policy)
    {
        var world = Ready(policy);
        world.Adds("t1", "alice");
        world.Delivered("alice");
        return world;
    }

    private static World Ready(RecoveryPolicy policy, RecoverySettings? settings = null)
    {
        var world = new World(recovery: policy, settings: settings);
        world.Ready("alice");
        return world;
    }
}
