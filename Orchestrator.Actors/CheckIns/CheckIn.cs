using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Teams;
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

/// <summary>Whom a check-in is for: one agent, all of a role, all members of a team, or those of a team that have a role.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Role">The role.</param>
/// <param name="Team">The team.</param>
public sealed record CheckInTarget(AgentName? Agent, string? Role, string? Team = null)
{
    /// <inheritdoc/>
    public override string ToString() => Agent?.Value ?? (Team is null ? $"role:{Role}" : Role is null ? $"team:{Team}" : $"role:{Role} of the team {Team}");
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

    private const string TeamPrefix = TeamName.Kind + "/";

    /// <summary>Those that will be due again, or have not reached everybody.</summary>
    public const string OpenPartition = "open";

    /// <summary>Those that are over.</summary>
    public const string ClosedPartition = "closed";

    /// <summary>How many missed times are kept in mind.</summary>
    public const int MostUnsettled = 50;

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

    /// <summary>The times before that were missed, the oldest first, until a later one has reached everybody; at most the last <see cref="MostUnsettled"/>.</summary>
    public ImmutableList<CheckInOccurrence> Unsettled { get; init; } = [];

    /// <summary>When it last reached everybody.</summary>
    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>It was taken back.</summary>
    public bool Removed { get; init; }

    /// <summary>It has something to do still.</summary>
    public bool IsOpen => !Removed && (NextDue is not null || Last is not null);

    /// <summary>Whom it is for now: one that a team made for a role before check-ins knew both is for those of that team.</summary>
    public CheckInTarget? Audience() => Target is { Agent: null, Team: null } && By.StartsWith(TeamPrefix, StringComparison.Ordinal) ? Target with { Team = By[TeamPrefix.Length..] } : Target;

    /// <summary>What becomes a gap if it lasts: each time that was missed, until it is dealt with.</summary>
    internal ImmutableArray<WatchedCondition> Conditions()
        => Removed ? [] : [.. Unsettled.Select(Condition), .. Last is { } last ? [Condition(last)] : Array.Empty<WatchedCondition>()];

    private WatchedCondition Condition(CheckInOccurrence time)
    {
        var target = Audience()!;
        return new WatchedCondition(
            string.Create(CultureInfo.InvariantCulture, $"missed:{time.Number}"),
            GapKind.CheckinMissed,
            time.Due,
            time.Missed is null ? null : TimeSpan.Zero,
            target.Agent,
            Task: null,
            target.Role,
            time.Missed is { } why ? $"check-in {Id} has not reached {target}: {why}" : $"check-in {Id} has not reached {target} yet",
            string.Create(CultureInfo.InvariantCulture, $"it was due at {time.Due:O}"));
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
