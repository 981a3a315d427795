using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>Something that has happened to an agent's dialogs.</summary>
public abstract record DialogEvent : AgentEvent;

/// <summary>A dialog is on the screen.</summary>
public sealed record DialogOpened(Generation Generation, string Dialog, AgentDialog Shown, DateTimeOffset At) : DialogEvent;

/// <summary>It is not on the screen any more.</summary>
public sealed record DialogClosed(Generation Generation, string Dialog, DateTimeOffset At) : DialogEvent;

/// <summary>Somebody, or a rule that somebody wrote, has decided it; the key has not been pressed yet.</summary>
public sealed record DialogDecided(Generation Generation, DialogDecision Decision) : DialogEvent;

/// <summary>The decision was carried out, or could not be.</summary>
public sealed record DialogDecisionEnded(string Decision, DialogOutcome Outcome, string Evidence, DateTimeOffset At) : DialogEvent;

/// <summary>Its dialogs are decided by another policy from now on; null for that of its role.</summary>
public sealed record PolicyChosen(string? Policy, string By, DateTimeOffset At) : DialogEvent;

/// <summary>The worker has seen a dialog, or that there is none any more; the reply is <see cref="DialogKnown"/>.</summary>
public sealed record ReportDialog(Generation Generation, AgentDialog? Dialog) : AgentCommand;

/// <summary>How a dialog is to be decided.</summary>
public enum DialogChoice
{
    /// <summary>By the option that permits it once.</summary>
    Approve,

    /// <summary>By the option that permits it from now on.</summary>
    ApproveAlways,

    /// <summary>By the option that refuses it.</summary>
    Reject,

    /// <summary>By the option that is named.</summary>
    Option,

    /// <summary>By a text, in the option that takes one.</summary>
    Words,
}

/// <summary>Decide the dialog that is open.</summary>
/// <param name="Dialog">The id of the dialog that the decision is made for: it is refused for any other.</param>
/// <param name="Choice">How.</param>
/// <param name="Option">For <see cref="DialogChoice.Option"/>: its number, its key or the beginning of its label.</param>
/// <param name="Say">Sent as a message once the dialog has closed by it.</param>
/// <param name="Rule">The rule that decided; null if a person does.</param>
public sealed record DecideDialog(string Dialog, DialogChoice Choice, string? Option, NewMessage? Say, string? Rule) : AgentCommand
{
    /// <summary>For <see cref="DialogChoice.Words"/>: the text, one line.</summary>
    public string? Text { get; init; }
}

/// <summary>The worker tells how a decision ended.</summary>
public sealed record ReportDecision(string Decision, DialogOutcome Outcome, string Evidence) : AgentCommand;

/// <summary>Let its dialogs be decided by this policy; null for that of its role.</summary>
public sealed record ChoosePolicy(string? Policy) : AgentCommand;

/// <summary>The answer to <see cref="ReportDialog"/>.</summary>
/// <param name="Dialog">The id of the dialog that is open; null if none is.</param>
/// <param name="Decided">It has been decided already.</param>
/// <param name="Policy">The agent's policy, if it has one of its own.</param>
/// <param name="Role">The agent's role.</param>
/// <param name="Folder">Where it works.</param>
/// <param name="HasBeenReady">It has been at its prompt since it was started.</param>
public sealed record DialogKnown(string? Dialog, bool Decided, string? Policy, string Role, string Folder, bool HasBeenReady) : Reply;

/// <summary>Press the key of an option, if the dialog on the screen is this one. The command stays until the outcome is reported; the mark on the pane tells whether it was pressed.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Generation">The placement that the dialog was seen on.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Dialog">The dialog that it was made for.</param>
/// <param name="Option">The number of the option.</param>
public sealed record AnswerDialog(AgentName Agent, Generation Generation, string Decision, AgentDialog Dialog, int Option) : WorkerCommand
{
    /// <summary>The text that is typed into the option first; null if it takes none.</summary>
    public string? Text { get; init; }
}
