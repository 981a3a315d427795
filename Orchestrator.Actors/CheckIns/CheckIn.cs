using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.CheckIns;

/// <summary>When something is due: once, or by a cron expression in a time zone.</summary>
/// <param name="At">For once: when.</param>
/// <param name="Cron">The expression.</param>
/// <param name="Zone">The time zone, by its name in the IANA database.</param>
public sealed record CheckInSchedule(DateTimeOffset? At, string? Cron, string? Zone)
{
    /// <summary>The first time after <paramref name="after"/>; null if there is none any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => (At, Cron, Zone) switch
    {
        ({ } at, null, null) => at > after ? at : null,
        (null, { } cron, { } zone) => CronTimes.Next(cron, zone, after),
        _ => throw new UnreachableException("a schedule is a time, or a cron expression with a time zone"),
    };
}

/// <summary>Whom a check-in is for: one agent, all of a role, or all members of a team.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Role">The role.</param>
/// <param name="Team">The team.</param>
public sealed record CheckInTarget(AgentName? Agent, string? Role, string? Team = null)
{
    /// <inheritdoc/>
    public override string ToString() => Agent?.Value ?? (Team is null ? $"role:{Role}" : $"team:{Team}");
}

/// <summary>One time that a check-in was due.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Waiting">The messages that have not reached their agents yet.</param>
/// <param name="Missed">Why some never will; null while none is lost.</param>
public sealed record CheckInOccurrence(int Number, DateTimeOffset Due, ImmutableSortedDictionary<string, AgentName> Waiting, string? Missed);

/// <summary>One check-in: the state that its events add up to, and the row of the view <c>checkins</c>.</summary>
public sealed record CheckIn
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "checkins";

    /// <summary>Those that will be due again, or have not reached everybody.</summary>
    public const string OpenPartition = "open";

    /// <summary>Those that are over.</summary>
    public const string ClosedPartition = "closed";

    /// <summary>Its id.</summary>
    public required CheckInId Id { get; init; }

    /// <summary>Whom it is for; null: it has never been made.</summary>
    public CheckInTarget? Target { get; init; }

    /// <summary>What they are told.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>When.</summary>
    public CheckInSchedule? Schedule { get; init; }

    /// <summary>Known to nobody outside: what the seals of its messages are made of.</summary>
    public string Secret { get; init; } = string.Empty;

    /// <summary>Who made it.</summary>
    public string By { get; init; } = string.Empty;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is due next; null: not any more.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>How often it was due.</summary>
    public int Fired { get; init; }

    /// <summary>How often it reached everybody.</summary>
    public int Delivered { get; init; }

    /// <summary>How often it did not.</summary>
    public int Missed { get; init; }

    /// <summary>The last time that it was due, while that is not settled.</summary>
    public CheckInOccurrence? Last { get; init; }

    /// <summary>When it last reached everybody.</summary>
    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>It was taken back.</summary>
    public bool Removed { get; init; }

    /// <summary>It has something to do still.</summary>
    public bool IsOpen => !Removed && (NextDue is not null || Last is not null);

    /// <summary>What becomes a gap if it lasts.</summary>
    internal ImmutableArray<WatchedCondition> Conditions()
    {
        if (Removed || Last is not { } last)
        {
            return [];
        }

        var evidence = string.Create(CultureInfo.InvariantCulture, $"it was due at {last.Due:O}");
        return last.Missed is { } why
            ? [new WatchedCondition($"missed:{last.Number}", GapKind.CheckinMissed, last.Due, TimeSpan.Zero, Target!.Agent, Task: null, Target.Role, $"check-in {Id} has not reached {Target}: {why}", evidence)]
            : [new WatchedCondition($"late:{last.Number}", GapKind.CheckinMissed, last.Due, Threshold: null, Target!.Agent, Task: null, Target.Role, $"check-in {Id} has not reached {Target} yet", evidence)];
    }
}

/// <summary>What a check-in can be asked.</summary>
public abstract record CheckInCommand : Command;

/// <summary>Make it.</summary>
/// <param name="Target">Whom it is for.</param>
/// <param name="Note">What they are told.</param>
/// <param name="Schedule">When.</param>
/// <param name="Secret">At least 32 random characters, for the seals of its messages.</param>
public sealed record AddCheckIn(CheckInTarget Target, string Note, CheckInSchedule Schedule, string Secret) : CheckInCommand;

/// <summary>It is due (a reminder).</summary>
public sealed record FireCheckIn(DateTimeOffset Due) : CheckInCommand;

/// <summary>These agents have the role that it is for.</summary>
public sealed record NoteAudience(int Number, ImmutableArray<AgentName> Agents) : CheckInCommand;

/// <summary>Take it back.</summary>
public sealed record RemoveCheckIn : CheckInCommand;

/// <summary>Something has happened to a check-in.</summary>
public abstract record CheckInEvent : Event;

/// <summary>It was made.</summary>
public sealed record CheckInAdded(CheckInTarget Target, string Note, CheckInSchedule Schedule, string Secret, DateTimeOffset NextDue, string By, DateTimeOffset At) : CheckInEvent;

/// <summary>It was due.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Due">When it was due.</param>
/// <param name="NextDue">When it will be again.</param>
/// <param name="At">When that was seen: later if no node ran.</param>
public sealed record CheckInFired(int Number, DateTimeOffset Due, DateTimeOffset? NextDue, DateTimeOffset At) : CheckInEvent;

/// <summary>These messages are on their way.</summary>
public sealed record CheckInSent(int Number, ImmutableSortedDictionary<string, AgentName> Messages, DateTimeOffset At) : CheckInEvent;

/// <summary>One of them has reached its agent.</summary>
public sealed record CheckInReached(int Number, string Message, AgentName Agent, DateTimeOffset At) : CheckInEvent;

/// <summary>It has reached everybody.</summary>
public sealed record CheckInDelivered(int Number, DateTimeOffset At) : CheckInEvent;

/// <summary>It will not reach somebody.</summary>
public sealed record CheckInMissed(int Number, string Message, string Reason, DateTimeOffset At) : CheckInEvent;

/// <summary>It was taken back.</summary>
public sealed record CheckInRemoved(string By, DateTimeOffset At) : CheckInEvent;
