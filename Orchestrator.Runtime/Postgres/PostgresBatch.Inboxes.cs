using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Runtime;

/// <content>The rows of inboxes: those of messages, of reminders that fire, of reports of workers.</content>
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
}
