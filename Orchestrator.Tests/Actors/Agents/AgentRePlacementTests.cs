using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

/// <summary>What becomes of an agent of a lost node, by its policy: never two programs of it, and the history says what was done and what was left behind.</summary>
public sealed class AgentRePlacementTests
{
    private const string Why = "its node n1 is lost";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    [Fact]
    public void It_goes_on_elsewhere_as_the_next_generation_but_not_before_the_guard_has_had_its_time()
    {
        var agent = Lost();
        Assert.Equal((LossPolicy.RePlace, agent.Now + Grace + AgentLoss.Margin), (agent.State.Loss!.Policy, agent.State.Loss.RePlaceAt!.Value));
        agent.Now += Grace + AgentLoss.Margin - TimeSpan.FromMilliseconds(1);
        agent.Tell(new RePlace(agent.State.Generation, "n2"));
        Assert.Equal(1, agent.State.Generation.Value);

        agent.Now += TimeSpan.FromMilliseconds(1);
        agent.Tell(new RePlace(agent.State.Generation, "n2"));
        Assert.Equal(("n2", 2, AgentState.Active), (agent.State.Node, agent.State.Generation.Value, agent.State.State));
        Assert.Equal(("n2", 2), (agent.Worker[^1].Node, Assert.IsType<SpawnPane>(agent.Worker[^1].Command).Generation.Value));
        Assert.Equal("n1", agent.Last<WorkLeft>().Node);

        // Told again, and by the node that comes back after all.
        agent.Tell(new RePlace(new Generation(1), "n3"));
        Assert.Equal(RefusalCodes.Stale, Assert.IsType<Refused>(Bind(agent, new Generation(1), Grace, incarnation: 4)).Code);
        agent.Tell(new ReportPaneEnded(new Generation(1), new PaneExit(0, null, "exited"), Output: null, ByGuard: true));
        Assert.Equal(("n2", 2), (agent.State.Node, agent.State.Generation.Value));
    }

    [Fact]
    public void A_message_that_was_on_its_way_is_surfaced_and_never_typed_by_the_next_generation()
    {
        var agent = Guarded();
        agent.Send("on its way");
        agent.Send("waits");
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why, Guarded: true));
        RePlaced(agent);
        Assert.True(agent.Last<DeliveryEnded>().Undecidable);
        Bind(agent, agent.State.Generation, Grace, incarnation: 1);
        agent.Ready();
        Assert.Equal("waits", agent.InFlight);
        Assert.DoesNotContain(agent.Worker, static w => w.Command is DeliverMessage { Generation.Value: 2, Text: "on its way" });
    }

    [Theory]
    [InlineData(false, true, "was not watched by a guard")]
    [InlineData(true, false, "was not running")]
    public void Without_a_guard_that_stops_the_old_program_it_waits_for_its_node_and_the_history_says_why(bool watched, bool guardRuns, string why)
    {
        var agent = watched ? Guarded() : GuardedFor(LossPolicy.RePlace, grace: null, worktree: null);
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why, Guarded: guardRuns));
        Assert.Equal(LossPolicy.Wait, agent.State.Loss!.Policy);
        Assert.Contains(why, agent.State.Loss.Reason, StringComparison.Ordinal);
        agent.Now += TimeSpan.FromHours(1);
        agent.Tell(new RePlace(agent.State.Generation, "n2"));
        Assert.Equal(1, agent.State.Generation.Value);
    }

    [Fact]
    public void One_that_is_left_is_told_of_at_once_and_touched_by_nobody()
    {
        var agent = Guarded(LossPolicy.Leave);
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why, LossPolicy.RePlace, Guarded: true));
        Assert.Equal(LossPolicy.Leave, agent.Last<LossDecided>().Plan.Policy);
        agent.Now += TimeSpan.FromHours(1);
        agent.Tell(new RePlace(agent.State.Generation, "n2"));
        Assert.Equal(1, agent.State.Generation.Value);
    }

    [Fact]
    public void A_node_that_is_back_first_keeps_its_agent()
    {
        var agent = Lost();
        Bind(agent, agent.State.Generation, Grace, incarnation: 4);
        agent.Now += TimeSpan.FromHours(1);
        agent.Tell(new RePlace(agent.State.Generation, "n2"));
        Assert.Equal(("n1", 1, AgentState.Active), (agent.State.Node, agent.State.Generation.Value, agent.State.State));
    }

    [Fact]
    public void One_that_the_guard_has_stopped_goes_on_where_it_was_if_its_node_is_back_first()
    {
        var agent = Lost();
        Bind(agent, agent.State.Generation, Grace, incarnation: 4);
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(null, 15, "stopped by the guard"), "what it said", ByGuard: true));
        Assert.Equal(("n1", 2), (agent.Last<PlacedOnNode>().Node, agent.State.Generation.Value));
        Assert.Equal(AgentState.Offline, agent.Last<PaneEnded>().State);
    }

    [Fact]
    public void One_that_was_to_stop_stays_stopped()
    {
        var agent = Lost();
        agent.Tell(new Stop(Force: false, "enough"));
        RePlaced(agent);
        Assert.Equal((1, AgentState.Offline, AgentActivity.Exited), (agent.State.Generation.Value, agent.State.State, agent.State.Activity!.Value));
    }

    [Fact]
    public void One_that_a_person_had_told_to_move_goes_where_it_was_told()
    {
        var agent = Lost();
        agent.Tell(new Restart("n3", Force: false));
        RePlaced(agent);
        Assert.Equal(("n3", 2), (agent.State.Node, agent.State.Generation.Value));
    }

    [Fact]
    public void From_the_moment_in_which_another_policy_is_chosen_it_does_not_count_as_watched()
    {
        var agent = Guarded();
        agent.Tell(new ChooseLossPolicy(LossPolicy.Wait));
        Assert.Null(agent.State.GuardGrace);
        Assert.Equal(LossPolicy.Wait, Assert.IsType<GuardPane>(agent.Worker[^1].Command).Policy);

        // A report of before does not bring it back.
        agent.Tell(new ReportGuarded(agent.State.Generation, Grace));
        Assert.Null(agent.State.GuardGrace);
        agent.Tell(new ChooseLossPolicy(LossPolicy.RePlace));
        Assert.Null(agent.State.GuardGrace);
        agent.Tell(new ReportGuarded(agent.State.Generation, Grace));
        Assert.Equal(Grace, agent.State.GuardGrace);
    }

    [Theory]
    [InlineData(true, SessionStart.Resumed)]
    [InlineData(false, SessionStart.ReBriefed)]
    public void Its_conversation_is_taken_up_where_it_can_be_reached_else_it_is_briefed_and_the_history_says_which(bool reached, SessionStart how)
    {
        var agent = Guarded();
        agent.Tell(new ReportSession(agent.State.Generation, "s-1", "hook", Used: true));
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why, Guarded: true));
        RePlaced(agent);
        var plan = Assert.IsType<SpawnPane>(agent.Worker[^1].Command).Session!;
        Assert.Equal((true, true, "s-1"), (plan.Elsewhere, plan.Resume, plan.Known));
        Bind(agent, agent.State.Generation, Grace, incarnation: 1, new SessionReport(reached, reached ? "s-1" : "s-2", Prompt: null, Continues: true));
        var began = agent.Last<SessionBegan>();
        Assert.Equal((how, reached ? "s-1" : "s-2"), (began.How, began.Session));
        Assert.Equal(reached ? null : "the old conversation lies on the node that was left, and was not found on this one", began.Reason);
    }

    [Fact]
    public void What_was_pushed_is_fetched_at_the_new_place_and_what_was_not_is_said_to_be_left_and_where()
    {
        var agent = Guarded(worktree: new AgentWorktree("/data/worktrees/a1", "agent/a1"));
        agent.Tell(new ReportPushed(agent.State.Generation, "c0ffee", "origin"));
        agent.Tell(new ReportPushed(agent.State.Generation, "c0ffee", "origin"));
        Assert.Single(agent.History.OfType<BranchPushed>());
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why, Guarded: true));
        RePlaced(agent);
        Assert.Equal(("c0ffee", "n1"), (Assert.IsType<SpawnPane>(agent.Worker[^1].Command).Fetch!.Commit, agent.State.Pushed!.Node));
        var left = agent.Last<WorkLeft>();
        Assert.Equal(("n1", "/data/worktrees/a1", "agent/a1", "c0ffee"), (left.Node, left.Folder, left.Branch, left.Pushed!.Commit));

        var other = Guarded(worktree: new AgentWorktree("/data/worktrees/a1", "agent/a1"));
        other.Tell(new LoseNode(other.State.Generation, 3, Why, Guarded: true));
        RePlaced(other);
        Assert.Contains("nothing of the branch agent/a1 was pushed", other.Last<WorkLeft>().Reason, StringComparison.Ordinal);
    }

    private static GivenAgent Guarded(LossPolicy policy = LossPolicy.RePlace, AgentWorktree? worktree = null) => GuardedFor(policy, Grace, worktree);

    private static GivenAgent GuardedFor(LossPolicy policy, TimeSpan? grace, AgentWorktree? worktree)
    {
        var agent = new GivenAgent().Registered();
        agent.Tell(new ChooseLossPolicy(policy));
        Assert.IsType<Placed>(agent.Tell(new Start(GivenAgent.Node)));
        Assert.IsType<PaneBinding>(Bind(agent, agent.State.Generation, grace, incarnation: 3, worktree: worktree));
        return agent.Ready();
    }

    private static GivenAgent Lost()
    {
        var agent = Guarded();
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why, Guarded: true));
        return agent;
    }

    private static void RePlaced(GivenAgent agent)
    {
        agent.Now = agent.State.Loss!.RePlaceAt!.Value;
        agent.Tell(new RePlace(agent.State.Generation, "n2"));
    }

    private static Reply Bind(GivenAgent agent, Generation generation, TimeSpan? grace, long incarnation, SessionReport? session = null, AgentWorktree? worktree = null)
        => agent.Tell(new BindPane(generation, GivenAgent.Pane(), GivenAgent.Traits(), worktree, Adopted: false, 0, session, Incarnation: incarnation, GuardGrace: grace));
}
