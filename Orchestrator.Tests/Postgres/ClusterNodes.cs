using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Postgres;

/// <summary>Puts nodes into a database by hand, where a test is about the store and not about membership.</summary>
internal static class ClusterNodes
{
    /// <summary>Writes a node down as up, gives it shards at their next epoch, and says what its fence is.</summary>
    public static async Task<PostgresFence> JoinAsync(string connection, string node, long incarnation, Func<int, bool> owns)
    {
        var shards = Enumerable.Range(0, EntityId.ShardCount).Where(owns).ToList();
        await PostgresServer.RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO nodes(name, incarnation, state) VALUES('{node}', {incarnation}, 'up') ON CONFLICT (name) DO UPDATE SET incarnation = excluded.incarnation, state = 'up';
            UPDATE shards SET owner = '{node}', incarnation = {incarnation}, epoch = epoch + 1 WHERE shard = ANY('{"{"}{string.Join(',', shards)}{"}"}')
            """));
        var epochs = ImmutableSortedDictionary.CreateBuilder<int, long>();
        foreach (var shard in shards)
        {
            epochs[shard] = await PostgresServer.ScalarAsync<long>(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT epoch FROM shards WHERE shard = {shard}"));
        }

        return new PostgresFence(node, incarnation, epochs.ToImmutable());
    }
}
