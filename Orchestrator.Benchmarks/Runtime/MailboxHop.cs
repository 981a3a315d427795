using System.Diagnostics;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>One sender puts new messages into the mailbox of one entity in memory, which works them off on the thread pool: the hop that every command makes, with a query as the message.</summary>
internal static class MailboxHop
{
    // As deep as the sender may run ahead: an unbounded queue measures the garbage collector.
    private const int Ahead = 50_000;
    private static readonly GetCount Query = new();

    public static double Measure(OpenNode node, EntityId id, TimeSpan duration)
    {
        var cell = node.System.Host.Get(id);
        var watch = Stopwatch.StartNew();
        var sent = 0L;
        while (watch.Elapsed < duration)
        {
            for (var i = 0; i < 1000; i++)
            {
                cell.TryEnqueue(new Envelope { Query = Query });
            }

            sent += 1000;
            SpinWait.SpinUntil(() => node.System.Host.Waiting < Ahead);
        }

        SpinWait.SpinUntil(() => node.System.Host.Waiting == 0);
        return sent / watch.Elapsed.TotalSeconds;
    }
}
