using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Orchestrator.Node.Workers;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Cluster;

/// <summary>Notices that this node was given up by the cluster and has joined anew, and lets the worker take its panes up again.</summary>
internal sealed partial class Rejoining(ActorSystem system, NodeWorker worker, ILogger<Rejoining> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The worker took its panes up as this incarnation, or as the one before if that ended at just that moment: then they are taken up twice, which does no harm.
        var known = worker.Incarnation;
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = system.ClusterChanged;
            try
            {
                if (system.Self?.Incarnation is { } incarnation && incarnation != known)
                {
                    await worker.TakeUpAgainAsync(stoppingToken);
                    known = incarnation;
                    Taken(logger, incarnation);
                }

                await changed.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                NotTaken(logger, e);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "As incarnation {Incarnation} this node has taken up its panes again")]
    private static partial void Taken(ILogger logger, long incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The panes could not be taken up again yet; trying again")]
    private static partial void NotTaken(ILogger logger, Exception e);
}
