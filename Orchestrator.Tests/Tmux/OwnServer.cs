using System.Diagnostics;
using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

/// <summary>A tmux server for one test, in a folder of its own; the server and everything in it is gone afterwards.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private OwnServer(Func<TmuxServerOptions, TmuxServerOptions>? change)
    {
        var options = new TmuxServerOptions { Folder = _folder["t"] };
        Options = change?.Invoke(options) ?? options;
        Server = new TmuxServer(Options);
        Deliveries = new TmuxDeliveries(Server);
    }

    public TmuxServerOptions Options { get; }

    public TmuxServer Server { get; }

    public TmuxDeliveries Deliveries { get; }

    public TmuxPanes Panes => Server.Panes;

    public string Folder => _folder.Path;

    public static async Task<OwnServer> StartAsync(Func<TmuxServerOptions, TmuxServerOptions>? change = null)
    {
        var own = new OwnServer(change);
        await own.Server.EnsureStartedAsync();
        return own;
    }

    public static OwnServer NotStarted(Func<TmuxServerOptions, TmuxServerOptions>? change = null) => new(change);

    /// <summary>Runs the plain tmux client, as a person would.</summary>
    public async Task<string> TmuxAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in (string[])["-u", "-S", Server.SocketPath, "-f", "/dev/null", "-N", .. arguments])
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.TrimEnd('\n');
    }

    public Task<SpawnedPane> SpawnAsync(params string[] command)
        => Panes.SpawnAsync(new PaneSpawn { Folder = Folder, Command = command, Agent = "agent/test", Generation = 1 });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (var pid in ServerProcesses.Of(Server.SocketPath))
        {
            await End(pid);
        }

        if (!Server.SocketPath.StartsWith(_folder.Path, StringComparison.Ordinal))
        {
            Directory.Delete(Path.GetDirectoryName(Server.SocketPath)!, recursive: true);
        }

        _folder.Dispose();
    }

    /// <summary>Ends a server and the programs in its panes, which may ignore a hang-up.</summary>
    private static async Task End(int pid)
    {
        List<int> doomed = [.. ChildrenOf(pid), pid];
        doomed.ForEach(process => Native.Kill(process, 9));
        await Eventually.True(() => !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z "), $"tmux server {pid} ended");
    }

    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && ParentOf(pid) == parent)
            {
                yield return pid;
            }
        }
    }

    private static int? ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
