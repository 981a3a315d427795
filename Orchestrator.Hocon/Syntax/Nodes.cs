namespace Orchestrator.Hocon.Syntax;

/// <summary>What was written, before substitutions are resolved.</summary>
internal abstract class Node(HoconOrigin origin)
{
    public HoconOrigin Origin { get; } = origin;

    /// <summary>Whether the node hides everything below it for good, because it can neither be merged nor look back.</summary>
    public virtual bool Hides => false;
}

internal sealed class ScalarNode(HoconScalar value) : Node(value.Origin)
{
    public HoconScalar Value { get; } = value;

    public override bool Hides => true;
}

internal sealed class ArrayNode(HoconOrigin origin) : Node(origin)
{
    public List<Slot> Items { get; } = [];

    public override bool Hides => true;
}

internal sealed class ObjectNode(HoconOrigin origin) : Node(origin)
{
    /// <summary>The fields in the order of their first appearance.</summary>
    public OrderedDictionary<string, Slot> Fields { get; } = new(StringComparer.Ordinal);

    private Slot Field(string key, HoconOrigin keyOrigin)
    {
        if (!Fields.TryGetValue(key, out var slot))
        {
            slot = new Slot();
            Fields.Add(key, slot);
        }

        slot.KeyOrigin = keyOrigin;
        return slot;
    }

    /// <summary>The field at a path, through objects that are made as needed.</summary>
    public Slot Field(HoconPath path, HoconOrigin keyOrigin)
    {
        var slot = Field(path.Elements[0], keyOrigin);
        foreach (var key in path.Elements.AsSpan()[1..])
        {
            slot = slot.TopObject(keyOrigin).Field(key, keyOrigin);
        }

        return slot;
    }

    /// <summary>Merges the fields of a later object over this one.</summary>
    public void Merge(ObjectNode later)
    {
        foreach (var (key, slot) in later.Fields)
        {
            if (Fields.TryGetValue(key, out var existing))
            {
                existing.KeyOrigin = slot.KeyOrigin;
                foreach (var layer in slot.Layers)
                {
                    existing.Add(layer);
                }
            }
            else
            {
                Fields.Add(key, slot);
            }
        }
    }

    /// <summary>Whether all keys are indices, so that the object may stand for an array.</summary>
    public bool LooksLikeArray => Fields.Count > 0 && Fields.Keys.All(key => Indices.TryParse(key, out _));
}

/// <summary>Values side by side, where at least one is a substitution or an array: a string, an array or, if no part says otherwise, perhaps an object.</summary>
internal sealed class ConcatenationNode(HoconOrigin origin, List<Part> parts) : Node(origin)
{
    public List<Part> Parts { get; } = parts;

    public bool MayBeObject { get; } = parts.TrueForAll(part => part.Node is SubstitutionNode or ObjectNode);
}

/// <summary>A value of a concatenation, with the whitespace before it.</summary>
internal readonly record struct Part(string Blank, Node Node);

/// <summary><c>${path}</c>, or what <c>+=</c> looks back on.</summary>
internal sealed class SubstitutionNode(HoconOrigin origin, HoconPath path, Scope scope) : Node(origin)
{
    /// <summary>The path as written.</summary>
    public HoconPath Path { get; } = path;

    /// <summary>Where the path is looked up before the root is tried.</summary>
    public Scope Scope { get; } = scope;

    public bool Optional { get; init; }

    /// <summary>Whether the environment may hold it as <c>X_0</c>, <c>X_1</c> and so on.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether only the scope counts, neither root nor environment: the look back of <c>+=</c>.</summary>
    public bool ScopeOnly { get; init; }

    /// <summary>Whether it stands beside an object, so that it has to be one as well.</summary>
    public bool MustBeObject { get; init; }
}

/// <summary>The place that paths are relative to: the root object of an included file, or the element of an array.</summary>
/// <param name="Element">The array element whose object the prefix starts from; null for the root.</param>
/// <param name="Prefix">The path to the place.</param>
internal sealed record Scope(Slot? Element, HoconPath Prefix)
{
    public static readonly Scope Root = new(null, HoconPath.Root);

    public bool IsRoot => Element is null && Prefix.Elements.IsEmpty;
}

/// <summary>A node of a field, and the concatenation of objects it is a part of.</summary>
internal readonly record struct Layer(Node Node, object? Group = null);

/// <summary>All that was assigned to a field, or stands at an element of an array, the latest last.</summary>
internal sealed class Slot
{
    public List<Layer> Layers { get; } = [];

    /// <summary>Where the key was last written; null for elements of arrays.</summary>
    public HoconOrigin? KeyOrigin { get; set; }

    /// <summary>Whether nothing below this slot can shine through.</summary>
    public bool Closed => Layers.Count > 0 && Layers[0].Node.Hides;

    public void Add(Layer layer)
    {
        if (layer.Node.Hides)
        {
            Layers.Clear();
        }
        else if (layer is { Node: ObjectNode later, Group: null } && Layers.Count > 0 && Layers[^1] is { Node: ObjectNode earlier, Group: null })
        {
            earlier.Merge(later);
            return;
        }

        Layers.Add(layer);
    }

    /// <summary>Appends to the array that was assigned or appended last. Only for a value that is written out: a substitution would see another past there.</summary>
    public bool TryAppend(Slot item)
    {
        var array = Layers.Count == 0 ? null : Layers[^1].Node switch
        {
            ArrayNode assigned => assigned,
            ConcatenationNode { Parts: [{ Node: SubstitutionNode { ScopeOnly: true } }, { Node: ArrayNode appended }] } => appended,
            _ => null,
        };
        if (array is null || item.Layers is not [{ Node: ScalarNode }])
        {
            return false;
        }

        array.Items.Add(item);
        return true;
    }

    /// <summary>The object on top, for keys that are paths to go through; a new one where none is.</summary>
    public ObjectNode TopObject(HoconOrigin origin)
    {
        if (Layers.Count > 0 && Layers[^1] is { Node: ObjectNode top, Group: null })
        {
            return top;
        }

        var added = new ObjectNode(origin);
        Layers.Add(new Layer(added));
        return added;
    }
}
