using System.Security.Cryptography;

using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A database without room on its disk. A small disk needs root, and the test is skipped without.</summary>
public sealed class FullDatabaseTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    [NetworkFact]
    public async Task Of_a_database_whose_disk_is_full_nothing_is_acknowledged_the_error_says_so_and_the_node_goes_on_by_itself_when_there_is_room()
    {
        using var folder = new TemporaryFolder();
        ClusterNode.FoundAuthority(folder.Path);
        await using var database = await ChaosDatabase.StartAsync([], string.Empty, megabytes: 200);
        await using var node = await ClusterNode.StartAsync(database.Connection, "a", folder.Path);
        await Eventually.True(() => node.System.OwnedShards.Count == EntityId.ShardCount, "it owns all shards", Generous);
        await node.AskAsync("x", new Deposit(1, "before"));
        var incarnation = node.System.Self!.Incarnation;

        database.Fill();
        var acknowledged = 1;
        var (id, note, refusals) = (Bank.NewId(), Bulk(), new List<string>());
        await Eventually.True(
            async () =>
            {
                try
                {
                    await node.AskAsync("x", new Deposit(1, note), id);
                    (id, note) = (Bank.NewId(), Bulk());
                    acknowledged++;
                }
                catch (StoreUnavailableException e)
                {
                    refusals.Add(e.Message);
                }

                return refusals.Exists(static said => said.Contains("No space left on device", StringComparison.Ordinal));
            },
            "it says that there is no room",
            Generous);

        FullDisk.Clear(database.Folder);
        if (database.HasEnded)
        {
            await database.LaunchAsync();
        }

        // The one that was refused comes again, as a client does, and is done once.
        await Eventually.True(
            async () =>
            {
                try
                {
                    await node.AskAsync("x", new Deposit(1, note), id);
                    return true;
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            "it goes on",
            Generous);
        Assert.Equal(acknowledged + 1, (await node.BalanceAsync("x")).Amount);
        Assert.Equal(incarnation, node.System.Self!.Incarnation);
    }

    // Nothing that can be made smaller.
    private static string Bulk() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(50_000));
}
