using System.Collections.Immutable;

namespace Orchestrator.Runtime;

/// <summary>What a member of the cluster is doing.</summary>
public enum MemberState
{
    /// <summary>It has introduced itself and owns nothing yet.</summary>
    Joining,

    /// <summary>It takes part.</summary>
    Up,

    /// <summary>It hands over its shards and then goes.</summary>
    Leaving,

    /// <summary>It has gone, or was marked: this incarnation can never commit again.</summary>
    Down,
}

/// <summary>Who a node is, as it introduces itself.</summary>
/// <param name="Name">Its name, unique in the cluster.</param>
/// <param name="Incarnation">The number of this start of it, which the store gives; 0 before it has joined.</param>
/// <param name="Address">Where the other members reach it.</param>
/// <param name="Roles">What it is there for: <c>worker</c>, <c>lighthouse</c>, labels of the operator.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Format">The newest <c>cluster.format</c> that it can read.</param>
public sealed record Member(string Name, long Incarnation, string Address, ImmutableArray<string> Roles, string Version, int Format);

/// <summary>A member as the table of the cluster shows it.</summary>
/// <param name="Member">Who it is.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Beat">Its counter of beats.</param>
public sealed record MemberRow(Member Member, MemberState State, long Beat)
{
    /// <summary>Whether it may own shards that it has.</summary>
    public bool IsLive => State is MemberState.Up or MemberState.Leaving;
}

/// <summary>Who owns a shard.</summary>
/// <param name="Shard">The shard, 0 to 63.</param>
/// <param name="Owner">The node; null if it is free.</param>
/// <param name="Incarnation">The owner's incarnation when it took the shard.</param>
/// <param name="Epoch">How often the shard has been taken.</param>
public sealed record ShardRow(int Shard, string? Owner, long Incarnation, long Epoch);

/// <summary>The cluster at one moment.</summary>
/// <param name="Members">Everybody who ever joined, by name.</param>
/// <param name="Shards">All shards, in order.</param>
/// <param name="Format">The <c>cluster.format</c> that is in force.</param>
public sealed record ClusterTable(ImmutableArray<MemberRow> Members, ImmutableArray<ShardRow> Shards, int Format)
{
    /// <summary>The serial numbers of certificates that have been revoked and would still be valid.</summary>
    public ImmutableHashSet<string> Revoked { get; init; } = [];

    /// <summary>Before the first read.</summary>
    public static readonly ClusterTable Empty = new([], [.. Enumerable.Range(0, EntityId.ShardCount).Select(static shard => new ShardRow(shard, Owner: null, 0, 0))], 0);

    /// <summary>The live member that owns <paramref name="shard"/> now; null if there is none.</summary>
    public MemberRow? OwnerOf(int shard)
    {
        var row = Shards[shard];
        return row.Owner is null ? null : Members.FirstOrDefault(member => member.IsLive && string.Equals(member.Member.Name, row.Owner, StringComparison.Ordinal) && member.Member.Incarnation == row.Incarnation);
    }

    /// <summary>The member that should own <paramref name="shard"/>: among those that are up and have <paramref name="role"/> the one that wins rendezvous hashing; null if there is none.</summary>
    public MemberRow? RightfulOwnerOf(int shard, string role) => Members
        .Where(member => member.State is MemberState.Up && member.Member.Roles.Contains(role, StringComparer.Ordinal))
        .MaxBy(member => (Rendezvous.Weight(shard, member.Member.Name), member.Member.Name), Comparer<(ulong Weight, string Name)>.Create(static (a, b) => a.Weight != b.Weight ? a.Weight.CompareTo(b.Weight) : string.CompareOrdinal(a.Name, b.Name)));
}
