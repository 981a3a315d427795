using Orchestrator.Runtime;
using Orchestrator.Tests.Postgres;

namespace Orchestrator.Tests.Cluster;

/// <summary>Who gets a shard when two want it, and what a release does that is late or not committed yet; on the store itself, where the races are decided.</summary>
public sealed class HandoffRaceTests : IAsyncLifetime
{
    private string _connection = string.Empty;
    private Node _a = null!;
    private Node _b = null!;

    public async Task InitializeAsync()
    {
        _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _a = await Node.StartAsync(_connection, "a");
        _b = await Node.StartAsync(_connection, "b");
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await PostgresServer.DropDatabaseAsync(_connection);
    }

    [Fact]
    public async Task Of_two_that_take_a_free_shard_at_once_one_gets_it()
    {
        var all = 0;
        for (var round = 0; round < 20; round++)
        {
            await PostgresServer.RunAsync(_connection, "UPDATE shards SET owner = NULL");
            var free = (await _a.Cluster.ReadAsync()).Shards;
            var taken = await Task.WhenAll(new[] { _a, _b }.Select(node => Task.Run(() => node.TakeAsync([.. free]))));
            Assert.Empty(taken[0].Select(static row => row.Shard).Intersect(taken[1].Select(static row => row.Shard)));

            // Where both stood in each other's way one of them may have got nothing: it would look again.
            var table = (await _a.Cluster.ReadAsync()).Shards;
            Assert.Equal(taken.SelectMany(static rows => rows).OrderBy(static row => row.Shard), table.Where(static row => row.Owner is not null));
            Assert.All(table, row => Assert.Equal(free[row.Shard].Epoch + (row.Owner is null ? 0 : 1), row.Epoch));
            all += taken.Sum(static rows => rows.Count);
        }

        Assert.True(all > 0, "nobody ever got one");
    }

    [Fact]
    public async Task A_release_that_is_not_committed_yet_gives_the_shard_to_nobody()
    {
        var shard = (await _a.TakeAsync([(await _a.Cluster.ReadAsync()).Shards[0]])).Single();
        await using (var connection = await PostgresServer.OpenAsync(_connection))
        await using (var releasing = await connection.BeginTransactionAsync())
        {
            await using var release = new Npgsql.NpgsqlCommand("UPDATE shards SET owner = NULL WHERE shard = 0", connection);
            await release.ExecuteNonQueryAsync();
            Assert.Empty(await _b.TakeAsync([shard]));
            await releasing.CommitAsync();
        }

        var taken = Assert.Single(await _b.TakeAsync([shard]));
        Assert.Equal(("b", shard.Epoch + 1), (taken.Owner!, taken.Epoch));
    }

    [Fact]
    public async Task A_release_that_comes_late_frees_nothing_that_another_has_taken_meanwhile()
    {
        var shard = (await _a.TakeAsync([(await _a.Cluster.ReadAsync()).Shards[0]])).Single();
        await PostgresServer.RunAsync(_connection, "UPDATE shards SET owner = NULL WHERE shard = 0");
        await _b.TakeAsync([shard]);
        await Assert.ThrowsAsync<FencedException>(async () => await _a.Journal.CommitAsync([new ShardRelease(0, shard.Epoch)]));
        var now = (await _a.Cluster.ReadAsync()).Shards[0];
        Assert.Equal(("b", shard.Epoch + 1), (now.Owner!, now.Epoch));
    }

    /// <summary>A member as the store sees it: it has joined, and nothing else of it runs.</summary>
    private sealed class Node(PostgresJournal journal) : IAsyncDisposable
    {
        private Member _self = null!;

        public PostgresJournal Journal => journal;

        public PostgresCluster Cluster { get; } = new(journal);

        public static async Task<Node> StartAsync(string connection, string name)
        {
            var journal = new PostgresJournal(new PostgresOptions { Connection = connection, Node = name, Alone = false });
            await journal.OpenAsync();
            var node = new Node(journal);
            node._self = await node.Cluster.JoinAsync(new Member(name, 0, string.Empty, [ClusterOptions.EntityRole], "1", 1));
            return node;
        }

        /// <summary>Takes what it can of these; a row that somebody has locked counts as not taken.</summary>
        public async Task<IReadOnlyList<ShardRow>> TakeAsync(IReadOnlyList<ShardRow> wanted)
        {
            try
            {
                var taken = await Cluster.TakeAsync(_self, wanted);
                Cluster.Own(_self, taken.ToDictionary(static row => row.Shard, static row => row.Epoch));
                return taken;
            }
            catch (StoreUnavailableException)
            {
                return [];
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await journal.DisposeAsync();
        }
    }
}
