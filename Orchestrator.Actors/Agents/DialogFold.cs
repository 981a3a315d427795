using System.Diagnostics;

namespace Orchestrator.Actors.Agents;

/// <summary>What the events of dialogs add up to, in the state and in the view.</summary>
internal static class DialogFold
{
    public static Agent Into(Agent agent, DialogEvent e) => e switch
    {
        DialogOpened opened => agent with { Dialog = Opened(opened) },
        DialogClosed closed => agent.Dialog?.Id == closed.Dialog ? agent with { Dialog = null } : agent,
        DialogDecided decided => agent with { Decision = decided.Decision },
        DialogDecisionEnded ended => agent with { Decision = Ended(agent.Decision, ended) },
        PolicyChosen chosen => agent with { Policy = chosen.Policy },
        _ => throw new UnreachableException($"an agent has no rule for the event {e.GetType().Name}"),
    };

    public static AgentView Into(AgentView view, DialogEvent e) => e switch
    {
        DialogOpened opened => view with { Dialog = Opened(opened) },
        DialogClosed closed => view.Dialog?.Id == closed.Dialog ? view with { Dialog = null } : view,
        DialogDecided decided => view with { Decision = decided.Decision },
        DialogDecisionEnded ended => view with { Decision = Ended(view.Decision, ended) },
        PolicyChosen chosen => view with { Policy = chosen.Policy },
        _ => throw new UnreachableException($"the view of agents has no rule for the event {e.GetType().Name}"),
    };

    private static OpenDialog Opened(DialogOpened opened) => new(opened.Dialog, opened.Shown, opened.At);

    private static DialogDecision? Ended(DialogDecision? decision, DialogDecisionEnded ended)
        => decision?.Id == ended.Decision ? decision with { Outcome = ended.Outcome, Evidence = ended.Evidence } : decision;
}
