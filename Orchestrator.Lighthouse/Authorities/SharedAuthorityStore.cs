using System.Net.Sockets;

using Microsoft.Extensions.Logging;

using Npgsql;

using Orchestrator.Actors.Identity;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Authorities;

/// <summary>
/// The authority of a cluster, in tables of its database that nodes cannot read. Several lighthouses share it: whatever changes it locks its one row first, so that all of them act one after the other. The time is the
/// database's.
/// </summary>
internal sealed class SharedAuthorityStore : IAuthorityStore, IAsyncDisposable
{
    private const string Lock = "SELECT certificate FROM authority FOR UPDATE";
    private readonly PostgresOptions _options;
    private readonly NpgsqlDataSource _database;
    private readonly NodeRoles? _roles;
    private readonly ILogger _logger;

    /// <param name="options">The database.</param>
    /// <param name="withRoles">Each node gets a role of its own.</param>
    /// <param name="nodesConnect">How nodes reach the database; empty: as this lighthouse does.</param>
    /// <param name="logger">Where it is said that it waits for the database.</param>
    public SharedAuthorityStore(PostgresOptions options, bool withRoles, string nodesConnect, ILogger logger)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.Connection) { ApplicationName = $"orchestrator-authority/{options.Node}", MaxPoolSize = 4, Enlist = false };
        (_options, _database, _logger) = (options, NpgsqlDataSource.Create(settings), logger);
        _roles = withRoles ? new NodeRoles(settings, nodesConnect) : null;
    }

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PostgresTables.PrepareAsync(_options, _logger, cancellationToken);
            if (_roles is not null)
            {
                await InTransactionAsync(_roles.PrepareAsync, cancellationToken);
            }
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw new LighthouseException($"the database cannot be used: {e.Message}; look at orchestrator.postgres.connection, and whether its server runs", e);
        }
    }

    /// <inheritdoc/>
    public Task<AuthorityKey> ReadAsync(CancellationToken cancellationToken) => InTransactionAsync(ReadAsync, cancellationToken);

    /// <inheritdoc/>
    public Task<AuthorityKey> CreateAsync(string certificatePem, string encryptedKeyPem, CancellationToken cancellationToken) => InTransactionAsync(
        async (connection, token) =>
        {
            await connection.RunAsync("INSERT INTO authority(certificate, encrypted_key) VALUES($1, $2) ON CONFLICT DO NOTHING", token, certificatePem, encryptedKeyPem);
            return await ReadAsync(connection, token);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset> IssueTokenAsync(string hash, TimeSpan validity, string? node, CancellationToken cancellationToken) => InTransactionAsync(
        async (connection, token) => new DateTimeOffset((DateTime)(await connection.ScalarAsync(
            "INSERT INTO join_tokens(hash, node, expires) VALUES($1, nullif($2, ''), clock_timestamp() + $3) RETURNING expires", token, hash, node ?? string.Empty, validity))!),
        cancellationToken);

    /// <inheritdoc/>
    public Task<Refused?> MayJoinAsync(string hash, string node, CancellationToken cancellationToken)
        => InTransactionAsync((connection, token) => RefusalAsync(connection, hash, node, token), cancellationToken);

    /// <inheritdoc/>
    public Task<Admission> AdmitAsync(string hash, string node, NodeCertificate certificate, CancellationToken cancellationToken) => InTransactionAsync(
        async (connection, token) =>
        {
            await connection.RunAsync(Lock, token);
            if (await RefusalAsync(connection, hash, node, token) is { } refused)
            {
                return new Admission(refused);
            }

            await connection.RunAsync("UPDATE join_tokens SET used = clock_timestamp(), used_by = $2 WHERE hash = $1", token, hash, node);
            await connection.RunAsync("UPDATE revocations SET rejoined = true WHERE node = $1", token, node);
            await RecordAsync(connection, node, certificate, token);
            return new Admission(Refused: null, _roles is null ? null : await _roles.GiveAsync(connection, node, token));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Refused?> RenewAsync(string node, string shown, NodeCertificate certificate, CancellationToken cancellationToken) => InTransactionAsync(
        async (connection, token) =>
        {
            await connection.RunAsync(Lock, token);
            if (await connection.ScalarAsync("SELECT 1 FROM revocations WHERE serial = $1", token, shown) is not null)
            {
                return new Refused(JoinTokenBehavior.NotAllowed, $"this certificate of {node} has been revoked");
            }

            await RecordAsync(connection, node, certificate, token);
            return null;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task RecordOwnAsync(string name, NodeCertificate certificate, CancellationToken cancellationToken) => InTransactionAsync(
        (connection, token) => RecordAsync(connection, name, certificate, token), cancellationToken);

    /// <summary>
    /// In this order, so that nothing that was begun can go on: the certificates count no more and nobody can log in as the node, then its sessions are ended (a writer that stands still would keep its locks for
    /// ever), then it is marked down and everybody is told.
    /// </summary>
    public async Task<Refused?> RevokeAsync(string node, string by, string reason, CancellationToken cancellationToken)
    {
        var refused = await InTransactionAsync((connection, token) => BanAsync(connection, node, by, reason, token), cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await _database.OpenConnectionAsync(cancellationToken);
            if (_roles is not null)
            {
                await _roles.EndSessionsAsync(connection, node, cancellationToken);
            }

            await connection.RunAsync("SELECT orchestrator_end_sessions(sessions) FROM nodes WHERE name = $1", cancellationToken, node);
            try
            {
                await InTransactionAsync((down, token) => MarkDownAsync(down, node, token), cancellationToken);
                break;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable && attempt < Attempts)
            {
                // A session that was opened meanwhile has the row: it is ended next.
                continue;
            }
        }

        if (_roles is not null)
        {
            await InTransactionAsync((connection, token) => _roles.TakeAsync(connection, node, token), cancellationToken);
        }

        return null;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static async Task<AuthorityKey> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT certificate, encrypted_key FROM authority", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new AuthorityKey(reader.GetString(0), reader.GetString(1)) : new AuthorityKey(CertificatePem: null, EncryptedKeyPem: null);
    }

    // The rules are those of the entities; here are their states.
    private static async Task<Refused?> RefusalAsync(NpgsqlConnection connection, string hash, string node, CancellationToken cancellationToken)
    {
        var now = new DateTimeOffset((DateTime)(await connection.ScalarAsync("SELECT clock_timestamp()", cancellationToken))!);
        var joining = new JoinToken();
        await using (var command = NpgsqlCommands.Command(connection, "SELECT expires, node, used IS NOT NULL FROM join_tokens WHERE hash = $1", hash))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                joining = new JoinToken { ExpiresAt = new DateTimeOffset(reader.GetDateTime(0)), Node = await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1), Used = reader.GetBoolean(2) };
            }
        }

        if (JoinTokenBehavior.Refusal(joining, node, now) is { } refused)
        {
            return refused;
        }

        var authority = new Authority { CertificatePem = (await ReadAsync(connection, cancellationToken)).CertificatePem };
        if (await connection.ScalarAsync("SELECT max(not_after) FROM certificates c WHERE node = $1 AND NOT EXISTS (SELECT 1 FROM revocations r WHERE r.serial = c.serial)", cancellationToken, node) is DateTime until)
        {
            authority = authority with { Nodes = authority.Nodes.SetItem(node, new NodeCertificate(string.Empty, string.Empty, new DateTimeOffset(until))) };
        }

        return AuthorityBehavior.Refusal(authority, node, joining.Node is not null, now);
    }

    private static Task RecordAsync(NpgsqlConnection connection, string node, NodeCertificate certificate, CancellationToken cancellationToken) => connection.RunAsync(
        "INSERT INTO certificates(serial, node, fingerprint, not_after) VALUES($1, $2, $3, $4)", cancellationToken, certificate.SerialNumber, node, certificate.Fingerprint, certificate.NotAfter.UtcDateTime);

    private async Task<Refused?> BanAsync(NpgsqlConnection connection, string node, string by, string reason, CancellationToken cancellationToken)
    {
        await connection.RunAsync(Lock, cancellationToken);
        if (await connection.ScalarAsync("SELECT 1 FROM nodes WHERE name = $1 AND $2 = ANY(roles) AND state <> 'down'", cancellationToken, node, ClusterOptions.LighthouseRole) is not null)
        {
            return new Refused(RefusalCodes.IllegalState, $"{node} is a lighthouse, which holds the key of the authority itself: stop it, and change the password of its role in the database");
        }

        var banned = await connection.RunAsync(
            """
            INSERT INTO revocations(serial, node, not_after, by, reason) SELECT serial, node, not_after, $2, $3 FROM certificates WHERE node = $1 AND not_after > clock_timestamp()
            ON CONFLICT (serial) DO NOTHING
            """,
            cancellationToken,
            node,
            by,
            reason);
        if (banned == 0 && await connection.ScalarAsync("SELECT 1 FROM revocations WHERE node = $1 AND NOT rejoined LIMIT 1", cancellationToken, node) is null)
        {
            return new Refused(RefusalCodes.NotFound, $"no node named {node} has a certificate of this authority that is valid now");
        }

        if (_roles is not null)
        {
            await _roles.LockAsync(connection, node, cancellationToken);
        }

        return null;
    }

    private static async Task MarkDownAsync(NpgsqlConnection connection, string node, CancellationToken cancellationToken)
    {
        await connection.RunAsync("SET LOCAL lock_timeout = '1s'", cancellationToken);
        await connection.RunAsync("UPDATE nodes SET state = 'down' WHERE name = $1 AND state <> 'down'", cancellationToken, node);
        await connection.RunAsync("NOTIFY orchestrator_cluster", cancellationToken);
    }

    private Task InTransactionAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken cancellationToken) => InTransactionAsync(
        async (connection, token) =>
        {
            await work(connection, token);
            return true;
        },
        cancellationToken);

    private async Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.RunAsync("SET LOCAL synchronous_commit = on", cancellationToken);
        var result = await work(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
