using System.Diagnostics;
using System.Globalization;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Client;

namespace Orchestrator.Benchmarks.Node;

/// <summary>Many agents that are registered and not started: what they cost a node when nobody asks for them, and how soon one answers that is asked for. Prints Markdown.</summary>
internal static class PassiveAgents
{
    private const int AtOnce = 32;
    private const int Looks = 200;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var server = Arguments.Option(args, "--postgres", string.Empty);
        foreach (var count in Arguments.Option(args, "--agents", "10000,100000").Split(','))
        {
            var connection = server.Length == 0 ? null : await PostgresDatabase.CreateAsync(server);
            try
            {
                await MeasureAsync(int.Parse(count, CultureInfo.InvariantCulture), connection);
            }
            finally
            {
                if (connection is not null)
                {
                    await PostgresDatabase.DropAsync(connection);
                }
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(int agents, string? connection)
    {
        Table.Header(string.Create(CultureInfo.InvariantCulture, $"{agents:#,0} passive agents on one node, {(connection is null ? "SQLite" : "PostgreSQL")}"));
        await using var node = connection is null
            ? await NodeProcess.StartAsync(NodeProcess.BuiltProgram)
            : await NodeProcess.StartAsync(NodeProcess.BuiltProgram, "orchestrator.store=postgres", $"orchestrator.postgres.connection=\"{connection}\"");
        var (empty, stored) = (node.Time.Resident, await StoredAsync(node, connection));

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, agents), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellation) =>
            await node.Client.SpawnAsync(new SpawnRequest { Name = Name(i), Profile = "shell", Folder = node.Work, Start = false }, cancellation));
        Table.Row("registered through the API, 32 at once", Table.PerSecond(agents / watch.Elapsed.TotalSeconds, "agents"));
        Table.Row("stored for each", Bytes((await StoredAsync(node, connection) - stored) / agents));

        watch.Restart();
        await node.KillAndStartAgainAsync();
        Table.Row("from `kill -9` to ready again", Invariant($"{watch.Elapsed.TotalSeconds:0.00} s"));
        await Task.Delay(Settles);
        var before = node.Time;
        await Task.Delay(Watched);
        var after = node.Time;
        Table.Row(Invariant($"processor of the idle node over {Watched.TotalSeconds:0} s"), Invariant($"{after.PercentSince(before):0.0} % of a core"));
        Table.Row("memory of the idle node", Invariant($"{after.Resident / 1e6:0} MB ({empty / 1e6:0} MB without agents)"));

        // Each is asked for the first time: it has to be read from the store.
        var random = new Random(agents);
        var asked = Enumerable.Range(0, Looks).Select(_ => Name(random.Next(agents))).Distinct().ToList();
        Latencies("one of them shown", await TimesAsync(asked, name => node.Client.GetAgentAsync(name)));
        Latencies("a message to one accepted", await TimesAsync(asked, name => node.Client.SendMessageAsync(new SendRequest { To = name, Text = "hello" })));
        Latencies("a message to one that is in memory accepted", await TimesAsync(asked, name => node.Client.SendMessageAsync(new SendRequest { To = name, Text = "hello" })));
        watch.Restart();
        var listed = await node.Client.ListAgentsAsync();
        Table.Row("all of them listed", Invariant($"{watch.Elapsed.TotalSeconds:0.00} s"));
        if (listed.Length != agents)
        {
            throw new InvalidOperationException($"{listed.Length} of {agents} agents are listed");
        }
    }

    private static async Task<List<double>> TimesAsync(IEnumerable<string> names, Func<string, Task> ask)
    {
        List<double> times = [];
        foreach (var name in names)
        {
            var began = Stopwatch.GetTimestamp();
            await ask(name);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }

    private static async Task<long> StoredAsync(NodeProcess node, string? connection)
    {
        if (connection is null)
        {
            return Directory.EnumerateFiles(node.Data, "*.db*").Sum(static file => new FileInfo(file).Length);
        }

        return await PostgresDatabase.ScalarAsync<long>(connection, "SELECT pg_database_size(current_database())");
    }

    private static void Latencies(string what, List<double> times)
        => Table.Row(what, Invariant($"p50 {times[times.Count / 2]:0.0} ms, p99 {times[times.Count * 99 / 100]:0.0} ms"));

    private static string Bytes(long bytes) => Invariant($"{bytes:#,0} bytes");

    private static string Name(int number) => Invariant($"agent-{number}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
