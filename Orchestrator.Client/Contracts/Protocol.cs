using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>A type of messages.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="BuiltIn">It is always there; the others are defined in messages.conf.</param>
/// <param name="StartsTopic">It begins something new, so that answers are counted anew.</param>
/// <param name="Schema">What its content must be, as JSON Schema; null if it has only a text.</param>
/// <param name="Template">How the content is written for an agent.</param>
public sealed record MessageTypeInfo(string Name, string Description, bool BuiltIn, bool StartsTopic, JsonElement? Schema, string Template);

/// <summary>A message for whom its address or the routes say.</summary>
public sealed record DispatchRequest
{
    /// <summary>The message's id, a ULID: sending the same id again gives the same message. Made if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>An agent, <c>role:NAME</c>, <c>team:NAME</c> or <c>project:NAME</c>; missing: the routes decide.</summary>
    public string? To { get; init; }

    /// <summary>Its type, direct_message unless said.</summary>
    public string? Type { get; init; }

    /// <summary>The text.</summary>
    public string? Text { get; init; }

    /// <summary>For a type with fields: an object with them.</summary>
    public JsonElement? Content { get; init; }

    /// <summary>low, medium (the default), high or urgent.</summary>
    public string? Priority { get; init; }

    /// <summary>After so many seconds it is not typed any more.</summary>
    public double? ExpiresInSeconds { get; init; }

    /// <summary>For agents that send: what each of them answers in the turn that it begins comes back as a message. Unless said, only what a status_request is answered with.</summary>
    public bool? WantsAnswer { get; init; }
}

/// <summary>What became of a message that was dispatched.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="State">dispatched, or dead_letter if nobody gets it.</param>
/// <param name="Reason">Why nobody does.</param>
/// <param name="Address">What it was addressed to; null where routes decided.</param>
/// <param name="Routes">The routes that decided.</param>
/// <param name="Recipients">What became of it at each recipient.</param>
/// <param name="Text">The text.</param>
/// <param name="At">When.</param>
public sealed record DispatchInfo(string Id, string Type, string From, string Priority, string State, string? Reason, string? Address, ImmutableArray<string> Routes, ImmutableArray<DispatchRecipientInfo> Recipients, string Text, DateTimeOffset At);

/// <summary>What became of a message at one recipient.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Message">The id under which it has it: GET /api/v1/messages/ID tells of its delivery.</param>
/// <param name="Taken">Its queue has taken it; null while that is not known.</param>
/// <param name="Reason">Why it has not.</param>
public sealed record DispatchRecipientInfo(string Agent, string Message, bool? Taken, string? Reason);

/// <summary>A route to add or replace. Every condition that is given must hold.</summary>
public sealed record RouteRequest
{
    /// <summary>Messages of one of these types.</summary>
    public ImmutableArray<string>? Types { get; init; }

    /// <summary>From an agent of one of these roles.</summary>
    public ImmutableArray<string>? Roles { get; init; }

    /// <summary>From an agent of one of these teams.</summary>
    public ImmutableArray<string>? Teams { get; init; }

    /// <summary>From an agent that works on one of these projects.</summary>
    public ImmutableArray<string>? Projects { get; init; }

    /// <summary>Where they go: agents, <c>role:NAME</c>, <c>team:NAME</c>, <c>project:NAME</c>.</summary>
    public required ImmutableArray<string> To { get; init; }

    /// <summary>It is used only for messages that no other route takes.</summary>
    public bool Default { get; init; }
}

/// <summary>A route.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Types">The types that it takes; all if empty.</param>
/// <param name="Roles">The roles of senders; all if empty.</param>
/// <param name="Teams">Their teams; all if empty.</param>
/// <param name="Projects">Their projects; all if empty.</param>
/// <param name="To">Where messages go.</param>
/// <param name="Default">Only for messages that no other route takes.</param>
/// <param name="Messages">How many it has taken.</param>
/// <param name="LastAt">When it last did.</param>
public sealed record RouteInfo(string Name, ImmutableArray<string> Types, ImmutableArray<string> Roles, ImmutableArray<string> Teams, ImmutableArray<string> Projects, ImmutableArray<string> To, bool Default, int Messages, DateTimeOffset? LastAt);

/// <summary>What a sender has done against the protocol.</summary>
/// <param name="Sender">Who.</param>
/// <param name="Total">How often in all.</param>
/// <param name="Counts">How often, by violation.</param>
/// <param name="Incidents">The last incidents, the newest first; the same again within ten minutes is one.</param>
public sealed record ViolationInfo(string Sender, int Total, ImmutableSortedDictionary<string, int> Counts, ImmutableArray<IncidentInfo> Incidents);

/// <summary>A violation, or the same again and again.</summary>
/// <param name="Violation">Which.</param>
/// <param name="Recipient">Whom it was for, if that is known.</param>
/// <param name="Message">The id of the first message, if it had one.</param>
/// <param name="Reason">What the sender was told.</param>
/// <param name="Since">When it began.</param>
/// <param name="Last">When it was last seen.</param>
/// <param name="Count">How often.</param>
public sealed record IncidentInfo(string Violation, string? Recipient, string? Message, string Reason, DateTimeOffset Since, DateTimeOffset Last, int Count);

/// <summary>What was sent and received in a period.</summary>
/// <param name="From">The beginning, a full minute.</param>
/// <param name="To">The end, a full minute; it does not belong to the period.</param>
/// <param name="Received">Messages that queues took.</param>
/// <param name="ByType">By type.</param>
/// <param name="ByPriority">By priority.</param>
/// <param name="Outcomes">Steps of deliveries in this time: submitted, confirmed, answered, failed, expired.</param>
/// <param name="Refused">Messages that violated the protocol.</param>
/// <param name="Undeliverable">Messages that nobody got.</param>
/// <param name="Parties">The same by who sent and received, the busiest first.</param>
public sealed record MessageStatisticsInfo(
    DateTimeOffset From,
    DateTimeOffset To,
    int Received,
    ImmutableSortedDictionary<string, int> ByType,
    ImmutableSortedDictionary<string, int> ByPriority,
    ImmutableSortedDictionary<string, int> Outcomes,
    int Refused,
    int Undeliverable,
    ImmutableArray<PartyStatisticsInfo> Parties);

/// <summary>What one party sent and received.</summary>
public sealed record PartyStatisticsInfo(string Party, int Sent, int Received, ImmutableSortedDictionary<string, int> ByType, ImmutableSortedDictionary<string, int> ByPriority, ImmutableSortedDictionary<string, int> Outcomes, int Refused, int Undeliverable);
