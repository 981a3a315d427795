using Orchestrator.Actors.Agents;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;

using HandOver = Orchestrator.Actors.HandOvers.HandOver;

namespace Orchestrator.Tests.Actors.Recovery;

/// <summary>Before its work goes to somebody else an agent that can answer is asked for a note, once and not for ever; the history says what came of that.</summary>
public sealed class AskedHandOverTests
{
    private static readonly AgentName Alice = AgentName.Parse("alice");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly RecoveryPolicy Policy = RecoveryPolicy.Default.With(TroubleKind.FailedExecution, RecoveryStrategy.Reassign) with { FirstPause = TimeSpan.FromSeconds(1), Budget = 100, HandOver = Limit };

    [Fact]
    public void An_agent_is_asked_before_its_task_goes_to_another_and_its_note_goes_with_it()
    {
        var world = Failed(Policy);
        Assert.Contains("Hand over your work", world.Delivered("alice"), StringComparison.Ordinal);
        Assert.Equal((TaskState.Failed, true), (world.Task("t1").State, world.Recovery("alice").Live?.Asks));

        Leaves(world, "The disk is full since noon.");

        Assert.Contains("\n  The disk is full since noon.", world.Delivered("bob"), StringComparison.Ordinal);
        var attempt = world.Recovery("alice").Attempts.Single();
        Assert.Equal((RecoveryOutcome.Awaiting, "with the note that it left when it was asked"), (attempt.Outcome, attempt.HandOver));
        world.Pass(2 * Limit);
        world.Tells("t1", World.Completed("bob"));
        attempt = world.Recovery("alice").Attempts.Single();
        Assert.Equal((RecoveryOutcome.Succeeded, "with the note that it left when it was asked"), (attempt.Outcome, attempt.HandOver));
        Assert.Single(world.Events<HandOverAsked>());
        Assert.Single(world.Events<TaskReassigned>());
    }

    [Fact]
    public void One_that_leaves_none_within_the_limit_is_not_waited_for_any_longer()
    {
        var world = Failed(Policy);
        world.Delivered("alice");
        world.Pass(Limit - TimeSpan.FromSeconds(1));
        Assert.Empty(world.Events<TaskReassigned>());
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("taken from it (failed_execution): no disk", world.Delivered("bob"), StringComparison.Ordinal);
        Assert.StartsWith("without a note: ", world.Recovery("alice").Attempts.Single().HandOver, StringComparison.Ordinal);

        // A note that comes too late is kept all the same, and gives nothing away a second time.
        Leaves(world, "late");
        Assert.Single(world.Events<TaskReassigned>());
        Assert.Equal("late", world.Recovery("alice").Left?.Text);
    }

    [Theory]
    [InlineData(AgentActivity.Hung, "it is hung")]
    [InlineData(AgentActivity.RateLimited, "it is rate_limited")]
    [InlineData(AgentActivity.AuthRequired, "it is auth_required")]
    [InlineData(AgentActivity.AwaitingApproval, "it asks something itself")]
    [InlineData(AgentActivity.AwaitingAnswer, "it asks something itself")]
    public void One_that_cannot_answer_is_not_asked(AgentActivity activity, string why)
    {
        var world = Working(Policy.With(TroubleKind.Hung, RecoveryStrategy.Skip).With(TroubleKind.RateLimited, RecoveryStrategy.Skip).With(TroubleKind.AuthRequired, RecoveryStrategy.Skip));
        world.Seen("alice", activity);
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(2));
        Assert.Contains(why, world.Recovery("alice").Attempts.Single(static a => a.Strategy == RecoveryStrategy.Reassign).HandOver, StringComparison.Ordinal);
        Assert.Single(world.Events<TaskReassigned>());
        Assert.Empty(world.Events<HandOverAsked>());
    }

    [Fact]
    public void One_whose_program_is_gone_is_not_asked_and_all_its_tasks_go_at_once()
    {
        var world = Working(Policy.With(TroubleKind.Crashed, RecoveryStrategy.Reassign));
        world.Adds("t2", "alice");
        world.Ends("alice");
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(2, world.Events<TaskReassigned>().Count());
        var attempt = world.Recovery("alice").Attempts.First(static a => a.Kind == TroubleKind.Crashed);
        Assert.Equal((RecoveryOutcome.PassedOn, "without a note: it could not be asked: it is error and has no program"), (attempt.Outcome, attempt.HandOver));
    }

    [Fact]
    public void A_shell_is_not_asked_for_what_it_is_told_it_runs()
    {
        var world = new World(recovery: Policy);
        world.Ready("bob");
        world.Does(Alice.Entity, GivenAgent.Register());
        world.Does(Alice.Entity, new Start(GivenAgent.Node));
        world.Does(Alice.Entity, new BindPane(world.Agent("alice").Generation, GivenAgent.Pane(), GivenAgent.Traits() with { TakesBrief = false }, Worktree: null, Adopted: false, 0));
        world.Seen("alice", AgentActivity.Ready);
        world.Adds("t1", "alice");
        world.Delivered("alice");
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("its program runs what it is told", world.Recovery("alice").Attempts.Single().HandOver, StringComparison.Ordinal);
        Assert.Null(world.Agent("alice").Queue.InFlight);
    }

    [Fact]
    public void One_that_was_asked_by_a_person_already_is_not_asked_a_second_time()
    {
        var world = Working(Policy);
        world.Does(HandOver.Entity(Alice), new AskHandOver(EndingThen.Stop, TimeSpan.FromHours(1), Unable: null, MessageId.New(world.Now), "SEAL22"));
        world.Delivered("alice");
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(5));
        Assert.True(world.Recovery("alice").Live?.Asks);
        Leaves(world, "for whoever comes");
        Assert.Contains("\n  for whoever comes", world.Delivered("bob"), StringComparison.Ordinal);
        Assert.Single(world.Events<HandOverAsked>());
        Assert.Single(world.Worker, static w => w.Command is StopPane);
    }

    [Fact]
    public void One_that_has_left_a_note_since_it_began_is_not_asked_again_for_its_next_task()
    {
        var world = Working(Policy);
        world.Adds("t2", "alice");
        world.Tells("t1", new FailTask("no disk"));
        world.Tells("t2", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(1));
        Leaves(world, "both need the disk");
        world.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(2, world.Events<TaskReassigned>().Count());
        Assert.All(world.Events<TaskReassigned>(), static e => Assert.Contains("both need the disk", e.Note, StringComparison.Ordinal));
        Assert.Equal(["with the note that it left when it was asked", "with the note that it had left by then"], world.Recovery("alice").Attempts.Select(static a => a.HandOver));
        Assert.Single(world.Events<HandOverAsked>());
    }

    [Fact]
    public void A_limit_of_zero_asks_nobody()
    {
        var world = Failed(Policy with { HandOver = TimeSpan.Zero });
        Assert.Single(world.Events<TaskReassigned>());
        Assert.Empty(world.Events<HandOverAsked>());
        Assert.Equal("its policy does not ask for a note", world.Recovery("alice").Attempts.Single().HandOver);
    }

    [Fact]
    public void What_a_person_deals_with_meanwhile_is_not_given_away_as_well()
    {
        var world = Failed(Policy);
        world.Tells("t1", new AssignTask(new TaskAssignee(Alice, "developer")));
        Assert.Equal(RecoveryOutcome.Cancelled, world.Recovery("alice").Attempts.Single().Outcome);
        Leaves(world, "not needed any more");
        world.Pass(2 * Limit);
        Assert.Empty(world.Events<TaskReassigned>());
        Assert.Null(world.Recovery("alice").Live);
    }

    [Fact]
    public void An_agent_that_crashes_while_it_is_asked_is_recovered_first_and_the_task_is_not_forgotten()
    {
        var world = Failed(Policy.With(TroubleKind.Crashed, RecoveryStrategy.Restart));
        world.Ends("alice");
        Assert.Equal((RecoveryOutcome.Cancelled, TroubleKind.Crashed), (world.Recovery("alice").Attempts[0].Outcome, world.Recovery("alice").Live?.Kind));
        world.Pass(TimeSpan.FromSeconds(1));
        world.Rises("alice");
        world.Pass(TimeSpan.FromSeconds(1) + (2 * Limit));
        Assert.Single(world.Events<TaskReassigned>());
    }

    private static void Leaves(World world, string note) => world.Does(HandOver.Entity(Alice), new LeaveNote(note), "client:agent/alice");

    private static World Failed(RecoveryPolicy policy)
    {
        var world = Working(policy);
        world.Tells("t1", new FailTask("no disk"));
        world.Pass(TimeSpan.FromSeconds(1));
        return world;
    }

    private static World Working(RecoveryPolicy policy)
    {
        var world = new World(recovery: policy);
        world.Ready("alice");
        world.Ready("bob");
        world.Adds("t1", "alice");
        world.Delivered("alice");
        return world;
    }
}
