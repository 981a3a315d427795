using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>What the value of a keyword must look like.</summary>
internal enum KeywordShape
{
    Anything,
    Text,
    Flag,
    Number,
    PositiveNumber,
    Count,
    Types,
    Values,
    Names,
    NamesByName,
    Pattern,
    Schema,
    Schemas,
    SchemasByName,
    SchemasByPattern,
    Unsupported,
}

/// <summary>Whether a JSON value is a schema: what the schema of schemas of draft 2020-12 says, in plain words.</summary>
internal static class SchemaShape
{
    public static readonly FrozenDictionary<string, KeywordShape> Known = new Dictionary<string, KeywordShape>(StringComparer.Ordinal)
    {
        ["$schema"] = KeywordShape.Text,
        ["$id"] = KeywordShape.Text,
        ["$ref"] = KeywordShape.Text,
        ["$anchor"] = KeywordShape.Text,
        ["$dynamicAnchor"] = KeywordShape.Text,
        ["$dynamicRef"] = KeywordShape.Unsupported,
        ["$vocabulary"] = KeywordShape.Anything,
        ["$comment"] = KeywordShape.Text,
        ["$defs"] = KeywordShape.SchemasByName,
        ["definitions"] = KeywordShape.SchemasByName,
        ["type"] = KeywordShape.Types,
        ["enum"] = KeywordShape.Values,
        ["const"] = KeywordShape.Anything,
        ["multipleOf"] = KeywordShape.PositiveNumber,
        ["maximum"] = KeywordShape.Number,
        ["exclusiveMaximum"] = KeywordShape.Number,
        ["minimum"] = KeywordShape.Number,
        ["exclusiveMinimum"] = KeywordShape.Number,
        ["maxLength"] = KeywordShape.Count,
        ["minLength"] = KeywordShape.Count,
        ["pattern"] = KeywordShape.Pattern,
        ["maxItems"] = KeywordShape.Count,
        ["minItems"] = KeywordShape.Count,
        ["uniqueItems"] = KeywordShape.Flag,
        ["maxContains"] = KeywordShape.Count,
        ["minContains"] = KeywordShape.Count,
        ["maxProperties"] = KeywordShape.Count,
        ["minProperties"] = KeywordShape.Count,
        ["required"] = KeywordShape.Names,
        ["dependentRequired"] = KeywordShape.NamesByName,
        ["prefixItems"] = KeywordShape.Schemas,
        ["items"] = KeywordShape.Schema,
        ["contains"] = KeywordShape.Schema,
        ["properties"] = KeywordShape.SchemasByName,
        ["patternProperties"] = KeywordShape.SchemasByPattern,
        ["additionalProperties"] = KeywordShape.Schema,
        ["propertyNames"] = KeywordShape.Schema,
        ["dependentSchemas"] = KeywordShape.SchemasByName,
        ["unevaluatedItems"] = KeywordShape.Schema,
        ["unevaluatedProperties"] = KeywordShape.Schema,
        ["allOf"] = KeywordShape.Schemas,
        ["anyOf"] = KeywordShape.Schemas,
        ["oneOf"] = KeywordShape.Schemas,
        ["not"] = KeywordShape.Schema,
        ["if"] = KeywordShape.Schema,
        ["then"] = KeywordShape.Schema,
        ["else"] = KeywordShape.Schema,
        ["title"] = KeywordShape.Text,
        ["description"] = KeywordShape.Text,
        ["default"] = KeywordShape.Anything,
        ["deprecated"] = KeywordShape.Flag,
        ["readOnly"] = KeywordShape.Flag,
        ["writeOnly"] = KeywordShape.Flag,
        ["examples"] = KeywordShape.Anything,
        ["format"] = KeywordShape.Text,
        ["contentEncoding"] = KeywordShape.Text,
        ["contentMediaType"] = KeywordShape.Text,
        ["contentSchema"] = KeywordShape.Schema,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> TypeNames = new[] { "null", "boolean", "object", "array", "number", "integer", "string" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What is wrong with <paramref name="schema"/>, at its places; nothing if it is a schema.</summary>
    public static ImmutableArray<SchemaError> Check(JsonElement schema)
    {
        var errors = ImmutableArray.CreateBuilder<SchemaError>();
        Walk(schema, Place.Root, errors, unknown: null);
        return errors.ToImmutable();
    }

    /// <summary>The keywords in <paramref name="schema"/> that draft 2020-12 does not know: as a rule they are misspelled.</summary>
    public static ImmutableArray<string> Unknown(JsonElement schema)
    {
        var unknown = ImmutableArray.CreateBuilder<string>();
        Walk(schema, Place.Root, ImmutableArray.CreateBuilder<SchemaError>(), unknown);
        return unknown.ToImmutable();
    }

    /// <summary>The schemas right within <paramref name="schema"/>, each with its place from there.</summary>
    public static IEnumerable<(string Path, JsonElement Schema)> Within(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            var path = "/" + Place.Escaped(keyword.Name);
            switch (Known.GetValueOrDefault(keyword.Name))
            {
                case KeywordShape.Schema:
                    yield return (path, keyword.Value);
                    break;
                case KeywordShape.Schemas:
                    foreach (var (index, item) in keyword.Value.EnumerateArray().Index())
                    {
                        yield return ($"{path}/{index}", item);
                    }

                    break;
                case KeywordShape.SchemasByName or KeywordShape.SchemasByPattern:
                    foreach (var member in keyword.Value.EnumerateObject())
                    {
                        yield return ($"{path}/{Place.Escaped(member.Name)}", member.Value);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static void Walk(JsonElement schema, Place at, ImmutableArray<SchemaError>.Builder errors, ImmutableArray<string>.Builder? unknown)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new SchemaError(at.ToString(), "type", "a schema is an object, true or false"));
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Known.TryGetValue(keyword.Name, out var shape))
            {
                unknown?.Add($"{at}/{keyword.Name}");
            }
            else if (Wrong(keyword.Value, shape) is { } wrong)
            {
                errors.Add(new SchemaError(at.To(keyword.Name).ToString(), keyword.Name, wrong));
            }
            else
            {
                WalkWithin(keyword.Value, shape, at.To(keyword.Name), errors, unknown);
            }
        }
    }

    private static void WalkWithin(JsonElement value, KeywordShape shape, Place at, ImmutableArray<SchemaError>.Builder errors, ImmutableArray<string>.Builder? unknown)
    {
        switch (shape)
        {
            case KeywordShape.Schema:
                Walk(value, at, errors, unknown);
                break;
            case KeywordShape.Schemas:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Walk(item, at.To(index), errors, unknown);
                }

                break;
            case KeywordShape.SchemasByName or KeywordShape.SchemasByPattern:
                foreach (var member in value.EnumerateObject())
                {
                    Walk(member.Value, at.To(member.Name), errors, unknown);
                }

                break;
            default:
                break;
        }
    }

    private static string? Wrong(JsonElement value, KeywordShape shape) => shape switch
    {
        KeywordShape.Anything or KeywordShape.Schema => null,
        KeywordShape.Text => value.ValueKind == JsonValueKind.String ? null : "give a text",
        KeywordShape.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "give true or false",
        KeywordShape.Number => NumberOf(value) is null ? "give a number" : null,
        KeywordShape.PositiveNumber => NumberOf(value) is { } number && number.Digits.Sign > 0 ? null : "give a number above 0",
        KeywordShape.Count => NumberOf(value) is { IsInteger: true, Digits.Sign: >= 0 } ? null : "give a whole number from 0",
        KeywordShape.Types => WrongTypes(value),
        KeywordShape.Values => value.ValueKind == JsonValueKind.Array ? null : "give a list of values",
        KeywordShape.Names => AreNames(value) ? null : "give a list of different names",
        KeywordShape.NamesByName => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(static m => AreNames(m.Value)) ? null : "give a list of different names for each field",
        KeywordShape.Pattern => value.ValueKind == JsonValueKind.String ? SchemaPattern.Read(value.GetString()!, out _) : "give a regular expression",
        KeywordShape.Schemas => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? null : "give a list with at least one schema",
        KeywordShape.SchemasByName => value.ValueKind == JsonValueKind.Object ? null : "give an object whose values are schemas",
        KeywordShape.SchemasByPattern => value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(static m => SchemaPattern.Read(m.Name, out _)).FirstOrDefault(static wrong => wrong is not null)
            : "give an object whose names are regular expressions and whose values are schemas",
        KeywordShape.Unsupported => "it is not supported: use $ref",
        _ => throw new System.Diagnostics.UnreachableException($"no rule for {shape}"),
    };

    private static JsonNumber? NumberOf(JsonElement value) => value.ValueKind == JsonValueKind.Number ? JsonNumber.Of(value) : null;

    private static string? WrongTypes(JsonElement value)
    {
        var names = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when AreNames(value) && value.GetArrayLength() > 0 => value.EnumerateArray().Select(static v => v.GetString()!).ToArray(),
            _ => [],
        };
        return names.Length > 0 && names.All(TypeNames.Contains) ? null : $"give one of {string.Join(", ", TypeNames.Order(StringComparer.Ordinal))}, or a list of them";
    }

    private static bool AreNames(JsonElement value)
        => value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(static v => v.ValueKind == JsonValueKind.String)
            && value.EnumerateArray().Select(static v => v.GetString()).Distinct(StringComparer.Ordinal).Count() == value.GetArrayLength();
}
