using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers;

/// <summary>Beats once a second, and moves the deadline of this node's hands with each beat that the store has confirmed.</summary>
internal sealed class Beats(ActorSystem system, ActionDeadline deadline, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _beating = Task.CompletedTask;

    /// <summary>Makes the first beat, and goes on with it.</summary>
    public async Task StartAsync()
    {
        await BeatAsync();
        _beating = Task.Run(RunAsync);
    }

    /// <summary>May be called again: the node ends it before the container of its services does.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _beating;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await BeatAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task BeatAsync()
    {
        // Not waited for once this node ends: a store that is away may never say.
        // The time before it was sent: a beat that takes long to be confirmed gives no time for the way.
        var sentAt = ActionDeadline.Boottime();
        if (await system.BeatAsync().WaitAsync(_stopping.Token))
        {
            deadline.Confirmed(sentAt);
        }
    }
}
