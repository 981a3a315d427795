using System.Collections;
using System.Numerics;

namespace Orchestrator.Runtime;

/// <summary>A set of shards.</summary>
/// <param name="Bits">One bit for each shard, the lowest for shard 0.</param>
public readonly record struct ShardSet(ulong Bits) : IReadOnlyCollection<int>
{
    /// <summary>No shard.</summary>
    public static readonly ShardSet None;

    /// <summary>All shards.</summary>
    public static readonly ShardSet All = new(ulong.MaxValue);

    /// <inheritdoc/>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>Whether <paramref name="shard"/> (0 to 63) is in it.</summary>
    public bool Contains(int shard) => (Bits >> shard & 1) != 0;

    /// <summary>This set and <paramref name="shard"/> (0 to 63).</summary>
    public ShardSet With(int shard) => new(Bits | (1UL << shard));

    /// <summary>This set without <paramref name="shard"/> (0 to 63).</summary>
    public ShardSet Without(int shard) => new(Bits & ~(1UL << shard));

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator()
    {
        for (var bits = Bits; bits != 0; bits &= bits - 1)
        {
            yield return BitOperations.TrailingZeroCount(bits);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
