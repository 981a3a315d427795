using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Orchestrator.Runtime;

/// <summary>Reads the history page by page; a reader that is slow holds nothing but its page.</summary>
internal sealed class EventLog(IJournal journal, ManifestTable manifests, CancellationToken stopping) : IEventLog
{
    private const int PageSize = 500;

    /// <summary>Raised after every commit that has events.</summary>
    public Signal Committed { get; } = new();

    public async Task<JournalPosition> GetHeadAsync(CancellationToken cancellationToken = default) => await journal.ReadHeadAsync(cancellationToken);

    public async IAsyncEnumerable<EventEnvelope> FollowAsync(JournalPosition after, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        while (true)
        {
            var committed = Committed.Next;

            // The head is read before the page: what the page passes over up to there is not wanted, and need not be read again.
            var head = await journal.ReadHeadAsync(linked.Token);
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
        return Read(await journal.ReadEventsAsync(after, filter, limit, cancellationToken));
    }

    public async Task<IReadOnlyList<EventEnvelope>> ReadLastAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        RequireValid(limit);
        return Read(await journal.ReadLastEventsAsync(before, filter, limit, cancellationToken));
    }

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
            e = manifests.Read(row.Entry.Manifest, row.Entry.Payload.Span) as Event;
        }
        catch (UnknownManifestException)
        {
            // Readers show it as it is stored; projections stop on it.
            e = null;
        }

        return new EventEnvelope(new JournalPosition(row.Position), EntityId.Parse(row.PersistenceId), row.SequenceNumber, row.Created, row.Entry.Manifest, e, JsonElement.Parse(row.Entry.Payload.Span));
    }
}
