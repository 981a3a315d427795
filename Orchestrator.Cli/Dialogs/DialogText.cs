using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Dialogs;

/// <summary>Dialogs as people read them.</summary>
internal static class DialogText
{
    private const int LongestSubject = 2000;

    /// <summary>In a few words: what it is about, or what is asked.</summary>
    public static string Short(DialogInfo dialog) => SafeText.Line($"{dialog.Kind} {(dialog.Subject is { Text.Length: > 0 } subject ? subject.Text : dialog.Question)}".TrimEnd(), 60);

    /// <summary>Adds the dialog that is open, and the last decision, to what is shown of an agent.</summary>
    public static void Add(List<(string, Cell)> pairs, AgentInfo agent)
    {
        if (agent.Policy is { } policy)
        {
            pairs.Add(("policy", policy));
        }

        if (agent.Dialog is { } dialog)
        {
            pairs.Add(("dialog", new Cell($"{dialog.Id} ({dialog.Kind}): {(dialog.Question.Length > 0 ? dialog.Question : $"it cannot be read: orc attach {agent.Name} --write")}", Tone.Attention)));
            if (dialog.Subject is { } subject)
            {
                pairs.Add((subject.Kind, SafeText.Line(subject.Text, LongestSubject) + (subject.Whole ? string.Empty : " (perhaps not all of it)")));
            }

            foreach (var option in dialog.Options)
            {
                pairs.Add(($"option {option.Number}", $"{option.Label} ({option.Meaning}{(option.Selected ? ", selected" : string.Empty)})"));
            }
        }

        if (agent.Decision is { } decision)
        {
            pairs.Add(("decision", $"dialog {decision.Dialog}: '{decision.Option.Label}' by {decision.By}{(decision.Rule is { } rule ? $", {rule}" : string.Empty)}: {decision.Outcome ?? "being carried out"}"));
        }
    }
}
