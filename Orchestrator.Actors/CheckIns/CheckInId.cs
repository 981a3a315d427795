using System.Text.Json;
using System.Text.Json.Serialization;

using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.CheckIns;

/// <summary>The id of a check-in; what it may be is what the id of a task may be.</summary>
[JsonConverter(typeof(CheckInIdConverter))]
public readonly record struct CheckInId
{
    /// <summary>The kind of entity that check-ins are.</summary>
    public const string Kind = "checkin";

    private CheckInId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>The check-in's entity.</summary>
    public EntityId Entity => new(Kind, Value);

    /// <summary>Reads an id.</summary>
    public static bool TryParse(string? text, out CheckInId id)
    {
        var valid = TaskId.TryParse(text, out _);
        id = valid ? new CheckInId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no id; says what is allowed.</exception>
    public static CheckInId Parse(string text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not the id of a check-in: {TaskId.Rule}");

    /// <inheritdoc/>
    public override string ToString() => Value;

    private sealed class CheckInIdConverter : JsonConverter<CheckInId>
    {
        public override CheckInId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString() ?? string.Empty);

        public override void Write(Utf8JsonWriter writer, CheckInId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
