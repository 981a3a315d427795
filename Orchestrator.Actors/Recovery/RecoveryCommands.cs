using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>What a supervisor can be asked.</summary>
public abstract record RecoveryCommand : Command;

/// <summary>The agent's program has crashed, or could not be started. Told by older versions; now it is <see cref="NoteTrouble"/>.</summary>
public sealed record NoteCrash(string Node, string Role, string Reason) : RecoveryCommand;

/// <summary>Something is wrong.</summary>
public sealed record NoteTrouble(Trouble Trouble) : RecoveryCommand;

/// <summary>It is not wrong any more.</summary>
/// <param name="Key">The trouble.</param>
/// <param name="Because">What shows it.</param>
public sealed record NoteTroubleOver(string Key, string Because) : RecoveryCommand;

/// <summary>The agent's program is at its prompt for the first time since it was started.</summary>
public sealed record NoteUp : RecoveryCommand;

/// <summary>Somebody wants its program to run, or to stop.</summary>
/// <param name="By">Who.</param>
/// <param name="Runs">It is to run.</param>
/// <param name="Node">Where.</param>
/// <param name="Role">The agent's role.</param>
public sealed record NoteWish(string By, bool Runs, string? Node = null, string? Role = null) : RecoveryCommand;

/// <summary>The limit of its account: until when nothing is typed to it.</summary>
/// <param name="Limited">There is one.</param>
/// <param name="Until">When it ends; null if nobody knows.</param>
public sealed record NoteLimit(bool Limited, DateTimeOffset? Until) : RecoveryCommand;

/// <summary>A task that was tried again, or given to somebody else, has come to an end.</summary>
/// <param name="Task">The task.</param>
/// <param name="Status">Which: failed, completed, or cancelled when somebody else has dealt with it.</param>
/// <param name="Execution">Its last execution.</param>
/// <param name="Reason">Why.</param>
public sealed record NoteTaskOutcome(TaskId Task, ExecutionStatus Status, int Execution, string Reason) : RecoveryCommand;

/// <summary>The pause before an attempt is over (a reminder).</summary>
public sealed record BeginRecovery(int Number) : RecoveryCommand;

/// <summary>An attempt has taken too long (a reminder).</summary>
public sealed record GiveUpRecovery(int Number) : RecoveryCommand;

/// <summary>The next step of something may be taken (a reminder).</summary>
public sealed record LookAgain : RecoveryCommand;

/// <summary>The cool-down is over (a reminder).</summary>
public sealed record CloseCircuit : RecoveryCommand;

/// <summary>A program or webhook has ended.</summary>
/// <param name="Number">The attempt.</param>
/// <param name="Worked">It says that it did what it had to do.</param>
/// <param name="Note">How it ended.</param>
public sealed record ReportCustom(int Number, bool Worked, string Note) : RecoveryCommand;

/// <summary>The agent has left a note for whoever takes over.</summary>
public sealed record NoteHandOver(string Text, DateTimeOffset At) : RecoveryCommand;

/// <summary>The agent leaves no note: it was asked and left none, or could not be asked.</summary>
/// <param name="Why">In words.</param>
public sealed record NoteNoHandOver(string Why) : RecoveryCommand;

/// <summary>The time of an agent that was asked for a note is over (a reminder).</summary>
public sealed record StopAwaitingHandOver(int Number) : RecoveryCommand;

/// <summary>Do nothing until somebody says so.</summary>
public sealed record PauseRecovery : RecoveryCommand;

/// <summary>Go on; what is wrong is recovered, also if the budget was used up.</summary>
public sealed record ResumeRecovery : RecoveryCommand;

/// <summary>Run the program or call the webhook of this name; runs again if the node ended in the middle.</summary>
/// <param name="Name">Which, as configured.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Number">The attempt.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Cause">In words.</param>
/// <param name="Task">The task that it is about.</param>
public sealed record RunCustom(string Name, AgentName Agent, int Number, TroubleKind Kind, string Cause, TaskId? Task) : WorkerCommand;

/// <summary>Asks what would be done now, and why; nothing is done. The answer is <see cref="RecoveryForecast"/>.</summary>
/// <param name="Kind">As if this were wrong; null: about what is.</param>
/// <param name="Role">The agent's role, where the supervisor has not heard of it.</param>
public sealed record ForecastRecovery(TroubleKind? Kind, string? Role) : Query;

/// <summary>The answer to <see cref="ForecastRecovery"/>.</summary>
public sealed record RecoveryForecast(System.Collections.Immutable.ImmutableArray<ForecastStep> Steps) : Reply;

/// <summary>What would be done about one thing.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Cause">In words.</param>
/// <param name="Strategy">What would be done; null for nothing.</param>
/// <param name="At">When.</param>
/// <param name="Why">The rule.</param>
public sealed record ForecastStep(TroubleKind Kind, string Cause, string? Strategy, DateTimeOffset? At, string Why);
