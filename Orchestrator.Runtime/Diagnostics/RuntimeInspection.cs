namespace Orchestrator.Runtime;

/// <summary>How an entity in memory is doing.</summary>
public enum EntityCondition
{
    /// <summary>It is being read from the journal, or waits for its first command.</summary>
    Activating,

    /// <summary>It takes commands.</summary>
    Active,

    /// <summary>It failed and waits before it starts again.</summary>
    BackingOff,

    /// <summary>This version cannot bring it to life; its inbox is kept.</summary>
    Quarantined,
}

/// <summary>An entity in memory.</summary>
/// <param name="Id">The entity.</param>
/// <param name="Condition">How it is doing.</param>
/// <param name="Reason">Why, where it is quarantined.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="Waiting">How many commands wait for it.</param>
/// <param name="Version">The sequence number of its last event.</param>
/// <param name="Restarts">How often it failed and was started again since it came to memory.</param>
/// <param name="LastActivity">When it last did something.</param>
public sealed record LiveEntity(EntityId Id, EntityCondition Condition, string? Reason, int Shard, long Waiting, long Version, int Restarts, DateTimeOffset LastActivity);

/// <summary>How a projection is doing.</summary>
/// <param name="Name">Its view.</param>
/// <param name="Position">The last event that it shows.</param>
/// <param name="Lag">How many positions it is behind the newest event.</param>
/// <param name="Failure">Why it stands still; null while it runs.</param>
public sealed record ProjectionHealth(string Name, JournalPosition Position, long Lag, string? Failure);

/// <summary>How the runtime is doing.</summary>
/// <param name="Store">Whether the store takes writes.</param>
/// <param name="Head">The position of the newest event.</param>
/// <param name="Entities">How many entities are in memory.</param>
/// <param name="Waiting">How many callers wait.</param>
/// <param name="Writes">How many writes wait for the next commit.</param>
/// <param name="InboxRows">How many commands lie in inboxes.</param>
/// <param name="ClockDrift">How far this machine's clock has moved away from the store's time since the start.</param>
/// <param name="Refusing">Why commands of clients are not taken now; null if they are.</param>
/// <param name="Projections">The views.</param>
/// <param name="Quarantined">The entities that this version cannot bring to life.</param>
public sealed record RuntimeHealth(
    JournalHealth Store,
    JournalPosition Head,
    int Entities,
    int Waiting,
    int Writes,
    long InboxRows,
    TimeSpan ClockDrift,
    string? Refusing,
    IReadOnlyList<ProjectionHealth> Projections,
    IReadOnlyList<LiveEntity> Quarantined)
{
    /// <summary>The store takes writes, every view runs, clients are served.</summary>
    public bool IsHealthy => Store.State is JournalState.Open && Refusing is null && Projections.All(static projection => projection.Failure is null);
}

/// <summary>What an operator can see of a running node.</summary>
public sealed class RuntimeInspection
{
    private readonly EntityHost _host;
    private readonly IReadOnlyList<ProjectionRunner> _runners;
    private readonly Func<string?> _refusing;
    private readonly Func<TimeSpan> _drift;

    internal RuntimeInspection(EntityHost host, IReadOnlyList<ProjectionRunner> runners, Func<string?> refusing, Func<TimeSpan> drift)
        => (_host, _runners, _refusing, _drift) = (host, runners, refusing, drift);

    /// <summary>The entities in memory, by name.</summary>
    public IReadOnlyList<LiveEntity> Entities() => [.. _host.Cells.Select(static cell => cell.Inspect()).OrderBy(static entity => entity.Id.ToString(), StringComparer.Ordinal)];

    /// <summary>The kinds of entities that there are, by name.</summary>
    public IReadOnlyList<string> Kinds => [.. _host.Kinds.Order(StringComparer.Ordinal)];

    /// <summary>What this node has in memory of its own shards, as far as it is asked for.</summary>
    public NodeInspected Inspect(InspectNode wanted)
    {
        // What was only looked at here on its way to its owner is no entity of this node.
        var found = Entities().Where(entity => _host.Shards.Held.Contains(entity.Shard) && (wanted.Kind is null || entity.Id.Kind == wanted.Kind) && (wanted.Shard is null || entity.Shard == wanted.Shard)).ToList();
        return new NodeInspected([.. found.Take(wanted.Limit)], found.Count);
    }

    /// <summary>The inboxes of this node's entities that are not empty.</summary>
    public async Task<IReadOnlyList<InboxSummary>> InboxesAsync(CancellationToken cancellationToken = default) => await _host.Journal.ReadInboxesAsync(cancellationToken: cancellationToken);

    /// <summary>What waits in the inbox of one entity, in order, after the row <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<InboxRow>> InboxAsync(EntityId entity, long after = 0, int limit = 100, CancellationToken cancellationToken = default)
        => await _host.Journal.ReadInboxAsync(entity, after, limit, cancellationToken);

    /// <summary>How the runtime is doing.</summary>
    public async Task<RuntimeHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        var store = _host.Journal.Health;
        var readable = store.State is JournalState.Open or JournalState.Unavailable;
        var head = readable ? await _host.Journal.ReadHeadAsync(cancellationToken) : default;
        var rows = readable ? (await _host.Journal.ReadInboxesAsync(cancellationToken: cancellationToken)).Sum(static inbox => inbox.Count) : 0;
        return new RuntimeHealth(
            store,
            head,
            _host.Count,
            _host.Waiting,
            _host.Writer.Waiting,
            rows,
            _drift(),
            _refusing(),
            [.. _runners.Select(runner => new ProjectionHealth(runner.Name, runner.Position, Math.Max(0, head.Value - runner.Position.Value), runner.Failure))],
            [.. Entities().Where(static entity => entity.Condition is EntityCondition.Quarantined)]);
    }
}
