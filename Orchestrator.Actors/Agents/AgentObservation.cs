using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What becomes of an observed activity.</summary>
internal static class AgentObservation
{
    public static Effects Observing(Agent agent, ReportActivity report, DecisionContext context)
    {
        if (report.Generation != agent.Generation || agent.Pane is null)
        {
            return Effects.Refuse(RefusalCodes.Stale, $"{agent.Name} is generation {agent.Generation} now; generation {report.Generation} is not looked at any more");
        }

        // What stood on a screen may hold what nobody is to keep.
        report = report with { Detail = report.Detail is { } detail ? Secret.Redact(detail) : null, Fact = report.Fact with { Evidence = Secret.Redact(report.Fact.Evidence) } };
        if (AgentLoss.IsLost(agent))
        {
            // A node that was only paused tells what it saw before it has taken its panes up again: then everything is told anew.
            return Effects.None;
        }

        var state = AgentLifecycle.StateOf(report.Activity, agent.State, agent.HasBeenReady);
        var known = agent.Activity == report.Activity && agent.State == state && agent.Detail == report.Detail && agent.Until == report.Until;
        if (known)
        {
            return Effects.None;
        }

        if (!AgentLifecycle.Allows(agent.State, state))
        {
            return AgentPlacement.Refusing(agent, state, $"a screen that shows {report.Activity.Words()} does not bring back an agent that is {agent.State.Words()}", context);
        }

        var effects = Effects.Persist(new ActivityChanged(report.Generation, state, report.Activity, report.Detail, report.Until, report.Fact, context.Now));
        return MessageDelivery.Dispatching(agent, AgentQuota.Meeting(agent, report, effects), context);
    }
}
