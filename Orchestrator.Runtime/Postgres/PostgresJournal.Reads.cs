using System.Text;
using Npgsql;

namespace Orchestrator.Runtime;

/// <content>What is read: on connections of their own, so that no reader waits for a writer.</content>
public sealed partial class PostgresJournal
{
    // What a transaction that is still open may put below is not shown yet, nor anything above it: so nothing that appears later is passed over.
    private const string Horizon = "(SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base) << 20 FROM position_base)";
    internal const string Head = $"SELECT coalesce(max(ordering), 0) FROM journal WHERE ordering < {Horizon}";

    /// <summary>How many connections in a row a read may find cut before it gives up.</summary>
    private const int LongestCut = 5;

    private const string EventColumns = "SELECT ordering, persistence_id, sequence_number, created, manifest, message::text FROM journal ";

    /// <inheritdoc/>
    public async ValueTask<bool?> WasCommittedAsync(JournalWrite write, CancellationToken cancellationToken = default)
    {
        // Until the writer is connected again the lost backend may still commit.
        await _gate.WaitAsync(cancellationToken);
        try
        {
            RequireUsable();
            await WriterAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }

        return write switch
        {
            TurnWrite turn => await WasCommittedAsync(turn, cancellationToken),
            InboxWrite inbox => await ExistsAsync("SELECT 1 FROM inbox WHERE persistence_id = $1 AND command_id = $2 AND dedupe = 1", cancellationToken, inbox.To.ToString(), inbox.Id.Value)
                || await ExistsAsync("SELECT 1 FROM processed WHERE persistence_id = $1 AND command_id = $2", cancellationToken, inbox.To.ToString(), inbox.Id.Value),
            ViewWrite view => await ReadOffsetAsync(view.View, cancellationToken) == view.Offset,
            _ => null,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<EntityHistory> ReadEntityAsync(EntityId entity, string snapshotManifest, int limit, CancellationToken cancellationToken = default)
    {
        // One statement, so that snapshot, events and marks are of one moment.
        const string Sql = """
            WITH newest AS MATERIALIZED (SELECT sequence_number, snapshot::text AS body FROM snapshot WHERE persistence_id = $1 AND manifest = $2 ORDER BY sequence_number DESC LIMIT 1)
            SELECT 0 AS part, 0::bigint, sequence_number, 0::bigint, NULL::text, body FROM newest
            UNION ALL (
                SELECT 1, ordering, sequence_number, created, manifest, message::text FROM journal
                WHERE persistence_id = $1 AND sequence_number > coalesce((SELECT sequence_number FROM newest), 0) ORDER BY sequence_number LIMIT $3)
            UNION ALL SELECT 2, 0, number, 0, sender, NULL FROM marks WHERE persistence_id = $1
            """;
        var id = entity.ToString();
        var (version, snapshot) = (0L, (JournalEntry?)null);
        List<JournalRow> events = [];
        Dictionary<string, long>? marks = null;
        await RowsAsync(
            Sql,
            row =>
            {
                switch (row.GetInt32(0))
                {
                    case 0:
                        (version, snapshot) = (row.GetInt64(2), JournalEntry.FromStore(snapshotManifest, Bytes(row, 5)));
                        break;
                    case 1:
                        events.Add(new JournalRow(row.GetInt64(1), id, row.GetInt64(2), Time(row, 3), Entry(row, 4)));
                        break;
                    default:
                        (marks ??= new Dictionary<string, long>(StringComparer.Ordinal))[row.GetString(4)] = row.GetInt64(2);
                        break;
                }

                return true;
            },
            cancellationToken,
            id,
            snapshotManifest,
            limit);
        return new EntityHistory(version, snapshot, events, marks);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow>> ReadEntityEventsAsync(EntityId entity, long afterSequenceNumber, int limit, CancellationToken cancellationToken = default)
        => RowsAsync(EventColumns + "WHERE persistence_id = $1 AND sequence_number > $2 ORDER BY sequence_number LIMIT $3", EventOf, cancellationToken, entity.ToString(), afterSequenceNumber, limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow>> ReadEventsAsync(JournalPosition after, EventFilter filter, int limit, CancellationToken cancellationToken = default) => (filter.Entity, filter.Kind) switch
    {
        ({ } entity, _) => RowsAsync(EventColumns + $"WHERE persistence_id = $1 AND ordering > $2 AND ordering < {Horizon} ORDER BY sequence_number LIMIT $3", EventOf, cancellationToken, entity.ToString(), after.Value, limit),

        // The empty text keeps the planner on the order of the table, where the index by entity would have to sort.
        (null, { } kind) => RowsAsync(
            EventColumns + $"WHERE ordering > $1 AND ordering < {Horizon} AND persistence_id || '' >= $2 AND persistence_id || '' < $3 ORDER BY ordering LIMIT $4", EventOf, cancellationToken, after.Value, kind + "/", kind + "0", limit),
        _ => ReadAllAsync(after, limit, cancellationToken),
    };

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalRow>> ReadLastEventsAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        var rows = (filter.Entity, filter.Kind) switch
        {
            ({ } entity, _) => RowsAsync(EventColumns + $"WHERE persistence_id = $1 AND ordering < $2 AND ordering < {Horizon} ORDER BY sequence_number DESC LIMIT $3", EventOf, cancellationToken, entity.ToString(), before.Value, limit),
            (null, { } kind) => RowsAsync(
                EventColumns + $"WHERE ordering < $1 AND ordering < {Horizon} AND persistence_id || '' >= $2 AND persistence_id || '' < $3 ORDER BY ordering DESC LIMIT $4", EventOf, cancellationToken, before.Value, kind + "/", kind + "0", limit),
            _ => RowsAsync(EventColumns + $"WHERE ordering < $1 AND ordering < {Horizon} ORDER BY ordering DESC LIMIT $2", EventOf, cancellationToken, before.Value, limit),
        };
        return [.. (await rows).Reverse()];
    }

    /// <inheritdoc/>
    public async ValueTask<JournalPosition> ReadHeadAsync(CancellationToken cancellationToken = default)
    {
        var known = _signals.Known;
        var head = (await RowsAsync(Head, static row => row.GetInt64(0), cancellationToken))[0];
        _signals.ReachedEnd(head, known);
        return new JournalPosition(head);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxRow>> ReadInboxAsync(EntityId entity, long after, int limit, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT ordering, command_id, sender, dedupe, created, manifest, message::text FROM inbox WHERE shard = $1 AND persistence_id = $2 AND ordering > $3 ORDER BY ordering LIMIT $4",
        row => new InboxRow(row.GetInt64(0), entity, new CommandId(row.GetString(1)), new Sender(row.GetString(2)), (Dedupe)row.GetInt16(3), Time(row, 4), Entry(row, 5)),
        cancellationToken,
        (short)entity.Shard,
        entity.ToString(),
        after,
        limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxSummary>> ReadInboxesAsync(IReadOnlyCollection<int>? shards = null, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT persistence_id, count(*), min(created) FROM inbox WHERE shard = ANY($1) GROUP BY persistence_id",
        static row => new InboxSummary(EntityId.Parse(row.GetString(0)), row.GetInt64(1), Time(row, 2)),
        cancellationToken,
        Owned(shards));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ProcessedRow>> FindProcessedAsync(EntityId entity, IReadOnlyList<CommandId> ids, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT p.command_id, p.position, p.manifest, p.reply::text FROM unnest($1::text[]) WITH ORDINALITY AS w(id, place) JOIN processed p ON p.command_id = w.id COLLATE \"C\" AND p.persistence_id = $2 ORDER BY w.place",
        static row => new ProcessedRow(new CommandId(row.GetString(0)), row.GetInt64(1), Entry(row, 2)),
        cancellationToken,
        ids.Select(static id => id.Value).ToArray(),
        entity.ToString());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(int limit, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT persistence_id, name, due, manifest, message::text FROM reminders WHERE shard = ANY($1) ORDER BY due LIMIT $2",
        static row => new ReminderRow(EntityId.Parse(row.GetString(0)), row.GetString(1), Time(row, 2), Entry(row, 3)),
        cancellationToken,
        Owned(shards: null),
        limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkerRow>> ReadWorkerCommandsAsync(string node, long after, int limit, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT id, persistence_id, created, manifest, message::text FROM worker_commands WHERE node = $1 AND id > $2 ORDER BY id LIMIT $3",
        static row => new WorkerRow(row.GetInt64(0), EntityId.Parse(row.GetString(1)), Time(row, 2), Entry(row, 3)),
        cancellationToken,
        node,
        after,
        limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int limit, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT id, persistence_id, command_id, sender, manifest, message::text, reason, attempts, created FROM dead_letters WHERE id > $1 ORDER BY id LIMIT $2",
        static row => new DeadLetter(
            row.GetInt64(0), EntityId.Parse(row.GetString(1)), new CommandId(row.GetString(2)), new Sender(row.GetString(3)), row.GetString(4), row.GetString(5), row.GetString(6), row.GetInt32(7), Time(row, 8)),
        cancellationToken,
        after,
        limit);

    /// <inheritdoc/>
    public async ValueTask<ProjectionOffset?> ReadOffsetAsync(string name, CancellationToken cancellationToken = default)
        => await RowsAsync("SELECT version, position FROM offsets WHERE name = $1 AND version > 0", static row => new ProjectionOffset(row.GetInt32(0), row.GetInt64(1)), cancellationToken, name) is [var offset] ? offset : null;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredView>> ReadViewAsync(string view, IReadOnlyList<string> keys, CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT v.key, v.partition, v.value::text FROM unnest($2::text[]) WITH ORDINALITY AS w(key, place) JOIN views v ON v.view = $1 AND v.key = w.key COLLATE \"C\" ORDER BY w.place", ViewOf, cancellationToken, view, keys.ToArray());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredView>> ListViewAsync(ViewQuery query, CancellationToken cancellationToken = default)
    {
        List<object> values = [query.View, query.Limit];
        var sql = new StringBuilder("SELECT key, partition, value::text FROM views WHERE view = $1");
        if (query.Partition is not null)
        {
            values.Add(query.Partition);
            sql.Append(" AND partition = $").Append(values.Count);
        }

        if (query.AfterKey is not null)
        {
            values.Add(query.AfterKey);
            sql.Append(query.Descending ? " AND key < $" : " AND key > $").Append(values.Count);
        }

        return RowsAsync(sql.Append(" ORDER BY key").Append(query.Descending ? " DESC" : string.Empty).Append(" LIMIT $2").ToString(), ViewOf, cancellationToken, [.. values]);
    }

    private static JournalRow EventOf(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), Time(row, 3), Entry(row, 4));

    private static StoredView ViewOf(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), Bytes(row, 2));

    private static DateTimeOffset Time(NpgsqlDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static JournalEntry Entry(NpgsqlDataReader row, int column) => JournalEntry.FromStore(row.GetString(column), Bytes(row, column + 1));

    private static byte[] Bytes(NpgsqlDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    private short[] Owned(IReadOnlyCollection<int>? shards)
    {
        var owned = _fence?.Epochs.Keys ?? [];
        return [.. (shards is null ? owned : owned.Intersect(shards)).Select(static shard => (short)shard)];
    }

    private async ValueTask<IReadOnlyList<JournalRow>> ReadAllAsync(JournalPosition after, int limit, CancellationToken cancellationToken)
    {
        var known = _signals.Known;
        var rows = await RowsAsync(EventColumns + $"WHERE ordering > $1 AND ordering < {Horizon} ORDER BY ordering LIMIT $2", EventOf, cancellationToken, after.Value, limit);
        if (rows.Count < limit)
        {
            _signals.ReachedEnd(rows.Count > 0 ? rows[^1].Position : after.Value, known);
        }

        return rows;
    }

    private async ValueTask<bool?> WasCommittedAsync(TurnWrite turn, CancellationToken cancellationToken)
    {
        foreach (var command in turn.Commands)
        {
            if (command.Dedupe is Dedupe.Id)
            {
                return await ExistsAsync("SELECT 1 FROM processed WHERE persistence_id = $1 AND command_id = $2", cancellationToken, turn.PersistenceId, command.Id.Value);
            }

            if (command.InboxRow > 0)
            {
                return !await ExistsAsync("SELECT 1 FROM inbox WHERE ordering = $1", cancellationToken, command.InboxRow);
            }
        }

        return null;
    }

    private async ValueTask<bool> ExistsAsync(string sql, CancellationToken cancellationToken, params object[] values) => (await RowsAsync(sql, static row => row.GetInt32(0), cancellationToken, values)).Count > 0;

    private async ValueTask<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        if (_health.State is JournalState.New or JournalState.Closed or JournalState.Broken)
        {
            throw new StoreUnavailableException($"the store is {_health.State}: {_health.Reason ?? "not open"}");
        }

        for (var attempt = 1; ; attempt++)
        {
            var sent = false;
            List<T> rows = [];
            try
            {
                await using var connection = await _sessions.ReaderAsync(cancellationToken);
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in values)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                sent = true;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
            catch (NpgsqlException e) when (sent && rows.Count == 0 && attempt < LongestCut && PostgresFailure.IsCut(e))
            {
                // It was cut while it rested in the pool: the next one may be whole.
                continue;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or ObjectDisposedException)
            {
                throw new StoreUnavailableException($"the database {Place} cannot be read: {Reason(e)}", e);
            }
        }
    }
}
