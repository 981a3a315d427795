using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Questions;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Tests.Actors.Recovery;

/// <summary>The idle ladder: an idle team is reminded after 3 minutes, critical after 5, and after 8 its lead is restarted.</summary>
public sealed class TeamRecoveryTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly AgentName Lead = AgentName.Parse("lead");

    [Fact]
    public void An_idle_team_is_reminded_after_three_minutes_critical_after_five_and_its_lead_restarted_after_eight()
    {
        var world = Team();
        world.Pass(3 * Minute - TimeSpan.FromSeconds(1));
        Assert.Empty(world.Team("red").Attempts);
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("nobody of team red is at work", world.Agent("lead").Queue.InFlight!.Waiting.Message.Text, StringComparison.Ordinal);
        Assert.Empty(world.Gaps);
        world.Delivered("lead");
        world.Pass(2 * Minute);
        Assert.Equal((GapKind.IdleTeam, GapSeverity.Critical), (Assert.Single(world.Gaps).Condition!.Kind, world.Gaps[0].Severity));
        world.Pass(3 * Minute);
        Assert.Equal([TeamStep.Remind, TeamStep.Critical, TeamStep.RestartLead], world.Team("red").Attempts.Select(static a => a.Step));
        Assert.Equal([RecoveryOutcome.Failed, RecoveryOutcome.Failed, RecoveryOutcome.Begun], world.Team("red").Attempts.Select(static a => a.Outcome));
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.IsType<StopPane>(world.Worker[^1].Command);
        Assert.Equal((TroubleKind.IdleTeam, 1), (world.Recovery("lead").Live?.Kind, world.Recovery("lead").Attempts.Count));

        // It is the lead's own supervisor that restarts it, and what shows that it has helped is that somebody is at work.
        world.Ends("lead");
        world.Rises("lead");
        Assert.True(world.Recovery("lead").Live is { Outcome: RecoveryOutcome.Begun });
        world.Delivered("lead");
        world.Seen("lead", AgentActivity.Working);
        Assert.Equal((RecoveryOutcome.Succeeded, RecoveryOutcome.Succeeded), (world.Recovery("lead").Attempts.Single().Outcome, world.Team("red").Attempts[^1].Outcome));
        Assert.Empty(world.Gaps);
    }

    [Fact]
    public void A_team_of_which_somebody_works_or_nobody_is_there_is_not_idle()
    {
        var world = Team();
        world.Seen("bob", AgentActivity.Working);
        world.Pass(TimeSpan.FromHours(1));
        Assert.Empty(world.Team("red").Attempts);
        world.Seen("bob", AgentActivity.Ready);
        world.Pass(2 * Minute);
        foreach (var agent in new[] { "lead", "bob" })
        {
            world.Does(AgentName.Parse(agent).Entity, new Stop(Force: true, "enough"));
            world.Ends(agent);
        }

        world.Pass(TimeSpan.FromHours(1));
        Assert.Empty(world.Team("red").Attempts);
    }

    [Fact]
    public void A_team_that_has_finished_all_its_tasks_is_left_alone_until_it_gets_another_one()
    {
        var world = Team();
        world.Adds("t1", "bob");
        world.Delivered("bob");
        world.Pass(3 * Minute);
        Assert.Equal(TeamStep.Remind, Assert.Single(world.Team("red").Attempts).Step);
        world.Delivered("lead");
        world.Tells("t1", World.Completed());
        world.Pass(TimeSpan.FromHours(2));
        Assert.Single(world.Team("red").Attempts);
        Assert.Empty(world.Recovery("lead").Attempts);
        Assert.Empty(world.Gaps);
        Assert.Equal("all of its tasks are over", world.Events<TeamAwoke>().Last().Because);

        world.Adds("t2", "bob");
        world.Delivered("bob");
        world.Pass(4 * Minute);
        Assert.Equal([TeamStep.Remind, TeamStep.Remind], world.Team("red").Attempts.Select(static a => a.Step));
    }

    [Fact]
    public void What_was_done_is_not_done_again_before_its_cool_down_is_over_however_often_the_team_is_idle()
    {
        var world = Team();
        world.Pass(3 * Minute);
        for (var round = 0; round < 3; round++)
        {
            world.Seen("bob", AgentActivity.Working);
            world.Seen("bob", AgentActivity.Ready);
            world.Pass(4 * Minute);
        }

        Assert.Equal([RecoveryOutcome.Succeeded, RecoveryOutcome.Skipped, RecoveryOutcome.Skipped, RecoveryOutcome.Skipped], world.Team("red").Attempts.Select(static a => a.Outcome));
        world.Seen("bob", AgentActivity.Working);
        world.Pass(IdleTeamPolicy.Default.CoolDown);
        world.Seen("bob", AgentActivity.Ready);
        world.Pass(3 * Minute);
        Assert.Equal((TeamStep.Remind, RecoveryOutcome.Begun), (world.Team("red").Attempts[^1].Step, world.Team("red").Attempts[^1].Outcome));
    }

    [Fact]
    public void A_person_can_pause_it_and_let_it_go_on_and_see_before_what_would_be_done()
    {
        var world = Team();
        var id = TeamRecovery.Of("red");
        world.Does(id, new PauseRecovery(), "client:anna");
        var forecast = Assert.IsType<RecoveryForecast>(new TeamRecoveryBehavior(IdleTeamPolicy.Default).Answer(world.Team("red"), new ForecastRecovery(Kind: null, Role: null), world.Now));
        Assert.Equal(["remind", "critical", "restart_lead"], forecast.Steps.Select(static s => s.Strategy!));
        Assert.All(forecast.Steps, static s => Assert.Contains("paused by client:anna", s.Why, StringComparison.Ordinal));
        world.Pass(TimeSpan.FromHours(1));
        Assert.All(world.Team("red").Attempts, static a => Assert.Equal(RecoveryOutcome.Skipped, a.Outcome));
        world.Does(id, new ResumeRecovery(), "client:anna");
        world.Pass(TimeSpan.Zero);
        Assert.Equal(3, world.Team("red").Attempts.Count(static a => a.Outcome != RecoveryOutcome.Skipped));
    }

    [Fact]
    public void The_lead_is_whom_most_report_to_and_members_come_and_go()
    {
        var world = Team();
        Assert.Equal(Lead, world.Team("red").Lead);
        world.Does(AgentName.Parse("bob").Entity, Describing("blue", reportsTo: null));
        Assert.Equal(["lead"], world.Team("red").Members.Keys);
        Assert.Equal("bob", world.Team("blue").Lead?.Value);
    }

    [Fact]
    public void A_team_that_has_just_been_made_is_left_alone_until_somebody_wants_something_of_it()
    {
        var world = NewTeam();
        world.Pass(TimeSpan.FromHours(1));
        Assert.Empty(world.Team("red").Attempts);

        // Its briefing, and the turn that comes of it, are no order.
        Sends(world, "team/red", "You lead this team.");
        world.Seen("lead", AgentActivity.Working);
        world.Seen("lead", AgentActivity.Ready);
        world.Pass(TimeSpan.FromHours(1));
        Assert.Empty(world.Team("red").Attempts);

        Sends(world, "client:anna", "Add a search box.");
        world.Pass(3 * Minute);
        Assert.Equal(TeamStep.Remind, Assert.Single(world.Team("red").Attempts).Step);
    }

    [Fact]
    public void The_first_task_begins_a_team_too_and_so_does_a_turn_that_a_person_began_at_its_pane()
    {
        var world = NewTeam();
        world.Adds("t1", "bob");
        world.Delivered("bob");
        world.Pass(3 * Minute);
        Assert.Single(world.Team("red").Attempts);

        world = NewTeam();
        world.Seen("bob", AgentActivity.Working);
        world.Seen("bob", AgentActivity.Ready);
        world.Pass(3 * Minute);
        Assert.Single(world.Team("red").Attempts);
    }

    [Fact]
    public void A_team_of_which_one_has_asked_a_person_is_not_idle_before_it_is_answered()
    {
        var world = Team();
        world.Does(Question.Entity("q1"), new AskPerson(Lead, "Which database?", []), "client:agent/lead");
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal("it waits for a person", world.Events<TeamAwoke>().Last().Because);
        Assert.Empty(world.Team("red").Attempts);
        world.Does(Question.Entity("q1"), new AnswerQuestion("SQLite", "SEAL22", MessageId.New(world.Now)), "client:anna");
        world.Delivered("lead");
        world.Pass(3 * Minute);
        Assert.Equal(TeamStep.Remind, Assert.Single(world.Team("red").Attempts).Step);

        world = Team();
        world.Does(Question.Entity("q2"), new AskPerson(Lead, "Which database?", []), "client:agent/lead");
        world.Does(Question.Entity("q2"), new WithdrawQuestion("found it"), "client:agent/lead");
        world.Pass(3 * Minute);
        Assert.Single(world.Team("red").Attempts);
    }

    [Fact]
    public void A_team_of_which_a_person_reviews_a_task_is_not_idle_before_that_is_decided()
    {
        var world = Team();
        world.Adds("t1", "bob", change: static d => d with { Reviewer = TaskDescription.AnyPerson });
        world.Delivered("bob");
        world.Tells("t1", World.Completed());
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal(TaskState.InReview, world.Task("t1").State);
        Assert.Empty(world.Team("red").Attempts);
        world.Does(TaskId.Parse("t1").Entity, new ReviewTask(Accepted: false, "it does not build"), "client:anna");
        world.Delivered("bob");
        world.Pass(3 * Minute);
        Assert.Equal(TeamStep.Remind, Assert.Single(world.Team("red").Attempts).Step);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_agent_waits_no_more_for_the_review_of_a_task_that_is_cancelled_or_accepted(bool accepted)
    {
        var world = Team();
        world.Adds("t1", "bob", change: static d => d with { Reviewer = TaskDescription.AnyPerson });
        world.Delivered("bob");
        world.Tells("t1", World.Completed());
        Assert.Equal(["task/t1"], world.Agent("bob").Awaits);
        world.Tells("t1", accepted ? new ReviewTask(Accepted: true, "good") : new CancelTask("not needed"));
        Assert.Empty(world.Agent("bob").Awaits);
    }

    private static void Sends(World world, string from, string text)
    {
        world.Does(Lead.Entity, new EnqueueMessage(new NewMessage(MessageId.New(world.Now), from, FromPerson: false, text, MessagePriority.Medium, ExpiresAt: null, "SEAL22")));
        world.Delivered("lead");
    }

    /// <summary>A team of which somebody has been at work.</summary>
    private static World Team()
    {
        var world = NewTeam();
        world.Seen("lead", AgentActivity.Working);
        world.Seen("lead", AgentActivity.Ready);
        return world;
    }

    private static World NewTeam()
    {
        var world = new World();
        world.Ready("lead", "project_manager");
        world.Ready("bob");
        world.Does(Lead.Entity, Describing("red", reportsTo: null));
        world.Does(AgentName.Parse("bob").Entity, Describing("red", "lead"));
        return world;
    }

    private static Describe Describing(string team, string? reportsTo) => new(
        Role: null, DisplayName: null, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("team", team), reportsTo, Manages: null, CollaboratesWith: null);
}
