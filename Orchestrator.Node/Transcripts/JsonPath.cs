using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Transcripts;

/// <summary>
/// A place in a JSON value: names with dots between them. <c>[]</c> behind a name stands for every item of its list, <c>[name]</c> for those that have a true or non-empty
/// <c>name</c>, <c>[!name]</c> for those that have not, <c>[name=value]</c> for those in which it is that text: <c>message.parts[!thought].text</c>.
/// </summary>
public sealed partial class JsonPath
{
    private readonly ImmutableArray<Part> _parts;
    private readonly string _text;

    private JsonPath(string text, ImmutableArray<Part> parts) => (_text, _parts) = (text, parts);

    private sealed record Part(string Name, bool Items, string? Filter, bool Not, string? Value);

    /// <summary>Reads a path.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path)
    {
        var parts = text.Split('.').Select(static part => Form().Match(part)).ToList();
        path = parts.TrueForAll(static part => part.Success)
            ? new JsonPath(text, [.. parts.Select(static part => new Part(
                part.Groups["name"].Value,
                part.Groups["items"].Success,
                part.Groups["filter"] is { Success: true, Length: > 0 } filter ? filter.Value : null,
                part.Groups["not"].Success,
                part.Groups["value"].Success ? part.Groups["value"].Value : null))])
            : null;
        return path is not null;
    }

    /// <summary>All values there, in order.</summary>
    public IEnumerable<JsonElement> Find(JsonElement root)
        => _parts.Aggregate<Part, IEnumerable<JsonElement>>([root], static (found, part) => found.SelectMany(value => Step(value, part)));

    /// <summary>The texts there, put one behind the other; null if there is none.</summary>
    public string? Text(JsonElement root)
    {
        var texts = Find(root).Where(static value => value.ValueKind == JsonValueKind.String).Select(static value => value.GetString()).ToList();
        return texts.Count == 0 ? null : string.Concat(texts);
    }

    /// <summary>The sum of the whole numbers there; null if there is none.</summary>
    public long? Sum(JsonElement root)
    {
        var numbers = Find(root).Where(static value => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _)).Select(static value => value.GetInt64()).ToList();
        return numbers.Count == 0 ? null : numbers.Sum();
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static IEnumerable<JsonElement> Step(JsonElement value, Part part)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(part.Name, out var next))
        {
            return [];
        }

        return !part.Items ? [next] : next.ValueKind == JsonValueKind.Array ? next.EnumerateArray().Where(item => Fits(item, part)) : [];
    }

    private static bool Fits(JsonElement item, Part part)
    {
        if (part.Filter is not { } name)
        {
            return true;
        }

        var has = item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value)
            && (part.Value is { } wanted
                ? value.ValueKind == JsonValueKind.String && value.GetString() == wanted
                : value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null) && !(value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0));
        return has != part.Not;
    }

    [GeneratedRegex(@"^(?<name>[^.\[\]]+)(?<items>\[(?:(?<not>!)?(?<filter>[^.\[\]!=]*)(?:=(?<value>[^.\[\]]*))?)\])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
