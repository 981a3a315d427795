using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Orchestrator.Runtime;

/// <summary>Reads the history page by page; a reader that is slow holds nothing but its page.</summary>
internal sealed class EventLog : IEventLog
{
    private const int PageSize = 500;
    private readonly IJournal _journal;
    private readonly ManifestTable _manifests;
    private readonly CancellationToken _stopping;
    private readonly RecentEvents _recent;
    private readonly Signal _committed = new();

    public EventLog(IJournal journal, ManifestTable manifests, CancellationToken stopping)
    {
        (_journal, _manifests, _stopping) = (journal, manifests, stopping);
        _recent = new RecentEvents(async (after, limit, cancellation) => Read(await journal.ReadEventsAsync(after, EventFilter.All, limit, cancellation)));
    }

    /// <summary>Completes after the next commit that has events. Take it before reading, or what is committed in between is missed.</summary>
    public Task Committed => _committed.Next;

    /// <summary>Events were committed, or can be seen now.</summary>
    public void NoteCommitted()
    {
        _recent.NoteCommitted();
        _committed.Raise();
    }

    /// <summary>Events after <paramref name="after"/>, for a reader that follows: what several of them read is read once. None: the end is reached.</summary>
    public Task<IReadOnlyList<EventEnvelope>> ReadNextAsync(JournalPosition after, int limit, CancellationToken cancellationToken) => _recent.ReadAsync(after, limit, cancellationToken);

    public async Task<JournalPosition> GetHeadAsync(CancellationToken cancellationToken = default) => await _journal.ReadHeadAsync(cancellationToken);

    public async IAsyncEnumerable<EventEnvelope> FollowAsync(JournalPosition after, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        while (true)
        {
            var committed = Committed;
            if (filter == EventFilter.All || _recent.Covers(after))
            {
                var next = await ReadNextAsync(after, PageSize, linked.Token);
                foreach (var e in next)
                {
                    if (Wants(filter, e))
                    {
                        yield return e;
                    }

                    after = e.Position;
                }

                if (next.Count == 0)
                {
                    await committed.WaitAsync(linked.Token);
                }

                continue;
            }

            // The head is read before the page: what the page passes over up to there is not wanted, and need not be read again.
            var head = await _journal.ReadHeadAsync(linked.Token);
            var page = await ReadAsync(after, filter, PageSize, linked.Token);
            foreach (var e in page)
            {
                yield return e;
                after = e.Position;
            }

            if (page.Count < PageSize)
            {
                after = head.Value > after.Value ? head : after;
                await committed.WaitAsync(linked.Token);
            }
        }
    }

    public async Task<IReadOnlyList<EventEnvelope>> ReadAsync(JournalPosition after, EventFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        RequireValid(limit);
        return Read(await _journal.ReadEventsAsync(after, filter, limit, cancellationToken));
    }

    public async Task<IReadOnlyList<EventEnvelope>> ReadLastAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        RequireValid(limit);
        return Read(await _journal.ReadLastEventsAsync(before, filter, limit, cancellationToken));
    }

    private static bool Wants(EventFilter filter, EventEnvelope e)
        => (filter.Entity is not { } entity || e.Entity == entity) && (filter.Kind is not { } kind || e.Entity.Kind == kind);

    private static void RequireValid(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
    }

    private EventEnvelope[] Read(IReadOnlyList<JournalRow> rows)
    {
        var events = new EventEnvelope[rows.Count];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = Read(rows[i]);
        }

        return events;
    }

    private EventEnvelope Read(JournalRow row)
    {
        Event? e;
        try
        {
            e = _manifests.Read(row.Entry.Manifest, row.Entry.Payload.Span) as Event;
        }
        catch (UnknownManifestException)
        {
            // Readers show it as it is stored; projections stop on it.
            e = null;
        }

        return new EventEnvelope(new JournalPosition(row.Position), EntityId.Parse(row.PersistenceId), row.SequenceNumber, row.Created, row.Entry.Manifest, e, JsonElement.Parse(row.Entry.Payload.Span)) { Bytes = row.Entry.Payload.Length };
    }
}
