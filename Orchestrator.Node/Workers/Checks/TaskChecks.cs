using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers.Checks;

/// <summary>The checks that this node runs, a few at a time. One that was cut off by the end of the node stays in its queue of commands and runs again.</summary>
internal sealed partial class TaskChecks : IAsyncDisposable
{
    private const int AtOnce = 4;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly WorkerContext _context;
    private readonly ILogger _logger;
    private readonly CheckProgram _program;
    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _running = new();

    public TaskChecks(WorkerContext context, ILogger logger)
    {
        (_context, _logger) = (context, logger);
        _program = new CheckProgram(context.Folders, context.Time);
    }

    /// <summary>Runs the check, once there is a place, and reports how it ended.</summary>
    public void Begin(PendingWorkerCommand command, RunCheck order)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd(command.Id, done.Task))
        {
            _ = Task.Run(async () =>
            {
                await UntilReportedAsync(command, order);
                _running.TryRemove(command.Id, out _);
                done.SetResult();
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values);
        _stopping.Dispose();
        _places.Dispose();
    }

    private async Task UntilReportedAsync(PendingWorkerCommand command, RunCheck order)
    {
        var cancellation = _stopping.Token;
        CheckResult? result = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                result ??= await RunAsync(order, cancellation);
                await _context.Queue.CompleteAsync(command, new ReportCheck(result), _context.Sender, cancellation);
                LogChecked(_logger, order.Task.Value, result.Reason);
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogRetried(_logger, exception, order.Task.Value);
                await Task.Delay(RetryAfter, _context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<CheckResult> RunAsync(RunCheck order, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            return await _program.RunAsync(order, cancellation);
        }
        finally
        {
            _places.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the check of task {Task} {Reason}")]
    private static partial void LogChecked(ILogger logger, string task, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the check of task {Task} could not be run or reported, and is tried again")]
    private static partial void LogRetried(ILogger logger, Exception exception, string task);
}
