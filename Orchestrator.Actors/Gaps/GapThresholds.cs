using System.Collections.Immutable;

namespace Orchestrator.Actors.Gaps;

/// <summary>After how long something is a gap.</summary>
/// <param name="Missing">After the time when an execution was expected.</param>
/// <param name="Timing">Between two executions of a chain.</param>
/// <param name="LongRunning">From the start of an execution.</param>
/// <param name="Silent">Since the last that was heard of an agent at work.</param>
/// <param name="Unread">Since a message was stored.</param>
/// <param name="Dialog">Since a dialog was seen.</param>
/// <param name="CheckIn">After the time of a check-in.</param>
/// <param name="NoProgress">Since the last sign of progress of a task.</param>
public sealed record GapThresholds(TimeSpan Missing, TimeSpan Timing, TimeSpan LongRunning, TimeSpan Silent, TimeSpan Unread, TimeSpan Dialog, TimeSpan CheckIn, TimeSpan NoProgress)
{
    /// <summary>What holds unless something else is configured.</summary>
    public static readonly GapThresholds Default = new(
        Missing: TimeSpan.FromSeconds(300),
        Timing: TimeSpan.FromSeconds(300),
        LongRunning: TimeSpan.FromHours(2),
        Silent: TimeSpan.FromMinutes(30),
        Unread: TimeSpan.FromMinutes(5),
        Dialog: TimeSpan.FromMinutes(5),
        CheckIn: TimeSpan.FromMinutes(5),
        NoProgress: TimeSpan.FromMinutes(30));

    /// <summary>The one for gaps of this kind.</summary>
    public TimeSpan Of(GapKind kind) => kind switch
    {
        GapKind.Missing => Missing,
        GapKind.Timing => Timing,
        GapKind.LongRunning => LongRunning,
        GapKind.SilentAgent => Silent,
        GapKind.UnreadMessage => Unread,
        GapKind.DialogUnanswered => Dialog,
        GapKind.CheckinMissed => CheckIn,
        GapKind.NoProgress => NoProgress,
        GapKind.Failed or GapKind.Contradictory or GapKind.IdleTeam or GapKind.EndlessTalk or GapKind.RefusedFiles or GapKind.EndlessReview => TimeSpan.Zero,

        // Their teams say how long, with each condition.
        GapKind.Unacknowledged or GapKind.Blocked => TimeSpan.FromMinutes(10),
        _ => throw new System.Diagnostics.UnreachableException($"no threshold for {kind}"),
    };
}

/// <summary>The thresholds of all roles.</summary>
/// <param name="Defaults">Of roles that have none of their own.</param>
/// <param name="Roles">Of roles that have.</param>
public sealed record GapSettings(GapThresholds Defaults, ImmutableSortedDictionary<string, GapThresholds> Roles)
{
    /// <summary>What holds unless something else is configured.</summary>
    public static readonly GapSettings Default = new(GapThresholds.Default, ImmutableSortedDictionary<string, GapThresholds>.Empty);

    /// <summary>How often a reviewer may send back what one execution of a task has brought, 1 to 50; then it is a gap.</summary>
    public int Returns { get; init; } = Tasks.TaskBehavior.DefaultMostReturns;

    /// <summary>The thresholds of a role.</summary>
    public GapThresholds For(string? role) => role is not null && Roles.TryGetValue(role, out var own) ? own : Defaults;
}
