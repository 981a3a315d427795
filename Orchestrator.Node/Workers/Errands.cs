using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers;

/// <summary>What this node runs beside its panes, checks of tasks and custom recoveries, a few at a time. What was cut off by the end of the node stays in its queue of commands and runs again.</summary>
internal sealed partial class Errands(WorkerContext context, ILogger logger) : IAsyncDisposable
{
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _running = new();

    /// <summary>Runs it, once there is a place, and reports how it ended.</summary>
    /// <param name="command">What was ordered.</param>
    /// <param name="what">In words, for the log.</param>
    /// <param name="run">Runs it; the report, and how it ended in words.</param>
    public void Begin(PendingWorkerCommand command, string what, Func<CancellationToken, Task<(Command Report, string Ended)>> run)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd(command.Id, done.Task))
        {
            _ = Task.Run(async () =>
            {
                await UntilReportedAsync(command, what, run);
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

    private async Task UntilReportedAsync(PendingWorkerCommand command, string what, Func<CancellationToken, Task<(Command Report, string Ended)>> run)
    {
        var how = string.Empty;
        var reported = await ReportedRun.RunAsync(
            command,
            what,
            async cancellation =>
            {
                (var report, how) = await RunAsync(run, cancellation);
                return report;
            },
            context,
            logger,
            _stopping.Token);
        if (reported)
        {
            LogDone(logger, what, how);
        }
    }

    private async Task<(Command Report, string Ended)> RunAsync(Func<CancellationToken, Task<(Command Report, string Ended)>> run, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            return await run(cancellation);
        }
        finally
        {
            _places.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} {Ended}")]
    private static partial void LogDone(ILogger logger, string what, string ended);
}
