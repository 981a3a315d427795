using System.Net.Sockets;

using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>What a run of faults stands on does what it says. The network needs root, and what stands on it is skipped without.</summary>
public sealed class ChaosPartsTests
{
    [Fact]
    public void The_faults_follow_from_the_seed_and_none_is_left_out()
    {
        var faults = ChaosFault.Of(7, [.. ChaosFault.Names.Values], nodes: 3, TimeSpan.FromSeconds(12)).Take(40).ToList();
        Assert.Equal(faults, ChaosFault.Of(7, [.. ChaosFault.Names.Values], nodes: 3, TimeSpan.FromSeconds(12)).Take(40));
        Assert.NotEqual(faults, ChaosFault.Of(8, [.. ChaosFault.Names.Values], nodes: 3, TimeSpan.FromSeconds(12)).Take(40));
        Assert.Equal(ChaosFault.Names.Values.Order(), faults.Select(static fault => fault.Kind).Distinct().Order());
        Assert.Equal([0, 1, 2], faults.Where(static fault => fault.IsOfNode).Select(static fault => fault.Node).Distinct().Order());
        Assert.All(faults, static fault => Assert.InRange(fault.Lasts, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(12)));
    }

    [Theory]
    [InlineData(true, "1 10 1.0;1 10 2.0;2 11 2.5", "")]
    [InlineData(true, "1 10 1.0;1 10 3.0;2 11 2.5", "acted 0.500 s after generation 2 had begun to")]
    [InlineData(true, "1 10 1.0;1 12 2.0;2 11 2.5", "generation 1 of a was 2 programs")]
    [InlineData(false, "1 10 1.0;1 10 2.0", "")]
    [InlineData(false, "1 10 1.0;2 11 2.5", "was to stay where it was")]
    public async Task Two_owners_of_an_agent_are_seen_in_what_it_wrote_down(bool moves, string acts, string finding)
    {
        using var folder = new TemporaryFolder();
        var words = acts.Split(';').Select(static act => act.Split(' ')).ToList();
        if (moves)
        {
            await File.WriteAllLinesAsync(folder["pulses"], words.Select(static act => $"{act[1]} {act[0]} {act[2]}"));
        }
        else
        {
            await File.WriteAllLinesAsync(folder["log"], words.Select(static act => $$"""{"id":null,"sha256":"","bytes":1,"time":{{act[2]}},"pid":{{act[1]}},"generation":"{{act[0]}}","writer":null,"seq":1,"text":"x"}"""));
        }

        var findings = new ChaosAgent(new FakeAgentOnNode("a", folder["log"]), "n1", moves ? folder["pulses"] : null).Findings(out _);
        if (finding.Length == 0)
        {
            Assert.Empty(findings);
        }
        else
        {
            Assert.Contains(finding, Assert.Single(findings), StringComparison.Ordinal);
        }
    }

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
