using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>A conversation to start.</summary>
public sealed record StartConversationRequest
{
    /// <summary>Its id: 1 to 60 letters, digits and dashes. Made if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>direct, team or thread; direct for two, else team, unless said.</summary>
    public string? Kind { get; init; }

    /// <summary>What it is about, at most 200 characters.</summary>
    public string? Title { get; init; }

    /// <summary>Who is in it, at least two: agents by their names, <c>client:NAME</c> for who uses the token of that name, <c>me</c> for yourself.</summary>
    public required ImmutableArray<string> Participants { get; init; }

    /// <summary>For a thread: the conversation that it begins in.</summary>
    public string? Parent { get; init; }

    /// <summary>And the number of the message there.</summary>
    public long? ParentNumber { get; init; }

    /// <summary>It is idle after so many seconds without a word (600, unless the node is set otherwise).</summary>
    public double? IdleAfterSeconds { get; init; }

    /// <summary>For so many seconds new messages are gathered before agents are told (2, unless the node is set otherwise).</summary>
    public double? BatchSeconds { get; init; }
}

/// <summary>Something to say.</summary>
public sealed record SayRequest
{
    /// <summary>The message's id, a ULID: saying the same id again is one message. Made if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>What: 1 to 65,536 characters.</summary>
    public required string Text { get; init; }

    /// <summary>low, medium (the default), high or urgent, of which agents are told at once.</summary>
    public string? Priority { get; init; }
}

/// <summary>Somebody who joins: an agent's name, <c>client:NAME</c> or <c>me</c>.</summary>
public sealed record ParticipantRequest(string Name);

/// <summary>Messages read.</summary>
public sealed record ReadRequest
{
    /// <summary>By whom; yourself, unless said.</summary>
    public string? Participant { get; init; }

    /// <summary>Up to which message; all, unless said.</summary>
    public long? Through { get; init; }
}

/// <summary>What was said, in short.</summary>
public sealed record SummaryRequest
{
    /// <summary>The summary: 1 to 65,536 characters.</summary>
    public required string Text { get; init; }

    /// <summary>Up to which message; all, unless said.</summary>
    public long? Through { get; init; }
}

/// <summary>Why a conversation ends.</summary>
public sealed record EndConversationRequest(string? Reason);

/// <summary>A conversation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">direct, team or thread.</param>
/// <param name="Title">What it is about.</param>
/// <param name="State">active, idle, ended or error.</param>
/// <param name="Reason">Why it ended, or who cannot be told what is said.</param>
/// <param name="Parent">For a thread: the conversation that it began in.</param>
/// <param name="ParentNumber">And the message there.</param>
/// <param name="Participants">Who is in it.</param>
/// <param name="Messages">How many messages it has.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="LastAt">When somebody last spoke.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Summaries">What was put in short, the last 20.</param>
public sealed record ConversationInfo(
    string Id,
    string Kind,
    string Title,
    string State,
    string? Reason,
    string? Parent,
    long? ParentNumber,
    ImmutableArray<ParticipantInfo> Participants,
    long Messages,
    DateTimeOffset StartedAt,
    DateTimeOffset? LastAt,
    DateTimeOffset? EndedAt,
    ImmutableArray<SummaryInfo> Summaries);

/// <summary>Somebody in a conversation.</summary>
/// <param name="Name">An agent's name, or <c>client:NAME</c>.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="ReadThrough">The last message that it has read.</param>
/// <param name="Unread">How many it has not.</param>
public sealed record ParticipantInfo(string Name, DateTimeOffset JoinedAt, long ReadThrough, long Unread);

/// <summary>What was said, in short.</summary>
public sealed record SummaryInfo(string Text, long Through, string By, DateTimeOffset At);

/// <summary>One message of a conversation.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Id">Its id.</param>
/// <param name="From">An agent's name, or <c>client:NAME</c>.</param>
/// <param name="Text">What was said.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="At">When.</param>
public sealed record SaidInfo(long Number, string Id, string From, string Text, string Priority, DateTimeOffset At);

/// <summary>What somebody must know who comes into a conversation: the last summary and what was said after it.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Summary">The last summary; null if there is none.</param>
/// <param name="Messages">The last messages, the oldest first.</param>
public sealed record ConversationContextInfo(ConversationInfo Conversation, SummaryInfo? Summary, ImmutableArray<SaidInfo> Messages);

/// <summary>A whole conversation.</summary>
public sealed record ConversationExportInfo(ConversationInfo Conversation, ImmutableArray<SaidInfo> Messages);
