using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Benchmarks.Runtime;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>Measures several nodes on one PostgreSQL: what they commit together, what an Ask and a Query across nodes take, how long an entity of a lost node is silent, what an idle node costs. Prints Markdown.</summary>
internal static class ClusterBenchmark
{
    private const int Nodes = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        var server = Arguments.Option(args, "--postgres", string.Empty);
        var duration = TimeSpan.FromSeconds(double.Parse(Arguments.Option(args, "--seconds", "3"), CultureInfo.InvariantCulture));
        var kills = int.Parse(Arguments.Option(args, "--kills", "50"), CultureInfo.InvariantCulture);
        var stops = int.Parse(Arguments.Option(args, "--stops", "20"), CultureInfo.InvariantCulture);
        var part = Arguments.Option(args, "--part", string.Empty);
        var all = part.Length == 0;
        if (all || part == "together")
        {
            await WithDatabaseAsync(server, (connection, folder) => TogetherAsync(connection, folder, duration));
        }

        if (all || part == "idle")
        {
            await WithDatabaseAsync(server, IdleAsync);
        }

        var inTime = true;
        if (all || part == "failover")
        {
            await WithDatabaseAsync(server, async (connection, folder) => inTime = await Failover.MeasureAsync(connection, folder, kills, stops));
        }

        return inTime ? 0 : 1;
    }

    private static async Task TogetherAsync(string connection, DirectoryInfo folder, TimeSpan duration)
    {
        Table.Header($"{Nodes} nodes in one process, one PostgreSQL");
        List<OpenMember> members = [];
        try
        {
            for (var i = 0; i < Nodes; i++)
            {
                members.Add(await OpenMember.StartAsync(connection, $"n{i}", folder.FullName));
            }

            await Entities.SettledAsync(Nodes, [.. members.Select(static member => member.System)]);
            foreach (var (entities, reference) in new[] { (1, "Akka 922/s"), (10, "Akka 2,098/s"), (100, "Akka 6,922/s"), (1000, "Akka 6,922/s, its best") })
            {
                var rate = await RuntimeBenchmarks.RateAsync(entities, duration, i => Entities.IncrementAsync(members[i % Nodes].System, Entities.Numbered(i)));
                Table.Row($"Ask, {entities} entities, any node asked", Table.PerSecond(rate, "commands"), reference);

                // What the nodes commit together when nothing has to be passed on.
                var owners = Enumerable.Range(0, entities).Select(i => members.First(member => member.System.OwnedShards.Contains(Entities.Numbered(i).Shard)).System).ToArray();
                var own = await RuntimeBenchmarks.RateAsync(entities, duration, i => Entities.IncrementAsync(owners[i], Entities.Numbered(i)));
                Table.Row($"Ask, {entities} entities, their owner asked", Table.PerSecond(own, "commands"), reference);
            }

            await AcrossAsync(members, duration);
        }
        finally
        {
            foreach (var member in members)
            {
                await member.DisposeAsync();
            }
        }
    }

    private static async Task AcrossAsync(List<OpenMember> members, TimeSpan duration)
    {
        var others = Entities.OwnedBy(members[0].System, "n1", 100);
        var there = others[0];
        Latencies("Query of another node's entity, one at a time", await TimesAsync(duration, () => members[0].System.QueryAsync(there, new GetCount())), "Akka 2,200/s");
        Latencies("Ask of another node's entity, one at a time", await TimesAsync(duration, () => Entities.IncrementAsync(members[0].System, there)), string.Empty);
        Table.Row("Ask of another node's entities, 100 in flight", Table.PerSecond(await RuntimeBenchmarks.RateAsync(100, duration, i => Entities.IncrementAsync(members[0].System, others[i])), "commands"));
        Table.Row("Query of another node's entity, 100 in flight", Table.PerSecond(await RuntimeBenchmarks.RateAsync(100, duration, _ => members[0].System.QueryAsync(there, new GetCount())), "queries"));
    }

    private static async Task IdleAsync(string connection, DirectoryInfo folder)
    {
        Table.Header($"{Nodes} idle nodes, each a process");
        var watched = TimeSpan.FromSeconds(20);
        var server = new NpgsqlConnectionStringBuilder(connection);
        using var line = new CountedLine(folder.FullName, server.Host!);
        server.Host = line.Folder;
        List<MemberProcess> members = [];
        try
        {
            for (var i = 0; i < Nodes; i++)
            {
                members.Add(await MemberProcess.StartAsync(server.ConnectionString, $"n{i}", folder.FullName));
            }

            await Task.Delay(TimeSpan.FromSeconds(10));
            var (before, transactions, bytes) = (members.ConvertAll(static member => member.Time), await TransactionsAsync(connection), line.Bytes);
            await Task.Delay(watched);
            bytes = line.Bytes - bytes;
            var used = members.Zip(before, static (member, then) => member.Time.PercentSince(then)).Order().ElementAt(Nodes / 2);
            Table.Row("processor of an idle node (median)", string.Create(CultureInfo.InvariantCulture, $"{used:0.0} % of a core"));
            Table.Row("memory of an idle node (median)", string.Create(CultureInfo.InvariantCulture, $"{members.ConvertAll(static member => member.Time.Resident).Order().ElementAt(Nodes / 2) / 1e6:0} MB"));
            Table.Row("traffic of an idle node with its database", string.Create(CultureInfo.InvariantCulture, $"{bytes / watched.TotalSeconds / Nodes / 1000:0.0} KB/s; between idle nodes there is none"));
            Table.Row("transactions of an idle node", Table.PerSecond((await TransactionsAsync(connection) - transactions) / watched.TotalSeconds / Nodes, "transactions"));
        }
        finally
        {
            members.ForEach(static member => member.Dispose());
        }
    }

    private static async Task<List<double>> TimesAsync(TimeSpan duration, Func<Task> send)
    {
        List<double> times = [];
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration;)
        {
            var began = Stopwatch.GetTimestamp();
            await send();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }

    private static void Latencies(string what, List<double> times, string reference)
    {
        var rate = 1000 * times.Count / times.Sum();
        times.Sort();
        Table.Row(what, string.Create(CultureInfo.InvariantCulture, $"p50 {times[times.Count / 2]:0.00} ms, p99 {times[times.Count * 99 / 100]:0.00} ms, {rate:#,0}/s"), reference);
    }

    private static Task<long> TransactionsAsync(string connection)
        => PostgresDatabase.ScalarAsync<long>(connection, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()");

    private static async Task WithDatabaseAsync(string server, Func<string, DirectoryInfo, Task> measure)
    {
        var connection = await PostgresDatabase.CreateAsync(server);
        var folder = Directory.CreateTempSubdirectory("orc-bench-");
        Authority.Found(folder.FullName);
        try
        {
            await measure(connection, folder);
        }
        finally
        {
            await PostgresDatabase.DropAsync(connection);
            folder.Delete(recursive: true);
        }
    }
}
