using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What becomes of an agent whose node is down: it is shown as lost and waits, until its node is back or is said not to come back.</summary>
internal static class AgentLoss
{
    private const string Source = "cluster";

    /// <summary>Its node is down.</summary>
    public static Effects Losing(Agent agent, LoseNode lose, DecisionContext context)
        => lose.Generation != agent.Generation || !AgentPlacement.HasProgram(agent) || IsLost(agent) || agent.Incarnation > lose.Incarnation
            ? Effects.None
            : Effects.Persist(new ActivityChanged(agent.Generation, AgentState.Offline, AgentActivity.NodeLost, lose.Reason, Until: null, new AgentFact(Source, Rule: null, lose.Reason, context.Now), context.Now));

    /// <summary>Its node is back and has bound its pane again: what it shows is seen next.</summary>
    public static Effects Returned(Agent agent, Effects effects, DecisionContext context)
        => IsLost(agent)
            ? effects.ThenPersist(new ActivityChanged(agent.Generation, AgentState.Active, AgentActivity.Starting, "its node is back", Until: null, new AgentFact(Source, Rule: null, $"its node {agent.Node} is back", context.Now), context.Now))
            : effects;

    /// <summary>Its node does not come back.</summary>
    public static Effects Forgetting(Agent agent, ForgetNode forget, DecisionContext context)
    {
        if (forget.Generation != agent.Generation || !IsLost(agent))
        {
            return Effects.None;
        }

        // Not wanted any more as this generation, so that a node that comes back after all removes what it still has of it.
        var restartOn = agent.AfterStop?.RestartOn is { } other && other != agent.Node ? other : null;
        var effects = Effects.Persist(new StopRequested(forget.Reason, restartOn is not null, agent.AfterStop?.End ?? false, restartOn, context.Sender.Value, context.Now, agent.AfterStop?.Mode));
        if (agent.Queue.InFlight is { } flight)
        {
            effects = MessageDelivery.Ended(flight.Waiting.Message, MessageState.Failed, $"{forget.Reason} while it was being delivered: whether {agent.Name} got it cannot be told", effects, context, undecidable: true);
        }

        var stopping = effects.Events.Aggregate(agent, static (state, e) => state.Apply(e));
        return AgentPlacement.PaneEnding(stopping, new ReportPaneEnded(agent.Generation, new PaneExit(ExitCode: null, Signal: null, forget.Reason), Output: null), effects, context);
    }

    /// <summary>Its node is down.</summary>
    public static bool IsLost(Agent agent) => agent.Activity == AgentActivity.NodeLost;
}
