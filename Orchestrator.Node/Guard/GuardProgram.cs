using System.Globalization;
using System.Runtime.InteropServices;

using Orchestrator.Node.Hosting;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Guard;

/// <summary>
/// <c>orchestrator-node guard</c>: the process beside a node that stops the programs of its agents that may be placed elsewhere, when the node is dead, paused or cut off for longer than the grace time. It
/// outlives the node.
/// </summary>
internal static class GuardProgram
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Watches until it is told to end.</summary>
    /// <param name="data">The data folder of the node.</param>
    /// <param name="withNode">Ends when the node has ended and there is nothing left to watch over.</param>
    public static async Task<int> RunAsync(string data, bool withNode)
    {
        if (!Directory.Exists(data))
        {
            await Console.Error.WriteLineAsync($"error: the data folder {data} is not there: start its node first");
            return 1;
        }

        var files = new GuardFiles(data);
        files.Prepare();
        if (Held(files.LockFile) is not { } held)
        {
            await Console.Error.WriteLineAsync($"another guard watches over {data} already");
            return 0;
        }

        using var end = new CancellationTokenSource();
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static signal => signal.Cancel = true);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            end.Cancel();
        });
        await using (held)
        {
            await WatchAsync(files, withNode, end.Token);
        }

        return 0;
    }

    private static async Task WatchAsync(GuardFiles files, bool withNode, CancellationToken cancellation)
    {
        var guard = new PaneGuard();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                // The folder is gone with the data of the node: so are its agents.
                if (!Directory.Exists(files.Folder))
                {
                    return;
                }

                files.Write(new GuardReport(GuardFiles.Boot, Environment.ProcessId, NodeStatus.Version, ActionDeadline.Boottime(), guard.Stopped));
                if (files.ReadLease() is { } lease)
                {
                    foreach (var stopped in await guard.LookAsync(lease, cancellation))
                    {
                        Say(files, $"{stopped.Agent}, generation {stopped.Generation.ToString(CultureInfo.InvariantCulture)}, was stopped: its node had no word from the cluster for too long");
                    }

                    if (withNode && !guard.HasWork(lease) && !Lives(lease.Node))
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TmuxException or System.Text.Json.JsonException)
            {
                // What could not be done now is tried again: nobody else does it.
                Say(files, exception.Message);
            }

            await Task.Delay(LookEvery, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static FileStream? Held(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether the process of a node is there.</summary>
    private static bool Lives(int pid) => Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}");

    private static void Say(GuardFiles files, string text)
    {
        try
        {
            File.AppendAllText(files.LogFile, $"{TimeProvider.System.GetUtcNow():O} {text}\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk is full, or the folder has just gone. The work itself goes on.
            return;
        }
    }
}
