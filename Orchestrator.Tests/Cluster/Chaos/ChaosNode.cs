using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A node of the run, started again whenever it has ended, as a service manager does.</summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    private static readonly TimeSpan LooksFor = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _keeping;
    private bool _wanted = true;
    private bool _served;

    public ChaosNode(string name, NodeUnderTest process)
    {
        (Name, Process) = (name, process);
        process.Launch();
        _keeping = Task.Run(KeepAsync);
    }

    public string Name { get; }

    public NodeUnderTest Process { get; }

    /// <summary>Its API where it answers; null where nobody knows yet where that is.</summary>
    public OrchestratorClient? Client => Volatile.Read(ref _served) ? Process.Client : null;

    /// <summary>How often it ended by itself after it had served; that it does not start while its database is away is no fault.</summary>
    public int Ended { get; private set; }

    /// <summary><c>kill -9</c>; it is started again after a while.</summary>
    public async Task KillAsync(TimeSpan away)
    {
        Volatile.Write(ref _wanted, false);
        await Process.KillAsync();
        await Task.Delay(away);
        Volatile.Write(ref _served, false);
        Process.Launch();
        Volatile.Write(ref _wanted, true);
    }

    /// <summary>From now on it is not started again.</summary>
    public async Task LeaveAloneAsync()
    {
        await _over.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAloneAsync();
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
                    Ended += _served ? 1 : 0;
                    Volatile.Write(ref _served, false);
                    await Task.Delay(1000, _over.Token);
                    Process.Launch();
                }
                else
                {
                    await LearnAsync();
                }
            }

            await Task.Delay(250, _over.Token);
        }
    }

    /// <summary>Learns its new address.</summary>
    private async Task LearnAsync()
    {
        try
        {
            if (await Process.AnswersAsync().WaitAsync(LooksFor, _over.Token))
            {
                Volatile.Write(ref _served, true);
            }
        }
        catch (Exception e) when (e is TimeoutException or OrchestratorException or ObjectDisposedException)
        {
            // It stands still, or is on its way up or down.
        }
    }
}
