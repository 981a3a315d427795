using System.Collections;
using System.Collections.Immutable;

namespace Orchestrator.Hocon;

/// <summary>Values in order.</summary>
public sealed class HoconArray : HoconValue, IReadOnlyList<HoconValue>
{
    private readonly ImmutableArray<HoconValue> _items;

    internal HoconArray(HoconOrigin origin, ImmutableArray<HoconValue> items)
        : base(origin)
    {
        _items = items;
        Total = items.Sum(item => item.Total) + 1;
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Array;

    /// <summary>How many items there are.</summary>
    public int Count => _items.Length;

    internal override long Total { get; }

    internal override string Described => $"an array of {_items.Length}";

    /// <inheritdoc/>
    public HoconValue this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<HoconValue> GetEnumerator() => ((IEnumerable<HoconValue>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconArray array && _items.SequenceEqual(array._items);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }
}
