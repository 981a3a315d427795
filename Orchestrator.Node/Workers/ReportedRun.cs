using Microsoft.Extensions.Logging;

using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers;

/// <summary>Runs what a command orders until its report is stored. What fails is tried again; what was run is not run again for a report that could not be stored.</summary>
internal static partial class ReportedRun
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs it.</summary>
    /// <param name="command">What was ordered.</param>
    /// <param name="what">In words, for the log.</param>
    /// <param name="run">Runs it, and says what is to be reported.</param>
    /// <param name="context">The node.</param>
    /// <param name="logger">Told of what is tried again.</param>
    /// <param name="cancellation">The node ends.</param>
    /// <returns>Whether the report is stored; if not, the node ends.</returns>
    public static async Task<bool> RunAsync(PendingWorkerCommand command, string what, Func<CancellationToken, Task<Command>> run, WorkerContext context, ILogger logger, CancellationToken cancellation)
    {
        Command? report = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                report ??= await run(cancellation);
                await context.Queue.CompleteAsync(command, report, context.Sender, cancellation);
                return true;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception exception)
            {
                LogRetried(logger, exception, what);
                await Task.Delay(RetryAfter, context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} could not be run or reported, and is tried again")]
    private static partial void LogRetried(ILogger logger, Exception exception, string what);
}
