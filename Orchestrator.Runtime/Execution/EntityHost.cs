using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>All entities of this node that are in memory, and what they share.</summary>
internal sealed class EntityHost(RuntimeOptions options, IJournal journal, ManifestTable manifests, IReadOnlyDictionary<string, EntityType> types, EffectsWriter effects, ILogger logger)
{
    // Long enough for a connection that broke just then to be made again.
    private static readonly TimeSpan StoreAwayFor = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<EntityId, Cell> _cells = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _waiting;

    public RuntimeOptions Options { get; } = options;

    public IJournal Journal { get; } = journal;

    public IStoreClock Clock => Journal.Clock;

    /// <summary>Other nodes write to the same journal: rows appear that this node did not write, and a lower number may become visible after a higher one.</summary>
    public bool IsShared => Journal.Notifications is { IsShared: true };

    public ManifestTable Manifests { get; } = manifests;

    public EffectsWriter Effects { get; } = effects;

    public ILogger Logger { get; } = logger;

    public FailPoints FailPoints { get; init; } = new();

    public Protections Protections { get; init; } = new();

    /// <summary>The shards of this node.</summary>
    public OwnedShards Shards { get; init; } = new(all: true);

    /// <summary>Until when this node may answer queries; null without a cluster.</summary>
    public ActionDeadline? Deadline { get; init; }

    public GroupCommit Writer { get; set; } = null!;

    /// <summary>The <c>cluster.format</c> in force; a node on its own writes whatever it can.</summary>
    public Func<int> Format { get; set; } = static () => int.MaxValue;

    /// <summary>Commands in the inboxes are left where they are; callers that wait are still served.</summary>
    public volatile bool Draining;

    /// <summary>Ends every pause and read.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public IEnumerable<Cell> Cells => _cells.Select(static pair => pair.Value);

    /// <summary>How many callers wait, on all entities.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public int Count => _cells.Count;

    public void Entered() => Interlocked.Increment(ref _waiting);

    public void Left() => Interlocked.Decrement(ref _waiting);

    public IEnumerable<string> Kinds => types.Keys;

    public bool IsKind(string kind) => types.ContainsKey(kind);

    public Cell Get(EntityId id)
    {
        if (_cells.TryGetValue(id, out var cell))
        {
            return cell;
        }

        return types.TryGetValue(id.Kind, out var type)
            ? _cells.GetOrAdd(id, static (id, state) => new Cell(state.Host, state.Type, id), (Host: this, Type: type))
            : throw new ArgumentException($"there is no entity kind {id.Kind}: known are {string.Join(", ", types.Keys.Order(StringComparer.Ordinal))}", nameof(id));
    }

    /// <summary>Does <paramref name="attempt"/> with the cell of <paramref name="id"/>, and again with its successor where it has just been passivated.</summary>
    public Cell With(EntityId id, Func<Cell, bool> attempt)
    {
        while (true)
        {
            var cell = Get(id);
            if (attempt(cell))
            {
                return cell;
            }

            _cells.TryRemove(new KeyValuePair<EntityId, Cell>(id, cell));
        }
    }

    public void Deliver(InboxRow row)
    {
        // A row for a kind that this version does not have stays where it is. Where others write too, a row that is stored later may come before this one: the inbox is read.
        if (IsShared)
        {
            Wake(row.To, 1);
        }
        else if (IsKind(row.To.Kind))
        {
            With(row.To, cell => cell.TryDeliver(row));
        }
    }

    /// <summary>Says that the inbox of an entity has rows that were not delivered. Without <paramref name="start"/> it waits for the next call.</summary>
    public void Wake(EntityId id, long rows, bool start = true)
    {
        if (IsKind(id.Kind) && (Shards.IsAll || Shards.Accepts(id.Shard)))
        {
            With(id, cell => cell.TryWake(rows, start));
        }
    }

    /// <summary>Ends the entities of these shards, once each has finished what it does. Their shards must be closed, so that none comes back.</summary>
    public async Task EndAsync(ShardSet shards, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = false;
            foreach (var pair in _cells)
            {
                if (!shards.Contains(pair.Value.Shard))
                {
                    continue;
                }

                if (pair.Value.TryEnd())
                {
                    _cells.TryRemove(pair);
                }
                else
                {
                    left = true;
                }
            }

            if (!left)
            {
                return;
            }

            await Task.Delay(2, cancellationToken);
        }
    }

    public void Passivate(DateTimeOffset now)
    {
        foreach (var pair in _cells)
        {
            if (pair.Value.TryPassivate(now))
            {
                _cells.TryRemove(pair);
            }
        }
    }

    /// <summary>Lets the entities finish what they do: whether all have. A store that is away, or that refuses this node, is not waited for: nothing can be finished without it.</summary>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        Draining = true;
        var usable = Stopwatch.GetTimestamp();
        while (!_cells.All(static pair => pair.Value.IsIdle))
        {
            if (Journal.Health.State is JournalState.Open)
            {
                usable = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(usable) > StoreAwayFor)
            {
                return false;
            }

            try
            {
                await Task.Delay(5, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }

    public Task StopAsync() => _stopping.CancelAsync();
}
