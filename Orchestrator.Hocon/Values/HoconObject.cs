using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>Keys and values, in the order in which the keys first appeared. The readers take paths, such as <c>node.port</c>.</summary>
/// <remarks>
/// <c>Get…</c> throws when the path is not set; <c>TryGet…</c> answers false when it is not set or is null. Both throw when
/// something else is there, with the place of the value, its path, what was found and what is expected.
/// </remarks>
public sealed partial class HoconObject : HoconValue, IReadOnlyDictionary<string, HoconValue>
{
    private readonly OrderedDictionary<string, HoconField> _fields;
    private readonly HoconPath _base;

    internal HoconObject(HoconOrigin origin, OrderedDictionary<string, HoconField> fields)
        : this(origin, fields, HoconPath.Root)
    {
    }

    private HoconObject(HoconOrigin origin, OrderedDictionary<string, HoconField> fields, HoconPath basePath)
        : base(origin)
    {
        _fields = fields;
        _base = basePath;
        Total = fields.Values.Sum(field => field.Value.Total) + 1;
    }

    /// <summary>An object without keys.</summary>
    public static HoconObject Empty { get; } = new(HoconOrigin.Of("empty"), new(StringComparer.Ordinal));

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Object;

    /// <summary>How many keys there are.</summary>
    public int Count => _fields.Count;

    /// <summary>The keys, unquoted.</summary>
    public IEnumerable<string> Keys => _fields.Keys;

    /// <summary>The values, in the order of the keys.</summary>
    public IEnumerable<HoconValue> Values => _fields.Values.Select(entry => entry.Value);

    internal override long Total { get; }

    internal override string Described => _fields.Count == 0 ? "an empty object" : "an object";

    /// <summary>The value of a key of this object itself; no path.</summary>
    /// <param name="key">The key, unquoted.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public HoconValue this[string key] => _fields[key].Value;

    /// <summary>Where a key was last written, which is where a person would change it.</summary>
    /// <param name="key">The key, unquoted.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public HoconOrigin KeyOrigin(string key) => _fields[key].KeyOrigin;

    /// <summary>This object, and the keys of another that are not set here or are null. Not deeper: what is set here hides all of its namesake there.</summary>
    /// <param name="defaults">The object that counts less.</param>
    public HoconObject WithDefaults(HoconObject defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        var fields = new OrderedDictionary<string, HoconField>(_fields, StringComparer.Ordinal);
        foreach (var (key, field) in defaults._fields)
        {
            if (!fields.TryGetValue(key, out var own) || own.Value.Kind == HoconKind.Null)
            {
                fields[key] = field;
            }
        }

        return new HoconObject(Origin, fields, _base);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _fields.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out HoconValue value)
    {
        var found = _fields.TryGetValue(key, out var field);
        value = field.Value;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, HoconValue>> GetEnumerator() =>
        _fields.Select(field => KeyValuePair.Create(field.Key, field.Value.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconObject o && o._fields.Count == _fields.Count
        && _fields.All(field => o._fields.TryGetValue(field.Key, out var theirs) && field.Value.Value.Equals(theirs.Value));

    /// <inheritdoc/>
    public override int GetHashCode() =>
        _fields.Aggregate(_fields.Count, (hash, field) => hash ^ HashCode.Combine(field.Key.GetHashCode(StringComparison.Ordinal), field.Value.Value));

    /// <summary>The items of an object whose keys are indices, in their order; null for any other object.</summary>
    internal HoconArray? AsArray()
    {
        var items = _fields
            .Where(field => Indices.TryParse(field.Key, out _))
            .OrderBy(field => Indices.TryParse(field.Key, out var index) ? index : 0)
            .Select(field => field.Value.Value)
            .ToImmutableArray();
        return items.IsEmpty ? null : new HoconArray(Origin, items);
    }

    /// <summary>The same object, knowing the path it was read from for the errors of its readers.</summary>
    internal HoconObject At(HoconPath path) => new(Origin, _fields, path);
}

/// <summary>A value, and where its key was written.</summary>
internal readonly record struct HoconField(HoconValue Value, HoconOrigin KeyOrigin);
