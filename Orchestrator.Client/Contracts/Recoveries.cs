using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>The supervisor of an agent or of a team.</summary>
/// <param name="Agent">The agent, or <c>team:NAME</c>.</param>
/// <param name="State">watching, recovering, down (something was left to a person), open (the budget is used up), half_open (its trial is under way), paused; for teams also idle.</param>
/// <param name="Down">Why the agent is down, while it is.</param>
/// <param name="PausedBy">Who has paused recovery.</param>
/// <param name="OpenUntil">Nothing is tried before this time.</param>
/// <param name="Troubles">What is wrong now.</param>
/// <param name="Strategies">How each strategy has done.</param>
/// <param name="Attempts">What was tried, the oldest first; at most the last 100.</param>
public sealed record RecoveryInfo(string Agent, string State, string? Down, string? PausedBy, DateTimeOffset? OpenUntil, ImmutableArray<TroubleInfo> Troubles, ImmutableArray<StrategyInfo> Strategies, ImmutableArray<RecoveryAttemptInfo> Attempts);

/// <summary>Something that is wrong.</summary>
/// <param name="Kind">crashed, hung, auth_required, node_lost, rate_limited, turn_failed, failed_execution, idle_team or a kind of gap.</param>
/// <param name="Cause">In words.</param>
/// <param name="Since">Since when.</param>
/// <param name="Task">The task that it is about.</param>
/// <param name="Gap">The gap that it is.</param>
/// <param name="Step">How many steps of its ladder were taken.</param>
/// <param name="Left">Why it was left to a person, if it was.</param>
public sealed record TroubleInfo(string Kind, string Cause, DateTimeOffset Since, string? Task, string? Gap, int Step, string? Left);

/// <summary>How a strategy has done.</summary>
/// <param name="Strategy">restart, restart_rebrief, retry, fallback, reassign, custom, wait or remind; for teams remind, critical or restart_lead.</param>
/// <param name="Succeeded">How often what was wrong was seen to be gone.</param>
/// <param name="Failed">How often it was not.</param>
/// <param name="SuccessRate">The part that succeeded, 0 to 1.</param>
public sealed record StrategyInfo(string Strategy, int Succeeded, int Failed, double SuccessRate);

/// <summary>One attempt to recover an agent.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Trouble">What was wrong.</param>
/// <param name="Strategy">What was tried: a strategy, with its name after a colon where it has one.</param>
/// <param name="Cause">Why.</param>
/// <param name="Due">When it begins.</param>
/// <param name="Outcome">planned, begun, awaiting, succeeded, failed, cancelled, passed_on, notified, skipped or dry_run.</param>
/// <param name="Note">What came of it, in words.</param>
/// <param name="At">When that was.</param>
/// <param name="HandOver">Where the work went to somebody else: with a note of the agent's or without, and why; <c>asked</c> while it is waited for.</param>
public sealed record RecoveryAttemptInfo(int Number, string Trouble, string Strategy, string Cause, DateTimeOffset Due, string Outcome, string? Note, DateTimeOffset At, string? HandOver = null);

/// <summary>One attempt and whom it was for.</summary>
/// <param name="Agent">The agent, or <c>team:NAME</c>.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record RecoveryHistoryInfo(string Agent, RecoveryAttemptInfo Attempt);

/// <summary>What would be done about one thing.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Cause">In words.</param>
/// <param name="Strategy">What would be done; null for nothing.</param>
/// <param name="At">When.</param>
/// <param name="Why">The rule.</param>
public sealed record RecoveryForecastInfo(string Kind, string Cause, string? Strategy, DateTimeOffset? At, string Why);

/// <summary>What is done for agents of a role; durations in seconds.</summary>
/// <param name="Role">The role; null for all that have no policy of their own.</param>
/// <param name="Ladders">The steps for each kind of trouble.</param>
/// <param name="Budget">How many attempts there may be within the window.</param>
/// <param name="WindowSeconds">The window.</param>
/// <param name="FirstPauseSeconds">The pause before the first attempt.</param>
/// <param name="LastPauseSeconds">The longest pause.</param>
/// <param name="CoolDownSeconds">How long nothing is tried once the budget is used up.</param>
/// <param name="ReadyWithinSeconds">How long an attempt may take.</param>
/// <param name="DryRun">It is only put on record.</param>
/// <param name="HandOverSeconds">How long an agent is waited for that is asked for a note before its work goes to somebody else; 0: it is not asked.</param>
public sealed record RecoveryPolicyInfo(
    string? Role, ImmutableSortedDictionary<string, ImmutableArray<string>> Ladders, int Budget, double WindowSeconds, double FirstPauseSeconds, double LastPauseSeconds, double CoolDownSeconds, double ReadyWithinSeconds, bool DryRun, double HandOverSeconds);
