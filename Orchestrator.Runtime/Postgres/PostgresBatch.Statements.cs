using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Runtime;

/// <content>The statements, in the order in which they run.</content>
internal sealed partial class PostgresBatch
{
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
