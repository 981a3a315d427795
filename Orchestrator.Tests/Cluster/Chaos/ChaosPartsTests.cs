using System.Net.Sockets;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>What a run of faults stands on does what it says. The network needs root, and what stands on it is skipped without.</summary>
public sealed class ChaosPartsTests
{
    [NetworkFact]
    public async Task A_database_in_the_network_is_not_reached_while_either_direction_is_cut_and_is_there_again_after_a_kill_and_a_full_disk()
    {
        await using var network = await ChaosNetwork.StartAsync("n1", "db");
        await using var database = await ChaosDatabase.StartAsync(network.At("db"), network.AddressOf("db"), megabytes: 400);
        Assert.True(await ReachesAsync());
        foreach (var (from, to) in new[] { ("n1", "db"), ("db", "n1") })
        {
            await network.CutAsync(from, to);
            Assert.False(await ReachesAsync());
            await network.MendAsync(from, to);
            Assert.True(await ReachesAsync());
        }

        await network.PlugAsync("n1", on: false);
        Assert.False(await ReachesAsync());
        await network.PlugAsync("n1", on: true);
        await Eventually.True(ReachesAsync, "it is reached again");

        await database.KillAsync();
        Assert.False(await database.AnswersAsync());
        await database.LaunchAsync();
        await Postgres.PostgresServer.RunAsync(database.Connection, "CREATE TABLE filled(x text)");
        database.Fill();
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => Postgres.PostgresServer.RunAsync(database.Connection, "INSERT INTO filled SELECT repeat(i::text, 1000) FROM generate_series(1, 200000) i"));
        FullDisk.Clear(database.Folder);
        if (database.HasEnded)
        {
            await database.LaunchAsync();
        }

        await Eventually.True(database.AnswersAsync, "it answers again");
        Assert.True(await ReachesAsync());

        async Task<bool> ReachesAsync()
        {
            // The database takes the connection and ends it, since this is no word of its protocol: what matters is that an answer comes back.
            using var client = new HttpMessageInvoker(network.HandlerAt("n1"));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{network.AddressOf("db")}:5432/");
                using var answer = await client.SendAsync(request, patience.Token);
                return true;
            }
            catch (HttpRequestException e)
            {
                return e.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable };
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
