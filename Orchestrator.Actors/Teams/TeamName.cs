using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>The name of a team: lower-case letters, digits and dashes, 1 to 20, first a letter or a digit. The names of its members begin with it.</summary>
[JsonConverter(typeof(TeamNameConverter))]
public readonly partial record struct TeamName
{
    /// <summary>The kind of entity that teams are.</summary>
    public const string Kind = "team";

    /// <summary>What a name may be, for error messages.</summary>
    public const string Rule = "use 1 to 20 lower-case letters, digits and dashes, first a letter or a digit";

    private TeamName(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>The team's entity.</summary>
    public EntityId Entity => new(Kind, Value);

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string? text, out TeamName name)
    {
        var valid = text is not null && Pattern().IsMatch(text);
        name = valid ? new TeamName(text!) : default;
        return valid;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is no name; says what is allowed.</exception>
    public static TeamName Parse(string text)
        => TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a team's name: {Rule}");

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,19}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();

    private sealed class TeamNameConverter : JsonConverter<TeamName>
    {
        public override TeamName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString() ?? string.Empty);

        public override void Write(Utf8JsonWriter writer, TeamName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
