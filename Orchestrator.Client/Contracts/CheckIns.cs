using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>A check-in to make: in so many seconds, at a time, or by a cron expression.</summary>
public sealed record AddCheckInRequest
{
    /// <summary>Its id: 1 to 40 lower-case letters, digits and dashes. Made from the id of the request if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>The agent that is told.</summary>
    public string? Agent { get; init; }

    /// <summary>The role of which all agents are told; not together with <see cref="Agent"/>.</summary>
    public string? Role { get; init; }

    /// <summary>The team of which all members are told; not together with the others.</summary>
    public string? Team { get; init; }

    /// <summary>What they are told: 1 to 20,000 characters.</summary>
    public required string Note { get; init; }

    /// <summary>In so many seconds, at most 365 days.</summary>
    public double? InSeconds { get; init; }

    /// <summary>At this time.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>By this expression: minute, hour, day, month and weekday as crontab has them, or 6 or 7 fields as Quartz has them.</summary>
    public string? Cron { get; init; }

    /// <summary>The time zone of that expression, by its name in the IANA database; UTC unless said.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>A check-in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">The agent that is told.</param>
/// <param name="Role">The role of which all agents are told.</param>
/// <param name="Note">What they are told.</param>
/// <param name="At">When, if once.</param>
/// <param name="Cron">By which expression, if again and again.</param>
/// <param name="TimeZone">The time zone of that.</param>
/// <param name="NextDue">When it is due next; null: not any more.</param>
/// <param name="Open">It will be due again, or has not reached everybody.</param>
/// <param name="Fired">How often it was due.</param>
/// <param name="Delivered">How often it reached everybody.</param>
/// <param name="Missed">How often it did not.</param>
/// <param name="Waiting">The agents that its last message has not reached yet.</param>
/// <param name="LastMissed">Why it has not reached everybody the last time; null if it has.</param>
/// <param name="LastDeliveredAt">When it last reached everybody.</param>
/// <param name="By">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Team">The team of which all members are told.</param>
public sealed record CheckInInfo(
    string Id,
    string? Agent,
    string? Role,
    string Note,
    DateTimeOffset? At,
    string? Cron,
    string? TimeZone,
    DateTimeOffset? NextDue,
    bool Open,
    int Fired,
    int Delivered,
    int Missed,
    ImmutableArray<string> Waiting,
    string? LastMissed,
    DateTimeOffset? LastDeliveredAt,
    string By,
    DateTimeOffset CreatedAt,
    string? Team = null);
