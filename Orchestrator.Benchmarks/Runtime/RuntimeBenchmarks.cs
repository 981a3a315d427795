using System.Diagnostics;
using System.Globalization;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>Measures the runtime on the SQLite store, every command acknowledged after its own commit. Prints Markdown with the figures of Akka.NET beside it.</summary>
internal static class RuntimeBenchmarks
{
    private const int Rounds = 3;
    private static readonly Sender Client = new("client:benchmark");

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = Array.IndexOf(args, "--seconds") is var at and >= 0 ? double.Parse(args[at + 1], CultureInfo.InvariantCulture) : 2;
        var duration = TimeSpan.FromSeconds(seconds);
        var entities = Array.IndexOf(args, "--entities") is var only and >= 0 ? int.Parse(args[only + 1], CultureInfo.InvariantCulture) : (int?)null;
        if (Array.IndexOf(args, "--postgres") is var postgres and >= 0)
        {
            await OnPostgresAsync(args[postgres + 1], duration, entities);
            return 0;
        }

        if (entities is not null)
        {
            await DurableAsync(duration, entities);
            return 0;
        }

        await HopsAsync(duration);
        await DurableAsync(duration, entities: null);
        await RecoveryAsync();
        await MemoryAsync();
        return 0;
    }

    private static async Task HopsAsync(TimeSpan duration)
    {
        Table.Header("In process, nothing stored");
        await using var node = await OpenNode.StartAsync();
        var id = new EntityId("counter", "hop");
        await node.System.QueryAsync(id, new GetCount());
        Table.Row("mailbox hop, one sender to one mailbox, new object each", Table.PerSecond(await MedianAsync(() => Task.FromResult(MailboxHop.Measure(node, id, duration))), "messages"), "Akka Tell 5.7 M/s (new object each), 12.8 M/s (shared)");
        var rate = await MedianAsync(() => RateAsync(1, duration, _ => node.System.QueryAsync(id, new GetCount())));
        Table.Row("Query, one at a time", Table.PerSecond(rate, "queries"), "Akka Ask one at a time 509,000/s");
        rate = await MedianAsync(() => InFlightAsync(100, duration, () => node.System.QueryAsync(id, new GetCount())));
        Table.Row("Query, 100 in flight", Table.PerSecond(rate, "queries"), "Akka Ask 100 in flight 715,000/s");
    }

    private static async Task DurableAsync(TimeSpan duration, int? entities)
    {
        Table.Header("Durable, each acknowledged after its commit (SQLite, WAL, synchronous=FULL)");
        if (entities is null or 1)
        {
            using var commits = new RawCommits();
            await OneEntityAsync(duration, slice => Task.FromResult(commits.Measure(slice)), server: null, "Akka 2,119/s");
        }

        await CommandsAsync(duration, server: null, entities, ["Akka 2,187/s", "Akka 2,284/s (x3: 6,852/s)", "-"]);
        if (entities > 1)
        {
            return;
        }

        var hot = await MedianAsync(() => HotAsync(duration));
        Table.Row("Ask, one entity, 100 in flight", Table.PerSecond(hot, "commands"), "Akka PersistAsync, 1 actor 36,000/s");
    }

    private static async Task OnPostgresAsync(string server, TimeSpan duration, int? entities)
    {
        Table.Header("Durable, each acknowledged after its commit (PostgreSQL, fsync and synchronous_commit on)");
        if (entities is null or 1)
        {
            await using var commits = await PostgresRawCommits.OpenAsync(server);
            await OneEntityAsync(duration, commits.MeasureAsync, server, "Akka 922/s");
        }

        await CommandsAsync(duration, server, entities, ["Akka 2,098/s", "Akka 6,922/s (x1.5: 10,383/s)", "Akka's best 6,922/s (x3: 20,766/s)"]);
    }

    /// <summary>
    /// Asks and tells of one entity beside raw commits. The disk of a shared machine has its moods, which last for seconds, so all three are taken by turns, a tenth of a second each; a share is the
    /// median of those of all turns.
    /// </summary>
    private static async Task OneEntityAsync(TimeSpan duration, Func<TimeSpan, Task<double>> commits, string? server, string reference)
    {
        var slice = TimeSpan.FromMilliseconds(100);
        await using var node = await OpenNode.StartAsync(server);
        await node.GrowLogAsync();
        List<double> raw = [], ask = [], tell = [];
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration * 3 * Rounds;)
        {
            raw.Add(await commits(slice));
            ask.Add(await RateAsync(1, slice, i => node.System.AskAsync(Entity(i), new Increment(1), CommandId.New(TimeProvider.System), Client)));
            tell.Add(await RateAsync(1, slice, i => node.System.TellAsync(Entity(i), new Increment(1), CommandId.New(TimeProvider.System), Client)));
        }

        string Figure(List<double> rates) => string.Create(CultureInfo.InvariantCulture, $"{Table.PerSecond(Median(rates), "commands")} ({Median([.. rates.Zip(raw, static (rate, commit) => rate / commit)]):P0} of raw)");
        Table.Row($"raw one-row commits, by turns with the next two, {raw.Count} turns", Table.PerSecond(Median(raw), "commits"));
        Table.Row("Ask, 1 entity", Figure(ask), reference);
        Table.Row("Tell, 1 entity", Figure(tell), reference);
    }

    /// <summary>Asks and tells of 10, 100 and 1000 entities, each with one sender.</summary>
    private static async Task CommandsAsync(TimeSpan duration, string? server, int? only, string[] references)
    {
        foreach (var (entities, reference) in new[] { 10, 100, 1000 }.Zip(references).Where(row => only is null || row.First == only))
        {
            List<double> ask = [], tell = [];
            for (var round = 0; round < Rounds; round++)
            {
                ask.Add(await OnNodeAsync((node, i) => node.System.AskAsync(Entity(i), new Increment(1), CommandId.New(TimeProvider.System), Client), entities, duration, server));
                tell.Add(await OnNodeAsync((node, i) => node.System.TellAsync(Entity(i), new Increment(1), CommandId.New(TimeProvider.System), Client), entities, duration, server));
            }

            Table.Row($"Ask, {entities} entities", Table.PerSecond(Median(ask), "commands"), reference);
            Table.Row($"Tell, {entities} entities", Table.PerSecond(Median(tell), "commands"), reference);
        }
    }

    private static async Task<double> HotAsync(TimeSpan duration)
    {
        await using var node = await OpenNode.StartAsync();
        return await InFlightAsync(100, duration, () => node.System.AskAsync(Entity(0), new Increment(1), CommandId.New(TimeProvider.System), Client));
    }

    private static async Task RecoveryAsync()
    {
        Table.Header("Recovery: events read, applied and answered for");
        foreach (var (entities, events, reference) in new[] { (1, 50_000, "Akka 33,000/s"), (100, 500, "Akka 2,700/s") })
        {
            await using var node = await OpenNode.StartAsync();
            await Task.WhenAll(Enumerable.Range(0, entities).Select(async i =>
            {
                for (var written = 0; written < events; written += 500)
                {
                    await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => node.System.AskAsync(Entity(i), new Increment(1), CommandId.New(TimeProvider.System), Client)));
                }
            }));
            List<double> rates = [];
            for (var round = 0; round < Rounds; round++)
            {
                await node.RestartAsync();
                var watch = Stopwatch.StartNew();
                await Task.WhenAll(Enumerable.Range(0, entities).Select(i => node.System.QueryAsync(Entity(i), new GetCount())));
                rates.Add(entities * events / watch.Elapsed.TotalSeconds);
            }

            Table.Row($"recovery, {entities} entities", Table.PerSecond(Median(rates), "events"), reference);
        }
    }

    private static async Task MemoryAsync()
    {
        const int Entities = 100_000;
        Table.Header("Memory");
        await using var node = await OpenNode.StartAsync();
        await node.System.QueryAsync(Entity(-1), new GetCount());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Entities; i++)
        {
            await node.System.QueryAsync(Entity(i), new GetCount());
        }

        var rate = Entities / watch.Elapsed.TotalSeconds;
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Entities;
        Table.Row("memory per idle entity in memory", string.Create(CultureInfo.InvariantCulture, $"{bytes:#,0} bytes"), "Akka 2,064 bytes");
        Table.Row("entities activated", Table.PerSecond(rate, "entities"), "Akka 35,900 actors/s");
    }

    private static EntityId Entity(int i) => new("counter", i.ToString(CultureInfo.InvariantCulture));

    private static async Task<double> OnNodeAsync(Func<OpenNode, int, Task> send, int entities, TimeSpan duration, string? server = null)
    {
        await using var node = await OpenNode.StartAsync(server);
        await node.GrowLogAsync();
        await RateAsync(entities, duration / 4, i => send(node, i));
        return await RateAsync(entities, duration, i => send(node, i));
    }

    /// <summary>How often a second something can be done by so many at once, each one after the other.</summary>
    public static async Task<double> RateAsync(int senders, TimeSpan duration, Func<int, Task> send)
    {
        await Task.WhenAll(Enumerable.Range(0, senders).Select(send));
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, senders).Select(i => Task.Run(async () =>
        {
            var count = 0L;
            for (; watch.Elapsed < duration; count++)
            {
                await send(i);
            }

            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static Task<double> InFlightAsync(int inFlight, TimeSpan duration, Func<Task> send) => RateAsync(inFlight, duration, _ => send());

    private static async Task<double> MedianAsync(Func<Task<double>> measure)
    {
        List<double> rates = [];
        for (var round = 0; round < Rounds; round++)
        {
            rates.Add(await measure());
        }

        return Median(rates);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
