using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>A message as its sender wrote it, held against the protocol.</summary>
public sealed record MessageEnvelope
{
    /// <summary>Its id, if the sender has made one.</summary>
    public MessageId? Id { get; init; }

    /// <summary>Its type.</summary>
    public required MessageType Type { get; init; }

    /// <summary>Whom it is for: an agent, <c>role:NAME</c>, <c>team:NAME</c>, <c>project:NAME</c>; null where routes decide.</summary>
    public string? Recipient { get; init; }

    /// <summary>The text as it is typed.</summary>
    public required string Text { get; init; }

    /// <summary>How urgent.</summary>
    public MessagePriority Priority { get; init; } = MessagePriority.Medium;

    /// <summary>When its sender wrote it.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>After this it is not typed.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The message that it answers.</summary>
    public MessageId? InReplyTo { get; init; }

    /// <summary>Its sender, an agent, wants what is answered to it as a message.</summary>
    public bool WantsAnswer { get; init; }

    /// <summary>The conversation that it belongs to.</summary>
    public string? Conversation { get; init; }

    /// <summary>What its sender says of itself; null if nothing.</summary>
    public StatusReport? Status { get; init; }
}

/// <summary>Reads envelopes. Pure: the same JSON at the same time from the same sender is read the same.</summary>
/// <param name="types">The types there are.</param>
/// <param name="rules">What messages are held to.</param>
public sealed class EnvelopeReader(MessageTypes types, ProtocolRules rules)
{
    private const double LongestExpiry = 365 * 86_400.0;

    private static readonly string[] Fields = ["id", "type", "sender", "recipient", "to", "timestamp", "content", "text", "priority", "expiresAt", "expiresInSeconds", "inReplyTo", "wantsAnswer", "conversation"];

    /// <summary>Reads an envelope.</summary>
    /// <param name="json">What was sent.</param>
    /// <param name="sender">Who sent it, as its token says.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="ProtocolException">It violates the protocol.</exception>
    public MessageEnvelope Read(JsonElement json, string sender, DateTimeOffset now)
    {
        if (rules.Wrong(sender) is { } wrong)
        {
            throw new ProtocolException(wrong);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(ProtocolViolation.InvalidFormat, "a message is a JSON object: {\"to\": \"a1\", \"text\": \"hello\"}");
        }

        var fields = Members(json);
        Sender(fields, sender);
        var type = Type(fields);
        var timestamp = Time(fields, "timestamp");
        var expires = Expires(fields, now);
        if (timestamp > now + rules.MaximumLead)
        {
            throw Wrong(ProtocolViolation.FutureTimestamp, $"timestamp {timestamp:O} lies in the future, it is {now:O}: set the clock, or leave timestamp out");
        }

        if (expires <= now || (expires is null && timestamp < now - rules.MaximumAge))
        {
            throw Wrong(ProtocolViolation.ExpiredMessage, expires is null
                ? $"the message was written at {timestamp:O}, more than {rules.MaximumAge.TotalSeconds:0} s ago: write it anew, or give expiresAt"
                : $"the message would have expired at {expires:O} already: give it a later time");
        }

        var text = Content(fields, type);
        return new MessageEnvelope
        {
            Id = Id(fields, "id"),
            Type = type,
            Recipient = Words(fields, "recipient") ?? Words(fields, "to"),
            Text = text,
            Priority = Priority(fields),
            Timestamp = timestamp ?? now,
            ExpiresAt = expires,
            InReplyTo = Id(fields, "inReplyTo"),
            WantsAnswer = WantsAnswer(fields, sender, type),
            Conversation = Words(fields, "conversation"),
            Status = fields.TryGetValue("content", out var content) ? StatusOf(type, content) : null,
        };
    }

    // The fields are as their schema has them by now.
    private static StatusReport? StatusOf(MessageType type, JsonElement content) => (type.Name, type.BuiltIn) switch
    {
        (MessageTypes.StatusResponse, true) => new StatusReport(content.TryGetProperty("blockers", out var blockers) && blockers.GetArrayLength() > 0 ? string.Join("; ", blockers.EnumerateArray().Select(static b => b.GetString())) : null),
        (MessageTypes.TaskCompletion, true) => new StatusReport(content.GetProperty("status").GetString() == "blocked" ? content.GetProperty("summary").GetString() : null),
        _ => null,
    };

    private static Dictionary<string, JsonElement> Members(JsonElement json)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in json.EnumerateObject())
        {
            var name = member.Name.Replace("_", string.Empty, StringComparison.Ordinal);
            if (Fields.FirstOrDefault(field => string.Equals(field, name, StringComparison.OrdinalIgnoreCase)) is not { } known)
            {
                throw Wrong(ProtocolViolation.InvalidFormat, $"a message has no field '{member.Name}': it has {string.Join(", ", Fields)}");
            }

            if (member.Value.ValueKind != JsonValueKind.Null && !members.TryAdd(known, member.Value))
            {
                throw Wrong(ProtocolViolation.InvalidFormat, $"the field '{member.Name}' is there twice: give it once");
            }
        }

        return members;
    }

    private static void Sender(Dictionary<string, JsonElement> fields, string sender)
    {
        if (Words(fields, "sender") is { } said && said != sender && $"client:{said}" != sender && $"agent/{said}" != sender)
        {
            throw Wrong(ProtocolViolation.UnauthorizedSender, $"the message says it is from '{said}', and your token is that of {sender}: leave sender out");
        }
    }

    private MessageType Type(Dictionary<string, JsonElement> fields)
        => Words(fields, "type") is not { } name ? types.Find(MessageTypes.Default)!
            : types.Find(name) ?? throw Wrong(ProtocolViolation.InvalidFormat, $"there is no type '{name}': use one of {types.Names}");

    // A text stands for itself; the fields of a type are written as its template says.
    private static string Content(Dictionary<string, JsonElement> fields, MessageType type)
    {
        var text = Words(fields, "text", mayBeEmpty: true);
        var given = fields.TryGetValue("content", out var content);
        if (given && content.ValueKind == JsonValueKind.String)
        {
            (text, given) = (text ?? Words(fields, "content"), false);
        }

        if (type.Schema is null)
        {
            return given ? throw Wrong(ProtocolViolation.InvalidFieldType, $"the content of a {type.Name} is a text")
                : text is { Length: > 0 } ? text : throw Wrong(ProtocolViolation.MissingRequiredField, "a message has a text");
        }

        if (!given)
        {
            throw Wrong(ProtocolViolation.MissingRequiredField, $"a {type.Name} has content, an object with its fields: 'orc message types {type.Name}' shows them");
        }

        var errors = type.Schema.Validate(content);
        if (!errors.IsEmpty)
        {
            var violation = errors.Any(static e => e.Keyword == "required") ? ProtocolViolation.MissingRequiredField : ProtocolViolation.InvalidFieldType;
            throw Wrong(violation, $"the content of a {type.Name} is not as it must be: {string.Join("; ", errors.Take(5).Select(static e => e.Place.Length == 0 ? $"content: {e.Message}" : $"content{e.Place}: {e.Message}"))}");
        }

        return content.ValueKind == JsonValueKind.Object ? MessageTemplate.Render(type.Template, content, text) : content.GetRawText();
    }

    private static MessagePriority Priority(Dictionary<string, JsonElement> fields) => Words(fields, "priority") switch
    {
        null or "medium" => MessagePriority.Medium,
        "low" => MessagePriority.Low,
        "high" => MessagePriority.High,
        "urgent" => MessagePriority.Urgent,
        { } word => throw Wrong(ProtocolViolation.InvalidFieldType, $"'priority' is '{word}': use one of low, medium, high, urgent"),
    };

    private static DateTimeOffset? Expires(Dictionary<string, JsonElement> fields, DateTimeOffset now)
    {
        if (!fields.TryGetValue("expiresInSeconds", out var given))
        {
            return Time(fields, "expiresAt");
        }

        return given.ValueKind == JsonValueKind.Number && given.TryGetDouble(out var seconds) && seconds is > 0 and <= LongestExpiry
            ? now.AddSeconds(seconds)
            : throw Wrong(ProtocolViolation.InvalidFieldType, "a message expires after more than 0 seconds and at most 365 days, or never");
    }

    // Who asks for a status wants to have it, unless it says that it does not.
    private static bool WantsAnswer(Dictionary<string, JsonElement> fields, string sender, MessageType type)
    {
        var agent = sender.StartsWith("agent/", StringComparison.Ordinal);
        if (!fields.TryGetValue("wantsAnswer", out var given))
        {
            return agent && type is { Name: MessageTypes.StatusRequest, BuiltIn: true };
        }

        return given.ValueKind is not (JsonValueKind.True or JsonValueKind.False) ? throw Wrong(ProtocolViolation.InvalidFieldType, "'wantsAnswer' is true or false")
            : given.GetBoolean() && !agent ? throw Wrong(ProtocolViolation.InvalidFieldType, "'wantsAnswer' is for agents, which get the answer as a message: a person finds it with the message, 'orc send --wait answered' waits for it")
            : given.GetBoolean();
    }

    private static MessageId? Id(Dictionary<string, JsonElement> fields, string name)
        => Words(fields, name) is not { } text ? null
            : MessageId.TryParse(text, out var id) ? id
            : throw Wrong(ProtocolViolation.InvalidFieldType, $"'{text}' is not a message id: use a ULID (26 characters of base 32, upper case){(name == "id" ? ", or none to have one made" : string.Empty)}");

    private static DateTimeOffset? Time(Dictionary<string, JsonElement> fields, string name)
        => !fields.TryGetValue(name, out var value) ? null
            : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time
            : throw Wrong(ProtocolViolation.InvalidFieldType, $"'{name}' is no time: write it as 2026-01-31T12:00:00Z");

    private static string? Words(Dictionary<string, JsonElement> fields, string name, bool mayBeEmpty = false)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Wrong(ProtocolViolation.InvalidFieldType, $"'{name}' is a text");
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(ProtocolViolation.InvalidFormat, $"'{name}' has a lone surrogate: send text as valid Unicode");
        }

        return text.Length > 0 || mayBeEmpty ? text : throw Wrong(ProtocolViolation.MissingRequiredField, $"'{name}' is empty: leave it out or fill it in");
    }

    private static ProtocolException Wrong(ProtocolViolation violation, string reason) => new(new ProtocolError(violation, reason));
}

/// <summary>A message violates the protocol.</summary>
public sealed class ProtocolException(ProtocolError error) : Exception(error.Reason)
{
    /// <summary>How.</summary>
    public ProtocolError Error { get; } = error;
}
