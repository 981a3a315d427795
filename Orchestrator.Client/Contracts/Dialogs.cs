using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>A dialog that is on an agent's screen.</summary>
/// <param name="Id">Its id: a decision names the dialog that it is made for, and is refused for any other.</param>
/// <param name="Kind">What the profile calls it: shell, edit, question, trust-folder, ...; the screen rule, if the profile does not know it.</param>
/// <param name="Question">What is asked; empty if it cannot be read.</param>
/// <param name="Subject">What it is about, if that is shown.</param>
/// <param name="Options">The options; none if they cannot be read, and then only a person at the pane can answer.</param>
/// <param name="At">When it was seen first.</param>
public sealed record DialogInfo(string Id, string Kind, string Question, DialogSubjectInfo? Subject, ImmutableArray<DialogOptionInfo> Options, DateTimeOffset At);

/// <summary>What a dialog is about.</summary>
/// <param name="Kind">command, path or text.</param>
/// <param name="Text">As the screen shows it.</param>
/// <param name="Whole">Whether this is certainly all of it.</param>
public sealed record DialogSubjectInfo(string Kind, string Text, bool Whole);

/// <summary>An option of a dialog.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Key">The key that the screen names for it; empty if it names none.</param>
/// <param name="Label">Its words.</param>
/// <param name="Meaning">allow_once, allow_always, reject, reject_and_say, answer, answer_in_words (it takes a text) or other.</param>
/// <param name="Selected">Whether it was the selected one when the dialog was read.</param>
public sealed record DialogOptionInfo(int Number, string Key, string Label, string Meaning, bool Selected);

/// <summary>A decision about a dialog.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Dialog">The dialog that it was made for.</param>
/// <param name="Option">The option that was chosen.</param>
/// <param name="By">Who made it.</param>
/// <param name="Rule">The rule of the configuration that decided; null if a person did.</param>
/// <param name="At">When.</param>
/// <param name="Outcome">answered (the key was pressed and the dialog closed), too_late (it was gone before), failed; null while it is being carried out.</param>
/// <param name="Evidence">By what that was seen.</param>
/// <param name="Text">The text that was typed into the option, if it takes one.</param>
public sealed record DecisionInfo(string Id, string Dialog, DialogOptionInfo Option, string By, string? Rule, DateTimeOffset At, string? Outcome, string? Evidence, string? Text);

/// <summary>Permit what a dialog asks for.</summary>
/// <param name="Dialog">The id of the dialog.</param>
/// <param name="Always">Permit it from now on, as its option says, not only this time.</param>
public sealed record ApproveRequest(string Dialog, bool Always);

/// <summary>Refuse what a dialog asks for.</summary>
/// <param name="Dialog">The id of the dialog.</param>
/// <param name="Say">Sent to the agent as a message once the dialog has closed; nothing if null.</param>
public sealed record RejectRequest(string Dialog, string? Say);

/// <summary>Choose an option of a dialog, or answer it with a text.</summary>
/// <param name="Dialog">The id of the dialog.</param>
/// <param name="Option">The option's number, its key, its label or the beginning of it; null with a text.</param>
/// <param name="Text">One line, typed into the option that takes a text; null with an option.</param>
public sealed record AnswerRequest(string Dialog, string? Option, string? Text = null);

/// <summary>A policy: rules by which dialogs are decided without a person.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kinds">Its rules, for each kind of dialog.</param>
/// <param name="Say">What an agent is told after a refusal.</param>
/// <param name="Roles">The roles whose agents have it unless they have one of their own.</param>
/// <param name="Default">Whether all others have it.</param>
public sealed record PolicyInfo(string Name, ImmutableArray<PolicyKindInfo> Kinds, string? Say, ImmutableArray<string> Roles, bool Default);

/// <summary>What a policy says to one kind of dialog.</summary>
/// <param name="Kind">shell, edit, or another name that profiles give to their dialogs.</param>
/// <param name="Allow">Patterns of what is permitted.</param>
/// <param name="Deny">Patterns of what is refused.</param>
/// <param name="Else">ask, allow or deny.</param>
public sealed record PolicyKindInfo(string Kind, ImmutableArray<string> Allow, ImmutableArray<string> Deny, string Else);
