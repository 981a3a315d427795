using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>The name of an agent: lower-case letters, digits and dashes, 1 to 40, first a letter or a digit. So it is safe in tmux, paths and branches.</summary>
[JsonConverter(typeof(AgentNameConverter))]
public readonly partial record struct AgentName
{
    /// <summary>The kind of entity that agents are.</summary>
    public const string Kind = "agent";

    private AgentName(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>The agent's entity.</summary>
    public EntityId Entity => new(Kind, Value);

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string? text, out AgentName name)
    {
        var valid = text is not null && Pattern().IsMatch(text);
        name = valid ? new AgentName(text!) : default;
        return valid;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is no name; says what is allowed.</exception>
    public static AgentName Parse(string text)
        => TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not an agent's name: {Rule}");

    /// <summary>What a name may be, for error messages.</summary>
    public const string Rule = "use 1 to 40 lower-case letters, digits and dashes, first a letter or a digit";

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,39}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();

    private sealed class AgentNameConverter : JsonConverter<AgentName>
    {
        public override AgentName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => Parse(reader.GetString() ?? string.Empty);

        public override void Write(Utf8JsonWriter writer, AgentName value, JsonSerializerOptions options)
            => writer.WriteStringValue(value.Value);
    }
}
