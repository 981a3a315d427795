using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>Something has happened to a supervisor.</summary>
public abstract record RecoveryEvent : Event;

/// <summary>The agent is down: as older versions stored it. Now it is <see cref="TroubleNoted"/>.</summary>
public sealed record AgentDown(string Node, string Role, string Reason, DateTimeOffset At) : RecoveryEvent;

/// <summary>The agent is down no more: as older versions stored it. Now it is <see cref="TroubleEnded"/>.</summary>
public sealed record AgentUp(string Because, DateTimeOffset At) : RecoveryEvent;

/// <summary>Something is wrong.</summary>
public sealed record TroubleNoted(Trouble Trouble, DateTimeOffset At) : RecoveryEvent;

/// <summary>It is over.</summary>
public sealed record TroubleEnded(string Key, string Because, DateTimeOffset At) : RecoveryEvent;

/// <summary>The agent runs on this node, in this role.</summary>
public sealed record AgentSeated(string Node, string? Role, DateTimeOffset At) : RecoveryEvent;

/// <summary>The limit of the agent's account.</summary>
public sealed record LimitNoted(bool Limited, DateTimeOffset? Until, DateTimeOffset At) : RecoveryEvent;

/// <summary>An attempt was planned, or it was put on record why there is none.</summary>
public sealed record RecoveryPlanned(RecoveryAttempt Attempt) : RecoveryEvent;

/// <summary>An attempt is being made.</summary>
public sealed record RecoveryBegun(int Number, DateTimeOffset At) : RecoveryEvent;

/// <summary>What was to be done is done; whether it has helped is still to be seen.</summary>
public sealed record RecoveryActed(int Number, string Note, DateTimeOffset At) : RecoveryEvent;

/// <summary>An attempt has ended.</summary>
public sealed record RecoveryEnded(int Number, RecoveryOutcome Outcome, string Note, DateTimeOffset At) : RecoveryEvent;

/// <summary>The budget is used up, or the trial has failed.</summary>
public sealed record CircuitOpened(DateTimeOffset Until, DateTimeOffset At) : RecoveryEvent;

/// <summary>The cool-down is over: one trial.</summary>
public sealed record CircuitHalfOpened(DateTimeOffset At) : RecoveryEvent;

/// <summary>There may be attempts again.</summary>
/// <param name="By">Who says so.</param>
/// <param name="Anew">The budget begins anew: a person wants it.</param>
/// <param name="At">When.</param>
public sealed record CircuitClosed(string By, bool Anew, DateTimeOffset At) : RecoveryEvent;

/// <summary>The agent has left a note for whoever takes over.</summary>
public sealed record HandOverNoted(string Text, DateTimeOffset At) : RecoveryEvent;

/// <summary>Before its work goes to somebody else, the agent is asked for a note.</summary>
public sealed record HandOverWanted(int Number, DateTimeOffset Until, DateTimeOffset At) : RecoveryEvent;

/// <summary>Its work goes to somebody else now.</summary>
/// <param name="Number">The attempt.</param>
/// <param name="HandOver">With a note of the agent's or without, and why.</param>
/// <param name="At">When.</param>
public sealed record HandOverSettled(int Number, string HandOver, DateTimeOffset At) : RecoveryEvent;

/// <summary>Somebody has paused recovery.</summary>
public sealed record RecoveryPaused(string By, DateTimeOffset At) : RecoveryEvent;

/// <summary>Somebody lets it go on.</summary>
public sealed record RecoveryResumed(string By, DateTimeOffset At) : RecoveryEvent;
