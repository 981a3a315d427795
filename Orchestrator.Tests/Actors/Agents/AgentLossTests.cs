using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

public sealed class AgentLossTests
{
    private const string Why = "its node n1 is lost";

    [Fact]
    public void An_agent_whose_node_is_down_is_lost_and_keeps_its_pane_and_its_queue()
    {
        var agent = Bound(incarnation: 3);
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why));
        Assert.Equal((AgentState.Offline, AgentActivity.NodeLost, Why), (agent.State.State, agent.State.Activity!.Value, agent.State.Detail));
        Assert.NotNull(agent.State.Pane);
        Assert.IsType<MessageQueued>(agent.Send("wait for it"));
        Assert.Empty(agent.History.OfType<DeliveryIntended>());
        Assert.Contains("orc node rm n1", Assert.IsType<Refused>(agent.Tell(new Start("n2"))).Reason, StringComparison.Ordinal);

        Return(agent, incarnation: 4);
        Assert.Equal(AgentState.Active, agent.State.State);
        Assert.Equal(AgentState.Idle, agent.Ready().State.State);
        Assert.Single(agent.History.OfType<DeliveryIntended>());
    }

    [Fact]
    public void What_a_later_start_of_the_node_has_bound_is_not_lost_with_an_earlier_one()
    {
        var agent = Bound(incarnation: 4);
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why));
        Assert.Equal(AgentState.Idle, agent.State.State);
        agent.Tell(new LoseNode(new Generation(9), 4, Why));
        Assert.Equal(AgentState.Idle, agent.State.State);
    }

    [Fact]
    public void It_is_lost_once_however_often_it_is_told()
    {
        var agent = Bound(incarnation: 3);
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why));
        var events = agent.History.Count;
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why));
        agent.Seen(AgentActivity.Working);
        Assert.Equal(events, agent.History.Count);
    }

    [Fact]
    public void An_agent_of_a_node_that_does_not_come_back_can_be_started_elsewhere_and_what_was_on_its_way_is_surfaced()
    {
        var agent = Bound(incarnation: 3);
        agent.Send("on its way");
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why));
        agent.Tell(new ForgetNode(agent.State.Generation, "its node n1 was removed"));
        Assert.Equal((AgentState.Offline, AgentActivity.Exited), (agent.State.State, agent.State.Activity!.Value));
        Assert.Null(agent.State.Pane);
        Assert.True(agent.Last<DeliveryEnded>().Undecidable);

        // The node that comes back after all is refused, and removes what it has.
        Assert.IsType<Refused>(agent.Tell(new BindPane(agent.State.Generation, agent.Last<PaneBound>().Pane, agent.State.Traits, Worktree: null, Adopted: true, 0, Incarnation: 4)));
        Assert.Equal(2, Assert.IsType<Placed>(agent.Tell(new Start("n2"))).Generation.Value);
    }

    [Fact]
    public void An_agent_that_is_to_move_goes_on_elsewhere_when_its_node_is_said_not_to_come_back()
    {
        var agent = Bound(incarnation: 3);
        agent.Tell(new LoseNode(agent.State.Generation, 3, Why));
        agent.Tell(new Restart("n2", Force: false));
        agent.Tell(new ForgetNode(agent.State.Generation, "its node n1 was removed"));
        Assert.Equal(("n2", 2), (agent.Last<PlacedOnNode>().Node, agent.Last<PlacedOnNode>().Generation.Value));
    }

    [Fact]
    public void On_another_node_a_conversation_is_taken_up_only_if_it_is_found_there_else_the_agent_is_briefed()
    {
        var agent = Bound(incarnation: 3);
        agent.Tell(new ReportSession(agent.State.Generation, "s-1", "hook", Used: true));
        agent.Tell(new Restart("n2", Force: false));
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(0, null, "exited 0"), Output: null));
        Assert.Equal((true, true, true), (agent.Last<PlacedOnNode>().Plan!.Elsewhere, agent.Last<PlacedOnNode>().Plan!.Resume, agent.Last<PlacedOnNode>().Plan!.Brief));
    }

    private static GivenAgent Bound(long incarnation)
    {
        var agent = new GivenAgent().Started();
        Return(agent, incarnation);
        return agent.Ready();
    }

    private static void Return(GivenAgent agent, long incarnation)
        => Assert.IsType<PaneBinding>(agent.Tell(new BindPane(agent.State.Generation, agent.Last<PaneBound>().Pane, agent.State.Traits, Worktree: null, Adopted: true, 0, Incarnation: incarnation)));
}
