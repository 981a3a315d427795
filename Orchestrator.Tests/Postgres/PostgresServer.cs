using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Orchestrator.Tests.Postgres;

/// <summary>
/// One real PostgreSQL, in a folder of its own on a disk, reached over a socket in that folder; durable as in production. It ends with this process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lock Gate = new();
    private static Task<PostgresServer>? _one;
    private static int _databases;
    private readonly Process _process;

    private PostgresServer(Process process, string folder) => (_process, Folder) = (process, folder);

    /// <summary>The server of this process, started by the first test that wants it.</summary>
    public static Task<PostgresServer> SharedAsync()
    {
        lock (Gate)
        {
            return _one ??= StartAsync();
        }
    }

    /// <summary>Its folder, which is also where its socket is.</summary>
    public string Folder { get; }

    /// <summary>The process id of the postmaster.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(Folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Starts a server of its own, for a test that stops it or changes its settings.</summary>
    /// <param name="settings">Settings of the server, for example <c>fsync=off</c>.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        // Not in /tmp, which may lie in memory; short, because a socket's path may have 107 bytes only.
        var folder = $"/var/tmp/orc-pg-{Guid.NewGuid():N}"[..28];
        string[] all =
        [
            "listen_addresses=", $"unix_socket_directories={folder}", "max_connections=300", "shared_buffers=128MB", "fsync=on", "full_page_writes=on", "max_wal_size=2GB", "logging_collector=off",
            .. settings,
        ];

        // The shell waits for the end of its input, which comes when this process ends, whatever ends it.
        var script = $"""
            set -e
            export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
            mkdir -m 755 {folder}
            initdb --no-sync --auth trust --username postgres --encoding UTF8 --locale C.UTF-8 --pgdata {folder}/data >{folder}/initdb.log 2>&1 || cat {folder}/initdb.log >&2
            echo "{string.Join('\n', all.Select(static setting => setting.Replace("=", " = '", StringComparison.Ordinal) + "'"))}" >>{folder}/data/postgresql.conf
            setsid postgres -D {folder}/data >{folder}/log 2>&1 </dev/null &
            server=$!
            cat >/dev/null || true
            kill -CONT $server 2>/dev/null || true
            kill -QUIT $server 2>/dev/null || true
            wait $server || true
            rm -rf {folder}
            """;
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        string[] command = Environment.UserName is "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "bash", "-c", script] : ["bash", "-c", script];
        start.FileName = command[0];
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("PostgreSQL cannot be started here: install the packages postgresql and util-linux", e);
        }

        var server = new PostgresServer(process, folder);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Makes an empty database and gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await RunAsync(ConnectionTo("postgres"), $"CREATE DATABASE {name}");
        return ConnectionTo(name);
    }

    /// <summary>Removes a database, whoever is connected to it.</summary>
    public static async Task DropDatabaseAsync(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        var name = builder.Database;
        builder.Database = "postgres";
        await RunAsync(builder.ConnectionString, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    /// <summary>The connection string of a database of this server.</summary>
    public string ConnectionTo(string database) => $"Host={Folder};Username=postgres;Database={database}";

    /// <summary>Runs statements on a connection of their own.</summary>
    public static async Task RunAsync(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row, read on a connection of its own.</summary>
    public static async Task<T> ScalarAsync<T>(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Sends a signal to a postmaster and all of its processes.</summary>
    /// <param name="postmaster">Its process id.</param>
    /// <param name="signal">The name of the signal, for example <c>STOP</c>.</param>
    public static async Task SignalAsync(int postmaster, string signal)
    {
        var server = postmaster.ToString(CultureInfo.InvariantCulture);
        using var children = Process.Start(new ProcessStartInfo("pgrep", ["-P", server]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var ids = (await children.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Prepend(server);
        using var kill = Process.Start("kill", [$"-{signal}", .. ids]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Opens a connection that belongs to no pool.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string connection)
    {
        var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await open.OpenAsync();
        return open;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                await RunAsync(ConnectionTo("postgres"), "SELECT 1");
                return;
            }
            catch (NpgsqlException e)
            {
                if (_process.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
                {
                    var log = Path.Combine(Folder, "log");
                    _process.StandardInput.Close();
                    throw new InvalidOperationException($"PostgreSQL did not start: {(_process.HasExited ? await _process.StandardError.ReadToEndAsync() : string.Empty)} {(File.Exists(log) ? await File.ReadAllTextAsync(log) : string.Empty)}", e);
                }

                await Task.Delay(50);
            }
        }
    }
}
