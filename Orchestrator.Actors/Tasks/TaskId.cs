using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>The id of a task: lower-case letters, digits and dashes, 1 to 40, first a letter or a digit.</summary>
[JsonConverter(typeof(TaskIdConverter))]
public readonly partial record struct TaskId
{
    /// <summary>The kind of entity that tasks are.</summary>
    public const string Kind = "task";

    /// <summary>What an id may be, for error messages.</summary>
    public const string Rule = "use 1 to 40 lower-case letters, digits and dashes, first a letter or a digit";

    private TaskId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>The task's entity.</summary>
    public EntityId Entity => new(Kind, Value);

    /// <summary>Reads an id.</summary>
    public static bool TryParse(string? text, out TaskId id)
    {
        var valid = text is not null && Pattern().IsMatch(text);
        id = valid ? new TaskId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no id; says what is allowed.</exception>
    public static TaskId Parse(string text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not the id of a task: {Rule}");

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,39}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();

    private sealed class TaskIdConverter : JsonConverter<TaskId>
    {
        public override TaskId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString() ?? string.Empty);

        public override void Write(Utf8JsonWriter writer, TaskId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
