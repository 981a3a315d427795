using System.Text.Json;

namespace Orchestrator.Runtime;

/// <summary>An event as it lies in the journal.</summary>
/// <param name="Position">Its position in the order for readers.</param>
/// <param name="Entity">Whose it is.</param>
/// <param name="SequenceNumber">Its number within the entity, from 1.</param>
/// <param name="At">When it was committed (the store's time).</param>
/// <param name="Manifest">Its stored name.</param>
/// <param name="Event">The event, lifted to its newest shape; null where this version does not know the manifest.</param>
/// <param name="Payload">The JSON as stored.</param>
public sealed record EventEnvelope(JournalPosition Position, EntityId Entity, long SequenceNumber, DateTimeOffset At, string Manifest, Event? Event, JsonElement Payload)
{
    /// <summary>The size of the payload as it was read.</summary>
    internal int Bytes { get; init; }
}

/// <summary>One row of a read model.</summary>
/// <param name="Key">Unique within the view.</param>
/// <param name="Partition">What rows are listed by, for example the agent of a message.</param>
/// <param name="Value">The row.</param>
public sealed record ViewRow<TView>(string Key, string Partition, TView Value);

/// <summary>
/// A read model as a pure fold: each event names the keys of the rows that it changes, and each row is folded with it. The runtime updates rows in the order of the
/// journal together with the offset in one transaction, and builds a view anew when its <see cref="Version"/> changes.
/// </summary>
/// <typeparam name="TView">The row: a record that can be written as JSON.</typeparam>
public abstract class Projection<TView>
    where TView : class
{
    /// <summary>The view's name, unique.</summary>
    public abstract string Name { get; }

    /// <summary>Raised when the fold or the row changes shape: the view is then rebuilt from the first event.</summary>
    public virtual int Version => 1;

    /// <summary>The kinds of entities whose events it wants; null means all. Events of other kinds are passed over, even where this version does not know their manifests.</summary>
    public virtual IReadOnlyList<string>? Kinds => null;

    /// <summary>The keys of the rows that <paramref name="e"/> changes.</summary>
    public abstract IEnumerable<string> KeysOf(EventEnvelope e);

    /// <summary>The row after <paramref name="e"/>; null removes it.</summary>
    public abstract TView? Fold(string key, TView? current, EventEnvelope e);

    /// <summary>The partition that a row is listed under.</summary>
    public virtual string PartitionOf(string key, TView value) => string.Empty;
}

/// <summary>Reads of the read models.</summary>
public interface IViews
{
    /// <summary>The row <paramref name="key"/> of <paramref name="view"/>, or null.</summary>
    Task<TView?> GetAsync<TView>(string view, string key, CancellationToken cancellationToken = default)
        where TView : class;

    /// <summary>Rows of <paramref name="view"/> in the order of their keys, after <paramref name="afterKey"/>.</summary>
    /// <param name="view">The view.</param>
    /// <param name="partition">Only this partition, if given.</param>
    /// <param name="afterKey">Where to go on, if given.</param>
    /// <param name="limit">At most so many, 1 to 10,000.</param>
    /// <param name="descending">Greatest keys first; <paramref name="afterKey"/> then is an upper bound.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    Task<IReadOnlyList<ViewRow<TView>>> ListAsync<TView>(string view, string? partition = null, string? afterKey = null, int limit = 1000, bool descending = false, CancellationToken cancellationToken = default)
        where TView : class;

    /// <summary>Completes when every view has seen <paramref name="position"/>. A view that stands still after an error is not waited for.</summary>
    Task WaitForAsync(JournalPosition position, CancellationToken cancellationToken = default);
}

/// <summary>The history of all entities, for readers.</summary>
public interface IEventLog
{
    /// <summary>The position of the newest event that readers may see.</summary>
    Task<JournalPosition> GetHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>Events after <paramref name="after"/>, in order, and then every new one as it commits, until cancelled.</summary>
    IAsyncEnumerable<EventEnvelope> FollowAsync(JournalPosition after, EventFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Events after <paramref name="after"/>, in order, at most <paramref name="limit"/> (1 to 10,000).</summary>
    Task<IReadOnlyList<EventEnvelope>> ReadAsync(JournalPosition after, EventFilter filter, int limit, CancellationToken cancellationToken = default);

    /// <summary>The last events before <paramref name="before"/> (<see cref="JournalPosition.End"/>: of all), in order, at most <paramref name="limit"/> (1 to 10,000). Costs what it gives, not what lies before.</summary>
    Task<IReadOnlyList<EventEnvelope>> ReadLastAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Which events a reader wants; null means all.</summary>
/// <param name="Kind">Only entities of this kind.</param>
/// <param name="Entity">Only this entity.</param>
public sealed record EventFilter(string? Kind = null, EntityId? Entity = null)
{
    /// <summary>All events.</summary>
    public static readonly EventFilter All = new();
}
