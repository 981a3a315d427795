using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Postgres;

/// <summary>Databases that the store does not take, and what it says about them.</summary>
public sealed class PostgresChecksTests
{
    [Fact]
    public async Task A_server_that_loses_what_it_acknowledges_is_refused()
    {
        await using var server = await PostgresServer.StartAsync("fsync=off");
        var connection = await server.CreateDatabaseAsync();
        Assert.Contains("fsync = on in postgresql.conf", (await RefusedAsync(connection)).Message, StringComparison.Ordinal);

        await ConfigureAsync("ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM SET fsync = on");
        Assert.Contains("full_page_writes=off", (await RefusedAsync(connection)).Message, StringComparison.Ordinal);

        await ConfigureAsync("ALTER SYSTEM SET full_page_writes = on");
        await using (var journal = await OpenAsync(connection))
        {
            Assert.Equal(JournalState.Open, journal.Health.State);
        }

        async Task ConfigureAsync(params string[] settings)
        {
            foreach (var setting in settings)
            {
                await PostgresServer.RunAsync(connection, setting);
            }

            await PostgresServer.RunAsync(connection, "SELECT pg_reload_conf()");
            await Eventually.True(() => PostgresServer.ScalarAsync<bool>(connection, "SELECT bool_and(error IS NULL) AND count(*) FILTER (WHERE NOT applied AND sourcefile LIKE '%auto.conf') = 0 AND (SELECT setting FROM pg_settings WHERE name = 'fsync') = 'on' FROM pg_file_settings"), "the server has read its settings");
        }
    }

    [Fact]
    public async Task Another_server_under_the_same_address_is_refused()
    {
        using var folder = new TemporaryFolder();
        var seen = folder["postgres.seen"];
        var shared = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await (await OpenAsync(shared, seen)).DisposeAsync();
        await using var other = await PostgresServer.StartAsync();
        var refused = await RefusedAsync(await other.CreateDatabaseAsync(), seen);
        Assert.Contains("is not the one that this node has worked with", refused.Message, StringComparison.Ordinal);
        Assert.Contains(seen, refused.Message, StringComparison.Ordinal);
        await PostgresServer.DropDatabaseAsync(shared);
    }

    [Fact]
    public async Task A_database_without_utf8_is_refused()
    {
        var server = await PostgresServer.SharedAsync();
        await PostgresServer.RunAsync(server.ConnectionTo("postgres"), "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        var connection = server.ConnectionTo("latin");
        Assert.Contains("ENCODING 'UTF8'", (await RefusedAsync(connection)).Message, StringComparison.Ordinal);
        await PostgresServer.DropDatabaseAsync(connection);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_named_without_its_password()
    {
        var refused = await RefusedAsync("Host=/nowhere;Username=me;Password=secret;Database=orchestrator");
        Assert.Contains("/nowhere/orchestrator cannot be opened", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_comes_late_is_waited_for_with_a_line_in_the_log_and_what_it_refuses_is_told_at_once()
    {
        using var folder = new TemporaryFolder();
        using var log = new LogLines();
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        var late = new NpgsqlConnectionStringBuilder(database) { Host = folder.Path };
        var patient = new PostgresOptions { Connection = late.ConnectionString, Node = "n1", OpenWithin = TimeSpan.FromHours(1) };
        await using (var journal = new PostgresJournal(patient, logger: log.CreateLogger<PostgresJournal>()))
        {
            var opening = journal.OpenAsync().AsTask();
            await Eventually.True(() => log.Has("is not there yet"), "it says that it waits");
            Assert.False(opening.IsCompleted);
            File.CreateSymbolicLink(folder[".s.PGSQL.5432"], Path.Combine(server.Folder, ".s.PGSQL.5432"));
            await opening.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal((JournalState.Open, true), (journal.Health.State, log.Has("is there, after")));
        }

        await using var nowhere = new PostgresJournal(patient with { Connection = server.ConnectionTo("no_such_database") });
        Assert.Contains("\"no_such_database\" does not exist", (await Assert.ThrowsAsync<JournalRefusedException>(async () => await nowhere.OpenAsync())).Message, StringComparison.Ordinal);
        await PostgresServer.DropDatabaseAsync(database);
    }

    [Fact]
    public async Task A_transaction_pooler_in_between_is_noticed_and_a_session_pooler_is_taken()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        foreach (var mode in new[] { "transaction", "session" })
        {
            using var folder = new TemporaryFolder();
            var port = FreePort();
            await File.WriteAllTextAsync(folder["bouncer.ini"], $"""
                [databases]
                * = host={server.Folder} user=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = any
                pool_mode = {mode}
                max_client_conn = 100
                default_pool_size = 20
                ignore_startup_parameters = extra_float_digits
                """);
            if (Environment.UserName is "root")
            {
                File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
                File.SetUnixFileMode(folder["bouncer.ini"], (UnixFileMode)0b110_100_100);
            }

            string[] command = Environment.UserName is "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "pgbouncer", "-q", folder["bouncer.ini"]] : ["pgbouncer", "-q", folder["bouncer.ini"]];
            using var bouncer = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
            try
            {
                var through = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = port }.ConnectionString;
                await Eventually.True(async () => await Answers(through), "the pooler answers");
                if (mode is "transaction")
                {
                    Assert.Contains("behind a connection pooler", (await RefusedAsync(through)).Message, StringComparison.Ordinal);
                }
                else
                {
                    await (await OpenAsync(through)).DisposeAsync();
                }
            }
            finally
            {
                bouncer.Kill();
                await bouncer.WaitForExitAsync();
            }
        }

        await PostgresServer.DropDatabaseAsync(database);
    }

    private static async Task<bool> Answers(string connection)
    {
        try
        {
            await PostgresServer.RunAsync(connection, "SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task<JournalRefusedException> RefusedAsync(string connection, string? seen = null) => Assert.ThrowsAsync<JournalRefusedException>(() => OpenAsync(connection, seen));

    private static async Task<PostgresJournal> OpenAsync(string connection, string? seen = null)
    {
        var journal = new PostgresJournal(new PostgresOptions { Connection = connection, Node = "n1", SeenFile = seen });
        try
        {
            await journal.OpenAsync();
            return journal;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }
}
