using System.Text.Json;

using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A node of the run, started again whenever it has ended, as a service manager does.</summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly bool _ownDisk;
    private readonly Task _keeping;
    private bool _wanted = true;
    private int _ended;

    private ChaosNode(string name, NodeUnderTest process, bool ownDisk)
    {
        (Name, Process, _ownDisk) = (name, process, ownDisk);
        process.Launch();
        _keeping = Task.Run(KeepAsync);
    }

    public string Name { get; }

    public NodeUnderTest Process { get; }

    /// <summary>How often it ended by itself.</summary>
    public int Ended => _ended;

    public static async Task<ChaosNode> StartAsync(string name, NodeUnderTest process, bool ownDisk)
    {
        if (ownDisk)
        {
            await FullDisk.MountAsync(process.Data, 128);
        }

        return new ChaosNode(name, process, ownDisk);
    }

    /// <summary>Ends it, by its signal, and starts it again after a while.</summary>
    public async Task DownAsync(string signal, TimeSpan duration)
    {
        Volatile.Write(ref _wanted, false);
        NodeUnderTest.Signal(signal, Process.Pid);
        await Task.Delay(duration);
        if (!Process.HasEnded)
        {
            NodeUnderTest.Signal("-KILL", Process.Pid);
        }

        await Eventually.True(() => Process.HasEnded, $"{Name} has ended");
        Process.Launch();
        Volatile.Write(ref _wanted, true);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // It would outlive its node.
        var report = Path.Combine(Process.Data, "guard", "report.json");
        if (File.Exists(report))
        {
            using var guard = JsonDocument.Parse(await File.ReadAllTextAsync(report));
            NodeUnderTest.Signal("-TERM", guard.RootElement.GetProperty("pid").GetInt32());
        }

        if (_ownDisk)
        {
            if (!Process.HasEnded)
            {
                await Process.KillAsync();
            }

            Process.Tmux("kill-server");
            await SystemProgram.RunAsync("umount", "--lazy", Process.Data);
        }

        await Process.DisposeAsync();
        _over.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            if (Volatile.Read(ref _wanted))
            {
                if (Process.HasEnded)
                {
                    Interlocked.Increment(ref _ended);
                    await Task.Delay(1000, _over.Token);
                    Process.Launch();
                }
                else
                {
                    // Learns its new address.
                    await Process.AnswersAsync().WaitAsync(TimeSpan.FromSeconds(5), _over.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                }
            }

            await Task.Delay(250, _over.Token);
        }
    }
}
