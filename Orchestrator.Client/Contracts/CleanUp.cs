namespace Orchestrator.Client;

/// <summary>One line of the clean-up list.</summary>
/// <param name="Kind">inactive, orphaned (its pane is gone), stray (a pane that no agent claims) or duplicate (its pane is that of a newer agent).</param>
/// <param name="Agent">The agent; of a stray pane the one that it was started for.</param>
/// <param name="Generation">The placement that it was judged by.</param>
/// <param name="Pane">The pane, if there is one.</param>
/// <param name="Reason">Why it is on the list.</param>
/// <param name="Since">When anything last happened to the agent.</param>
/// <param name="Action">end, release (it is shown offline, no program is touched) or close_pane.</param>
/// <param name="Hindrance">Why it is done only when forced; null if it is safe.</param>
/// <param name="Outcome">What was done, or why not; null if nothing was asked.</param>
/// <param name="Done">It was done, or is being done.</param>
public sealed record CleanUpInfo(string Kind, string Agent, long? Generation, string? Pane, string Reason, DateTimeOffset? Since, string Action, string? Hindrance, string? Outcome, bool Done);

/// <summary>A request to clean up.</summary>
/// <param name="InactiveForSeconds">How long nothing must have happened to an agent; the configured time (24 h) unless said.</param>
/// <param name="Force">Also what ends a running program, or loses messages that wait.</param>
public sealed record CleanUpRequest(double? InactiveForSeconds, bool? Force);
