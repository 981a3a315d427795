using System.Security.Cryptography;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>The connections to one database, each with the settings that the store relies on.</summary>
internal sealed class PostgresSessions : IAsyncDisposable
{
    // Commits are on disk before they are acknowledged; each statement sees what was committed before it; a session whose client is gone is not waited for.
    // Nothing here is worth compiling: a plan that may not scan a table looks so expensive to the server that it would compile it each time (60 ms).
    private const string Settings = """
        SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off; SET idle_in_transaction_session_timeout = '2s';
        SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; SET standard_conforming_strings = on; SET jit = off
        """;

    private readonly string _single;
    private readonly NpgsqlDataSource _readers;

    public PostgresSessions(PostgresOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.Connection)
        {
            // A name of the database has 63 bytes. That of this start must differ from that of the one before, whose sessions may have to be ended.
            ApplicationName = $"orchestrator/{(options.Node.Length <= 40 ? options.Node : options.Node[..40])}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}",
            Timeout = (int)Math.Ceiling(options.ConnectWithin.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.AnswerWithin.TotalSeconds),
            TcpKeepAlive = true,
            NoResetOnClose = true,
            Enlist = false,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            MinPoolSize = 0,
            MaxPoolSize = options.Readers,
        };
        Place = $"{settings.Host}{(settings.Port == 5432 ? string.Empty : $":{settings.Port}")}/{settings.Database}";
        ApplicationName = settings.ApplicationName;
        var readers = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        readers.UsePhysicalConnectionInitializer(
            static connection => Run(connection, Settings),
            static connection => RunAsync(connection, Settings, CancellationToken.None));
        _readers = readers.Build();
        settings.Pooling = false;
        _single = settings.ConnectionString;
    }

    /// <summary>Which database, without anything secret.</summary>
    public string Place { get; }

    /// <summary>What the sessions of this node are called in the database.</summary>
    public string ApplicationName { get; }

    /// <summary>A connection that reads, from the pool.</summary>
    public ValueTask<NpgsqlConnection> ReaderAsync(CancellationToken cancellationToken) => _readers.OpenConnectionAsync(cancellationToken);

    /// <summary>A connection of its own, as long as the caller keeps it.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_single);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await RunAsync(connection, Settings, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public ValueTask DisposeAsync() => _readers.DisposeAsync();

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
