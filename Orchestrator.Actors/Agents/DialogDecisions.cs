using System.Globalization;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>How the dialogs of an agent are shown and decided.</summary>
internal static class DialogDecisions
{
    private const int LongestText = 1000;

    public static Effects Seeing(Agent agent, ReportDialog report, DecisionContext context)
    {
        if (report.Generation != agent.Generation || agent.Pane is null)
        {
            return Effects.Refuse(RefusalCodes.Stale, $"{agent.Name} is generation {agent.Generation} now; generation {report.Generation} is not looked at any more");
        }

        if (report.Dialog?.IsSame(agent.Dialog?.Dialog) ?? agent.Dialog is null)
        {
            return Effects.Answer(Known(agent, agent.Dialog?.Id));
        }

        var effects = agent.Dialog is { } before ? Effects.Persist(new DialogClosed(agent.Generation, before.Id, context.Now)) : Effects.None;
        if (report.Dialog is not { } seen)
        {
            return effects.ThenReply(Known(agent, dialog: null));
        }

        var id = Numbered(context, effects);
        return effects.ThenPersist(new DialogOpened(agent.Generation, id, seen, context.Now)).ThenReply(Known(agent, id));
    }

    public static Effects Deciding(Agent agent, DecideDialog decide, DecisionContext context)
    {
        if (agent.Dialog is not { } open || agent.Node is not { } node)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"{agent.Name} shows no dialog that could be decided: it is {agent.Activity?.Words() ?? agent.State.Words()}");
        }

        if (open.Id != decide.Dialog)
        {
            return Effects.Refuse(RefusalCodes.Stale, $"dialog {decide.Dialog} of {agent.Name} is not open any more; now it shows dialog {open.Id}: {open.Dialog.Question} {open.Dialog.Subject?.Text}".TrimEnd());
        }

        if (agent.Decision is { Outcome: null } pending)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"'{pending.Option.Label}' is being chosen already, by {pending.By}: wait a moment, and look again");
        }

        if (decide.Rule is not null && agent.Decision?.Dialog == open.Id)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"dialog {open.Id} has been decided once: what a rule has decided without success is left to a person");
        }

        if (Chosen(open.Dialog, decide) is not { } option)
        {
            return Effects.Refuse(RefusalCodes.Invalid, open.Dialog.Options.IsEmpty
                ? $"the options of dialog {open.Id} cannot be read from the screen: answer it at the pane, 'orc attach {agent.Name} --write'"
                : $"dialog {open.Id} of {agent.Name} has no option {Wanted(decide)}; it has: {open.Dialog.OptionsInWords()}");
        }

        if (option.Meaning == DialogMeaning.AnswerInWords != decide.Text is not null)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"'{option.Label}' takes a text: 'orc answer {agent.Name} --text TEXT'");
        }

        if (decide.Text is { } text && (text.Length is 0 or > LongestText || text.Any(char.IsControl) || text.Trim().Length != text.Length))
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"a text for a dialog is one line of 1 to {LongestText} characters, without blanks around it");
        }

        if (decide.Say is { } say && (say.Bytes is 0 || say.Bytes > agent.Traits.MaxMessageBytes))
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"what is said to {agent.Name} has 1 to {agent.Traits.MaxMessageBytes} bytes of UTF-8, this has {say.Bytes}");
        }

        var decision = new DialogDecision(Numbered(context, Effects.None), open.Id, option, decide.Say, context.Sender.Value, decide.Rule, context.Now) { Text = decide.Text };
        return Effects.Persist(new DialogDecided(agent.Generation, decision))
            .ThenWorker(node, new AnswerDialog(agent.Name, agent.Generation, decision.Id, open.Dialog, option.Number) { Text = decide.Text });
    }

    public static Effects Ending(Agent agent, ReportDecision report, DecisionContext context)
    {
        if (agent.Decision is not { Outcome: null } decision || decision.Id != report.Decision)
        {
            // A report that is repeated after a crash.
            return Effects.None;
        }

        var effects = Effects.Persist(new DialogDecisionEnded(report.Decision, report.Outcome, report.Evidence, context.Now));
        if (report.Outcome != DialogOutcome.Answered)
        {
            return effects;
        }

        if (agent.Dialog?.Id == decision.Dialog)
        {
            effects = effects.ThenPersist(new DialogClosed(agent.Generation, decision.Dialog, context.Now));
        }

        return decision.Say is { } say ? effects.Then(MessageDelivery.Enqueueing(agent, new EnqueueMessage(say), context)) : effects;
    }

    public static Effects Choosing(Agent agent, ChoosePolicy choose, DecisionContext context)
        => agent.Policy == choose.Policy ? Effects.None : Effects.Persist(new PolicyChosen(choose.Policy, context.Sender.Value, context.Now));

    private static DialogKnown Known(Agent agent, string? dialog)
        => new(dialog, dialog is not null && agent.Decision?.Dialog == dialog, agent.Policy, agent.Role, agent.Worktree?.Path ?? agent.Folder, agent.HasBeenReady);

    private static string Numbered(DecisionContext context, Effects before) => (context.Version + before.Events.Length + 1).ToString(CultureInfo.InvariantCulture);

    private static DialogOption? Chosen(AgentDialog dialog, DecideDialog decide) => decide.Choice switch
    {
        DialogChoice.Approve => Meaning(dialog, DialogMeaning.AllowOnce),
        DialogChoice.ApproveAlways => Meaning(dialog, DialogMeaning.AllowAlways),
        DialogChoice.Reject => Meaning(dialog, DialogMeaning.Reject) ?? Meaning(dialog, DialogMeaning.RejectAndSay),
        DialogChoice.Words => Meaning(dialog, DialogMeaning.AnswerInWords),
        DialogChoice.Option => Named(dialog, decide.Option ?? string.Empty),
        _ => throw new ArgumentOutOfRangeException(nameof(decide), decide.Choice, "unknown choice"),
    };

    private static DialogOption? Meaning(AgentDialog dialog, DialogMeaning meaning) => dialog.Options.FirstOrDefault(option => option.Meaning == meaning);

    private static DialogOption? Named(AgentDialog dialog, string name)
    {
        if (name.Length == 0)
        {
            return null;
        }

        if (dialog.Options.FirstOrDefault(o => o.Number.ToString(CultureInfo.InvariantCulture) == name || o.Key == name || string.Equals(o.Label, name, StringComparison.OrdinalIgnoreCase)) is { } exact)
        {
            return exact;
        }

        var begun = dialog.Options.Where(o => o.Label.StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return begun.Count == 1 ? begun[0] : null;
    }

    private static string Wanted(DecideDialog decide) => decide.Choice switch
    {
        DialogChoice.Approve => "that permits it once",
        DialogChoice.ApproveAlways => "that permits it from now on",
        DialogChoice.Reject => "that refuses it",
        DialogChoice.Words => "that takes a text",
        _ => $"'{decide.Option}'",
    };
}
