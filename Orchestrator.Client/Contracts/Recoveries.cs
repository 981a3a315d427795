using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>The supervisor of an agent.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="State">watching, recovering, down (left to a person), open (its budget is used up) or paused.</param>
/// <param name="Down">Why the agent is down, while it is.</param>
/// <param name="PausedBy">Who has paused recovery.</param>
/// <param name="OpenUntil">Nothing is restarted before this time.</param>
/// <param name="Strategies">How each strategy has done.</param>
/// <param name="Attempts">What was tried, the oldest first; at most the last 100.</param>
public sealed record RecoveryInfo(string Agent, string State, string? Down, string? PausedBy, DateTimeOffset? OpenUntil, ImmutableArray<StrategyInfo> Strategies, ImmutableArray<RecoveryAttemptInfo> Attempts);

/// <summary>How a strategy has done.</summary>
/// <param name="Strategy">restart or restart_rebrief.</param>
/// <param name="Succeeded">How often the agent was at its prompt again.</param>
/// <param name="Failed">How often it was not.</param>
/// <param name="SuccessRate">The part that succeeded.</param>
public sealed record StrategyInfo(string Strategy, int Succeeded, int Failed, double SuccessRate);

/// <summary>One attempt to recover an agent.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Strategy">restart, restart_rebrief, notify or skip.</param>
/// <param name="Cause">Why.</param>
/// <param name="Due">When it begins.</param>
/// <param name="Outcome">planned, begun, succeeded, failed, cancelled, notified, skipped or dry_run.</param>
/// <param name="Note">What came of it, in words.</param>
/// <param name="At">When that was.</param>
public sealed record RecoveryAttemptInfo(int Number, string Strategy, string Cause, DateTimeOffset Due, string Outcome, string? Note, DateTimeOffset At);
