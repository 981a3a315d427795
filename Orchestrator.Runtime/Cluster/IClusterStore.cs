namespace Orchestrator.Runtime;

/// <summary>What the members of a cluster share beside the journal: who is there, whose heart beats, who owns which shard.</summary>
public interface IClusterStore : IAsyncDisposable
{
    /// <summary>Enters this start of a node as <see cref="MemberState.Up"/> and gives it the number of its incarnation. An earlier start of the same node can never commit again.</summary>
    /// <exception cref="JournalRefusedException">The cluster writes a format that this version cannot read.</exception>
    Task<Member> JoinAsync(Member self, CancellationToken cancellationToken = default);

    /// <summary>What this node may write from now on: as this incarnation, and in these shards at these epochs.</summary>
    void Own(Member self, IReadOnlyDictionary<int, long> epochs);

    /// <summary>Beats; false if this incarnation has been marked down.</summary>
    Task<bool> BeatAsync(Member self, CancellationToken cancellationToken = default);

    /// <summary>Reads the whole table.</summary>
    Task<ClusterTable> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until somebody has changed the table, or <paramref name="timeout"/>.</summary>
    Task WaitForChangeAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Ends the sessions of <paramref name="lost"/> and marks it down, if its incarnation and beat are still these; false if they are not, or <paramref name="self"/> is down itself.</summary>
    Task<bool> MarkDownAsync(Member self, MemberRow lost, CancellationToken cancellationToken = default);

    /// <summary>Takes those of <paramref name="shards"/> that still have this epoch and are free, or whose owner's incarnation is down; returns them as they are now.</summary>
    Task<IReadOnlyList<ShardRow>> TakeAsync(Member self, IReadOnlyList<ShardRow> shards, CancellationToken cancellationToken = default);

    /// <summary>Raises the <c>cluster.format</c>; gives the names of the members that are not down and cannot read it, in which case nothing is changed.</summary>
    Task<IReadOnlyList<string>> RaiseFormatAsync(Member self, int format, CancellationToken cancellationToken = default);

    /// <summary>Says what this node is doing.</summary>
    Task SetStateAsync(Member self, MemberState state, CancellationToken cancellationToken = default);
}
