using System.Collections.Immutable;
using System.Data;
using System.Diagnostics;
using Npgsql;

namespace Orchestrator.Runtime;

/// <content>A node that has the database to itself: it holds a lock on it, registers, and takes all shards. Nodes of a cluster hold the same lock together.</content>
public sealed partial class PostgresJournal
{
    // Any constant will do: it names the lock that a lone node holds for itself and the nodes of a cluster hold together.
    private const string UserLock = "7958254271126106989";
    private static readonly TimeSpan HolderEndsWithin = TimeSpan.FromSeconds(5);

    private async Task EnterAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (!await PostgresSessions.ScalarAsync<bool>(connection, _options.Alone ? $"SELECT pg_try_advisory_lock({UserLock})" : $"SELECT pg_try_advisory_lock_shared({UserLock})", cancellationToken))
        {
            // The session of a process that has just been killed is gone in a moment.
            if (watch.Elapsed > HolderEndsWithin)
            {
                throw new JournalRefusedException(
                    $"the database {Place} is in use by {await HolderAsync(connection, cancellationToken)}: {(_options.Alone ? "stop it, choose another database, or join its cluster" : "it has the database to itself; stop it first")}");
            }

            await Task.Delay(50, cancellationToken);
        }

        if (_options.Alone)
        {
            _fence = await RegisterAsync(connection, cancellationToken);
        }
    }

    private async Task<PostgresFence> RegisterAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var register = new NpgsqlCommand(
            """
            INSERT INTO nodes(name, incarnation, address, version, state) VALUES($1, 1, $2, $3, 'up')
            ON CONFLICT (name) DO UPDATE SET incarnation = nodes.incarnation + 1, address = excluded.address, version = excluded.version, state = 'up', started = clock_timestamp()
            RETURNING incarnation
            """,
            connection,
            transaction);
        register.Parameters.AddWithValue(_options.Node);
        register.Parameters.AddWithValue(_options.Address);
        register.Parameters.AddWithValue(_options.Version);
        var incarnation = (long)(await register.ExecuteScalarAsync(cancellationToken))!;
        await using var others = new NpgsqlCommand("UPDATE nodes SET state = 'down' WHERE name <> $1 AND state <> 'down'", connection, transaction);
        others.Parameters.AddWithValue(_options.Node);
        await others.ExecuteNonQueryAsync(cancellationToken);
        var epochs = ImmutableSortedDictionary.CreateBuilder<int, long>();
        await using (var take = new NpgsqlCommand("UPDATE shards SET owner = $1, incarnation = $2, epoch = epoch + 1 RETURNING shard, epoch", connection, transaction))
        {
            take.Parameters.AddWithValue(_options.Node);
            take.Parameters.AddWithValue(incarnation);
            await using var reader = await take.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                epochs[reader.GetInt16(0)] = reader.GetInt64(1);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return new PostgresFence(_options.Node, incarnation, epochs.ToImmutable());
    }

    /// <summary>Leaves in good order, if that is still possible: the shards are free at once.</summary>
    private async Task LeaveAsync()
    {
        if (!_options.Alone || _writer is not { FullState: ConnectionState.Open } writer || _fence is not { } fence || _health.State is JournalState.Broken)
        {
            return;
        }

        try
        {
            await using var leave = new NpgsqlCommand("UPDATE nodes SET state = 'down' WHERE name = $1 AND incarnation = $2", writer);
            leave.Parameters.AddWithValue(fence.Node);
            leave.Parameters.AddWithValue(fence.Incarnation);
            await leave.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (PostgresFailure.IsLost(e) || e is PostgresException)
        {
            CannotWrite(Place, Reason(e));
        }
    }

    private static async Task<string> HolderAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT string_agg(format('%s (backend %s since %s)', coalesce(nullif(a.application_name, ''), 'another program'), a.pid, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')), ', ')
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = {UserLock}
            """,
            connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? "another node";
    }
}
