using System.Collections.Immutable;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Nodes;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Guard;

/// <summary>
/// What this node has its guard know: which panes it may have to stop, and until when each has time, which every confirmed beat moves on. Keeps the guard running, and tells the cluster whether it does.
/// While it lives the node stops what is to be stopped itself too.
/// </summary>
internal sealed partial class PaneGuards(NodeSettings settings, ActorSystem system, ActionDeadline deadline, TmuxServer tmux, TimeProvider time, ILogger<PaneGuards> logger) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TellWithin = TimeSpan.FromSeconds(10);
    private readonly Sender _sender = new($"worker:{settings.Name}");
    private readonly GuardFiles _files = new(settings.Data);
    private readonly PaneGuard _own = new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private GuardProcess? _process;
    private ImmutableDictionary<(string Agent, long Generation), GuardedPane> _panes = ImmutableDictionary<(string, long), GuardedPane>.Empty;
    private bool? _told;
    private Task _telling = Task.CompletedTask;
    private Task _stopPanes = Task.CompletedTask;
    private Task _running = Task.CompletedTask;

    private TimeSpan Grace => settings.Cluster!.GuardGrace;

    /// <summary>Takes up what an earlier process of this node had told the guard, and starts the guard if it does not run. Nothing on a node of its own.</summary>
    public void Start()
    {
        if (settings.Cluster is null)
        {
            return;
        }

        _files.Prepare();
        foreach (var pane in _files.ReadLease()?.Panes ?? [])
        {
            // Bound by an earlier process: nothing gives it more time until this one has bound it.
            _panes = _panes.SetItem((pane.Agent, pane.Generation), pane with { Incarnation = 0 });
        }

        Write();
        _process = new GuardProcess(_files, settings, time);
        _process.Keep();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Before a pane is bound to its agent: has the guard know of it, if that is what is wanted and the guard runs. The time it has is not moved on until <see cref="Bound"/>.</summary>
    /// <returns>The grace time; null if it is not watched.</returns>
    public async Task<TimeSpan?> CoverAsync(AgentName agent, Generation generation, LossPolicy? policy, int pid, CancellationToken cancellation)
    {
        if (settings.Cluster is null || (policy ?? settings.Cluster.OnNodeLoss) != LossPolicy.RePlace || !await _process!.IsRunningAsync(cancellation) || deadline.ConfirmedAt is not { } confirmed)
        {
            return null;
        }

        lock (_lock)
        {
            // An earlier process of this node may have given it more time than the grace time is now.
            var (key, until) = (Key(agent, generation), After(confirmed));
            _panes = _panes.SetItem(key, _panes.TryGetValue(key, out var known) ? known with { Until = Math.Min(known.Until, until) } : new GuardedPane(agent.Value, generation.Value, pid, ProgramStopper.StartedAt(pid) ?? 0, Incarnation: 0, until));
            return TryWrite() ? Grace : null;
        }
    }

    /// <summary>A pane was bound by this start of the node, as watched for <paramref name="grace"/> or, if that is null, not at all.</summary>
    public void Bound(AgentName agent, Generation generation, TimeSpan? grace, long? incarnation)
    {
        lock (_lock)
        {
            var before = _panes;
            if (grace is not null && incarnation is { } number && _panes.TryGetValue(Key(agent, generation), out var pane))
            {
                // One whose time is over is being stopped, whoever has bound it.
                _panes = pane.Until <= ActionDeadline.Boottime() ? _panes : _panes.SetItem(Key(agent, generation), pane with { Incarnation = number });
            }
            else
            {
                _panes = _panes.Remove(Key(agent, generation));
            }

            if (_panes != before)
            {
                TryWrite();
            }
        }
    }

    /// <summary>There is no such program any more.</summary>
    public void Release(AgentName agent, Generation generation)
    {
        lock (_lock)
        {
            if (_panes.ContainsKey(Key(agent, generation)))
            {
                _panes = _panes.Remove(Key(agent, generation));
                TryWrite();
            }
        }
    }

    /// <summary>Whether a program was stopped by the guard, or by this node in its stead.</summary>
    public bool HasStopped(AgentName agent, Generation generation)
    {
        var stopped = new StoppedByGuard(agent.Value, generation.Value);
        return (_panes.TryGetValue(Key(agent, generation), out var pane) && pane.Until <= ActionDeadline.Boottime()) || _own.Stopped.Contains(stopped) || _files.ReadReport()?.Stopped.Contains(stopped) is true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync();
            await Task.WhenAll(_running, _telling, _stopPanes);
            _process?.Dispose();
            _stopping.Dispose();
        }
    }

    private static (string Agent, long Generation) Key(AgentName agent, Generation generation) => (agent.Value, generation.Value);

    private long After(long confirmed) => confirmed + (Grace.Ticks * 100);

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                MoveOn();
                Keep();
                await timer.WaitForNextTickAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
                await Task.Delay(LookEvery, time, CancellationToken.None);
            }
        }
    }

    /// <summary>The confirmed beats of this incarnation give its panes more time.</summary>
    private void MoveOn()
    {
        lock (_lock)
        {
            // In this order: a beat that was confirmed before the incarnation was asked for belongs to that one, or to an earlier one.
            if (_panes.IsEmpty || deadline.ConfirmedAt is not { } confirmed || system.Self?.Incarnation is not { } incarnation)
            {
                return;
            }

            var (before, until, now) = (_panes, After(confirmed), ActionDeadline.Boottime());
            foreach (var (key, pane) in before)
            {
                if (pane.Incarnation == incarnation && pane.Until > now && pane.Until < until)
                {
                    _panes = _panes.SetItem(key, pane with { Until = until });
                }
                else if (pane.Until + (ForgetAfter.Ticks * 100) < now)
                {
                    _panes = _panes.Remove(key);
                }
            }

            if (_panes != before)
            {
                TryWrite();
            }
        }
    }

    private void Keep()
    {
        var (running, trouble) = _process!.Keep();
        if (running != _told && _telling.IsCompleted)
        {
            _telling = Task.Run(() => TellAsync(running, trouble));
        }

        if (_stopPanes.IsCompleted && Lease() is var lease && PaneGuard.Over(lease, ActionDeadline.Boottime()).Length > 0)
        {
            _stopPanes = Task.Run(() => StopAsync(lease));
        }
    }

    private async Task StopAsync(GuardLease lease)
    {
        try
        {
            foreach (var stopped in await _own.LookAsync(lease, _stopping.Token))
            {
                LogStopped(logger, stopped.Agent, stopped.Generation);
            }
        }
        catch (Exception exception) when (exception is TmuxException or OperationCanceledException)
        {
            LogFailed(logger, exception);
        }
    }

    private async Task TellAsync(bool running, string? trouble)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(TellWithin);
            var report = running ? new ReportGuard(_process!.Pid) : new ReportGuard(Pid: null, trouble ?? "it does not run");
            await system.AskAsync(NodeRecord.Entity(settings.Name), report, CommandId.New(time), _sender, limit.Token);
            if (_told is true && !running)
            {
                LogNoGuard(logger, trouble);
            }

            _told = running;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException or OverloadedException)
        {
            // Told with the next look.
            LogNotTold(logger, exception.Message);
        }
    }

    private GuardLease Lease()
    {
        lock (_lock)
        {
            return new GuardLease(GuardFiles.Boot, Environment.ProcessId, tmux.SocketPath, settings.Tmux, [.. _panes.Values]);
        }
    }

    private void Write() => _files.Write(Lease());

    private bool TryWrite()
    {
        try
        {
            Write();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(logger, exception);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the guard could not be told; without word it stops the agents that it watches")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent}, generation {Generation}, was stopped: this node had no word from the cluster for too long, and it may go on elsewhere")]
    private static partial void LogStopped(ILogger logger, string agent, long generation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the guard does not run ({Trouble}): until it does, agents of this node are not placed elsewhere when the node is lost")]
    private static partial void LogNoGuard(ILogger logger, string? trouble);

    [LoggerMessage(Level = LogLevel.Debug, Message = "that the guard runs or not could not be told yet: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);
}
