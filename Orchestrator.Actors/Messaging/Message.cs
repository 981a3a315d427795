using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging;

/// <summary>The id of a message: a ULID, given by the client or made for it.</summary>
[JsonConverter(typeof(MessageIdConverter))]
public readonly record struct MessageId
{
    private MessageId(string value) => Value = value;

    /// <summary>The text, 26 characters of base 32.</summary>
    public string Value { get; }

    /// <summary>A new id.</summary>
    public static MessageId New(DateTimeOffset now) => new(Ulid.New(now));

    /// <summary>An id that follows from <paramref name="hash"/>, at least 16 bytes, where a rule may not draw lots.</summary>
    public static MessageId Derived(DateTimeOffset now, ReadOnlySpan<byte> hash)
    {
        const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        const int TimeLength = 10;
        var text = Ulid.Lowest(now).ToCharArray();
        for (var i = TimeLength; i < text.Length; i++)
        {
            text[i] = Alphabet[hash[i - TimeLength] & 31];
        }

        return new MessageId(new string(text));
    }

    /// <summary>Reads an id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MessageId id)
    {
        var valid = Ulid.TryGetTime(text, out _);
        id = valid ? new MessageId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no ULID.</exception>
    public static MessageId Parse(string text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a message id: use a ULID (26 characters of base 32, upper case), or none to have one made");

    /// <inheritdoc/>
    public override string ToString() => Value;

    private sealed class MessageIdConverter : JsonConverter<MessageId>
    {
        public override MessageId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString() ?? string.Empty);

        public override void Write(Utf8JsonWriter writer, MessageId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}

/// <summary>How urgent a message is; more urgent ones are typed first.</summary>
public enum MessagePriority
{
    /// <summary>When nothing else waits.</summary>
    Low,

    /// <summary>As a rule.</summary>
    Medium,

    /// <summary>Before the rest.</summary>
    High,

    /// <summary>Before all others.</summary>
    Urgent,
}

/// <summary>How far a message has come.</summary>
public enum MessageState
{
    /// <summary>Stored; the sender has been told.</summary>
    Accepted,

    /// <summary>In the agent's queue.</summary>
    Queued,

    /// <summary>In the program's input, not submitted.</summary>
    Typed,

    /// <summary>Submitted to the program, as its screen shows.</summary>
    Submitted,

    /// <summary>The program itself has shown that it has the message.</summary>
    Confirmed,

    /// <summary>It could not be delivered; the reason says why.</summary>
    Failed,

    /// <summary>Its time was over before it was typed.</summary>
    Expired,

    /// <summary>Its agent was ended before it was delivered.</summary>
    DeadLetter,
}

/// <summary>What a worker reports of a delivery.</summary>
public enum DeliveryStep
{
    /// <summary>It is in the program's input.</summary>
    Typed,

    /// <summary>Enter was sent and the screen shows that it was taken.</summary>
    Submitted,

    /// <summary>The program has shown that it has the message.</summary>
    Confirmed,

    /// <summary>Nothing was typed: it goes back to the queue.</summary>
    Deferred,

    /// <summary>It will not be tried again.</summary>
    Failed,

    /// <summary>Whether it was submitted cannot be told: it is shown to a person and not tried again.</summary>
    Undecidable,

    /// <summary>Its time was over before it was typed.</summary>
    Expired,
}

/// <summary>A message as it is put into an agent's queue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Who sent it: set by the server.</param>
/// <param name="FromPerson">A person sent it: before agents of the same priority.</param>
/// <param name="Text">The text.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="ExpiresAt">After this time it is not typed any more.</param>
/// <param name="Seal">Unpredictable to the sender; ends the envelope, so that no text can forge the end of it.</param>
public sealed record NewMessage(MessageId Id, string From, bool FromPerson, string Text, MessagePriority Priority, DateTimeOffset? ExpiresAt, string Seal)
{
    /// <summary>The largest text of all, in bytes of UTF-8.</summary>
    public const int MaximumBytes = 256 * 1024;

    /// <summary>Its type; null for a direct message.</summary>
    public string? Type { get; init; }

    /// <summary>How many answers in a row it is away from the message that began it; only agents answer.</summary>
    public int Hops { get; init; }

    /// <summary>The message that it answers.</summary>
    public MessageId? InReplyTo { get; init; }

    /// <summary>The agent that sent it is to get what is answered in the turn that it begins, as a message.</summary>
    public bool WantsAnswer { get; init; }

    /// <summary>The conversation that it belongs to.</summary>
    public string? Conversation { get; init; }

    /// <summary>For what a conversation tells: up to which of its messages.</summary>
    public long? Through { get; init; }

    /// <summary>For what a conversation tells: the agents that speak in it.</summary>
    public ImmutableArray<AgentName> Speakers { get; init; } = [];

    /// <summary>When its sender wrote it, if that was said.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The size of the text in bytes of UTF-8.</summary>
    [JsonIgnore]
    public int Bytes => Encoding.UTF8.GetByteCount(Text);
}
