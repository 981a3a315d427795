using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Transcripts;

/// <summary>How the lines of a program's transcript are read, each a JSON object: what the user said, what the program answered, and when a turn is over.</summary>
public sealed record AnswerRules
{
    /// <summary>What the user said.</summary>
    public required LineRule User { get; init; }

    /// <summary>Where such a line names the message by itself; empty if the envelope at the beginning of its text does.</summary>
    public required ImmutableArray<JsonPath> UserId { get; init; }

    /// <summary>What the program said.</summary>
    public required LineRule Said { get; init; }

    /// <summary>The program used a tool: what it said before that was on the way, no answer.</summary>
    public required LineRule Step { get; init; }

    /// <summary>The turn is over. Without such a line it is when the program is at its prompt, or the user says something else.</summary>
    public required LineRule End { get; init; }

    /// <summary>The conversation was compacted.</summary>
    public required LineRule Compacted { get; init; }

    /// <summary>Tokens of a request, as it was sent.</summary>
    public required ImmutableArray<JsonPath> TokensIn { get; init; }

    /// <summary>What names a request: programs write its tokens down with each part of its answer.</summary>
    public required ImmutableArray<JsonPath> TokensOf { get; init; }

    /// <summary>Tokens that the model wrote.</summary>
    public required ImmutableArray<JsonPath> TokensOut { get; init; }

    /// <summary>The program's name for the conversation.</summary>
    public required ImmutableArray<JsonPath> Session { get; init; }
}

/// <summary>A test of a line.</summary>
/// <param name="Path">The place.</param>
/// <param name="Pattern">What a value there has to match.</param>
/// <param name="Not">Whether none may match instead.</param>
public sealed record LineTest(JsonPath Path, Regex Pattern, bool Not);

/// <summary>Which lines are meant, and where their text stands.</summary>
/// <param name="Where">Patterns that values of the line must match, all of them, or must not; empty for no line at all.</param>
/// <param name="Text">Where its text stands: the first that finds something counts.</param>
public sealed record LineRule(ImmutableArray<LineTest> Where, ImmutableArray<JsonPath> Text)
{
    /// <summary>Whether a line is meant.</summary>
    public bool Means(JsonElement line) => !Where.IsEmpty && Where.All(test => test.Not != test.Path.Find(line).Any(value => Matches(test.Pattern, value)));

    private static bool Matches(Regex pattern, JsonElement value)
        => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) && pattern.IsMatch(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
}
