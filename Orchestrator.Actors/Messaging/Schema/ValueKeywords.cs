using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary><c>type</c>.</summary>
internal sealed class TypeKeyword(ImmutableArray<string> types) : Keyword("type")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
        => types.Any(type => IsOf(value, type)) || run.Fail(at, Name, $"it is {NameOf(value)}: give {string.Join(" or ", types)}");

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && (JsonNumber.Of(value)?.IsInteger ?? !value.GetRawText().AsSpan().ContainsAny('.', '-')),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => NameOf(value) == type,
    };

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}

/// <summary><c>enum</c> and <c>const</c>.</summary>
internal sealed class AmongKeyword(string name, ImmutableArray<JsonElement> values) : Keyword(name)
{
    private const int LongestList = 300;

    private readonly ImmutableHashSet<string> _known = [.. values.Select(CanonicalJson.Of)];
    private readonly string _list = string.Join(", ", values.Select(static v => v.GetRawText()));

    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
        => _known.Contains(CanonicalJson.Of(value)) || run.Fail(at, Name, $"give {(_known.Count == 1 ? "exactly" : "one of")} {(_list.Length <= LongestList ? _list : _list[..LongestList] + "…")}");
}

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive kin.</summary>
internal sealed class BoundKeyword(string name, JsonElement bound, Func<int, bool> holds, string words) : Keyword(name)
{
    private readonly JsonNumber _bound = JsonNumber.Of(bound)!.Value;

    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return true;
        }

        return JsonNumber.Of(value) is { } number
            ? holds(number.Against(_bound)) || run.Fail(at, Name, $"{value.GetRawText()} is out of range: give a number {words} {bound.GetRawText()}")
            : run.Fail(at, Name, "the number has too many digits to be compared");
    }
}

/// <summary><c>multipleOf</c>.</summary>
internal sealed class MultipleOfKeyword(JsonElement unit) : Keyword("multipleOf")
{
    private readonly JsonNumber _unit = JsonNumber.Of(unit)!.Value;

    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return true;
        }

        return JsonNumber.Of(value) is { } number
            ? number.IsMultipleOf(_unit) || run.Fail(at, Name, $"{value.GetRawText()} is not a multiple of {unit.GetRawText()}")
            : run.Fail(at, Name, "the number has too many digits to be divided");
    }
}

/// <summary><c>minLength</c> and <c>maxLength</c>, in characters of Unicode.</summary>
internal sealed class LengthKeyword(string name, long bound, bool most) : Keyword(name)
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        var length = value.GetString()!.EnumerateRunes().Count();
        return (most ? length <= bound : length >= bound) || run.Fail(at, Name, $"it has {length} characters: give {(most ? "at most" : "at least")} {bound}");
    }
}

/// <summary><c>pattern</c>.</summary>
internal sealed class PatternKeyword(SchemaPattern pattern) : Keyword("pattern")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        return pattern.Matches(value.GetString()!) switch
        {
            true => true,
            false => run.Fail(at, Name, $"it does not match {pattern.Source}"),
            null => run.Exceed(at, Name, $"the pattern {pattern.Source} takes too long on it"),
        };
    }
}
