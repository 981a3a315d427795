using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;

namespace Orchestrator.Actors.Agents;

/// <summary>What choosing an option of a dialog does.</summary>
public enum DialogMeaning
{
    /// <summary>Permits what is asked for, this time.</summary>
    AllowOnce,

    /// <summary>Permits it from now on, as the option says.</summary>
    AllowAlways,

    /// <summary>Refuses it.</summary>
    Reject,

    /// <summary>Refuses it; the program then waits to be told what to do instead.</summary>
    RejectAndSay,

    /// <summary>Answers a question.</summary>
    Answer,

    /// <summary>Something else, or nobody has said what.</summary>
    Other,

    /// <summary>Answers a question with a text, which is typed into it.</summary>
    AnswerInWords,
}

/// <summary>What the subject of a dialog is.</summary>
public enum SubjectKind
{
    /// <summary>A command for a shell.</summary>
    Command,

    /// <summary>A file or folder.</summary>
    Path,

    /// <summary>Any text.</summary>
    Text,
}

/// <summary>What a dialog is about.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text as the screen shows it.</param>
/// <param name="Whole">Whether this is certainly all of it: nothing cut off, no break of which nobody can tell whether it was the program's.</param>
public sealed record DialogSubject(SubjectKind Kind, string Text, bool Whole);

/// <summary>An option of a dialog.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Key">The key that the screen names for it; empty if it names none.</param>
/// <param name="Label">Its words.</param>
/// <param name="Meaning">What choosing it does.</param>
/// <param name="Selected">Whether it was the selected one when the dialog was read.</param>
public sealed record DialogOption(int Number, string Key, string Label, DialogMeaning Meaning, bool Selected);

/// <summary>A dialog as it was read from the screen.</summary>
/// <param name="Kind">The name of the dialog in the profile; the screen rule's, if the profile does not know it.</param>
/// <param name="Question">What is asked; empty if it cannot be read.</param>
/// <param name="Subject">What it is about, if that can be read.</param>
/// <param name="Options">The options; none if they cannot be read: then only a person at the pane can answer.</param>
public sealed record AgentDialog(string Kind, string Question, DialogSubject? Subject, ImmutableArray<DialogOption> Options)
{
    /// <summary>Whether this is the same dialog, whichever option is selected.</summary>
    public bool IsSame(AgentDialog? other)
        => other is not null
            && Kind == other.Kind
            && Question == other.Question
            && Subject == other.Subject
            && Options.Select(Unselected).SequenceEqual(other.Options.Select(Unselected));

    /// <summary>The options in words, for a person who has to choose one.</summary>
    public string OptionsInWords() => string.Join("; ", Options.Select(static o => $"{o.Number} '{o.Label}' ({o.Meaning.Words()})"));

    private static DialogOption Unselected(DialogOption option) => option with { Selected = false };
}

/// <summary>A dialog that is on an agent's screen.</summary>
/// <param name="Id">Its number among the events of its agent: never used again.</param>
/// <param name="Dialog">The dialog.</param>
/// <param name="At">When it was seen first.</param>
public sealed record OpenDialog(string Id, AgentDialog Dialog, DateTimeOffset At);

/// <summary>How a decision about a dialog ended.</summary>
public enum DialogOutcome
{
    /// <summary>The key was pressed and the dialog closed.</summary>
    Answered,

    /// <summary>The dialog was closed or replaced before anything was pressed.</summary>
    TooLate,

    /// <summary>It could not be pressed, or it was and the dialog still stands.</summary>
    Failed,
}

/// <summary>A decision about a dialog.</summary>
/// <param name="Id">Its number among the events of its agent.</param>
/// <param name="Dialog">The dialog that it was made for.</param>
/// <param name="Option">The option that was chosen.</param>
/// <param name="Say">What the agent is told after it.</param>
/// <param name="By">Who made it.</param>
/// <param name="Rule">The rule of the configuration that decided; null if a person did.</param>
/// <param name="At">When.</param>
public sealed record DialogDecision(string Id, string Dialog, DialogOption Option, NewMessage? Say, string By, string? Rule, DateTimeOffset At)
{
    /// <summary>The text that is typed into the option, if it takes one.</summary>
    public string? Text { get; init; }

    /// <summary>How it ended; null while it is being carried out.</summary>
    public DialogOutcome? Outcome { get; init; }

    /// <summary>By what evidence.</summary>
    public string? Evidence { get; init; }
}
