using System.Diagnostics;

namespace Orchestrator.Actors.Agents;

/// <summary>What the events of dialogs add up to, in the state of an agent as in its view.</summary>
/// <param name="Dialog">The dialog that is on its screen.</param>
/// <param name="Decision">The last decision about one.</param>
/// <param name="Policy">The policy that decides them.</param>
internal readonly record struct DialogFold(OpenDialog? Dialog, DialogDecision? Decision, string? Policy)
{
    /// <summary>The same after <paramref name="e"/>.</summary>
    public DialogFold After(DialogEvent e) => e switch
    {
        DialogOpened opened => this with { Dialog = new OpenDialog(opened.Dialog, opened.Shown, opened.At) },
        DialogClosed closed => Dialog?.Id == closed.Dialog ? this with { Dialog = null } : this,
        DialogDecided decided => this with { Decision = decided.Decision },
        DialogDecisionEnded ended => Decision?.Id == ended.Decision ? this with { Decision = Decision with { Outcome = ended.Outcome, Evidence = ended.Evidence } } : this,
        PolicyChosen chosen => this with { Policy = chosen.Policy },
        _ => throw new UnreachableException($"dialogs have no rule for the event {e.GetType().Name}"),
    };
}
