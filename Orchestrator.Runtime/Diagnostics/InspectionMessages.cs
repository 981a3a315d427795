using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Runtime;

/// <summary>Asks a node what it has in memory. The node answers itself, not one of its entities; so it can be asked of any member of the cluster.</summary>
/// <param name="Kind">Only entities of this kind.</param>
/// <param name="Shard">Only those of this shard.</param>
/// <param name="Limit">At most so many, in the order of their names.</param>
public sealed record InspectNode(string? Kind, int? Shard, int Limit) : Query
{
    /// <summary>What the question is addressed to on the way to another member.</summary>
    public static EntityId Addressed(string node) => new("node-runtime", node);
}

/// <summary>What the node has in memory.</summary>
/// <param name="Entities">The entities, by name.</param>
/// <param name="Total">How many there are, also beyond the limit.</param>
public sealed record NodeInspected(ImmutableArray<LiveEntity> Entities, int Total) : Reply;

/// <summary>Asks an entity of any kind for its committed state as it would stand in a snapshot.</summary>
public sealed record ReadState : Query;

/// <summary>The state.</summary>
/// <param name="Version">The sequence number of its last event; 0: nothing has happened to it yet.</param>
/// <param name="State">Its JSON; null if this kind of entity cannot be written.</param>
public sealed record StateRead(long Version, JsonElement? State) : Reply;

/// <summary>What a node has in memory, as far as it could be asked.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Entities">The entities, by name.</param>
/// <param name="Total">How many there are, also beyond the limit.</param>
/// <param name="Failure">Why it did not answer; null if it did.</param>
public sealed record InspectedNode(string Node, ImmutableArray<LiveEntity> Entities, int Total, string? Failure);
