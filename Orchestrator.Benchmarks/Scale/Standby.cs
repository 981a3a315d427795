using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Benchmarks.Cluster;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>A standby that follows by streaming replication: what it has not got when the primary is gone in the middle of writing and it is promoted, what it costs to wait for it, and how old what it shows is.</summary>
internal static class Standby
{
    private const int Senders = 100;

    public static async Task MeasureAsync(int rounds, TimeSpan duration)
    {
        Table.Header($"The primary is stopped in the middle of writing ({Senders} entities) and its standby promoted: acknowledged commands that are not there");
        await LossAsync("asynchronous", rounds, duration, synchronous: false, TimeSpan.Zero);
        await LossAsync("asynchronous, its receiver still for the last 0.5 s", Math.Max(1, rounds / 2), duration, synchronous: false, TimeSpan.FromSeconds(0.5));
        await LossAsync("synchronous (`synchronous_standby_names`)", rounds, duration, synchronous: true, TimeSpan.Zero);
        await ReadAsync(duration);
    }

    private static async Task LossAsync(string what, int rounds, TimeSpan duration, bool synchronous, TimeSpan still)
    {
        List<long> losses = [];
        List<double> rates = [];
        var (acknowledged, refused) = (0L, 0);
        var random = new Random(rounds);
        for (var round = 0; round < rounds; round++)
        {
            var loss = await LoseAsync(duration + (duration * random.NextDouble()), synchronous, still);
            losses.Add(loss.Lost);
            rates.Add(loss.Rate);
            acknowledged += loss.Acknowledged;
            refused += loss.Refused ? 1 : 0;
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what} {round + 1}: {loss}"));
        }

        losses.Sort();
        rates.Sort();
        Table.Row(
            string.Create(CultureInfo.InvariantCulture, $"{what}, {rounds} times"),
            string.Create(CultureInfo.InvariantCulture, $"{losses.Sum():#,0} of {acknowledged:#,0} acknowledged commands lost, in {losses.Count(static loss => loss > 0)} of {rounds} failovers; median {losses[losses.Count / 2]:#,0}, most {losses[^1]:#,0}; the node refused the promoted database {refused} times; {Table.PerSecond(rates[rates.Count / 2], "commands")} before"));
    }

    private static async Task<Loss> LoseAsync(TimeSpan duration, bool synchronous, TimeSpan still)
    {
        await using var primary = await OwnServer.StartAsync();
        await using var standby = await primary.FollowAsync();
        if (synchronous)
        {
            await PostgresDatabase.RunAsync(primary.Connection, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
            await PostgresDatabase.RunAsync(primary.Connection, "SELECT pg_reload_conf()");
        }

        await FollowsAsync(primary, synchronous ? "sync" : "async");
        var seen = Path.Combine(Directory.CreateTempSubdirectory("orc-bench-").FullName, "seen");
        var acknowledged = new long[Senders];
        TimeSpan wrote;
        await using (var node = await CounterNode.StartAsync(primary.Connection, seenFile: seen))
        {
            using var over = new CancellationTokenSource();
            var watch = Stopwatch.StartNew();
            var writing = Task.WhenAll(Enumerable.Range(0, Senders).Select(i => Task.Run(() => WriteAsync(node, i, acknowledged, over.Token))));
            await Task.Delay(duration);
            if (still > TimeSpan.Zero)
            {
                await standby.SignalReceiverAsync("STOP");
                await Task.Delay(still);
            }

            // All at once, as when its machine stops; what it had not sent is gone.
            await primary.SignalAsync("STOP");
            wrote = watch.Elapsed;
            await primary.SignalAsync("KILL");
            await over.CancelAsync();
            await writing;
        }

        await standby.SignalReceiverAsync("CONT");
        await standby.PromoteAsync();
        var stored = await StoredAsync(standby);
        var lost = Enumerable.Range(0, Senders).Sum(i => Math.Max(0, acknowledged[i] - stored.GetValueOrDefault(Entities.Numbered(i).ToString())));
        var refused = await IsRefusedAsync(standby, seen);
        Directory.Delete(Path.GetDirectoryName(seen)!, recursive: true);
        return new Loss(lost, acknowledged.Sum(), acknowledged.Sum() / wrote.TotalSeconds, refused);
    }

    private static async Task WriteAsync(CounterNode node, int i, long[] acknowledged, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Entities.IncrementAsync(node.System, Entities.Numbered(i), over);
                acknowledged[i]++;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            // The primary is gone: what was not acknowledged is not counted.
        }
    }

    /// <summary>Whether the node says that this database has lost history, which it says only if its own last commits are among what is lost.</summary>
    private static async Task<bool> IsRefusedAsync(OwnServer standby, string seen)
    {
        try
        {
            await using var node = await CounterNode.StartAsync(standby.Connection, seenFile: seen);
            return false;
        }
        catch (JournalRefusedException e) when (e.Message.Contains("has lost history", StringComparison.Ordinal))
        {
            return true;
        }
    }

    /// <summary>Reads of the history on the standby, as a projection there would make them: how long after its acknowledgement an event is seen.</summary>
    private static async Task ReadAsync(TimeSpan duration)
    {
        Table.Header("A standby that is read: from the answer to a command until the standby shows it to readers");
        await using var primary = await OwnServer.StartAsync();
        await using var standby = await primary.FollowAsync();
        await FollowsAsync(primary, "async");
        foreach (var rate in new[] { 100, 1000, 5000 })
        {
            await using var node = await CounterNode.StartAsync(primary.Connection);
            await using var reader = await PostgresDatabase.OpenAsync(standby.Connection);
            await Until.TrueAsync(async () => await PostgresDatabase.ScalarAsync<bool>(reader, "SELECT to_regclass('journal') IS NOT NULL"), "the standby has the tables");
            await Lags.MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"at {rate:#,0} commands/s on the primary"), node, rate, duration, async position =>
            {
                while (!await IsVisibleAsync(reader, position))
                {
                    await Task.Yield();
                }
            });
        }
    }

    // The readers' horizon, as the store asks for it: what lies below the oldest transaction that is still open.
    private static async Task<bool> IsVisibleAsync(NpgsqlConnection reader, JournalPosition position)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS(SELECT 1 FROM journal WHERE ordering = $1 AND ordering < ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT base FROM position_base)) << 20))", reader);
        command.Parameters.Add(new NpgsqlParameter { Value = position.Value });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static Task FollowsAsync(OwnServer primary, string state)
        => Until.TrueAsync(async () => await primary.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = '{state}'") > 0, $"the standby follows ({state})");

    private static async Task<Dictionary<string, long>> StoredAsync(OwnServer server)
    {
        await using var open = await PostgresDatabase.OpenAsync(server.Connection);
        await using var command = new NpgsqlCommand("SELECT persistence_id, count(*) FROM journal GROUP BY persistence_id", open);
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            stored[reader.GetString(0)] = reader.GetInt64(1);
        }

        return stored;
    }

    private sealed record Loss(long Lost, long Acknowledged, double Rate, bool Refused);
}
