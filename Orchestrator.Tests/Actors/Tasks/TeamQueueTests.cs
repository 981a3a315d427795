using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Tests.Actors.Tasks;

/// <summary>What waits for a role of a team is done by that team.</summary>
public sealed class TeamQueueTests
{
    private readonly World _world = new(recovery: RecoveryPolicy.Default.With(TroubleKind.FailedExecution, RecoveryStrategy.Reassign).With(TroubleKind.Crashed, RecoveryStrategy.Reassign, RecoveryStrategy.Notify) with
    {
        FirstPause = TimeSpan.FromSeconds(1),
        HandOver = TimeSpan.Zero,
    });

    [Fact]
    public void A_task_for_a_role_of_a_team_is_given_to_a_member_of_that_team_only()
    {
        Member("bank-dev", "bank");
        Member("carl", team: null);
        Adds("t1", "shop");
        Assert.Null(_world.Task("t1").Live!.Agent);
        Member("shop-dev", "shop");
        Assert.Equal("shop-dev", _world.Task("t1").Live!.Agent?.Value);
        Adds("t2", "bank");
        Assert.Equal("bank-dev", _world.Task("t2").Live!.Agent?.Value);
    }

    [Fact]
    public void What_an_agent_asks_for_is_a_task_of_its_own_team()
    {
        _world.Does(WorkQueue.OfRole("developer"), new SetQueueMode(QueueMode.Pull));
        Member("bank-dev", "bank");
        Member("shop-dev", "shop");
        Adds("t1", "shop");
        Assert.Contains("no task waits", _world.Refuses(WorkQueue.OfRole("developer"), new TakeTask(AgentName.Parse("bank-dev")) { Team = "bank" }), StringComparison.Ordinal);
        Assert.Equal(new TaskTaken(TaskId.Parse("t1"), 1), _world.Ask(WorkQueue.OfRole("developer"), new TakeTask(AgentName.Parse("shop-dev")) { Team = "shop" }));
    }

    [Fact]
    public void A_task_of_no_team_goes_to_an_agent_without_one_and_to_members_of_teams_only_where_there_is_none_such()
    {
        Member("bank-dev", "bank");
        Adds("t1", team: null);
        Assert.Equal("bank-dev", _world.Task("t1").Live!.Agent?.Value);
        Member("shop-dev", "shop");
        Member("zoe", team: null);
        Adds("t2", team: null);
        Assert.Equal("zoe", _world.Task("t2").Live!.Agent?.Value);
        Adds("t3", team: null);
        Assert.Null(_world.Task("t3").Live!.Agent);
    }

    [Fact]
    public void An_agent_that_changes_its_team_gets_the_tasks_of_the_new_one()
    {
        Member("alice", "bank");
        Adds("t1", "shop");
        Joins("alice", "shop");
        Assert.Equal("alice", _world.Task("t1").Live!.Agent?.Value);
        Assert.Equal(("shop", "t1"), (_world.Queue("role:developer").Members["alice"].Team, _world.Queue("role:developer").Members["alice"].Task?.Value));
    }

    [Fact]
    public void A_failed_task_is_given_to_another_of_the_same_team_only()
    {
        Member("shop-a", "shop");
        Member("bank-dev", "bank");
        Member("carl", team: null);
        _world.Adds("t1", "shop-a");
        _world.Delivered("shop-a");
        _world.Tells("t1", new FailTask("no disk"));
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal((TaskState.Queued, null, "shop"), (_world.Task("t1").State, _world.Task("t1").Live!.Agent, _world.Task("t1").Assignee!.Team));
        Member("shop-b", "shop");
        Assert.Equal("shop-b", _world.Task("t1").Live!.Agent?.Value);
    }

    [Fact]
    public void The_tasks_of_an_agent_that_is_down_stay_in_its_team()
    {
        Member("shop-a", "shop");
        Member("bank-dev", "bank");
        Member("shop-b", "shop");
        _world.Adds("t1", "shop-a");
        _world.Adds("t2", "shop-a");
        _world.Ends("shop-a");
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([null, "shop-b"], new[] { "t1", "t2" }.Select(t => _world.Task(t).Live!.Agent?.Value).Order(StringComparer.Ordinal));
        Assert.All(_world.Events<TaskReassigned>(), static e => Assert.Equal("shop", e.Team));
    }

    [Fact]
    public void The_tasks_of_an_agent_that_was_ended_meanwhile_stay_in_its_team_too()
    {
        Member("shop-a", "shop");
        Member("bank-dev", "bank");
        _world.Adds("t1", "shop-a");
        _world.Delivered("shop-a");
        _world.Does(AgentName.Parse("shop-a").Entity, new End(Force: true));
        _world.Ends("shop-a");
        _world.Does(AgentName.Parse("shop-a").Entity, new PassTaskOn(TaskId.Parse("t1"), Execution: null, "it was ended"));
        Assert.Equal((null, "shop"), (_world.Task("t1").Live!.Agent, _world.Task("t1").Assignee!.Team));
    }

    [Fact]
    public void What_was_stored_before_queues_knew_of_teams_is_given_as_before()
    {
        var queue = new QueueBehavior();
        var state = queue.Empty(WorkQueue.OfRole("developer"));
        state = queue.Apply(state, new MemberNoted(AgentName.Parse("alice"), Belongs: true, Here: true, _world.Now));
        state = queue.Apply(state, new TaskOffered(new QueuedTask(TaskId.Parse("t1"), 1, Orchestrator.Actors.Messaging.MessagePriority.Medium, 1, _world.Now)));
        Assert.Equal("alice", state.Next()?.Agent.Value);

        // Its node says again that its program runs, and now in which team.
        state = queue.Apply(state, new MemberNoted(AgentName.Parse("alice"), Belongs: true, Here: true, _world.Now) { Team = "shop" });
        Assert.Equal("alice", state.Next()?.Agent.Value);
    }

    [Fact]
    public void A_check_in_for_a_role_still_reaches_all_of_it_whatever_their_team()
    {
        Member("bank-dev", "bank");
        Member("shop-dev", "shop");
        _world.Does(CheckInId.Parse("c1").Entity, new AddCheckIn(new CheckInTarget(Agent: null, "developer"), "commit", new CheckInSchedule(_world.Now.AddMinutes(1), Cron: null, Zone: null), new string('5', 32)));
        _world.Pass(TimeSpan.FromMinutes(2));
        Assert.Contains("commit", _world.Delivered("bank-dev"), StringComparison.Ordinal);
        Assert.Contains("commit", _world.Delivered("shop-dev"), StringComparison.Ordinal);
    }

    private void Member(string name, string? team)
    {
        _world.Does(AgentName.Parse(name).Entity, GivenAgent.Register() with { Role = "developer", Metadata = Metadata(team) });
        _world.Starts(name);
    }

    private void Joins(string name, string team) => _world.Does(AgentName.Parse(name).Entity, new Describe(null, null, Metadata(team), null, null, null));

    private void Adds(string id, string? team)
        => _world.Does(TaskId.Parse(id).Entity, World.Adding(role: "developer") with { Assignee = new TaskAssignee(Agent: null, "developer") { Team = team } });

    private static ImmutableSortedDictionary<string, string> Metadata(string? team)
        => team is null ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add(Addressee.TeamKey, team);
}
