using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Runtime;

/// <content>What the turns of entities write: events, stored replies, marks, work, letters, snapshots, reminders.</content>
internal sealed partial class PostgresBatch
{
    private void PutTurns(NpgsqlBatch batch)
    {
        PutEvents(batch);
        PutProcessed(batch);
        PutMarks(batch);
        PutWork(batch);
        PutLetters(batch);
        PutSnapshots(batch);
    }

    private void PutEvents(NpgsqlBatch batch)
    {
        if (_events.Count == 0)
        {
            return;
        }

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

    private void PutProcessed(NpgsqlBatch batch)
    {
        if (_processed.Id.Count == 0)
        {
            return;
        }

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

    private void PutMarks(NpgsqlBatch batch)
    {
        if (_marks.Count == 0)
        {
            return;
        }

        Add(
            batch,
            "INSERT INTO marks(persistence_id, sender, number) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT (persistence_id, sender) DO UPDATE SET number = excluded.number",
            Ignore,
            Array(NpgsqlDbType.Text, _marks.Keys.Select(static key => key.Entity).ToList()),
            Array(NpgsqlDbType.Text, _marks.Keys.Select(static key => key.Sender).ToList()),
            Array(NpgsqlDbType.Bigint, _marks.Values.ToList()));
    }

    private void PutWork(NpgsqlBatch batch)
    {
        if (_work.Node.Count == 0)
        {
            return;
        }

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

    private void PutLetters(NpgsqlBatch batch)
    {
        if (_letters.Id.Count == 0)
        {
            return;
        }

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

    private void PutSnapshots(NpgsqlBatch batch)
    {
        if (_snapshots.Count == 0)
        {
            return;
        }

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
}
