using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">missing, timing, failed, long_running, silent_agent, unread_message, dialog_unanswered, checkin_missed, no_progress, contradictory or idle_team.</param>
/// <param name="Severity">info, warning, error or critical.</param>
/// <param name="Open">It has not been closed.</param>
/// <param name="Agent">The agent that it is about.</param>
/// <param name="Task">The task that it is about.</param>
/// <param name="Cause">What is wrong, in words.</param>
/// <param name="Evidence">What shows it.</param>
/// <param name="Since">Since when it holds.</param>
/// <param name="OpenedAt">When it was found: once its threshold was over.</param>
/// <param name="Cures">What was tried against it.</param>
/// <param name="ClosedBy">Who closed it: who watched for it, or a person.</param>
/// <param name="ClosedBecause">Why.</param>
/// <param name="ClosedAt">When.</param>
public sealed record GapInfo(
    string Id,
    string Kind,
    string Severity,
    bool Open,
    string? Agent,
    string? Task,
    string Cause,
    string Evidence,
    DateTimeOffset Since,
    DateTimeOffset OpenedAt,
    ImmutableArray<CureInfo> Cures,
    string? ClosedBy,
    string? ClosedBecause,
    DateTimeOffset? ClosedAt);

/// <summary>What was tried against a gap.</summary>
public sealed record CureInfo(string Strategy, string Outcome, string By, DateTimeOffset At);

/// <summary>How many gaps there are.</summary>
/// <param name="Open">How many are open.</param>
/// <param name="Closed">How many were closed.</param>
/// <param name="BySeverity">Open ones by severity.</param>
/// <param name="ByKind">Each kind, with how many are open and how many were ever found.</param>
public sealed record GapSummaryInfo(int Open, long Closed, ImmutableSortedDictionary<string, int> BySeverity, ImmutableArray<GapKindInfo> ByKind);

/// <summary>The gaps of one kind.</summary>
public sealed record GapKindInfo(string Kind, int Open, long Found);

/// <summary>Close a gap.</summary>
/// <param name="Because">Why.</param>
public sealed record CloseGapRequest(string Because);

/// <summary>Something was tried against a gap.</summary>
/// <param name="Strategy">What, in a word.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record CureRequest(string Strategy, string Outcome);

/// <summary>Expect that an agent begins a task of a chain; if it does not, that is a gap.</summary>
public sealed record ExpectRequest
{
    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The chain: the name given to tasks with <see cref="AddTaskRequest.Chain"/>, or the id of a task.</summary>
    public required string Chain { get; init; }

    /// <summary>In so many seconds, at most 365 days.</summary>
    public required double InSeconds { get; init; }

    /// <summary>For so long after that it is expected: 3,600 s unless said, at most 365 days.</summary>
    public double? ExpiresInSeconds { get; init; }
}

/// <summary>An execution that is expected.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Due">When it is to begin.</param>
/// <param name="ExpiresAt">When it is expected no more.</param>
public sealed record ExpectationInfo(string Id, string Agent, string Chain, DateTimeOffset Due, DateTimeOffset ExpiresAt);
