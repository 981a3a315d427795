using Orchestrator.Runtime;

namespace Orchestrator.Tests.Runtime;

/// <summary>A store that fails when it is told to.</summary>
internal sealed class FaultyJournal(IJournal journal) : IJournal
{
    /// <summary>Asked before each commit: the error to fail with, or null.</summary>
    public Func<IReadOnlyList<JournalWrite>, Exception?> Before { get; set; } = static _ => null;

    /// <summary>Asked after each commit that succeeded: the error to report all the same, or null.</summary>
    public Func<IReadOnlyList<JournalWrite>, Exception?> After { get; set; } = static _ => null;

    /// <summary>The store has gone: whether what is committed now was is not known, and nobody can look.</summary>
    public volatile bool IsAway;

    /// <summary>Waited for before the offset of a projection is read.</summary>
    public Task OffsetsReadable { get; set; } = Task.CompletedTask;

    public IStoreClock Clock => journal.Clock;

    public JournalHealth Health => IsAway ? new JournalHealth(JournalState.Unavailable, "it is away") : journal.Health;

    public bool CommitsLocally => journal.CommitsLocally;

    public IJournalNotifications? Notifications => journal.Notifications;

    public ValueTask OpenAsync(CancellationToken cancellationToken = default) => journal.OpenAsync(cancellationToken);

    public async ValueTask CommitAsync(IReadOnlyList<JournalWrite> batch, CancellationToken cancellationToken = default)
    {
        if (IsAway)
        {
            throw new OutcomeUnknownException("the connection was lost");
        }

        if (Before(batch) is { } before)
        {
            throw before;
        }

        await journal.CommitAsync(batch, cancellationToken);
        if (After(batch) is { } after)
        {
            throw after;
        }
    }

    public ValueTask<bool?> WasCommittedAsync(JournalWrite write, CancellationToken cancellationToken = default)
        => IsAway ? throw new StoreUnavailableException("it is away") : journal.WasCommittedAsync(write, cancellationToken);

    public ValueTask<EntityHistory> ReadEntityAsync(EntityId entity, string snapshotManifest, int limit, CancellationToken cancellationToken = default) => journal.ReadEntityAsync(entity, snapshotManifest, limit, cancellationToken);

    public ValueTask<IReadOnlyList<JournalRow>> ReadEntityEventsAsync(EntityId entity, long afterSequenceNumber, int limit, CancellationToken cancellationToken = default) => journal.ReadEntityEventsAsync(entity, afterSequenceNumber, limit, cancellationToken);

    public ValueTask<IReadOnlyList<JournalRow>> ReadEventsAsync(JournalPosition after, EventFilter filter, int limit, CancellationToken cancellationToken = default) => journal.ReadEventsAsync(after, filter, limit, cancellationToken);

    public ValueTask<IReadOnlyList<JournalRow>> ReadLastEventsAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default) => journal.ReadLastEventsAsync(before, filter, limit, cancellationToken);

    public ValueTask<JournalPosition> ReadHeadAsync(CancellationToken cancellationToken = default) => journal.ReadHeadAsync(cancellationToken);

    public ValueTask<IReadOnlyList<InboxRow>> ReadInboxAsync(EntityId entity, long after, int limit, CancellationToken cancellationToken = default) => journal.ReadInboxAsync(entity, after, limit, cancellationToken);

    public ValueTask<IReadOnlyList<InboxSummary>> ReadInboxesAsync(IReadOnlyCollection<int>? shards = null, CancellationToken cancellationToken = default) => journal.ReadInboxesAsync(shards, cancellationToken);

    public ValueTask<IReadOnlyList<ProcessedRow>> FindProcessedAsync(EntityId entity, IReadOnlyList<CommandId> ids, CancellationToken cancellationToken = default) => journal.FindProcessedAsync(entity, ids, cancellationToken);

    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(int limit, CancellationToken cancellationToken = default) => journal.ReadRemindersAsync(limit, cancellationToken);

    public ValueTask<IReadOnlyList<WorkerRow>> ReadWorkerCommandsAsync(string node, long after, int limit, CancellationToken cancellationToken = default) => journal.ReadWorkerCommandsAsync(node, after, limit, cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int limit, CancellationToken cancellationToken = default) => journal.ReadDeadLettersAsync(after, limit, cancellationToken);

    public async ValueTask<ProjectionOffset?> ReadOffsetAsync(string name, CancellationToken cancellationToken = default)
    {
        await OffsetsReadable.WaitAsync(cancellationToken);
        return await journal.ReadOffsetAsync(name, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredView>> ReadViewAsync(string view, IReadOnlyList<string> keys, CancellationToken cancellationToken = default) => journal.ReadViewAsync(view, keys, cancellationToken);

    public ValueTask<IReadOnlyList<StoredView>> ListViewAsync(ViewQuery query, CancellationToken cancellationToken = default) => journal.ListViewAsync(query, cancellationToken);

    public ValueTask DisposeAsync() => journal.DisposeAsync();
}
