using System.Collections.Immutable;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>
/// What the members of a cluster share, in the database of their journal. Beats go over a connection of their own, so that nothing that this node writes can hold them up; another one reads
/// the table and hears of its changes.
/// </summary>
/// <param name="journal">The journal, which is given its fence.</param>
public sealed class PostgresCluster(PostgresJournal journal) : IClusterStore
{
    private const string Channel = "orchestrator_cluster";
    private static readonly TimeSpan RivalBeatsWithin = TimeSpan.FromSeconds(2.5);
    private readonly Line _beats = new(journal, string.Empty);
    private readonly Line _table = new(journal, $"LISTEN {Channel}; SET lock_timeout = '1s'");

    /// <inheritdoc/>
    public async Task<Member> JoinAsync(Member self, CancellationToken cancellationToken = default) => await _table.RunAsync(async (connection, token) =>
    {
        await RefuseRevokedAsync(connection, self, token);
        await RefuseRivalAsync(connection, self, token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var format = await ScalarAsync<int>(connection, "SELECT format FROM cluster FOR SHARE", token);
        if (format > self.Format)
        {
            throw new JournalRefusedException($"the cluster writes format {format}, this program reads up to {self.Format}: update this node before it joins");
        }

        var incarnation = await ScalarAsync<long>(
            connection,
            """
            INSERT INTO nodes(name, incarnation, address, roles, version, format, state, sessions) VALUES($1, 1, $2, $3, $4, $5, 'up', $6)
            ON CONFLICT (name) DO UPDATE SET incarnation = nodes.incarnation + 1, address = excluded.address, roles = excluded.roles, version = excluded.version, format = excluded.format,
                state = 'up', sessions = excluded.sessions, started = clock_timestamp()
            RETURNING incarnation
            """,
            token,
            self.Name,
            self.Address,
            self.Roles.ToArray(),
            self.Version,
            self.Format,
            journal.Sessions.ApplicationName);
        await RunAsync(connection, "INSERT INTO beats(name, counter) VALUES($1, 1) ON CONFLICT (name) DO UPDATE SET counter = beats.counter + 1, at = clock_timestamp()", token, self.Name);
        await RunAsync(connection, $"NOTIFY {Channel}", token);
        await transaction.CommitAsync(token);
        return self with { Incarnation = incarnation };
    }, cancellationToken);

    /// <inheritdoc/>
    public void Own(Member self, IReadOnlyDictionary<int, long> epochs) => journal.Fence = new PostgresFence(self.Name, self.Incarnation, epochs.ToImmutableSortedDictionary());

    /// <inheritdoc/>
    public async Task<bool> BeatAsync(Member self, CancellationToken cancellationToken = default) => await _beats.RunAsync(async (connection, token) =>
    {
        var sent = journal.Elapsing.GetTimestamp();
        await using var command = Command(
            connection,
            """
            UPDATE beats SET counter = counter + 1, at = clock_timestamp() FROM nodes
            WHERE beats.name = $1 AND nodes.name = $1 AND nodes.incarnation = $2 AND nodes.state IN ('up', 'leaving') RETURNING beats.at
            """,
            self.Name,
            self.Incarnation);
        if (await command.ExecuteScalarAsync(token) is not DateTime at)
        {
            return false;
        }

        journal.SampleTime(new DateTimeOffset(at), sent);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<ClusterTable> ReadAsync(CancellationToken cancellationToken = default) => await _table.RunAsync(static async (connection, token) =>
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT n.name, n.incarnation, n.address, n.roles, n.version, n.format, n.state, coalesce(b.counter, 0) FROM nodes n LEFT JOIN beats b USING (name) ORDER BY n.name"),
                new NpgsqlBatchCommand("SELECT shard, owner, incarnation, epoch FROM shards ORDER BY shard"),
                new NpgsqlBatchCommand("SELECT format FROM cluster"),
                new NpgsqlBatchCommand("SELECT serial FROM revocations WHERE not_after > clock_timestamp()"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(token);
        var members = ImmutableArray.CreateBuilder<MemberRow>();
        while (await reader.ReadAsync(token))
        {
            var member = new Member(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), [.. await reader.GetFieldValueAsync<string[]>(3, token)], reader.GetString(4), reader.GetInt32(5));
            members.Add(new MemberRow(member, Enum.Parse<MemberState>(reader.GetString(6), ignoreCase: true), reader.GetInt64(7)));
        }

        await reader.NextResultAsync(token);
        var shards = ImmutableArray.CreateBuilder<ShardRow>();
        while (await reader.ReadAsync(token))
        {
            shards.Add(new ShardRow(reader.GetInt16(0), await reader.IsDBNullAsync(1, token) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        await reader.NextResultAsync(token);
        await reader.ReadAsync(token);
        var format = reader.GetInt32(0);
        await reader.NextResultAsync(token);
        var revoked = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(token))
        {
            revoked.Add(reader.GetString(0));
        }

        return new ClusterTable(members.ToImmutable(), shards.ToImmutable(), format) { Revoked = revoked.ToImmutable() };
    }, cancellationToken);

    /// <inheritdoc/>
    public Task WaitForChangeAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
        => _table.RunAsync(
            async (connection, token) =>
            {
                // What was heard while something else was read is not said again.
                var heard = _table.TakeHeard() || await connection.WaitAsync(timeout, token);
                _table.TakeHeard();
                return heard;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> MarkDownAsync(Member self, MemberRow lost, CancellationToken cancellationToken = default) => await _table.RunAsync(async (connection, token) =>
    {
        // A writer that was stopped in mid-transaction keeps its locks for as long as its session lives.
        await RunAsync(
            connection,
            "SELECT orchestrator_end_sessions(n.sessions) FROM nodes n JOIN beats b USING (name) WHERE n.name = $1 AND n.incarnation = $2 AND b.counter = $3",
            token,
            lost.Member.Name,
            lost.Member.Incarnation,
            lost.Beat);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await FenceAsync(connection, self, token);
        var marked = await RunAsync(
            connection,
            """
            UPDATE nodes SET state = 'down' WHERE name = $1 AND incarnation = $2 AND state <> 'down' AND EXISTS (SELECT 1 FROM beats WHERE beats.name = $1 AND counter = $3)
            """,
            token,
            lost.Member.Name,
            lost.Member.Incarnation,
            lost.Beat);
        await RunAsync(connection, $"NOTIFY {Channel}", token);
        await transaction.CommitAsync(token);
        return marked > 0;
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ShardRow>> TakeAsync(Member self, IReadOnlyList<ShardRow> shards, CancellationToken cancellationToken = default) => await _table.RunAsync(async (connection, token) =>
    {
        await using var transaction = await connection.BeginTransactionAsync(token);
        await FenceAsync(connection, self, token);
        await using var command = Command(
            connection,
            """
            UPDATE shards s SET owner = $1, incarnation = $2, epoch = s.epoch + 1 FROM unnest($3::smallint[], $4::bigint[]) AS w(shard, epoch)
            WHERE s.shard = w.shard AND s.epoch = w.epoch
                AND (s.owner IS NULL OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.name = s.owner AND n.incarnation = s.incarnation AND n.state IN ('up', 'leaving')))
            RETURNING s.shard, s.epoch
            """,
            self.Name,
            self.Incarnation,
            shards.Select(static shard => (short)shard.Shard).ToArray(),
            shards.Select(static shard => shard.Epoch).ToArray());
        List<ShardRow> taken = [];
        await using (var reader = await command.ExecuteReaderAsync(token))
        {
            while (await reader.ReadAsync(token))
            {
                taken.Add(new ShardRow(reader.GetInt16(0), self.Name, self.Incarnation, reader.GetInt64(1)));
            }
        }

        await RunAsync(connection, $"NOTIFY {Channel}", token);
        await transaction.CommitAsync(token);
        return taken;
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> RaiseFormatAsync(Member self, int format, CancellationToken cancellationToken = default) => await _table.RunAsync(async (connection, token) =>
    {
        await using var transaction = await connection.BeginTransactionAsync(token);
        await FenceAsync(connection, self, token);

        // Who joins reads the row too, and comes before this or finds the new format.
        await RunAsync(connection, "SELECT format FROM cluster FOR UPDATE", token);
        List<string> older = [];
        await using (var command = Command(connection, "SELECT name FROM nodes WHERE state <> 'down' AND format < $1 ORDER BY name", format))
        await using (var reader = await command.ExecuteReaderAsync(token))
        {
            while (await reader.ReadAsync(token))
            {
                older.Add(reader.GetString(0));
            }
        }

        if (older.Count == 0)
        {
            await RunAsync(connection, "UPDATE cluster SET format = $1 WHERE format < $1", token, format);
            await RunAsync(connection, $"NOTIFY {Channel}", token);
            await transaction.CommitAsync(token);
        }

        return older;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task SetStateAsync(Member self, MemberState state, CancellationToken cancellationToken = default) => _table.RunAsync(async (connection, token) =>
    {
        await RunAsync(connection, "UPDATE nodes SET state = $3 WHERE name = $1 AND incarnation = $2 AND state <> 'down'", token, self.Name, self.Incarnation, state.ToString().ToLowerInvariant());
        await RunAsync(connection, $"NOTIFY {Channel}", token);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _beats.DisposeAsync();
        await _table.DisposeAsync();
    }

    private static async Task RefuseRevokedAsync(NpgsqlConnection connection, Member self, CancellationToken cancellationToken)
    {
        if (await ScalarAsync<bool>(connection, "SELECT EXISTS(SELECT 1 FROM revocations WHERE node = $1 AND NOT rejoined)", cancellationToken, self.Name))
        {
            throw new JournalRefusedException($"the node {self.Name} has been revoked: if it is to be a member again, let it join anew, with a token of 'orchestrator-lighthouse join-token --node {self.Name}'");
        }
    }

    /// <summary>Two machines may have been given one name: the second is refused while the first one's heart beats. What a process that has gone left behind is ended.</summary>
    private async Task RefuseRivalAsync(NpgsqlConnection connection, Member self, CancellationToken cancellationToken)
    {
        const string Rival = "SELECT b.counter FROM nodes n JOIN beats b USING (name) WHERE n.name = $1 AND n.state <> 'down' AND n.sessions <> $2 AND EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.application_name = n.sessions)";
        if (await BeatOfRivalAsync() is { } before)
        {
            await Task.Delay(RivalBeatsWithin, cancellationToken);
            if (await BeatOfRivalAsync() is { } after && after != before)
            {
                throw new JournalRefusedException($"a node with the name {self.Name} is up in this cluster: give this one another name, or stop that one");
            }
        }

        await RunAsync(
            connection,
            "SELECT orchestrator_end_sessions(n.sessions) FROM nodes n WHERE n.name = $1 AND n.sessions <> $2",
            cancellationToken,
            self.Name,
            journal.Sessions.ApplicationName);

        async Task<long?> BeatOfRivalAsync()
        {
            await using var command = Command(connection, Rival, self.Name, journal.Sessions.ApplicationName);
            return await command.ExecuteScalarAsync(cancellationToken) as long?;
        }
    }

    private static Task<int> FenceAsync(NpgsqlConnection connection, Member self, CancellationToken cancellationToken)
        => RunAsync(connection, "SELECT orchestrator_fence($1, $2, '{}', '{}')", cancellationToken, self.Name, self.Incarnation);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return command;
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>One connection, used by one caller at a time and opened anew where it was lost.</summary>
    private sealed class Line(PostgresJournal journal, string settings) : IAsyncDisposable
    {
        private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(5);
        private readonly SemaphoreSlim _gate = new(1);
        private NpgsqlConnection? _connection;
        private int _heard;

        /// <summary>Whether a notification has arrived since this was asked last.</summary>
        public bool TakeHeard() => Interlocked.Exchange(ref _heard, 0) > 0;

        public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        {
            await _gate.WaitAsync(cancellationToken);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(AnswersWithin);
            try
            {
                if (_connection is null)
                {
                    _connection = await journal.Sessions.OpenAsync(limit.Token);
                    _connection.Notification += (_, _) => Interlocked.Exchange(ref _heard, 1);
                    await PostgresSessions.RunAsync(_connection, settings.Length == 0 ? "SELECT 1" : settings, limit.Token);
                }

                return await work(_connection, limit.Token);
            }
            catch (PostgresException e) when (e.SqlState is PostgresFailure.NodeFenced)
            {
                throw new FencedException($"this node is no longer a member of the cluster: {e.MessageText}", e);
            }
            catch (Exception e) when (e is JournalRefusedException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                await LoseAsync();
                throw;
            }
            catch (Exception e)
            {
                await LoseAsync();
                throw new StoreUnavailableException($"the database {journal.Place} cannot be reached: {e.Message}", e);
            }
            finally
            {
                _gate.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _gate.WaitAsync();
            await LoseAsync();
            _gate.Dispose();
        }

        private async ValueTask LoseAsync()
        {
            if (_connection is { } connection)
            {
                _connection = null;
                await connection.DisposeAsync();
            }
        }
    }
}
