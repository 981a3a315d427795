using System.Globalization;
using System.Threading.Channels;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>
/// Carries messages from one database to the others: each is an order that was stored with the events of its sender, is told under an id made of the order's number, and removed after that. A carrier
/// that ends in between leaves the order, and the next one tells it again, under the same id.
/// </summary>
internal sealed class Carrier(CounterNode from, int number, ShardRanges ranges, IReadOnlyList<CounterNode> all)
{
    private const int Lanes = 64;

    /// <summary>Carries until it is stopped, wherever it is then.</summary>
    public async Task RunAsync(CancellationToken stopped)
    {
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Channel.CreateUnbounded<PendingWorkerCommand>()).ToArray();
        var carrying = lanes.Select(lane => CarryAsync(lane.Reader, stopped)).ToList();
        try
        {
            // What one entity says stays in order: it always goes by the same lane.
            await foreach (var order in from.System.Workers.FollowAsync(PassingBehavior.Carrier, stopped))
            {
                lanes[order.From.GetHashCode() & (Lanes - 1)].Writer.TryWrite(order);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }

        await Task.WhenAll(carrying);
    }

    private async Task CarryAsync(ChannelReader<PendingWorkerCommand> lane, CancellationToken stopped)
    {
        var sender = new Sender(string.Create(CultureInfo.InvariantCulture, $"carrier/{number}"));
        try
        {
            await foreach (var order in lane.ReadAllAsync(stopped))
            {
                var to = ((CarryOver)order.Command).To;
                await all[ranges.Of(to)].System.TellAsync(to, new Increment(1), new CommandId(string.Create(CultureInfo.InvariantCulture, $"carried/{number}/{order.Id}")), sender, stopped);
                await from.System.Workers.CompleteAsync(order, report: null, sender, stopped);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped, perhaps between the two.
        }
    }
}
