using System.Collections.Immutable;

namespace Orchestrator.Runtime;

/// <summary>What a node must still be for its writes to commit: up as this incarnation, and owner of the shards that it writes, at these epochs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Incarnation">This start of it, as its row in <c>nodes</c> says.</param>
/// <param name="Epochs">The epoch of each of its shards.</param>
public sealed record PostgresFence(string Node, long Incarnation, ImmutableSortedDictionary<int, long> Epochs)
{
    /// <summary>Whether the node owns the shard of <paramref name="entity"/>.</summary>
    public bool Owns(EntityId entity) => Epochs.Count == EntityId.ShardCount || Epochs.ContainsKey(entity.Shard);
}
