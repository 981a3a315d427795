using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>A place in a schema: the resource that it is in, the place from there, and what stands there.</summary>
internal sealed record SchemaPlace(Uri Base, string Path, JsonElement Schema)
{
    public string Key => $"{Base.AbsoluteUri}#{Path}";

    /// <summary>The place <paramref name="path"/> below, in a resource of its own if it begins one.</summary>
    public SchemaPlace To(string path, JsonElement schema) => Entered(new SchemaPlace(Base, Path + path, schema));

    /// <summary>Itself, or the beginning of the resource that it names with <c>$id</c>.</summary>
    public static SchemaPlace Entered(SchemaPlace place)
        => SchemaResources.TextOf(place.Schema, "$id") is { } id && Uri.TryCreate(place.Base, id, out var own)
            ? new SchemaPlace(SchemaResources.WithoutFragment(own), string.Empty, place.Schema)
            : place;
}

/// <summary>The resources and anchors of one schema: what <c>$ref</c> can refer to. Nothing is ever fetched.</summary>
internal sealed class SchemaResources
{
    /// <summary>The schema of schemas.</summary>
    public const string MetaSchema = "https://json-schema.org/draft/2020-12/schema";

    private static readonly Uri NoBase = new("schema:///");

    private readonly Dictionary<string, SchemaPlace> _known = new(StringComparer.Ordinal);

    public SchemaResources(JsonElement root)
    {
        Root = SchemaPlace.Entered(new SchemaPlace(NoBase, string.Empty, root));
        _known.TryAdd(NoBase.AbsoluteUri, Root);
        Add(Root);
    }

    public SchemaPlace Root { get; }

    /// <summary>What <paramref name="reference"/> refers to from <paramref name="from"/>; null if it is not in this schema.</summary>
    public SchemaPlace? Find(SchemaPlace from, string reference)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (resource, fragment) = hash < 0 ? (reference, string.Empty) : (reference[..hash], Uri.UnescapeDataString(reference[(hash + 1)..]));
        var uri = from.Base;
        if (resource.Length > 0 && !Uri.TryCreate(from.Base, resource, out uri))
        {
            return null;
        }

        var address = WithoutFragment(uri!).AbsoluteUri;
        return fragment.Length == 0 || fragment[0] == '/'
            ? _known.GetValueOrDefault(address) is { } place ? Follow(place, fragment) : null
            : _known.GetValueOrDefault($"{address}#{fragment}");
    }

    public static bool IsMetaSchema(string reference) => reference is MetaSchema or MetaSchema + "#";

    public static string? TextOf(JsonElement schema, string keyword)
        => schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static Uri WithoutFragment(Uri uri)
    {
        var text = uri.AbsoluteUri;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? uri : new Uri(text[..hash]);
    }

    private void Add(SchemaPlace place)
    {
        if (place.Path.Length == 0)
        {
            _known.TryAdd(place.Base.AbsoluteUri, place);
        }

        foreach (var anchor in new[] { TextOf(place.Schema, "$anchor"), TextOf(place.Schema, "$dynamicAnchor") })
        {
            if (anchor is not null)
            {
                _known.TryAdd($"{place.Base.AbsoluteUri}#{anchor}", place);
            }
        }

        foreach (var (path, schema) in SchemaShape.Within(place.Schema))
        {
            Add(place.To(path, schema));
        }
    }

    private static SchemaPlace? Follow(SchemaPlace place, string pointer)
    {
        foreach (var token in pointer.Split('/').Skip(1).Select(static t => t.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (Step(place.Schema, token) is not { } next)
            {
                return null;
            }

            place = place.To("/" + Place.Escaped(token), next);
        }

        return place;
    }

    private static JsonElement? Step(JsonElement from, string token) => from.ValueKind switch
    {
        JsonValueKind.Object => from.TryGetProperty(token, out var member) ? member : null,
        JsonValueKind.Array => int.TryParse(token, out var index) && index >= 0 && index < from.GetArrayLength() ? from[index] : null,
        _ => null,
    };
}
