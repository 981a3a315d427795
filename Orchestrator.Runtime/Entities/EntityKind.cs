namespace Orchestrator.Runtime;

/// <summary>A kind of entity as it is added to the runtime.</summary>
/// <typeparam name="TState">The state of its behaviour.</typeparam>
/// <param name="Name">The kind, the first part of every <see cref="EntityId"/>.</param>
/// <param name="Behavior">The behaviour.</param>
public sealed record EntityKind<TState>(string Name, Behavior<TState> Behavior)
    where TState : class
{
    /// <summary>After how many events a snapshot is taken; 0 takes none.</summary>
    public int SnapshotEvery { get; init; } = 200;

    /// <summary>Names the shape of the snapshot. A stored snapshot with another manifest is not read: the events are replayed instead.</summary>
    public string SnapshotManifest { get; init; } = $"{Name}.state.v1";

    /// <summary>How long an entity without work stays in memory.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);
}
