using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Tests.Actors.Gaps;

public sealed class GapTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly World _world = new();

    [Fact]
    public void A_failure_is_a_gap_until_somebody_deals_with_it_and_not_for_ever()
    {
        Begins("t1", "alice");
        _world.Tells("t1", new FailTask("no disk"));
        var gap = Assert.Single(_world.Gaps);
        Assert.Equal((GapKind.Failed, GapSeverity.Error, "no disk", "alice", "t1"), (gap.Condition!.Kind, gap.Severity, gap.Condition.Evidence, gap.Condition.Agent?.Value, gap.Condition.Task?.Value));
        _world.Pass(TimeSpan.FromDays(1));
        Assert.Single(_world.Gaps);
        _world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("alice"), "developer")));
        Assert.Empty(_world.Gaps);

        _world.Delivered("alice");
        _world.Tells("t1", new FailTask("again"));
        Assert.Equal("task.t1.failed.2", Assert.Single(_world.Gaps).Id);
        _world.Tells("t1", new CancelTask("not needed"));
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void Time_between_tasks_is_measured_within_a_chain_of_one_agent_never_across_strangers()
    {
        foreach (var agent in new[] { "alice", "bob" })
        {
            _world.Ready(agent);
            _world.Does(WorkQueue.Of(AgentName.Parse(agent)), new SetQueueMode(QueueMode.Pull));
        }

        Pulls("a1", "alice", "nightly");
        _world.Pass(TimeSpan.FromHours(1));
        _world.Tells("a1", World.Completed());

        // Long after it, others begin and wait: a stranger in the same chain, and the same agent in another chain.
        _world.Pass(TimeSpan.FromHours(1));
        _world.Adds("b1", "bob", change: static d => d with { Chain = "nightly" });
        _world.Adds("a2", "alice", change: static d => d with { Chain = "daily" });
        _world.Pass(TimeSpan.FromHours(1));
        Assert.Empty(_world.Gaps);

        _world.Adds("a3", "alice", change: static d => d with { Chain = "nightly" });
        _world.Pass(TimeSpan.FromSeconds(299));
        Assert.Empty(_world.Gaps);
        _world.Pass(Second);
        Assert.Equal((GapKind.Timing, "chain.alice.nightly.timing.1"), (Assert.Single(_world.Gaps).Condition!.Kind, _world.Gaps[0].Id));
        _world.Tells("a3", new StartTask(AgentName.Parse("alice")));
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void What_was_expected_and_never_started_is_missing_until_it_starts_is_taken_back_or_expires()
    {
        _world.Ready("alice");
        var chain = WorkChain.Of(AgentName.Parse("alice"), "nightly");
        foreach (var id in new[] { "one", "two", "three" })
        {
            _world.Does(chain, new ExpectExecution(new Expectation(id, _world.Now.AddMinutes(10), _world.Now.AddMinutes(70)), "developer"));
        }

        _world.Pass(TimeSpan.FromMinutes(15) - Second);
        Assert.Empty(_world.Gaps);
        _world.Pass(Second);
        Assert.Equal([GapKind.Missing, GapKind.Missing, GapKind.Missing], _world.Gaps.Select(static g => g.Condition!.Kind));
        Pulls("t1", "alice", "nightly");
        Assert.Equal(2, _world.Gaps.Count);
        _world.Does(chain, new ForgetExpectation("two"));
        Assert.Single(_world.Gaps);
        _world.Tells("t1", World.Completed());
        _world.Pass(TimeSpan.FromHours(1));
        Assert.Empty(_world.Gaps);
        Assert.Contains("no execution three is expected", _world.Refuses(chain, new ForgetExpectation("three")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_is_to_start_in_time_or_has_a_deadline_is_missing_then_late()
    {
        _world.Ready("alice");
        _world.Does(WorkQueue.Of(AgentName.Parse("alice")), new SetQueueMode(QueueMode.Pull));
        _world.Adds("t1", "alice", change: d => d with { Deadline = _world.Now.AddMinutes(30), Limits = new TaskLimits(TimeSpan.FromMinutes(1), null, null) });
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["task.t1.missing.1"], Ids());
        _world.Pass(TimeSpan.FromMinutes(29));
        Assert.Equal(["task.t1.missing.1", "task.t1.missing.2"], Ids());
        _world.Tells("t1", new StartTask(AgentName.Parse("alice")));
        Assert.Equal(["task.t1.long_running.3"], Ids());
        _world.Tells("t1", World.Completed());
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void What_runs_too_long_or_without_progress_is_a_gap_by_the_thresholds_of_task_and_role()
    {
        var qa = GapThresholds.Default with { LongRunning = TimeSpan.FromMinutes(20), NoProgress = TimeSpan.FromHours(9) };
        var world = new World(new GapSettings(GapThresholds.Default, ImmutableSortedDictionary<string, GapThresholds>.Empty.Add("qa", qa)));
        foreach (var (id, agent, role, limit) in new[] { ("t1", "a1", "qa", (TimeSpan?)null), ("t2", "a2", "developer", null), ("t3", "a3", "qa", TimeSpan.FromMinutes(50)) })
        {
            world.Ready(agent, role);
            world.Adds(id, agent, role, d => d with { Limits = new TaskLimits(null, limit, null) });
            world.Delivered(agent);
        }

        world.Pass(TimeSpan.FromMinutes(20));
        Assert.Equal(["task.t1.long_running.1"], world.Gaps.Select(static g => g.Id));
        world.Tells("t2", new ReportProgress("half"));
        world.Pass(TimeSpan.FromMinutes(29));
        Assert.DoesNotContain("task.t2.no_progress.1", world.Gaps.Select(static g => g.Id));
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("task.t2.no_progress.1", world.Gaps.Select(static g => g.Id));
        Assert.Contains("task.t3.long_running.1", world.Gaps.Select(static g => g.Id));
        world.Tells("t2", new ReportProgress("nearly"));
        Assert.DoesNotContain("task.t2.no_progress.1", world.Gaps.Select(static g => g.Id));
        world.Pass(TimeSpan.FromMinutes(30));
        Assert.Contains("task.t2.no_progress.2", world.Gaps.Select(static g => g.Id));
    }

    [Fact]
    public void An_agent_of_which_nothing_is_heard_while_it_works_is_silent_and_one_that_waits_is_not()
    {
        _world.Ready("alice");
        _world.Pass(TimeSpan.FromDays(1));
        Assert.Empty(_world.Gaps);
        _world.Seen("alice", AgentActivity.Working);
        _world.Pass(TimeSpan.FromMinutes(30) - Second);
        Assert.Empty(_world.Gaps);
        _world.Pass(Second);
        Assert.Equal(["agent.alice.silent_agent.1"], Ids());
        _world.Seen("alice", AgentActivity.Ready);
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void A_message_that_does_not_reach_its_program_is_unread_and_the_next_one_has_its_own_time()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Sends("first");
        _world.Pass(TimeSpan.FromMinutes(4));
        Sends("second");
        _world.Pass(TimeSpan.FromMinutes(1));
        var gap = Assert.Single(_world.Gaps);
        Assert.Equal(GapKind.UnreadMessage, gap.Condition!.Kind);
        _world.Seen("alice", AgentActivity.Ready);
        _world.Delivered("alice");
        Assert.Empty(_world.Gaps);
        _world.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal(["agent.alice.unread_message.2"], Ids());
        _world.Delivered("alice");
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void A_message_that_is_delivered_in_time_is_nothing_to_the_watch_and_leaves_no_reminder()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("first");
        Assert.DoesNotContain(agent.Told, static m => m.To.Kind == GapWatch.Kind);
        Assert.Equal(agent.Now + GapThresholds.Default.Unread, agent.Reminders["unread"].Due);
        agent.Now += Second;
        agent.Send("second");
        agent.Report(DeliveryStep.Submitted);
        Assert.DoesNotContain(agent.Told, static m => m.To.Kind == GapWatch.Kind);
        Assert.Equal(agent.Now + GapThresholds.Default.Unread, agent.Reminders["unread"].Due);
        agent.Report(DeliveryStep.Submitted);
        Assert.DoesNotContain("unread", agent.Reminders.Keys);
    }

    [Fact]
    public void What_an_older_version_had_the_watch_count_is_told_to_it_when_it_is_over()
    {
        var agent = new GivenAgent().Started();
        agent.Has(new MessageAccepted(new NewMessage(MessageId.New(agent.Now), "client:test", FromPerson: true, "text", MessagePriority.Medium, ExpiresAt: null, "SEAL22"), agent.Now));
        agent.Now += Second;
        agent.Seen(AgentActivity.Ready);
        Assert.DoesNotContain(agent.Told, static m => m.Command is Observe { Conditions.IsEmpty: true });
        agent.Report(DeliveryStep.Submitted);
        Assert.Contains(agent.Told, static m => m.To.Kind == GapWatch.Kind && m.Command is Observe { Conditions.IsEmpty: true });
    }

    [Fact]
    public void A_dialog_that_nobody_answers_is_a_gap_until_it_closes()
    {
        _world.Ready("alice");
        _world.Does(AgentName.Parse("alice").Entity, new ReportDialog(_world.Agent("alice").Generation, AskedToRun("rm -rf build")), "worker:n1");
        _world.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("rm -rf build", Assert.Single(_world.Gaps).Condition!.Evidence, StringComparison.Ordinal);
        _world.Does(AgentName.Parse("alice").Entity, new ReportDialog(_world.Agent("alice").Generation, Dialog: null), "worker:n1");
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void Complete_that_is_not_and_completed_by_somebody_else_contradict_what_is_seen()
    {
        Begins("t1", "alice", static d => d with { Check = new TaskCheck(["false"], TimeSpan.FromMinutes(1)) });
        _world.Tells("t1", World.Completed());
        Assert.Empty(_world.Gaps);
        _world.Tells("t1", new ReportCheck(new CheckResult(1, Passed: false, 1, "", "ended with 1", TimeSpan.Zero)));
        Assert.Contains("its check ended with 1", Assert.Single(_world.Gaps).Condition!.Evidence, StringComparison.Ordinal);
        _world.Tells("t1", World.Completed());
        _world.Tells("t1", new ReportCheck(new CheckResult(2, Passed: true, 0, "", "ended with 0", TimeSpan.Zero)));
        Assert.Empty(_world.Gaps);

        Begins("t2", "bob");
        _world.Ask(TaskId.Parse("t2").Entity, World.Completed("alice"));
        Assert.Equal(["task.t2.contradictory.1"], Ids());
    }

    [Fact]
    public void What_a_person_has_closed_stays_closed_for_the_same_cause_and_says_by_whom()
    {
        Begins("t1", "alice");
        _world.Tells("t1", new FailTask("no"));
        var gap = _world.Gaps[0];
        _world.Does(Gap.Entity(gap.Id), new NoteCure("retry", "did not help"));
        _world.Does(Gap.Entity(gap.Id), new CloseGap("known"), "client:anna");
        var closed = _world.State<Gap>(Gap.Entity(gap.Id));
        Assert.Equal(("client:anna", "known", "retry"), (closed.ClosedBy, closed.ClosedBecause, closed.Cures.Single().Strategy));
        _world.Pass(TimeSpan.FromDays(1));
        Assert.Empty(_world.Gaps);
        Assert.Contains("is closed", _world.Refuses(Gap.Entity(gap.Id), new NoteCure("retry", "x")), StringComparison.Ordinal);
        _world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("alice"), "developer")));
        _world.Delivered("alice");
        _world.Tells("t1", new FailTask("another time"));
        Assert.Equal(["task.t1.failed.2"], Ids());
    }

    [Fact]
    public void An_agent_that_is_ended_leaves_no_gap_open()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Sends("never read");
        _world.Pass(TimeSpan.FromHours(1));
        Assert.Equal(2, _world.Gaps.Count);
        _world.Does(AgentName.Parse("alice").Entity, new End(Force: true));
        _world.Ends("alice");
        Assert.Empty(_world.Gaps);
    }

    private string[] Ids() => [.. _world.Gaps.Select(static g => g.Id)];

    private void Begins(string task, string agent, Func<TaskDescription, TaskDescription>? change = null)
    {
        _world.Ready(agent);
        _world.Adds(task, agent, change: change);
        _world.Delivered(agent);
    }

    private void Pulls(string task, string agent, string chain)
    {
        _world.Does(WorkQueue.Of(AgentName.Parse(agent)), new SetQueueMode(QueueMode.Pull));
        _world.Adds(task, agent, change: d => d with { Chain = chain, Limits = new TaskLimits(null, TimeSpan.FromDays(9), TimeSpan.FromDays(9)) });
        _world.Tells(task, new StartTask(AgentName.Parse(agent)));
    }

    private void Sends(string text)
        => _world.Does(AgentName.Parse("alice").Entity, new EnqueueMessage(new NewMessage(MessageId.New(_world.Now), "client:test", FromPerson: true, text, MessagePriority.Medium, ExpiresAt: null, "SEAL22")));

    private static AgentDialog AskedToRun(string command) => new("shell", $"Allow execution of {command}?", Subject: null, [new DialogOption(1, "1", "Yes", DialogMeaning.AllowOnce, Selected: true)]);
}
