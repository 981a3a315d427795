using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

public sealed class AgentTransitionTests
{
    [Fact]
    public void A_failure_is_acknowledged_and_an_agent_marked_as_broken_by_hand()
    {
        var agent = Failed();
        Assert.IsType<Done>(agent.Tell(new Transition(AgentState.Error, AgentState.Offline, "seen")));
        Assert.Equal((AgentState.Offline, "seen", "person"), (agent.State.State, agent.State.Detail, agent.State.Fact?.Source));
        Assert.IsType<Done>(agent.Tell(new Transition(AgentState.Offline, AgentState.Error, "its folder is being moved")));
        Assert.Equal(AgentState.Error, agent.State.State);
        Assert.Equal("client:test", agent.Last<StateMarked>().By);
        Assert.IsType<Placed>(agent.Tell(new Start(GivenAgent.Node)));
    }

    [Fact]
    public void Of_two_who_set_it_only_one_does_and_the_history_has_both()
    {
        var agent = Failed();
        Assert.IsType<Done>(agent.Tell(new Transition(AgentState.Error, AgentState.Offline, "first")));
        Assert.Equal(RefusalCodes.Stale, Assert.IsType<Refused>(agent.Tell(new Transition(AgentState.Error, AgentState.Offline, "second"))).Code);
        Assert.Single(agent.History.OfType<StateMarked>());
        Assert.Equal((AgentState.Offline, AgentState.Offline), (agent.Last<TransitionRefused>().From, agent.Last<TransitionRefused>().To));
    }

    [Fact]
    public void An_agent_ended_by_hand_leaves_its_messages_as_dead_letters()
    {
        var agent = Failed();
        agent.Send("waits");
        Assert.IsType<Done>(agent.Tell(new Transition(AgentState.Error, AgentState.Terminated, "done with it")));
        Assert.Equal(AgentState.Terminated, agent.State.State);
        Assert.Equal(MessageState.DeadLetter, agent.Last<DeliveryEnded>().State);
    }

    [Fact]
    public void The_state_of_a_program_that_runs_is_what_is_observed()
    {
        foreach (var (from, to) in from f in Enum.GetValues<AgentState>() from t in Enum.GetValues<AgentState>() select (f, t))
        {
            var agent = new GivenAgent().Ready();
            Assert.IsType<Refused>(agent.Tell(new Transition(from, to, "by hand")));
            Assert.Equal((AgentState.Idle, AgentActivity.Ready), (agent.State.State, agent.State.Activity));
        }
    }

    [Fact]
    public void Nobody_makes_an_agent_without_a_program_idle()
    {
        foreach (var to in new[] { AgentState.Active, AgentState.Idle, AgentState.Busy, AgentState.Error })
        {
            var agent = Failed();
            Assert.Equal(RefusalCodes.IllegalState, Assert.IsType<Refused>(agent.Tell(new Transition(AgentState.Error, to, "by hand"))).Code);
            Assert.Equal(to, agent.Last<TransitionRefused>().To);
        }
    }

    private static GivenAgent Failed()
    {
        var agent = new GivenAgent().Ready();
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(1, null, "exited with code 1"), null));
        return agent;
    }
}
