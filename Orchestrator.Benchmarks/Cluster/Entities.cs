using System.Globalization;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>Counters on the members of a cluster.</summary>
internal static class Entities
{
    private static readonly Sender Client = new("client:benchmark");

    public static EntityId Numbered(int i) => new("counter", i.ToString(CultureInfo.InvariantCulture));

    public static Task<Answer> IncrementAsync(ActorSystem system, EntityId entity, CancellationToken cancellationToken = default)
        => system.AskAsync(entity, new Increment(1), CommandId.New(TimeProvider.System), Client, cancellationToken);

    public static async Task<long> CountAsync(ActorSystem system, EntityId entity) => ((Count)await system.QueryAsync(entity, new GetCount())).Value;

    /// <summary>Some that the member <paramref name="owner"/> owns.</summary>
    public static List<EntityId> OwnedBy(ActorSystem system, string owner, int count)
        => [.. Enumerable.Range(0, 10_000).Select(Numbered).Where(id => system.Cluster.OwnerOf(id.Shard)?.Member.Name == owner).Take(count)];

    /// <summary>Waits until so many members are up and every shard has its rightful owner, as these of them see it.</summary>
    public static Task SettledAsync(int members, params ActorSystem[] systems) => Until.TrueAsync(() => Task.FromResult(systems.All(system => IsSettled(system, members))), "every shard has its rightful owner");

    private static bool IsSettled(ActorSystem system, int members)
    {
        var table = system.Cluster;
        return table.Members.Count(static row => row.State is not MemberState.Down) == members && Enumerable.Range(0, EntityId.ShardCount).All(shard => table.OwnerOf(shard) is { } owner && owner == table.RightfulOwnerOf(shard, ClusterOptions.EntityRole));
    }
}
