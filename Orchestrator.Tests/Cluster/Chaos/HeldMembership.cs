using Orchestrator.Runtime;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>
/// The membership of a node that stands still while it is held, when everything else of the node goes on: it does not beat, or learns nothing of the others. That is a node that was paused, in the moment in which it goes
/// on, made to last.
/// </summary>
internal sealed class HeldMembership(IClusterStore inner) : IClusterStore
{
    private readonly Gate _beats = new();
    private readonly Gate _looks = new();

    /// <summary>From now on it neither beats nor learns anything.</summary>
    public void Hold()
    {
        _beats.Close();
        _looks.Close();
    }

    /// <summary>From now on it learns nothing; it beats.</summary>
    public void HoldLooks() => _looks.Close();

    /// <summary>All is as before.</summary>
    public void Release()
    {
        _beats.Open();
        _looks.Open();
    }

    public async Task<bool> BeatAsync(Member self, CancellationToken cancellationToken = default)
    {
        await _beats.PassAsync(cancellationToken);
        return await inner.BeatAsync(self, cancellationToken);
    }

    public async Task<ClusterTable> ReadAsync(CancellationToken cancellationToken = default)
    {
        await _looks.PassAsync(cancellationToken);
        return await inner.ReadAsync(cancellationToken);
    }

    public Task<Member> JoinAsync(Member self, CancellationToken cancellationToken = default) => inner.JoinAsync(self, cancellationToken);

    public void Own(Member self, IReadOnlyDictionary<int, long> epochs) => inner.Own(self, epochs);

    public Task WaitForChangeAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => inner.WaitForChangeAsync(timeout, cancellationToken);

    public Task<bool> MarkDownAsync(Member self, MemberRow lost, CancellationToken cancellationToken = default) => inner.MarkDownAsync(self, lost, cancellationToken);

    public Task<IReadOnlyList<ShardRow>> TakeAsync(Member self, IReadOnlyList<ShardRow> shards, CancellationToken cancellationToken = default) => inner.TakeAsync(self, shards, cancellationToken);

    public Task<IReadOnlyList<string>> RaiseFormatAsync(Member self, int format, CancellationToken cancellationToken = default) => inner.RaiseFormatAsync(self, format, cancellationToken);

    public Task SetStateAsync(Member self, MemberState state, CancellationToken cancellationToken = default) => inner.SetStateAsync(self, state, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Gate
    {
        private volatile TaskCompletionSource _open = Opened();

        public void Close() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _open.TrySetResult();

        public Task PassAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

        private static TaskCompletionSource Opened()
        {
            var opened = new TaskCompletionSource();
            opened.SetResult();
            return opened;
        }
    }
}
