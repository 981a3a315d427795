namespace Orchestrator.Runtime;

/// <summary>The shards that this node owns. A node without a cluster owns them all.</summary>
internal sealed class OwnedShards
{
    private readonly long[] _epochs = new long[EntityId.ShardCount];
    private ulong _accepting;
    private ulong _held;

    public OwnedShards(bool all)
    {
        IsAll = all;
        _accepting = _held = all ? ShardSet.All.Bits : 0;
    }

    /// <summary>Whether this node owns all shards for ever.</summary>
    public bool IsAll { get; }

    /// <summary>The shards whose entities take commands.</summary>
    public ShardSet Accepting => new(Volatile.Read(ref _accepting));

    /// <summary>The shards that this node owns, those that it hands over included.</summary>
    public ShardSet Held => new(Volatile.Read(ref _held));

    public bool Accepts(int shard) => IsAll || Accepting.Contains(shard);

    /// <summary>The epoch in which this node took the shard; 0 without a cluster.</summary>
    public long Epoch(int shard) => IsAll ? 0 : Volatile.Read(ref _epochs[shard]);

    /// <summary>This node has taken the shard.</summary>
    public void Hold(int shard, long epoch)
    {
        Volatile.Write(ref _epochs[shard], epoch);
        Interlocked.Or(ref _held, 1UL << shard);
    }

    /// <summary>The entities of these shards take commands from now on.</summary>
    public void Open(ShardSet shards) => Interlocked.Or(ref _accepting, shards.Bits);

    /// <summary>The entities of these shards take nothing more.</summary>
    public void Close(ShardSet shards) => Interlocked.And(ref _accepting, ~shards.Bits);

    public void Remove(ShardSet shards)
    {
        Close(shards);
        Interlocked.And(ref _held, ~shards.Bits);
    }
}
