using System.Diagnostics;
using System.Globalization;

using Npgsql;

using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A real PostgreSQL that is killed, paused and filled up. It ends with this process, however that ends.</summary>
internal sealed class ChaosDatabase : IAsyncDisposable
{
    private readonly IReadOnlyList<string> _within;
    private readonly bool _small;
    private Process? _keeper;

    private ChaosDatabase(IReadOnlyList<string> within, bool small) => (_within, _small) = (within, small);

    /// <summary>Its folder, which is also where its socket is.</summary>
    public string Folder { get; } = $"/var/tmp/orc-pg-{Guid.NewGuid():N}"[..28];

    /// <summary>For this process.</summary>
    public string Connection => $"Host={Folder};Username=postgres;Database=orchestrator";

    /// <param name="within">Words before the program.</param>
    /// <param name="address">Where it listens beside its socket.</param>
    /// <param name="megabytes">The size of a disk of its own, in memory; null: it lies in a folder.</param>
    public static async Task<ChaosDatabase> StartAsync(IReadOnlyList<string> within, string address, int? megabytes)
    {
        var database = new ChaosDatabase(within, megabytes is not null);
        Directory.CreateDirectory(database.Folder);
        if (megabytes is { } size)
        {
            await FullDisk.MountAsync(database.Folder, size);
        }

        if (Environment.UserName is "root")
        {
            await SystemProgram.RunAsync("chown", "postgres:", database.Folder);
        }

        await database.ShellAsync($"""
            initdb --no-sync --auth trust --username postgres --encoding UTF8 --locale C.UTF-8 --pgdata {database.Folder}/data
            echo 'host all all 10.213.77.0/24 trust' >>{database.Folder}/data/pg_hba.conf
            cat >>{database.Folder}/data/postgresql.conf <<'END'
            listen_addresses = '{address}'
            unix_socket_directories = '{database.Folder}'
            max_connections = 300
            max_wal_size = 128MB
            track_commit_timestamp = on
            wal_writer_delay = 10s
            END
            """);
        await database.LaunchAsync();
        await PostgresServer.RunAsync(database.Connection.Replace("Database=orchestrator", "Database=postgres", StringComparison.Ordinal), "CREATE DATABASE orchestrator");
        return database;
    }

    /// <summary><c>kill -9</c> of the server and all that belongs to it.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await EndedAsync();
    }

    /// <summary>Sends a signal, such as <c>STOP</c>, to all of its processes, if it runs.</summary>
    public async Task SignalAsync(string signal)
    {
        if (_keeper is { HasExited: false } && await File.ReadAllLinesAsync(Path.Combine(Folder, "data", "postmaster.pid")) is [var server, ..])
        {
            await PostgresServer.SignalAsync(int.Parse(server, CultureInfo.InvariantCulture), signal);
        }
    }

    /// <summary>Starts it, again if it has ended.</summary>
    public async Task LaunchAsync()
    {
        await EndedAsync();
        string[] words = [.. _within, "bash", "-c", $$"""
            export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
            cd /
            exec 3<&0
            {{(Environment.UserName is "root" ? "setpriv --reuid=postgres --regid=postgres --init-groups setsid" : "setsid")}} postgres -D {{Folder}}/data >>{{Path.GetTempPath()}}/{{Path.GetFileName(Folder)}}.log 2>&1 </dev/null 3<&- &
            server=$!
            { cat >/dev/null; kill -CONT $server; kill -QUIT $server; } <&3 2>/dev/null &
            exec 3<&-
            wait $server
            """];
        _keeper = Process.Start(new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false, RedirectStandardInput = true })!;
        await Eventually.True(AnswersAsync, "the database answers");
    }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => _keeper!.HasExited;

    /// <summary>Leaves no room on its disk.</summary>
    public void Fill() => FullDisk.Fill(Folder);

    public async Task<bool> AnswersAsync()
    {
        try
        {
            await PostgresServer.RunAsync(Connection.Replace("Database=orchestrator", "Database=postgres", StringComparison.Ordinal), "SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_small)
        {
            await SystemProgram.RunAsync("umount", "--lazy", Folder);
        }

        Directory.Delete(Folder, recursive: true);
        File.Delete(Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(Folder)}.log"));
    }

    private async Task EndedAsync()
    {
        if (_keeper is { } keeper)
        {
            keeper.StandardInput.Close();
            await keeper.WaitForExitAsync();
            keeper.Dispose();
            _keeper = null;
        }
    }

    private async Task ShellAsync(string script)
    {
        string[] words = [.. Environment.UserName is "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : (string[])[], "bash", "-c", $"set -e; cd /; export PATH=\"$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)\"\n{script}"];
        await SystemProgram.RunAsync(words[0], words[1..]);
    }
}
