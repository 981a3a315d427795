using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <inheritdoc/>
internal sealed partial class WorkerQueue(EntityHost host) : IWorkerQueue
{
    private const int PageSize = 200;

    /// <summary>Raised after every commit that has worker commands.</summary>
    public Signal Stored { get; } = new();

    public async IAsyncEnumerable<PendingWorkerCommand> FollowAsync(string node, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.Stopping);

        // Where other nodes write too, a number may become visible below one that was seen: all that is there is read again, and what was handed out is known.
        var shared = host.IsShared;
        var (known, present) = (new HashSet<long>(), new HashSet<long>());
        for (var after = 0L; ;)
        {
            var stored = Stored.Next;
            var page = await host.Journal.ReadWorkerCommandsAsync(node, after, PageSize, linked.Token);
            foreach (var row in page)
            {
                after = row.Id;
                if (shared)
                {
                    present.Add(row.Id);
                }

                if ((!shared || known.Add(row.Id)) && Read(row) is { } command)
                {
                    yield return command;
                }
            }

            if (page.Count < PageSize)
            {
                if (shared)
                {
                    known.IntersectWith(present);
                    present.Clear();
                    after = 0;
                }

                await stored.WaitAsync(linked.Token);
            }
        }
    }

    public async Task CompleteAsync(PendingWorkerCommand command, Command? report, Sender sender, CancellationToken cancellationToken = default)
    {
        var entry = report is null ? null : host.Effects.Entry(report);
        (await host.Writer.SubmitAsync(new WorkerCompletion(command.Id, command.From, sender, report, entry)).WaitAsync(cancellationToken)).Require();
    }

    private PendingWorkerCommand? Read(WorkerRow row)
    {
        try
        {
            return new PendingWorkerCommand(row.Id, row.From, (WorkerCommand)host.Manifests.Read(row.Entry.Manifest, row.Entry.Payload.Span), row.Created);
        }
        catch (UnknownManifestException e)
        {
            Unreadable(host.Logger, row.Id, row.From, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The worker command {Id} of {Entity} cannot be read by this version and is left in the queue")]
    private static partial void Unreadable(ILogger logger, long id, EntityId entity, Exception e);
}
