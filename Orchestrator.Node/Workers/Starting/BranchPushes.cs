using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>Pushes the branch of an agent that may go on elsewhere: whenever it has come to rest, and at intervals while it works.</summary>
internal sealed partial class BranchPushes : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PushWithin = TimeSpan.FromMinutes(2);
    private readonly BoundPane _pane;
    private readonly AgentWorktree _worktree;
    private readonly PaneWatch _watch;
    private readonly WorkerContext _context;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private string? _pushed;

    private BranchPushes(StartedPane started, AgentWorktree worktree, PaneWatch watch, WorkerContext context, ILogger logger)
    {
        (_pane, _pushed, _worktree, _watch, _context, _logger) = (started.Pane, started.Pushed, worktree, watch, context, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The pushes for a pane; null if none are to be made.</summary>
    public static BranchPushes? Of(StartedPane started, PaneWatch watch, WorkerContext context, ILogger logger)
        => started.PushedFrom is { } worktree ? new BranchPushes(started, worktree, watch, context, logger) : null;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, _context.Time);
        (DateTimeOffset? rest, long last) = (null, _context.Time.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var now = _watch.AtPromptSince;
                if ((now is null || now == rest) && _context.Time.GetElapsedTime(last) < _context.PushEvery)
                {
                    continue;
                }

                (rest, last) = (now, _context.Time.GetTimestamp());
                await PushAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task PushAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(PushWithin);
        try
        {
            if (await GitWorktrees.PushAsync(_worktree, _pushed, limit.Token) is { } pushed)
            {
                await _context.System.TellAsync(_pane.Agent.Entity, new ReportPushed(_pane.Generation, pushed.Commit, pushed.Remote), CommandId.New(_context.Time), _context.Sender, limit.Token);
                _pushed = pushed.Commit;
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or StoreUnavailableException or OverloadedException or StartRefusedException or OperationCanceledException && !_stopping.IsCancellationRequested)
        {
            LogNotPushed(_logger, _pane.Agent.Value, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the work of {Agent} could not be pushed, and is tried again at its next rest: {Reason}")]
    private static partial void LogNotPushed(ILogger logger, string agent, string reason);
}
