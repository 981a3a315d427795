using System.Diagnostics;

namespace Orchestrator.Actors.Agents;

/// <summary>What the events about lost nodes add up to, in the state and in the view.</summary>
internal static class LossFold
{
    public static Agent Into(Agent agent, LossEvent e) => e switch
    {
        // A pane that is not to be watched any more does not count as watched from this moment on, whatever the guard does.
        LossPolicyChosen chosen => agent with { OnNodeLoss = chosen.Policy, GuardGrace = chosen.Policy is null or LossPolicy.RePlace ? agent.GuardGrace : null },
        PaneGuarded guarded => agent with { GuardGrace = guarded.Grace },
        LossDecided decided => agent with { Loss = decided.Plan },
        BranchPushed pushed => agent with { Pushed = pushed.Work },
        WorkLeft => agent,
        _ => throw new UnreachableException($"an agent has no rule for the event {e.GetType().Name}"),
    };

    public static AgentView Into(AgentView view, LossEvent e) => e switch
    {
        LossPolicyChosen chosen => view with { OnNodeLoss = chosen.Policy },
        LossDecided decided => view with { Loss = decided.Plan },
        PaneGuarded or BranchPushed or WorkLeft => view,
        _ => throw new UnreachableException($"the view of agents has no rule for the event {e.GetType().Name}"),
    };
}
