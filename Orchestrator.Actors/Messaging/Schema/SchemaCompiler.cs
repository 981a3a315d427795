using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>Turns a schema whose shape was checked into rules. Each place is compiled once, so that schemas may refer to themselves.</summary>
internal sealed class SchemaCompiler(JsonElement schema)
{
    private const int MostPlaces = 5000;

    private readonly SchemaResources _resources = new(schema);
    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);
    private readonly ImmutableArray<SchemaError>.Builder _errors = ImmutableArray.CreateBuilder<SchemaError>();

    /// <summary>The rules.</summary>
    /// <exception cref="SchemaException">It refers to what is not there, or is too large.</exception>
    public SchemaNode Compile()
    {
        var root = Node(_resources.Root);
        return _errors.Count == 0 ? root : throw new SchemaException(_errors.ToImmutable());
    }

    private SchemaNode Node(SchemaPlace place)
    {
        if (_nodes.TryGetValue(place.Key, out var known))
        {
            return known;
        }

        var node = new SchemaNode();
        _nodes.Add(place.Key, node);
        if (_nodes.Count > MostPlaces)
        {
            throw new SchemaException([new SchemaError(place.Path, "limit", $"the schema has more than {MostPlaces} parts")]);
        }

        switch (place.Schema.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                node.Always = place.Schema.ValueKind == JsonValueKind.True;
                break;
            case JsonValueKind.Object:
                node.Keywords = [.. place.Schema.EnumerateObject().Select(k => Rule(place, k.Name, k.Value)).OfType<Keyword>().OrderBy(static k => k.Last)];
                node.NeedsEvaluated = node.Keywords.Any(static k => k.Last);
                break;
            default:
                _errors.Add(new SchemaError(place.Path, "$ref", "something refers to this place, and it is no schema"));
                break;
        }

        return node;
    }

    private Keyword? Rule(SchemaPlace place, string name, JsonElement value) => name switch
    {
        "$ref" => Reference(place, value.GetString()!),
        "type" => new TypeKeyword(value.ValueKind == JsonValueKind.Array ? Names(value) : [value.GetString()!]),
        "enum" => new AmongKeyword(name, [.. value.EnumerateArray()]),
        "const" => new AmongKeyword(name, [value]),
        "multipleOf" => new MultipleOfKeyword(value),
        "minimum" => new BoundKeyword(name, value, static order => order >= 0, "of at least"),
        "maximum" => new BoundKeyword(name, value, static order => order <= 0, "of at most"),
        "exclusiveMinimum" => new BoundKeyword(name, value, static order => order > 0, "above"),
        "exclusiveMaximum" => new BoundKeyword(name, value, static order => order < 0, "below"),
        "minLength" => new LengthKeyword(name, Count(value), most: false),
        "maxLength" => new LengthKeyword(name, Count(value), most: true),
        "pattern" => new PatternKeyword(Pattern(value.GetString()!)),
        "not" => new NotKeyword(At(place, name)),
        "allOf" => new AllOfKeyword(All(place, name)),
        "anyOf" => new SomeOfKeyword(name, All(place, name), exactlyOne: false),
        "oneOf" => new SomeOfKeyword(name, All(place, name), exactlyOne: true),
        "if" => new IfKeyword(At(place, name), Beside(place, "then"), Beside(place, "else")),
        _ => ArrayRule(place, name, value) ?? ObjectRule(place, name, value),
    };

    private Keyword? ArrayRule(SchemaPlace place, string name, JsonElement value) => name switch
    {
        "prefixItems" => new PrefixItemsKeyword(All(place, name)),
        "items" => new ItemsKeyword(At(place, name), place.Schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0),
        "contains" => new ContainsKeyword(At(place, name), place.Schema.TryGetProperty("minContains", out var least) ? Count(least) : 1, place.Schema.TryGetProperty("maxContains", out var most) ? Count(most) : null),
        "uniqueItems" => value.GetBoolean() ? new UniqueItemsKeyword() : null,
        "minItems" => new CountKeyword(name, JsonValueKind.Array, Count(value), most: false),
        "maxItems" => new CountKeyword(name, JsonValueKind.Array, Count(value), most: true),
        "unevaluatedItems" => new UnevaluatedItemsKeyword(At(place, name)),
        _ => null,
    };

    private Keyword? ObjectRule(SchemaPlace place, string name, JsonElement value) => name switch
    {
        "properties" => new PropertiesKeyword(ByName(place, name)),
        "patternProperties" => new PatternPropertiesKeyword([.. ByName(place, name).Select(static s => (Pattern(s.Key), s.Value))]),
        "additionalProperties" => new AdditionalPropertiesKeyword(At(place, name), [.. NamesOf(place, "properties")], [.. NamesOf(place, "patternProperties").Select(Pattern)]),
        "propertyNames" => new PropertyNamesKeyword(At(place, name)),
        "required" => new RequiredKeyword(Names(value)),
        "dependentRequired" => new DependentRequiredKeyword(value.EnumerateObject().ToImmutableDictionary(static m => m.Name, static m => Names(m.Value), StringComparer.Ordinal)),
        "dependentSchemas" => new DependentSchemasKeyword(ByName(place, name)),
        "minProperties" => new CountKeyword(name, JsonValueKind.Object, Count(value), most: false),
        "maxProperties" => new CountKeyword(name, JsonValueKind.Object, Count(value), most: true),
        "unevaluatedProperties" => new UnevaluatedPropertiesKeyword(At(place, name)),
        _ => null,
    };

    private Keyword? Reference(SchemaPlace place, string reference)
    {
        if (_resources.Find(place, reference) is { } target)
        {
            return new RefKeyword(Node(target));
        }

        if (SchemaResources.IsMetaSchema(reference))
        {
            return new IsSchemaKeyword();
        }

        _errors.Add(new SchemaError(place.Path + "/$ref", "$ref", $"'{reference}' is not in this schema: nothing is fetched, so put what it means under $defs"));
        return null;
    }

    private SchemaNode At(SchemaPlace place, string keyword) => Node(place.To($"/{Place.Escaped(keyword)}", place.Schema.GetProperty(keyword)));

    private SchemaNode? Beside(SchemaPlace place, string keyword) => place.Schema.TryGetProperty(keyword, out _) ? At(place, keyword) : null;

    private ImmutableArray<SchemaNode> All(SchemaPlace place, string keyword)
        => [.. place.Schema.GetProperty(keyword).EnumerateArray().Index().Select(i => Node(place.To($"/{keyword}/{i.Index}", i.Item)))];

    private ImmutableDictionary<string, SchemaNode> ByName(SchemaPlace place, string keyword)
        => place.Schema.GetProperty(keyword).EnumerateObject().ToImmutableDictionary(static m => m.Name, m => Node(place.To($"/{keyword}/{Place.Escaped(m.Name)}", m.Value)), StringComparer.Ordinal);

    private static IEnumerable<string> NamesOf(SchemaPlace place, string keyword)
        => place.Schema.TryGetProperty(keyword, out var value) ? value.EnumerateObject().Select(static m => m.Name) : [];

    private static ImmutableArray<string> Names(JsonElement value) => [.. value.EnumerateArray().Select(static v => v.GetString()!)];

    // A bound that no text or list can reach is as good as any other that none can.
    private static long Count(JsonElement value) => JsonNumber.Of(value) is { Exponent: < 18 } number && number.Digits * System.Numerics.BigInteger.Pow(10, number.Exponent) < long.MaxValue ? (long)(number.Digits * System.Numerics.BigInteger.Pow(10, number.Exponent)) : long.MaxValue;

    private static SchemaPattern Pattern(string source)
        => SchemaPattern.Read(source, out var pattern) is { } wrong ? throw new SchemaException([new SchemaError(string.Empty, "pattern", wrong)]) : pattern!;
}
