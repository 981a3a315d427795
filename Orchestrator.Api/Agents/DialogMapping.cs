using Orchestrator.Actors.Agents;
using Orchestrator.Client;

namespace Orchestrator.Api.Agents;

/// <summary>Dialogs as the API shows them.</summary>
internal static class DialogMapping
{
    public static DialogInfo ToInfo(this OpenDialog open) => new(
        open.Id,
        open.Dialog.Kind,
        open.Dialog.Question,
        open.Dialog.Subject is { } subject ? new DialogSubjectInfo(subject.Kind.Words(), subject.Text, subject.Whole) : null,
        [.. open.Dialog.Options.Select(ToInfo)],
        open.At);

    public static DecisionInfo ToInfo(this DialogDecision decision)
        => new(decision.Id, decision.Dialog, decision.Option.ToInfo(), decision.By, decision.Rule, decision.At, decision.Outcome?.Words(), decision.Evidence, decision.Text);

    private static DialogOptionInfo ToInfo(this DialogOption option) => new(option.Number, option.Key, option.Label, option.Meaning.Words(), option.Selected);
}
