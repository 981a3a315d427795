using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Benchmarks.Node;
using Orchestrator.Benchmarks.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>A PostgreSQL server of a measurement's own, durable, in a folder on a disk; or a standby that follows one.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Programs = Directory.EnumerateDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).Last();
    private readonly Process _process;

    private OwnServer(string folder, string[] settings)
    {
        Folder = folder;
        string[] all = ["listen_addresses=", $"unix_socket_directories={folder}", "max_connections=200", "shared_buffers=256MB", "max_wal_size=4GB", "logging_collector=off", .. settings];
        _process = Launch("postgres", ["-D", Data(folder), .. all.SelectMany(static setting => (string[])["-c", setting])]);
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it lies, and its socket.</summary>
    public string Folder { get; }

    /// <summary>How its first database is reached.</summary>
    public string Connection => $"Host={Folder};Username=postgres;Database=postgres";

    /// <summary>Makes one.</summary>
    /// <param name="settings">Settings that differ from the defaults, <c>name=value</c>.</param>
    public static async Task<OwnServer> StartAsync(params string[] settings)
    {
        var folder = await FolderAsync();
        await RunAsync("initdb", "--auth", "trust", "--username", "postgres", "--encoding", "UTF8", "--locale", "C.UTF-8", "--pgdata", Data(folder));
        return await new OwnServer(folder, settings).ReadyAsync();
    }

    /// <summary>Makes a standby of this one, which follows it by streaming replication.</summary>
    public async Task<OwnServer> FollowAsync()
    {
        var folder = await FolderAsync();
        await RunAsync("pg_basebackup", "--dbname", $"host={Folder} user=postgres application_name=standby", "--pgdata", Data(folder), "--wal-method", "stream", "--checkpoint", "fast", "--write-recovery-conf");
        return await new OwnServer(folder, []).ReadyAsync();
    }

    /// <summary>Makes it a primary.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "promote", "--silent", "--wait", "--pgdata", Data(Folder));

    /// <summary>Sends a signal to all of its processes.</summary>
    public Task SignalAsync(string signal) => RunAsync("kill", [$"-{signal}", .. Processes().Select(static id => id.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Sends a signal to the process that receives from its primary, or does nothing where there is none.</summary>
    public async Task SignalReceiverAsync(string signal)
    {
        foreach (var process in Read(static id => (Id: id, Command: File.ReadAllText($"/proc/{id}/cmdline"))).Where(static process => process.Command.Contains("walreceiver", StringComparison.Ordinal)))
        {
            await RunAsync("kill", $"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The processor time that the processes that it has now have used.</summary>
    public TimeSpan ProcessorTime() => Read(static id => ProcessTime.Of(id).Used).Aggregate(TimeSpan.Zero, static (sum, used) => sum + used);

    /// <summary>Runs a statement that gives one value.</summary>
    public Task<T> ScalarAsync<T>(string sql) => PostgresDatabase.ScalarAsync<T>(Connection, sql);

    public async ValueTask DisposeAsync()
    {
        await SignalAsync("KILL");
        await _process.WaitForExitAsync();
        _process.Dispose();
        await RunAsync("rm", "-rf", Folder);
    }

    private static string Data(string folder) => Path.Combine(folder, "data");

    // Short, because the path of a socket may have 107 bytes only; and not in /tmp, which may lie in memory.
    private static async Task<string> FolderAsync()
    {
        var folder = $"/var/tmp/orc-scale-{Guid.NewGuid():N}"[..28];
        await RunAsync("mkdir", "-m", "755", folder);
        return folder;
    }

    private static Process Launch(string program, IEnumerable<string> arguments)
    {
        var own = Path.Combine(Programs, program);
        string[] command = [File.Exists(own) ? own : program, .. arguments];
        if (Environment.UserName == "root")
        {
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command];
        }

        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Launch(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;

        // A process that has gone by itself meanwhile needs no signal.
        if (process.ExitCode != 0 && program != "kill")
        {
            throw new InvalidOperationException($"{program} failed: {await errors}");
        }
    }

    /// <summary>What each of its processes says of itself; one that ends meanwhile says nothing.</summary>
    private List<T> Read<T>(Func<int, T> read)
    {
        List<T> said = [];
        foreach (var id in Processes())
        {
            try
            {
                said.Add(read(id));
            }
            catch (IOException)
            {
                // It has gone.
            }
        }

        return said;
    }

    private IEnumerable<int> Processes()
    {
        if (_process.HasExited)
        {
            return [];
        }

        // The children of the thread that is the process.
        var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/task/{_process.Id}/children"));
        return [_process.Id, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    private async Task<OwnServer> ReadyAsync()
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                await ScalarAsync<int>("SELECT 1");
                return this;
            }
            catch (NpgsqlException) when (watch.Elapsed < Patience && !_process.HasExited)
            {
                // Not yet.
            }
        }
    }
}
