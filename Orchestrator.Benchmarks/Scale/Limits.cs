using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Benchmarks.Cluster;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>What one PostgreSQL has to do for a command, and how far its readers are behind.</summary>
internal static class Limits
{
    public static async Task MeasureAsync(TimeSpan duration)
    {
        await using var server = await OwnServer.StartAsync();
        Table.Header("What a command costs the database");
        await using (var raw = await PostgresRawCommits.OpenAsync(server.Connection))
        {
            Table.Row("raw one-row commits, one after the other: one flush each", Table.PerSecond(await raw.MeasureAsync(duration), "commits"));
        }

        foreach (var entities in new[] { 1, 10, 100, 1000 })
        {
            await CostAsync(server, entities, duration);
        }

        await ReadersAsync(server, duration);
    }

    private static async Task CostAsync(OwnServer server, int entities, TimeSpan duration)
    {
        // The tables are made before anything is counted.
        var connection = await PostgresDatabase.CreateAsync(server.Connection);
        await (await CounterNode.StartAsync(connection)).DisposeAsync();
        var flushes = await FlushesAsync(connection);
        var (all, cost) = (0.0, string.Empty);
        List<(string What, string Figure)> more = [];
        await using (var node = await CounterNode.StartAsync(connection))
        {
            Task SendAsync(int i) => Entities.IncrementAsync(node.System, Entities.Numbered(i));

            async Task<(double Rate, double Commands)> SendForAsync(TimeSpan time)
            {
                var watch = Stopwatch.StartNew();
                var perSecond = await RuntimeBenchmarks.RateAsync(entities, time, SendAsync);
                var sent = perSecond * watch.Elapsed.TotalSeconds;
                all += sent;
                return (perSecond, sent);
            }

            await SendForAsync(duration / 4);
            var before = await LookAsync(server, connection);
            var (rate, commands) = await SendForAsync(duration);
            var after = await LookAsync(server, connection);
            cost = string.Create(CultureInfo.InvariantCulture, $"{Table.PerSecond(rate, "commands")}; per command {(after.Log - before.Log) / commands:#,0} bytes of WAL, {{0}} flushes, {(after.Size - before.Size) / commands:#,0} bytes of tables; {(after.Server - before.Server).TotalMicroseconds / commands:0} µs of the database's processor, {(after.Own - before.Own).TotalMicroseconds / commands:0} µs of the node's and the sender's");
            if (entities == 1000)
            {
                more.Add(("of that in the tables", await TablesAsync(connection)));
                var sessions = await PostgresDatabase.ScalarAsync<long>(connection, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'orchestrator/%'");
                more.Add(("sessions of the node", string.Create(CultureInfo.InvariantCulture, $"{sessions} when only commands come, at most {3 + new PostgresOptions { Connection = connection, Node = "bench" }.Readers} (a member of a cluster: 2 more)")));
            }
        }

        // Over the whole life of the node, which is the only time of which the server says for sure how often it flushed.
        flushes = await FlushesAsync(connection) - flushes;
        Table.Row(string.Create(CultureInfo.InvariantCulture, $"Ask, {entities} entities"), string.Format(CultureInfo.InvariantCulture, cost, (flushes / all).ToString("0.000", CultureInfo.InvariantCulture)));
        more.ForEach(static row => Table.Row(row.What, row.Figure));
        await PostgresDatabase.DropAsync(connection);
    }

    private static async Task ReadersAsync(OwnServer server, TimeSpan duration)
    {
        Table.Header("How far a view is behind: from the answer to a command until the view shows it");
        foreach (var rate in new[] { 100, 1000, 5000 })
        {
            var connection = await PostgresDatabase.CreateAsync(server.Connection);
            await using (var node = await CounterNode.StartAsync(connection, shown: true))
            {
                Task ShownAsync(JournalPosition position) => node.System.Views.WaitForAsync(position);

                await Lags.MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"at {rate:#,0} commands/s"), node, rate, duration, ShownAsync);
                if (rate == 1000)
                {
                    var open = HoldAsync(server, TimeSpan.FromSeconds(2));
                    await Lags.MeasureAsync("at 1,000 commands/s, while somebody's transaction in another database stays open for 2 s", node, rate, TimeSpan.FromSeconds(2), ShownAsync);
                    await open;
                }
            }

            await PostgresDatabase.DropAsync(connection);
        }

        await CatchUpAsync(server);
    }

    /// <summary>How many events a second a view takes that is built anew.</summary>
    private static async Task CatchUpAsync(OwnServer server)
    {
        const int Events = 100_000;
        var connection = await PostgresDatabase.CreateAsync(server.Connection);
        JournalPosition last = default;
        await using (var node = await CounterNode.StartAsync(connection))
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
            {
                var answer = default(Answer);
                for (var n = 0; n < Events / 1000; n++)
                {
                    answer = await Entities.IncrementAsync(node.System, Entities.Numbered(i));
                }

                return answer!;
            }));
            last = answers.MaxBy(static answer => answer.Position.Value)!.Position;
        }

        await using (var node = await CounterNode.StartAsync(connection, shown: true))
        {
            var watch = Stopwatch.StartNew();
            await node.System.Views.WaitForAsync(last);
            Table.Row("a view that is built anew", Table.PerSecond(Events / watch.Elapsed.TotalSeconds, "events"));
        }

        await PostgresDatabase.DropAsync(connection);
    }

    private static async Task HoldAsync(OwnServer server, TimeSpan duration)
    {
        await using var open = await PostgresDatabase.OpenAsync(server.Connection);
        await using var transaction = await open.BeginTransactionAsync();
        await PostgresDatabase.ScalarAsync<string>(open, "SELECT pg_current_xact_id()::text");
        await Task.Delay(duration);
        await transaction.CommitAsync();
    }

    private static async Task<string> TablesAsync(string connection)
    {
        await using var open = await PostgresDatabase.OpenAsync(connection);
        await using var command = new NpgsqlCommand(
            """
            SELECT relname || ' ' || round(100 * pg_table_size(oid) / sum(pg_total_relation_size(oid)) OVER ()) || ' %, its indexes ' || round(100 * pg_indexes_size(oid) / sum(pg_total_relation_size(oid)) OVER ()) || ' %'
            FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC LIMIT 2
            """,
            open);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return string.Join("; ", rows);
    }

    private static async Task<Usage> LookAsync(OwnServer server, string connection) => new(
        await PostgresDatabase.ScalarAsync<long>(connection, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"),
        await PostgresDatabase.ScalarAsync<long>(connection, "SELECT pg_database_size(current_database())"),
        server.ProcessorTime(),
        Process.GetCurrentProcess().TotalProcessorTime);

    /// <summary>How often the log was flushed so far. Sessions tell what they have counted when they end, else only now and then: there must be none.</summary>
    private static async Task<long> FlushesAsync(string connection)
    {
        await Until.TrueAsync(async () => await PostgresDatabase.ScalarAsync<long>(connection, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") == 0, "the sessions of the node have ended");
        return await PostgresDatabase.ScalarAsync<long>(connection, "SELECT wal_sync FROM pg_stat_wal");
    }

    /// <summary>What has been used up to a moment.</summary>
    /// <param name="Log">Bytes of write-ahead log.</param>
    /// <param name="Size">Bytes of the database.</param>
    /// <param name="Server">Processor time of the database.</param>
    /// <param name="Own">Processor time of this process.</param>
    private sealed record Usage(long Log, long Size, TimeSpan Server, TimeSpan Own);
}
