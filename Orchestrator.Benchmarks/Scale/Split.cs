using System.Diagnostics;
using System.Globalization;
using Orchestrator.Benchmarks.Cluster;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>The journal over several databases, each with a range of the shards: what they take together, and what a message costs that goes from one to another.</summary>
internal static class Split
{
    private const int Counters = 400;
    private const int Senders = 100;
    private static readonly Sender Client = new("client:benchmark");
    private static readonly TimeSpan CarrierLives = TimeSpan.FromMilliseconds(300);

    public static async Task MeasureAsync(TimeSpan duration)
    {
        Table.Header($"The shards over several servers on this machine, {Counters} entities");
        foreach (var databases in new[] { 1, 2, 4 })
        {
            await WithNodesAsync(databases, async (nodes, servers, ranges) =>
            {
                var database = servers.Aggregate(TimeSpan.Zero, static (sum, server) => sum + server.ProcessorTime());
                var own = Process.GetCurrentProcess().TotalProcessorTime;
                var watch = Stopwatch.StartNew();
                var rate = await RuntimeBenchmarks.RateAsync(Counters, duration, i => Entities.IncrementAsync(nodes[ranges.Of(Entities.Numbered(i))].System, Entities.Numbered(i)));
                var commands = rate * watch.Elapsed.TotalSeconds;
                database = servers.Aggregate(TimeSpan.Zero, static (sum, server) => sum + server.ProcessorTime()) - database;
                own = Process.GetCurrentProcess().TotalProcessorTime - own;
                Table.Row(Invariant($"Ask, {databases} server(s)"), Invariant($"{Table.PerSecond(rate, "commands")}; per command {database.TotalMicroseconds / commands:0} µs of the database's processor, {own.TotalMicroseconds / commands:0} µs of the node's and the sender's"));
            });
        }

        foreach (var (databases, apart) in new[] { (1, 0.0), (2, 0.5), (4, 0.75), (4, 0.1) })
        {
            await WithNodesAsync(databases, (nodes, _, ranges) => PassAsync(nodes, ranges, apart, duration));
        }
    }

    private static async Task WithNodesAsync(int databases, Func<List<CounterNode>, List<OwnServer>, ShardRanges, Task> measure)
    {
        var ranges = new ShardRanges(databases);
        List<OwnServer> servers = [];
        List<CounterNode> nodes = [];
        try
        {
            for (var i = 0; i < databases; i++)
            {
                servers.Add(await OwnServer.StartAsync());
                nodes.Add(await CounterNode.StartAsync(servers[i].Connection, new PassingBehavior(ranges, i)));
            }

            await measure(nodes, servers, ranges);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Entities tell others, a share of them in another database, while every carrier is stopped and started again; then all are counted.</summary>
    private static async Task PassAsync(List<CounterNode> nodes, ShardRanges ranges, double apart, TimeSpan duration)
    {
        using var over = new CancellationTokenSource();
        var stops = 0;
        var carriers = nodes.Select((node, i) => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                using var life = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
                life.CancelAfter(CarrierLives);
                await new Carrier(node, i, ranges, nodes).RunAsync(life.Token);
                Interlocked.Increment(ref stops);
            }
        })).ToList();
        var (sent, began) = (0L, Stopwatch.StartNew());
        var random = new Random(nodes.Count);
        var byDatabase = Enumerable.Range(0, Counters).Select(Entities.Numbered).GroupBy(ranges.Of).ToDictionary(static group => group.Key, static group => group.ToArray());
        await RuntimeBenchmarks.RateAsync(Senders, duration, async i =>
        {
            var from = Entities.Numbered(i);
            EntityId to;
            lock (random)
            {
                var here = ranges.Of(from);
                var there = random.NextDouble() < apart ? (here + 1 + random.Next(nodes.Count - 1)) % nodes.Count : here;
                to = byDatabase[there][random.Next(byDatabase[there].Length)];
            }

            await nodes[ranges.Of(from)].System.AskAsync(from, new Pass(to), CommandId.New(TimeProvider.System), Client);
            Interlocked.Increment(ref sent);
        });
        var rate = sent / began.Elapsed.TotalSeconds;
        long arrived;
        while ((arrived = await CountAsync(nodes, ranges)) < sent && began.Elapsed < duration + TimeSpan.FromSeconds(60))
        {
            await Task.Delay(50);
        }

        var all = sent / began.Elapsed.TotalSeconds;

        // What would arrive twice has time to.
        await Task.Delay(TimeSpan.FromSeconds(2));
        arrived = await CountAsync(nodes, ranges);
        await over.CancelAsync();
        await Task.WhenAll(carriers);
        Table.Row(
            Invariant($"messages from entity to entity, {nodes.Count} server(s), {apart:P0} to another one"),
            Invariant($"{Table.PerSecond(rate, "sent")}, {all:#,0}/s until all had arrived; {sent:#,0} sent, {Math.Max(0, sent - arrived)} lost, {Math.Max(0, arrived - sent)} doubled, carriers stopped {stops} times"));
    }

    private static async Task<long> CountAsync(List<CounterNode> nodes, ShardRanges ranges)
    {
        var sum = 0L;
        for (var i = 0; i < Counters; i++)
        {
            sum += ((Count)await nodes[ranges.Of(Entities.Numbered(i))].System.QueryAsync(Entities.Numbered(i), new GetCount())).Value;
        }

        return sum;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
