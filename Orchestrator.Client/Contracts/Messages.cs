using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>A message to send.</summary>
public sealed record SendRequest
{
    /// <summary>The message's id, a ULID: sending the same id again gives the same message, never a second one. Made by the server if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>The agent that it is for.</summary>
    public required string To { get; init; }

    /// <summary>The text: 1 byte to the profile's limit (at most 262,144 bytes of UTF-8), no U+0000.</summary>
    public string? Text { get; init; }

    /// <summary>Its type, direct_message unless said; GET /api/v1/message-types lists them.</summary>
    public string? Type { get; init; }

    /// <summary>For a type with fields: an object with them. It is written as text for the agent.</summary>
    public JsonElement? Content { get; init; }

    /// <summary>The message that it answers.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>For agents that send: what is answered in the turn that it begins comes back as a message. Unless said, only what a status_request is answered with.</summary>
    public bool? WantsAnswer { get; init; }

    /// <summary>When it was written; more than 5 minutes ago it has expired, unless it says when it does.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>low, medium (the default), high or urgent.</summary>
    public string? Priority { get; init; }

    /// <summary>After so many seconds it is not typed any more; never, unless said.</summary>
    public double? ExpiresInSeconds { get; init; }
}

/// <summary>A message as the API shows it.</summary>
/// <param name="Id">Its id, a ULID.</param>
/// <param name="To">The agent that it is for.</param>
/// <param name="From">Who sent it, as the server knows.</param>
/// <param name="Priority">low, medium, high or urgent.</param>
/// <param name="State">accepted, queued, typed, submitted, confirmed, failed, expired or dead_letter.</param>
/// <param name="Text">The text.</param>
/// <param name="Bytes">Its size in bytes of UTF-8.</param>
/// <param name="AcceptedAt">When it was stored.</param>
/// <param name="UpdatedAt">When the state last changed.</param>
/// <param name="ExpiresAt">After this time it is not typed any more.</param>
/// <param name="Attempts">How often typing has been started.</param>
/// <param name="Reason">Why it failed, expired or waits, for a person.</param>
/// <param name="Undecidable">It failed, and whether it was submitted cannot be told: a person should look before it is sent again.</param>
/// <param name="Steps">Each step with its evidence, in order.</param>
/// <param name="Position">The journal position of the last change.</param>
/// <param name="Type">Its type.</param>
/// <param name="Hops">How many answers in a row it is away from the message that began it.</param>
/// <param name="InReplyTo">The message that it answers.</param>
/// <param name="Conversation">The conversation that it belongs to.</param>
/// <param name="Answer">What the agent answered; null while its turn is not over, and for ever where its profile has no answers.</param>
public sealed record MessageInfo(
    string Id,
    string To,
    string From,
    string Priority,
    string State,
    string Text,
    int Bytes,
    DateTimeOffset AcceptedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ExpiresAt,
    int Attempts,
    string? Reason,
    bool Undecidable,
    ImmutableArray<MessageStepInfo> Steps,
    long Position,
    AnswerInfo? Answer = null,
    string Type = "direct_message",
    int Hops = 0,
    string? InReplyTo = null,
    string? Conversation = null);

/// <summary>What an agent answered to a message.</summary>
/// <param name="Text">Its words, after the last tool that it used; null if its turn ended without any.</param>
/// <param name="Cut">Whether the text was longer than the 262,144 bytes of UTF-8 that are kept.</param>
/// <param name="TokensIn">Tokens of the last request to the model, if the program wrote that down.</param>
/// <param name="TokensOut">Tokens that the model wrote in the whole turn, if the program wrote that down.</param>
/// <param name="At">When it was read.</param>
/// <param name="Evidence">Where it was read; without a text, why there is none.</param>
public sealed record AnswerInfo(string? Text, bool Cut, long? TokensIn, long? TokensOut, DateTimeOffset At, string Evidence);

/// <summary>One step of a delivery.</summary>
/// <param name="State">The state that it led to.</param>
/// <param name="At">When.</param>
/// <param name="Evidence">What proves it: mark, composer, transcript, hook …, in words.</param>
public sealed record MessageStepInfo(string State, DateTimeOffset At, string? Evidence);
