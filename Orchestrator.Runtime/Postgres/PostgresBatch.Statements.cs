using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Runtime;

/// <content>The statements, in the order in which they run.</content>
internal sealed partial class PostgresBatch
{
    private const string InsertInbox = """
        INSERT INTO inbox(ordering, shard, persistence_id, command_id, sender, dedupe, created, manifest, message)
        SELECT n, shard, entity, coalesce(id, sender || '#' || n), sender, dedupe, $9, manifest, message::json FROM (
            SELECT nextval('inbox_ordering') AS n, ordered.* FROM (
                SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::text[], $8::int[]) WITH ORDINALITY AS w(shard, entity, id, sender, dedupe, manifest, message, ix, place)
                CONDITION ORDER BY place) AS ordered) AS numbered
        ON CONFLICT (persistence_id, command_id) WHERE dedupe = 1 DO NOTHING RETURNING ordering, persistence_id, command_id
        """;

    private static readonly string InsertAll = InsertInbox.Replace("CONDITION", string.Empty, StringComparison.Ordinal);

    private static readonly string InsertWhere = $"""
        WITH fired AS (
            DELETE FROM reminders r USING unnest($10::int[], $11::text[], $12::text[], $13::bigint[]) AS f(ix, entity, name, due)
            WHERE r.persistence_id = f.entity COLLATE "C" AND r.name = f.name COLLATE "C" AND r.due = f.due RETURNING f.ix),
        completed AS (
            DELETE FROM worker_commands c USING unnest($14::int[], $15::bigint[]) AS d(ix, id) WHERE c.id = d.id RETURNING d.ix),
        stored AS ({InsertInbox.Replace("CONDITION", "WHERE w.condition = 0 OR (w.condition = 1 AND w.ix IN (SELECT ix FROM fired)) OR (w.condition = 2 AND w.ix IN (SELECT ix FROM completed))", StringComparison.Ordinal)
            .Replace("$8::int[])", "$8::int[], $16::smallint[])", StringComparison.Ordinal).Replace("ix, place)", "ix, condition, place)", StringComparison.Ordinal)})
        SELECT ordering, persistence_id, command_id FROM stored
        UNION ALL SELECT ix, NULL, NULL FROM fired UNION ALL SELECT ix, NULL, NULL FROM completed
        """;

    private NpgsqlBatch Build(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        Fence(batch);
        if (_events.Count > 0)
        {
            Add(batch, "SELECT orchestrator_position()", FillPositions);
        }

        if (_gone.Ordering.Count > 0)
        {
            Add(
                batch,
                "WITH gone AS (DELETE FROM inbox WHERE ordering = ANY($1) RETURNING 1) SELECT orchestrator_all_there((SELECT count(*) FROM gone), cardinality($1))",
                Ignore,
                Array(NpgsqlDbType.Bigint, _gone.Ordering));
        }

        if (_inbox.Index.Count > 0 || _firings.Count > 0 || _completions.Count > 0)
        {
            PutInbox(batch);
        }

        PutTurns(batch);
        PutReminders(batch);
        foreach (var write in _writes)
        {
            switch (write)
            {
                case ViewWrite view: PutView(batch, view); break;
                case DeadLetterRemoval removal: PutRemoval(batch, removal); break;
                case ShardRelease release:
                    Add(
                        batch,
                        "WITH released AS (UPDATE shards SET owner = NULL WHERE shard = $1 AND owner = $2 AND epoch = $3 RETURNING 1) SELECT pg_notify('orchestrator_cluster', '') FROM released",
                        Ignore,
                        Value(NpgsqlDbType.Smallint, (short)release.Shard),
                        Value(NpgsqlDbType.Text, _fence.Node),
                        Value(NpgsqlDbType.Bigint, release.Epoch));
                    break;
                case ProcessedPurge purge:
                    // Ids of clients sort by the time that they carry; what the runtime made starts with a small letter.
                    Add(batch, "DELETE FROM processed WHERE command_id < $1", Ignore, Value(NpgsqlDbType.Text, Ulid.Lowest(purge.Before)));
                    Add(batch, "DELETE FROM processed WHERE command_id >= 'a' AND created < $1", Ignore, Value(NpgsqlDbType.Bigint, purge.Before.ToUnixTimeMilliseconds()));
                    break;
                case BeatWrite beat:
                    Add(
                        batch,
                        "INSERT INTO beats(name, counter) VALUES($1, 1) ON CONFLICT (name) DO UPDATE SET counter = beats.counter + 1, at = clock_timestamp() RETURNING clock_timestamp()",
                        reader => Time = reader.Read() ? reader.GetFieldValue<DateTimeOffset>(0) : null,
                        Value(NpgsqlDbType.Text, beat.Node));
                    break;
                default: break;
            }
        }

        return batch;
    }

    private void Fence(NpgsqlBatch batch)
    {
        var shards = _shards.Order().ToList();
        Add(
            batch,
            "SELECT orchestrator_fence($1, $2, $3, $4)",
            Ignore,
            Value(NpgsqlDbType.Text, _fence.Node),
            Value(NpgsqlDbType.Bigint, _fence.Incarnation),
            Array(NpgsqlDbType.Smallint, shards.ConvertAll(static shard => (short)shard)),
            Array(NpgsqlDbType.Bigint, shards.ConvertAll(shard => _fence.Epochs.GetValueOrDefault(shard, -1))));
    }

    private void FillPositions(NpgsqlDataReader reader)
    {
        reader.Read();
        var next = reader.GetInt64(0);
        foreach (var turn in _writes.OfType<TurnWrite>())
        {
            foreach (var command in turn.Commands.Where(static command => command.Events.Count > 0))
            {
                next += command.Events.Count;
                command.Position = turn.Position = Position = next - 1;
            }
        }
    }

    private void PutInbox(NpgsqlBatch batch)
    {
        var common = new[]
        {
            Array(NpgsqlDbType.Smallint, _inbox.Shard), Array(NpgsqlDbType.Text, _inbox.Entity), Array(NpgsqlDbType.Text, _inbox.Id), Array(NpgsqlDbType.Text, _inbox.Sender), Array(NpgsqlDbType.Smallint, _inbox.Dedupe),
            Array(NpgsqlDbType.Text, _inbox.Manifest), Array(NpgsqlDbType.Text, _inbox.Message), Array(NpgsqlDbType.Integer, _inbox.Index), Value(NpgsqlDbType.Bigint, _now),
        };
        if (_firings.Count == 0 && _completions.Count == 0)
        {
            Add(batch, InsertAll, FillInbox, common);
            return;
        }

        Add(
            batch,
            InsertWhere,
            FillInbox,
            [
                .. common,
                Array(NpgsqlDbType.Integer, _firings.Values.ToList()),
                Array(NpgsqlDbType.Text, _firings.Keys.Select(static key => key.Entity).ToList()),
                Array(NpgsqlDbType.Text, _firings.Keys.Select(static key => key.Name).ToList()),
                Array(NpgsqlDbType.Bigint, _firings.Keys.Select(static key => key.Due).ToList()),
                Array(NpgsqlDbType.Integer, _completions.Values.ToList()),
                Array(NpgsqlDbType.Bigint, _completions.Keys.ToList()),
                Array(NpgsqlDbType.Smallint, _inbox.Condition),
            ]);
    }

    // What was stored comes back in the order in which it was sent, without what was not stored.
    private void FillInbox(NpgsqlDataReader reader)
    {
        var next = 0;
        while (reader.Read())
        {
            var number = reader.GetInt64(0);
            if (reader.IsDBNull(1))
            {
                _writes[(int)number].Applied = true;
                continue;
            }

            var (entity, id) = (reader.GetString(1), reader.GetString(2));
            while (_inbox.Entity[next] != entity || (_inbox.Id[next] ?? string.Create(CultureInfo.InvariantCulture, $"{_inbox.Sender[next]}#{number}")) != id)
            {
                next++;
            }

            var (to, entry, command) = _inbox.Rows[next];
            var write = _writes[_inbox.Index[next]];
            write.Applied = true;
            Stored(write, new InboxRow(number, to, new CommandId(id), new Sender(_inbox.Sender[next]), (Dedupe)_inbox.Dedupe[next], DateTimeOffset.FromUnixTimeMilliseconds(_now), entry) { Command = command });
            next++;
        }
    }

    private void Stored(JournalWrite write, InboxRow row)
    {
        (write.Stored ??= []).Add(row);
        if (!_fence.Owns(row.To))
        {
            Told.Add(row.To.Shard);
        }
    }

    private void PutTurns(NpgsqlBatch batch)
    {
        if (_events.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO journal(ordering, created, persistence_id, sequence_number, message, manifest, writer_uuid)
                SELECT orchestrator_first.position + place - 1, $5, entity, number, message::json, manifest, $6
                FROM (SELECT orchestrator_position() AS position OFFSET 0) AS orchestrator_first, unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) WITH ORDINALITY AS e(entity, number, message, manifest, place)
                """,
                Ignore,
                Array(NpgsqlDbType.Text, _events.Entity),
                Array(NpgsqlDbType.Bigint, _events.Number),
                Array(NpgsqlDbType.Text, _events.Message),
                Array(NpgsqlDbType.Text, _events.Manifest),
                Value(NpgsqlDbType.Bigint, _now),
                Value(NpgsqlDbType.Text, _writer));
        }

        if (_processed.Id.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO processed(command_id, persistence_id, created, position, manifest, reply)
                SELECT id, entity, $6, coalesce(orchestrator_first.position + event, 0), manifest, reply::json
                FROM (SELECT orchestrator_position() AS position OFFSET 0) AS orchestrator_first, unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) AS p(id, entity, event, manifest, reply)
                """,
                Ignore,
                Array(NpgsqlDbType.Text, _processed.Id),
                Array(NpgsqlDbType.Text, _processed.Entity),
                Array(NpgsqlDbType.Bigint, _processed.Event),
                Array(NpgsqlDbType.Text, _processed.Manifest),
                Array(NpgsqlDbType.Text, _processed.Reply),
                Value(NpgsqlDbType.Bigint, _now));
        }

        if (_marks.Count > 0)
        {
            Add(
                batch,
                "INSERT INTO marks(persistence_id, sender, number) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT (persistence_id, sender) DO UPDATE SET number = excluded.number",
                Ignore,
                Array(NpgsqlDbType.Text, _marks.Keys.Select(static key => key.Entity).ToList()),
                Array(NpgsqlDbType.Text, _marks.Keys.Select(static key => key.Sender).ToList()),
                Array(NpgsqlDbType.Bigint, _marks.Values.ToList()));
        }

        if (_work.Node.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO worker_commands(node, persistence_id, created, manifest, message)
                SELECT node, entity, $5, manifest, message::json FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS w(node, entity, manifest, message, place) ORDER BY place
                """,
                Ignore,
                Array(NpgsqlDbType.Text, _work.Node),
                Array(NpgsqlDbType.Text, _work.Entity),
                Array(NpgsqlDbType.Text, _work.Manifest),
                Array(NpgsqlDbType.Text, _work.Message),
                Value(NpgsqlDbType.Bigint, _now));
        }

        if (_letters.Id.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO dead_letters(persistence_id, command_id, sender, manifest, message, reason, attempts, created)
                SELECT entity, id, sender, manifest, message::json, reason, attempts, $8
                FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[]) WITH ORDINALITY AS d(entity, id, sender, manifest, message, reason, attempts, place) ORDER BY place
                """,
                Ignore,
                Array(NpgsqlDbType.Text, _letters.Entity),
                Array(NpgsqlDbType.Text, _letters.Id),
                Array(NpgsqlDbType.Text, _letters.Sender),
                Array(NpgsqlDbType.Text, _letters.Manifest),
                Array(NpgsqlDbType.Text, _letters.Message),
                Array(NpgsqlDbType.Text, _letters.Reason),
                Array(NpgsqlDbType.Integer, _letters.Attempts),
                Value(NpgsqlDbType.Bigint, _now));
        }

        if (_snapshots.Count > 0)
        {
            var entities = Array(NpgsqlDbType.Text, _snapshots.Keys.ToList());
            Add(batch, "DELETE FROM snapshot WHERE persistence_id = ANY($1)", Ignore, entities);
            Add(
                batch,
                "INSERT INTO snapshot(persistence_id, sequence_number, snapshot, manifest, created) SELECT entity, number, snapshot::json, manifest, $5 FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS s(entity, number, snapshot, manifest)",
                Ignore,
                Array(NpgsqlDbType.Text, _snapshots.Keys.ToList()),
                Array(NpgsqlDbType.Bigint, _snapshots.Values.Select(static snapshot => snapshot.Version).ToList()),
                Array(NpgsqlDbType.Text, _snapshots.Values.Select(static snapshot => Text(snapshot.Entry)).ToList()),
                Array(NpgsqlDbType.Text, _snapshots.Values.Select(static snapshot => snapshot.Entry.Manifest).ToList()),
                Value(NpgsqlDbType.Bigint, _now));
        }
    }

    private void PutReminders(NpgsqlBatch batch)
    {
        var dropped = _reminders.Where(static pair => pair.Value.Write.Entry is null).Select(static pair => pair.Key).ToList();
        if (dropped.Count > 0)
        {
            Add(
                batch,
                "DELETE FROM reminders WHERE (persistence_id, name) IN (SELECT entity COLLATE \"C\", name COLLATE \"C\" FROM unnest($1::text[], $2::text[]) AS d(entity, name))",
                Ignore,
                Array(NpgsqlDbType.Text, dropped.ConvertAll(static key => key.Entity)),
                Array(NpgsqlDbType.Text, dropped.ConvertAll(static key => key.Name)));
        }

        var set = _reminders.Where(static pair => pair.Value.Write.Entry is not null).ToList();
        if (set.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO reminders(persistence_id, name, shard, due, manifest, message)
                SELECT entity, name, shard, due, manifest, message::json FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::text[], $6::text[]) AS r(entity, name, shard, due, manifest, message)
                ON CONFLICT (persistence_id, name) DO UPDATE SET due = excluded.due, manifest = excluded.manifest, message = excluded.message
                """,
                Ignore,
                Array(NpgsqlDbType.Text, set.ConvertAll(static pair => pair.Key.Entity)),
                Array(NpgsqlDbType.Text, set.ConvertAll(static pair => pair.Key.Name)),
                Array(NpgsqlDbType.Smallint, set.ConvertAll(static pair => (short)pair.Value.Shard)),
                Array(NpgsqlDbType.Bigint, set.ConvertAll(static pair => pair.Value.Write.Due.ToUnixTimeMilliseconds())),
                Array(NpgsqlDbType.Text, set.ConvertAll(static pair => pair.Value.Write.Entry!.Manifest)),
                Array(NpgsqlDbType.Text, set.ConvertAll(static pair => Text(pair.Value.Write.Entry!))));
        }
    }

    private void PutView(NpgsqlBatch batch, ViewWrite view)
    {
        // The row is there before it is locked; version 0 says that nothing was folded yet.
        Add(batch, "INSERT INTO offsets(name, version, position) VALUES($1, 0, 0) ON CONFLICT DO NOTHING", Ignore, Value(NpgsqlDbType.Text, view.View));
        var kept = view.Changes.Where(static change => change.Value is not null).ToList();
        var keys = view.Reset ? kept.ConvertAll(static change => change.Key) : view.Changes.Where(static change => change.Value is null).Select(static change => change.Key).ToList();
        List<NpgsqlParameter> parameters =
        [
            Value(NpgsqlDbType.Text, view.View),
            Value(NpgsqlDbType.Integer, view.Offset.Version),
            Value(NpgsqlDbType.Bigint, view.Offset.Position),
            Array(NpgsqlDbType.Text, keys),
            Array(NpgsqlDbType.Text, kept.ConvertAll(static change => change.Key)),
            Array(NpgsqlDbType.Text, kept.ConvertAll(static change => change.Partition)),
            Array(NpgsqlDbType.Text, kept.ConvertAll(static change => Encoding.UTF8.GetString(change.Value!))),
            Array(NpgsqlDbType.Bigint, kept.ConvertAll(static change => change.Position)),
        ];
        var guard = string.Empty;
        if (view.Expected is { } expected)
        {
            // Whoever holds the row, or has moved it on since this runner read it, is the owner of the view: then nothing is written.
            guard = " AND version = $9 AND position = $10";
            parameters.AddRange([Value(NpgsqlDbType.Integer, expected.Version), Value(NpgsqlDbType.Bigint, expected.Position)]);
        }

        Add(
            batch,
            $"""
            WITH mine AS MATERIALIZED (SELECT 1 FROM offsets WHERE name = $1{guard} FOR UPDATE{(view.Expected is null ? string.Empty : " SKIP LOCKED")}),
            moved AS (UPDATE offsets SET version = $2, position = $3 WHERE name = $1 AND EXISTS (SELECT 1 FROM mine) RETURNING 1),
            removed AS (DELETE FROM views WHERE view = $1 AND {(view.Reset ? "NOT " : string.Empty)}key = ANY($4) AND EXISTS (SELECT 1 FROM moved)),
            put AS (
                INSERT INTO views(view, key, partition, value, position)
                SELECT $1, key, partition, value::json, position FROM unnest($5::text[], $6::text[], $7::text[], $8::bigint[]) AS c(key, partition, value, position) WHERE EXISTS (SELECT 1 FROM moved)
                ON CONFLICT (view, key) DO UPDATE SET partition = excluded.partition, value = excluded.value, position = excluded.position)
            SELECT count(*) FROM moved
            """,
            reader => view.Applied = reader.Read() && reader.GetInt64(0) > 0,
            [.. parameters]);
    }

    private void PutRemoval(NpgsqlBatch batch, DeadLetterRemoval removal) => Add(
        batch,
        """
        WITH gone AS (DELETE FROM dead_letters WHERE id = $1 RETURNING persistence_id, sender, manifest, message),
        stored AS (
            INSERT INTO inbox(shard, persistence_id, command_id, sender, dedupe, created, manifest, message)
            SELECT $2, persistence_id, 'dead-letter/' || $1, sender, 0, $3, manifest, message FROM gone WHERE $4
            RETURNING ordering, command_id, sender, manifest, message)
        SELECT s.* FROM gone LEFT JOIN stored s ON true
        """,
        reader =>
        {
            removal.Applied = reader.Read();
            if (removal is { Applied: true, Resend: true })
            {
                var entry = JournalEntry.FromStore(reader.GetString(3), Encoding.UTF8.GetBytes(reader.GetString(4)));
                Stored(removal, new InboxRow(reader.GetInt64(0), removal.To, new CommandId(reader.GetString(1)), new Sender(reader.GetString(2)), Dedupe.Row, DateTimeOffset.FromUnixTimeMilliseconds(_now), entry));
            }
        },
        Value(NpgsqlDbType.Bigint, removal.Id),
        Value(NpgsqlDbType.Smallint, (short)removal.To.Shard),
        Value(NpgsqlDbType.Bigint, _now),
        Value(NpgsqlDbType.Boolean, removal.Resend));

    private void Add(NpgsqlBatch batch, string sql, Action<NpgsqlDataReader> result, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
        if (HasRows(sql))
        {
            _results.Add(result);
        }
    }

    // A statement without rows has no result of its own in the reader.
    private static bool HasRows(string sql)
        => sql.StartsWith("SELECT", StringComparison.Ordinal) || sql.StartsWith("WITH", StringComparison.Ordinal) || sql.Contains("RETURNING", StringComparison.Ordinal);

    private static void Ignore(NpgsqlDataReader reader)
    {
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, List<T> values) => new NpgsqlParameter<List<T>> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };

    private static NpgsqlParameter Value<T>(NpgsqlDbType type, T value) => new NpgsqlParameter<T> { NpgsqlDbType = type, TypedValue = value };
}
