using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>Measures several nodes on one PostgreSQL: what they commit together, what an Ask and a Query across nodes take, how long an entity of a lost node is silent, what an idle node costs. Prints Markdown.</summary>
internal static class ClusterBenchmark
{
    private const int Nodes = 3;
    private static readonly Sender Client = new("client:benchmark");

    public static async Task<int> RunAsync(string[] args)
    {
        var server = Option(args, "--postgres", string.Empty);
        var duration = TimeSpan.FromSeconds(double.Parse(Option(args, "--seconds", "3"), CultureInfo.InvariantCulture));
        var kills = int.Parse(Option(args, "--kills", "50"), CultureInfo.InvariantCulture);
        await WithDatabaseAsync(server, (connection, folder) => TogetherAsync(connection, folder, duration));
        await WithDatabaseAsync(server, IdleAsync);
        await WithDatabaseAsync(server, (connection, folder) => FailoverAsync(connection, folder, kills));
        return 0;
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

            await SettledAsync([.. members.Select(static member => member.System)]);
            foreach (var (entities, reference) in new[] { (1, "Akka 922/s"), (10, "Akka 2,098/s"), (100, "Akka 6,922/s"), (1000, "Akka 6,922/s, its best") })
            {
                var rate = await RuntimeBenchmarks.RateAsync(entities, duration, i => IncrementAsync(members[i % Nodes].System, Entity(i)));
                Table.Row($"Ask, {entities} entities, any node asked", Table.PerSecond(rate, "commands"), reference);

                // What the nodes commit together when nothing has to be passed on.
                var owners = Enumerable.Range(0, entities).Select(i => members.First(member => member.System.OwnedShards.Contains(Entity(i).Shard)).System).ToArray();
                var own = await RuntimeBenchmarks.RateAsync(entities, duration, i => IncrementAsync(owners[i], Entity(i)));
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
        var there = Enumerable.Range(0, int.MaxValue).Select(Entity).First(id => members[1].System.OwnedShards.Contains(id.Shard));
        Latencies("Query of another node's entity, one at a time", await TimesAsync(duration, () => members[0].System.QueryAsync(there, new GetCount())), "Akka 2,200/s");
        Latencies("Ask of another node's entity, one at a time", await TimesAsync(duration, () => IncrementAsync(members[0].System, there)), string.Empty);
        Table.Row("Query of another node's entity, 100 in flight", Table.PerSecond(await RuntimeBenchmarks.RateAsync(100, duration, _ => members[0].System.QueryAsync(there, new GetCount())), "queries"));
    }

    private static async Task IdleAsync(string connection, DirectoryInfo folder)
    {
        Table.Header($"{Nodes} idle nodes, each a process");
        var watched = TimeSpan.FromSeconds(20);
        List<MemberProcess> members = [];
        try
        {
            for (var i = 0; i < Nodes; i++)
            {
                members.Add(await MemberProcess.StartAsync(connection, $"n{i}", folder.FullName));
            }

            await Task.Delay(TimeSpan.FromSeconds(10));
            var (before, transactions) = (members.ConvertAll(static member => member.Time), await TransactionsAsync(connection));
            await Task.Delay(watched);
            var used = members.Zip(before, static (member, then) => member.Time.PercentSince(then)).Order().ElementAt(Nodes / 2);
            Table.Row("processor of an idle node (median)", string.Create(CultureInfo.InvariantCulture, $"{used:0.0} % of a core"));
            Table.Row("memory of an idle node (median)", string.Create(CultureInfo.InvariantCulture, $"{members.ConvertAll(static member => member.Time.Resident).Order().ElementAt(Nodes / 2) / 1e6:0} MB"));
            Table.Row("transactions of an idle node", Table.PerSecond((await TransactionsAsync(connection) - transactions) / watched.TotalSeconds / Nodes, "transactions"));
        }
        finally
        {
            members.ForEach(static member => member.Dispose());
        }
    }

    private static async Task FailoverAsync(string connection, DirectoryInfo folder, int kills)
    {
        Table.Header("An entity of a node that is gone answers again");
        await using var stays = await OpenMember.StartAsync(connection, "stays", folder.FullName);
        foreach (var (signal, what, times) in new[] { ("KILL", "killed", kills), ("TERM", "asked to stop", Math.Max(1, kills / 5)) })
        {
            List<double> silent = [];
            for (var i = 0; i < times; i++)
            {
                using var goes = await MemberProcess.StartAsync(connection, "goes", folder.FullName);
                var there = await OneOfAsync(stays.System, "goes");
                await IncrementAsync(stays.System, there);
                var before = await CountAsync(stays.System, there);
                goes.Signal(signal);
                var watch = Stopwatch.StartNew();
                await IncrementAsync(stays.System, there);
                silent.Add(watch.Elapsed.TotalSeconds);
                if (await CountAsync(stays.System, there) != before + 1)
                {
                    throw new InvalidOperationException($"{there} has lost or doubled a command");
                }

                await goes.ExitAsync();
            }

            silent.Sort();
            Table.Row($"{what}, {times} times", string.Create(CultureInfo.InvariantCulture, $"median {silent[silent.Count / 2]:0.00} s, longest {silent[^1]:0.00} s"), signal == "KILL" ? "Akka 48 s; at most 8 s" : "at most 1 s");
        }
    }

    private static async Task<EntityId> OneOfAsync(ActorSystem system, string owner)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(20))
        {
            if (Enumerable.Range(0, 1000).Select(Entity).FirstOrDefault(id => system.Cluster.OwnerOf(id.Shard)?.Member.Name == owner) is { Kind.Length: > 0 } id)
            {
                return id;
            }
        }

        throw new TimeoutException($"{owner} owns nothing");
    }

    private static async Task SettledAsync(ActorSystem[] systems)
    {
        for (var watch = Stopwatch.StartNew(); systems.Sum(static system => system.OwnedShards.Count) != EntityId.ShardCount || systems.Any(static system => system.OwnedShards.Count == 0); await Task.Delay(50))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException("the shards found no owners");
            }
        }
    }

    private static EntityId Entity(int i) => new("counter", i.ToString(CultureInfo.InvariantCulture));

    private static Task IncrementAsync(ActorSystem system, EntityId entity) => system.AskAsync(entity, new Increment(1), CommandId.New(TimeProvider.System), Client);

    private static async Task<long> CountAsync(ActorSystem system, EntityId entity) => ((Count)await system.QueryAsync(entity, new GetCount())).Value;

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

    private static async Task<long> TransactionsAsync(string connection)
    {
        await using var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await open.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()", open);
        return (long)(await command.ExecuteScalarAsync())!;
    }

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

    private static string Option(string[] args, string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
