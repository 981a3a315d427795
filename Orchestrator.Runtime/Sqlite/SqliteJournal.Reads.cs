namespace Orchestrator.Runtime;

public sealed partial class SqliteJournal
{
    private const string EventColumns = "SELECT ordering, persistence_id, sequence_number, created, manifest, message FROM journal ";

    /// <inheritdoc/>
    public ValueTask<bool?> WasCommittedAsync(JournalWrite write, CancellationToken cancellationToken = default) => ReadAsync(database => write switch
    {
        TurnWrite turn => WasCommitted(database, turn),
        InboxWrite inbox => (bool?)(Exists(database, "SELECT 1 FROM inbox WHERE persistence_id = ? AND command_id = ?", inbox.To.ToString(), inbox.Id.Value)
            || Exists(database, "SELECT 1 FROM processed_commands WHERE persistence_id = ? AND command_id = ?", inbox.To.ToString(), inbox.Id.Value)),
        ViewWrite view => Offset(database, view.View) == view.Offset,
        _ => null,
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EntityHistory> ReadEntityAsync(EntityId entity, string snapshotManifest, int limit, CancellationToken cancellationToken = default) => ReadAsync(database =>
    {
        var id = entity.ToString();

        // One read transaction, so that snapshot and events are of one moment.
        database.Prepare("BEGIN").Run();
        var statement = database.Prepare("SELECT sequence_number, snapshot FROM snapshot WHERE persistence_id = ? AND manifest = ? ORDER BY sequence_number DESC LIMIT 1").Bind(1, id).Bind(2, snapshotManifest);
        var (version, snapshot) = statement.Step() ? (statement.Int64(0), JournalEntry.FromStore(snapshotManifest, statement.Bytes(1))) : (0, null);
        statement.Reset();
        var events = EntityEvents(database, id, version, limit);
        Dictionary<string, long>? marks = null;
        statement = database.Prepare("SELECT sender, number FROM marks WHERE persistence_id = ?").Bind(1, id);
        while (statement.Step())
        {
            (marks ??= new Dictionary<string, long>(StringComparer.Ordinal))[statement.Text(0)] = statement.Int64(1);
        }

        database.Prepare("COMMIT").Run();
        return new EntityHistory(version, snapshot, events, marks);
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow>> ReadEntityEventsAsync(EntityId entity, long afterSequenceNumber, int limit, CancellationToken cancellationToken = default)
        => ReadAsync(database => EntityEvents(database, entity.ToString(), afterSequenceNumber, limit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow>> ReadEventsAsync(JournalPosition after, EventFilter filter, int limit, CancellationToken cancellationToken = default) => ReadAsync(database =>
    {
        // The unary plus keeps SQLite on the order of the table, where the index by entity would have to sort.
        var statement = (filter.Entity, filter.Kind) switch
        {
            ({ } entity, _) => database.Prepare(EventColumns + "WHERE persistence_id = ? AND ordering > ? ORDER BY sequence_number LIMIT ?").Bind(1, entity.ToString()).Bind(2, after.Value).Bind(3, limit),
            (null, { } kind) => database.Prepare(EventColumns + "WHERE ordering > ? AND +persistence_id >= ? AND +persistence_id < ? ORDER BY ordering LIMIT ?")
                .Bind(1, after.Value).Bind(2, kind + "/").Bind(3, kind + "0").Bind(4, limit),
            _ => database.Prepare(EventColumns + "WHERE ordering > ? ORDER BY ordering LIMIT ?").Bind(1, after.Value).Bind(2, limit),
        };
        return Rows(statement, EventOf);
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow>> ReadLastEventsAsync(JournalPosition before, EventFilter filter, int limit, CancellationToken cancellationToken = default) => ReadAsync<IReadOnlyList<JournalRow>>(database =>
    {
        var statement = (filter.Entity, filter.Kind) switch
        {
            ({ } entity, _) => database.Prepare(EventColumns + "WHERE persistence_id = ? AND ordering < ? ORDER BY sequence_number DESC LIMIT ?").Bind(1, entity.ToString()).Bind(2, before.Value).Bind(3, limit),
            (null, { } kind) => database.Prepare(EventColumns + "WHERE ordering < ? AND +persistence_id >= ? AND +persistence_id < ? ORDER BY ordering DESC LIMIT ?")
                .Bind(1, before.Value).Bind(2, kind + "/").Bind(3, kind + "0").Bind(4, limit),
            _ => database.Prepare(EventColumns + "WHERE ordering < ? ORDER BY ordering DESC LIMIT ?").Bind(1, before.Value).Bind(2, limit),
        };
        return [.. Rows(statement, EventOf).Reverse()];
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JournalPosition> ReadHeadAsync(CancellationToken cancellationToken = default)
        => ReadAsync(static database => new JournalPosition(Rows(database.Prepare("SELECT coalesce(max(ordering), 0) FROM journal"), static row => row.Int64(0))[0]), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxRow>> ReadInboxAsync(EntityId entity, long after, int limit, CancellationToken cancellationToken = default) => ReadAsync(database => Rows(
        database.Prepare("SELECT ordering, command_id, sender, dedupe, created, manifest, message FROM inbox WHERE persistence_id = ? AND ordering > ? ORDER BY ordering LIMIT ?")
            .Bind(1, entity.ToString()).Bind(2, after).Bind(3, limit),
        row => new InboxRow(row.Int64(0), entity, new CommandId(row.Text(1)), new Sender(row.Text(2)), (Dedupe)row.Int64(3), Time(row, 4), Entry(row, 5))), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxSummary>> ReadInboxesAsync(IReadOnlyCollection<int>? shards = null, CancellationToken cancellationToken = default) => ReadAsync<IReadOnlyList<InboxSummary>>(database =>
    {
        var all = Rows(
            database.Prepare("SELECT persistence_id, count(*), min(created) FROM inbox GROUP BY persistence_id"),
            static row => new InboxSummary(EntityId.Parse(row.Text(0)), row.Int64(1), Time(row, 2)));
        return shards is null ? all : [.. all.Where(inbox => shards.Contains(inbox.Entity.Shard))];
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ProcessedRow>> FindProcessedAsync(EntityId entity, IReadOnlyList<CommandId> ids, CancellationToken cancellationToken = default) => ReadAsync<IReadOnlyList<ProcessedRow>>(database =>
    {
        List<ProcessedRow> found = [];
        foreach (var id in ids)
        {
            found.AddRange(Rows(
                database.Prepare("SELECT position, manifest, reply FROM processed_commands WHERE command_id = ? AND persistence_id = ?").Bind(1, id.Value).Bind(2, entity.ToString()),
                row => new ProcessedRow(id, row.Int64(0), Entry(row, 1))));
        }

        return found;
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(int limit, CancellationToken cancellationToken = default) => ReadAsync(database => Rows(
        database.Prepare("SELECT persistence_id, name, due, manifest, message FROM reminders ORDER BY due LIMIT ?").Bind(1, limit),
        static row => new ReminderRow(EntityId.Parse(row.Text(0)), row.Text(1), Time(row, 2), Entry(row, 3))), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkerRow>> ReadWorkerCommandsAsync(string node, long after, int limit, CancellationToken cancellationToken = default) => ReadAsync(database => Rows(
        database.Prepare("SELECT id, persistence_id, created, manifest, message FROM worker_commands WHERE node = ? AND id > ? ORDER BY id LIMIT ?").Bind(1, node).Bind(2, after).Bind(3, limit),
        static row => new WorkerRow(row.Int64(0), EntityId.Parse(row.Text(1)), Time(row, 2), Entry(row, 3))), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int limit, CancellationToken cancellationToken = default) => ReadAsync(database => Rows(
        database.Prepare("SELECT id, persistence_id, command_id, sender, manifest, message, reason, attempts, created FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?").Bind(1, after).Bind(2, limit),
        static row => new DeadLetter(row.Int64(0), EntityId.Parse(row.Text(1)), new CommandId(row.Text(2)), new Sender(row.Text(3)), row.Text(4), row.Text(5), row.Text(6), (int)row.Int64(7), Time(row, 8))), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ProjectionOffset?> ReadOffsetAsync(string name, CancellationToken cancellationToken = default) => ReadAsync(database => Offset(database, name), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredView>> ReadViewAsync(string view, IReadOnlyList<string> keys, CancellationToken cancellationToken = default) => ReadAsync<IReadOnlyList<StoredView>>(database =>
    {
        List<StoredView> found = [];
        foreach (var key in keys)
        {
            found.AddRange(Rows(database.Prepare("SELECT key, partition, value FROM views WHERE view = ? AND key = ?").Bind(1, view).Bind(2, key), ViewOf));
        }

        return found;
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredView>> ListViewAsync(ViewQuery query, CancellationToken cancellationToken = default) => ReadAsync(database =>
    {
        var sql = $"SELECT key, partition, value FROM views WHERE view = ?1{(query.Partition is null ? string.Empty : " AND partition = ?2")}"
            + $"{(query.AfterKey is null ? string.Empty : query.Descending ? " AND key < ?3" : " AND key > ?3")} ORDER BY key{(query.Descending ? " DESC" : string.Empty)} LIMIT ?4";
        var statement = database.Prepare(sql).Bind(1, query.View).Bind(4, query.Limit);
        if (query.Partition is not null)
        {
            statement.Bind(2, query.Partition);
        }

        if (query.AfterKey is not null)
        {
            statement.Bind(3, query.AfterKey);
        }

        return Rows(statement, ViewOf);
    }, cancellationToken);

    private static bool? WasCommitted(SqliteDatabase database, TurnWrite turn)
    {
        foreach (var command in turn.Commands)
        {
            if (command.Dedupe is Dedupe.Id)
            {
                return Exists(database, "SELECT 1 FROM processed_commands WHERE persistence_id = ? AND command_id = ?", turn.PersistenceId, command.Id.Value);
            }

            if (command.InboxRow > 0)
            {
                return Rows(database.Prepare("SELECT 1 FROM inbox WHERE ordering = ?").Bind(1, command.InboxRow), static row => row.Int64(0)).Count == 0;
            }
        }

        return null;
    }

    private static bool Exists(SqliteDatabase database, string sql, string first, string second)
        => Rows(database.Prepare(sql).Bind(1, first).Bind(2, second), static row => row.Int64(0)).Count > 0;

    private static ProjectionOffset? Offset(SqliteDatabase database, string name)
        => Rows(database.Prepare("SELECT version, position FROM offsets WHERE name = ?").Bind(1, name), static row => new ProjectionOffset((int)row.Int64(0), row.Int64(1))) is [var offset] ? offset : null;

    private static IReadOnlyList<JournalRow> EntityEvents(SqliteDatabase database, string id, long after, int limit) => Rows(
        database.Prepare(EventColumns + "WHERE persistence_id = ? AND sequence_number > ? ORDER BY sequence_number LIMIT ?").Bind(1, id).Bind(2, after).Bind(3, limit),
        row => new JournalRow(row.Int64(0), id, row.Int64(2), Time(row, 3), Entry(row, 4)));

    private static JournalRow EventOf(Statement row) => new(row.Int64(0), row.Text(1), row.Int64(2), Time(row, 3), Entry(row, 4));

    private static StoredView ViewOf(Statement row) => new(row.Text(0), row.Text(1), row.Bytes(2));

    private static DateTimeOffset Time(Statement row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(column));

    private static JournalEntry Entry(Statement row, int column) => JournalEntry.FromStore(row.Text(column), row.Bytes(column + 1));

    private static IReadOnlyList<T> Rows<T>(Statement statement, Func<Statement, T> read)
    {
        List<T> rows = [];
        while (statement.Step())
        {
            rows.Add(read(statement));
        }

        return rows;
    }

    private async ValueTask<T> ReadAsync<T>(Func<SqliteDatabase, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Readers.ReadAsync(read, cancellationToken);
        }
        catch (SqliteFailure e)
        {
            throw new StoreUnavailableException($"the store cannot be read: {e.Message}", e);
        }
        catch (ObjectDisposedException e)
        {
            throw new StoreUnavailableException("the store is closed", e);
        }
    }
}
