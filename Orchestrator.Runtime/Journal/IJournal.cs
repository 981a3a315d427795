namespace Orchestrator.Runtime;

/// <summary>
/// The durable store of all entities: events, snapshots, inboxes, stored replies, reminders, worker commands, views. A store must pass the conformance kit of the tests.
/// All members may be called from any thread; <see cref="CommitAsync"/> is called by one caller at a time.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>The time of the store. Valid once it is open.</summary>
    IStoreClock Clock { get; }

    /// <summary>Whether the store takes writes, and if not, why.</summary>
    JournalHealth Health { get; }

    /// <summary>Whether a commit waits for nothing but this machine: then it is worth doing on the thread that asks for it.</summary>
    bool CommitsLocally { get; }

    /// <summary>What other nodes commit to this store; null where it has one writer only.</summary>
    IJournalNotifications? Notifications => null;

    /// <summary>Opens the store: takes its lock, brings its schema up to date, checks that what it acknowledges is durable.</summary>
    /// <exception cref="JournalRefusedException">Somebody else holds the store, or it is not safe to use; the message says which.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken = default);

    /// <summary>Commits all of <paramref name="batch"/> in one durable transaction, or nothing of it, and fills in what the writes hand back.</summary>
    /// <exception cref="WriteRejectedException">One write cannot be: its command was processed before (its id is stored, or its inbox row is gone), or its entity has moved on. Nothing was committed.</exception>
    /// <exception cref="FencedException">This node has been marked down, or no longer owns a shard that is written. Nothing was committed.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot write now. Nothing was committed.</exception>
    /// <exception cref="OutcomeUnknownException">The connection was lost during the commit: ask <see cref="WasCommittedAsync"/>.</exception>
    ValueTask CommitAsync(IReadOnlyList<JournalWrite> batch, CancellationToken cancellationToken = default);

    /// <summary>After an unknown outcome: whether the batch that held <paramref name="write"/> is in the store; null if this write leaves no trace to tell by.</summary>
    ValueTask<bool?> WasCommittedAsync(JournalWrite write, CancellationToken cancellationToken = default);

    /// <summary>The newest snapshot of <paramref name="entity"/> that has this manifest, the first events after it, and the marks of its senders.</summary>
    ValueTask<EntityHistory> ReadEntityAsync(EntityId entity, string snapshotManifest, int limit, CancellationToken cancellationToken = default);

    /// <summary>Events of <paramref name="entity"/> after a sequence number, in order.</summary>
    ValueTask<IReadOnlyList<JournalRow>> ReadEntityEventsAsync(EntityId entity, long afterSequenceNumber, int limit, CancellationToken cancellationToken = default);

    /// <summary>Events after <paramref name="after"/> in the order for readers.</summary>
    ValueTask<IReadOnlyList<JournalRow>> ReadEventsAsync(JournalPosition after, EventFilter filter, int limit, CancellationToken cancellationToken = default);

    /// <summary>The last events before <paramref name="before"/>, in the order for readers, of those that they may see.</summary>
    ValueTask<IReadOnlyList<JournalRow>> ReadLastEventsAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default);

    /// <summary>The position of the newest event that readers may see.</summary>
    ValueTask<JournalPosition> ReadHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Rows of the inbox of <paramref name="entity"/> after the row <paramref name="after"/>, in order. Rows of one sender become visible in the order of their numbers. Where several nodes write to one
    /// inbox, rows of different senders need not: a row may appear below one that was seen before, so whoever wants all that is there asks from 0 (what was processed is gone).
    /// </summary>
    ValueTask<IReadOnlyList<InboxRow>> ReadInboxAsync(EntityId entity, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Every entity of this node whose inbox is not empty; only those of <paramref name="shards"/>, if given.</summary>
    ValueTask<IReadOnlyList<InboxSummary>> ReadInboxesAsync(IReadOnlyCollection<int>? shards = null, CancellationToken cancellationToken = default);

    /// <summary>The stored replies of those of <paramref name="ids"/> that <paramref name="entity"/> has processed.</summary>
    ValueTask<IReadOnlyList<ProcessedRow>> FindProcessedAsync(EntityId entity, IReadOnlyList<CommandId> ids, CancellationToken cancellationToken = default);

    /// <summary>Reminders of this node's entities in the order of their due times, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>Commands for the worker of <paramref name="node"/> after the number <paramref name="after"/>, in order.</summary>
    ValueTask<IReadOnlyList<WorkerRow>> ReadWorkerCommandsAsync(string node, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Dead letters after the number <paramref name="after"/>, oldest first.</summary>
    ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>How far the projection <paramref name="name"/> has come; null before its first event.</summary>
    ValueTask<ProjectionOffset?> ReadOffsetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Those rows of a view that have one of <paramref name="keys"/>.</summary>
    ValueTask<IReadOnlyList<StoredView>> ReadViewAsync(string view, IReadOnlyList<string> keys, CancellationToken cancellationToken = default);

    /// <summary>Rows of a view in the order of their keys.</summary>
    ValueTask<IReadOnlyList<StoredView>> ListViewAsync(ViewQuery query, CancellationToken cancellationToken = default);
}

/// <summary>Whether a store takes writes.</summary>
/// <param name="State">What it does.</param>
/// <param name="Reason">Why, where it is not open.</param>
public sealed record JournalHealth(JournalState State, string? Reason = null);

/// <summary>What a store does.</summary>
public enum JournalState
{
    /// <summary>Not opened yet.</summary>
    New,

    /// <summary>It takes writes.</summary>
    Open,

    /// <summary>It refuses writes now, for example because the disk is full, and is tried again.</summary>
    Unavailable,

    /// <summary>It was closed in an orderly way.</summary>
    Closed,

    /// <summary>It closed itself after an error of its medium: only a new process opens it.</summary>
    Broken,
}
