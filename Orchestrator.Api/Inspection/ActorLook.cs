using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Inspection;

/// <summary>What the members of the cluster have in memory, and who owns which shard; a node on its own owns them all.</summary>
internal sealed class ActorLook(ActorSystem system, INodeStatus node)
{
    private const int Most = 10_000;
    private const int MostRows = 1000;

    /// <summary>The entities in memory of all live members, by node, shard, kind and name.</summary>
    public async Task<ActorsInfo> ActorsAsync(string? onNode, string? kind, int? shard, CancellationToken cancellationToken)
    {
        var nodes = await system.InspectAllAsync(new InspectNode(kind, shard, Most), cancellationToken);
        var wanted = nodes.Where(n => onNode is null || n.Node == onNode).ToList();
        return new ActorsInfo(
            [.. wanted.SelectMany(n => n.Entities.Select(e => Info(e, n.Node))).OrderBy(static a => (a.Node, a.Shard, a.Kind), Comparer<(string, int, string)>.Default).ThenBy(static a => a.Entity, StringComparer.Ordinal)],
            wanted.Sum(static n => n.Total),
            [.. wanted.Where(static n => n.Failure is not null).Select(static n => new UnansweredInfo(n.Node, n.Failure!))]);
    }

    /// <summary>The cluster as this node sees it.</summary>
    public async Task<ClusterInfo> ClusterAsync(CancellationToken cancellationToken)
    {
        if (system.Self is not { } self)
        {
            var here = await node.GetAsync(cancellationToken);
            return new ClusterInfo(
                here.Name, Alone: true, Format: 1,
                [new ClusterMemberInfo(here.Name, Self: true, "up", Reachable: null, SilentSeconds: null, EntityId.ShardCount, Incarnation: 0, Beat: 0, here.Address, [ClusterOptions.EntityRole], here.Version, Format: 1)]);
        }

        var table = system.Cluster;
        return new ClusterInfo(self.Name, Alone: false, table.Format, [.. table.Members.Select(row => Info(row, table, self))]);
    }

    /// <summary>All shards, in order.</summary>
    public ImmutableArray<ShardInfo> Shards()
    {
        if (system.Self is null)
        {
            return [.. Enumerable.Range(0, EntityId.ShardCount).Select(shard => new ShardInfo(shard, "owned", node.Name, node.Name, Incarnation: 0, Epoch: 0))];
        }

        var table = system.Cluster;
        return [.. table.Shards.Select(row => Info(row, table))];
    }

    /// <summary>Stored commands that are not yet processed, in order: of one entity, wherever it is, or of all that this node owns. At most 1,000.</summary>
    public async Task<IReadOnlyList<InboxRowInfo>> InboxAsync(EntityId? entity, CancellationToken cancellationToken)
    {
        var rows = new List<InboxRowInfo>();
        var entities = entity is { } one ? [one] : (await system.Inspection.InboxesAsync(cancellationToken)).Select(static i => i.Entity).ToList();
        foreach (var inbox in entities.TakeWhile(_ => rows.Count < MostRows))
        {
            var found = await system.Inspection.InboxAsync(inbox, limit: MostRows - rows.Count, cancellationToken: cancellationToken);
            rows.AddRange(found.Select(static r => new InboxRowInfo(r.Ordering, r.To.ToString(), r.Id.Value, r.Sender.Value, r.Entry.Manifest, r.Created)));
        }

        return [.. rows.OrderBy(static r => r.Id)];
    }

    public static ActorInfo Info(LiveEntity e, string node)
        => new(e.Id.ToString(), e.Shard, (int)Math.Min(e.Waiting, int.MaxValue), e.Restarts, e.LastActivity, node, e.Id.Kind, e.Condition.Words(), e.Reason, e.Version);

    private ClusterMemberInfo Info(MemberRow row, ClusterTable table, Member self)
    {
        var member = row.Member;
        var silence = row.State is MemberState.Down ? null : system.Administration!.SilenceOf(member);
        return new ClusterMemberInfo(
            member.Name,
            member.Name == self.Name,
            row.State.Words(),
            silence is null ? null : silence <= ClusterAdministration.UnreachableAfter,
            silence is { } since ? Math.Round(since.TotalSeconds, 1) : null,
            table.Shards.Count(shard => table.OwnerOf(shard.Shard)?.Member.Name == member.Name),
            member.Incarnation,
            row.Beat,
            member.Address,
            member.Roles,
            member.Version,
            member.Format);
    }

    private static ShardInfo Info(ShardRow row, ClusterTable table)
    {
        var owner = table.OwnerOf(row.Shard)?.Member.Name;
        var rightful = table.RightfulOwnerOf(row.Shard, ClusterOptions.EntityRole)?.Member.Name;
        var state = (row.Owner, owner) switch
        {
            (null, _) => "free",
            (_, null) => "lost",
            _ when rightful is not null && owner != rightful => "moving",
            _ => "owned",
        };
        return new ShardInfo(row.Shard, state, row.Owner, rightful, row.Incarnation, row.Epoch);
    }
}
