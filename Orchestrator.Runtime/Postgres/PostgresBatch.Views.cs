using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Runtime;

/// <content>The rows of views and the offsets of their projections.</content>
internal sealed partial class PostgresBatch
{
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
}
