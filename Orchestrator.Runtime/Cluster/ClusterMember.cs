using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>
/// This node as a member of the cluster: it beats, watches the others, takes the shards that are rightly its own and hands over those that are not. Nobody coordinates and nobody is
/// elected: every member reads the same table and computes the same owner.
/// </summary>
internal sealed partial class ClusterMember : IAsyncDisposable
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    // A database that stays away, also for good because this node was revoked, is not said twice a second.
    private const int LogEvery = 60;
    private readonly ClusterOptions _options;
    private readonly EntityHost _host;
    private readonly ActionDeadline _deadline;
    private readonly TimeProvider _time;
    private readonly Watcher _watcher;
    private readonly Action<ShardSet> _taken;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly string _name;
    private volatile ClusterTable _table = ClusterTable.Empty;
    private volatile Member _self;
    private volatile bool _leaving;
    private Task _handover = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    public ClusterMember(ClusterOptions options, EntityHost host, ActionDeadline deadline, TimeProvider time, Action<ShardSet> taken)
    {
        (_options, _host, _deadline, _time, _taken) = (options, host, deadline, time, taken);
        _watcher = new Watcher(time);
        _logger = host.Logger;
        _name = host.Options.Node;
        _self = NewSelf();

        // Formats are only ever raised: a table that was read some time ago allows too little, never too much.
        host.Format = () => Math.Max(ManifestTable.FirstFormat, _table.Format);
    }

    /// <summary>The cluster as it was last read.</summary>
    public ClusterTable Table => _table;

    /// <summary>This start of this node.</summary>
    public Member Self => _self;

    /// <summary>Raised when the table or the shards of this node have changed.</summary>
    public Signal Changed { get; } = new();

    /// <summary>For how long the beat of a member has stood still, as this node has seen; null if it does not watch it.</summary>
    public TimeSpan? SilenceOf(Member member) => _watcher.SilenceOf(member.Name, member.Incarnation);

    /// <summary>Joins, and takes what is free.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await JoinAsync(cancellationToken);
        await LookAsync(cancellationToken);
        _beating = Task.Run(BeatAsync, CancellationToken.None);
        _watching = Task.Run(WatchAsync, CancellationToken.None);
    }

    /// <summary>Hands over all shards and goes; the others need not wait for this node to be lost.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        _leaving = true;
        if (_self.Incarnation == 0)
        {
            // It never joined: there is nothing to leave.
            return;
        }

        try
        {
            await _options.Store.SetStateAsync(_self, MemberState.Leaving, cancellationToken);
            await _handover.WaitAsync(cancellationToken);
            await HandOverAsync(_host.Shards.Held, ShardSet.None, cancellationToken);
            await _options.Store.SetStateAsync(_self, MemberState.Down, cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            NotLeft(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_beating, _watching, _handover);
        await _options.Store.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Whether this is this start of this node.</summary>
    public bool IsSelf(Member? member) => member is not null && string.Equals(member.Name, _name, StringComparison.Ordinal) && member.Incarnation == _self.Incarnation;

    private Member NewSelf() => new(_name, Incarnation: 0, _options.Address, _options.Roles, _options.Version, _host.Manifests.Format);

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        var sentAt = ActionDeadline.Boottime();
        _self = await _options.Store.JoinAsync(NewSelf(), cancellationToken);
        Own();
        if (await _options.Store.BeatAsync(_self, cancellationToken))
        {
            _deadline.Confirmed(sentAt);
        }

        Joined(_name, _self.Incarnation);
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(BeatEvery, _time);
        for (var failures = 0; !_stopping.IsCancellationRequested;)
        {
            try
            {
                // The time before it was sent: a beat that takes long to be confirmed gives no time for the way.
                var sentAt = ActionDeadline.Boottime();
                if (await _options.Store.BeatAsync(_self, _stopping.Token))
                {
                    _deadline.Confirmed(sentAt);
                }

                failures = 0;
                await timer.WaitForNextTickAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                if (failures++ % LogEvery == 0)
                {
                    NoBeat(e.Message);
                }

                await Task.Delay(LookEvery, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WatchAsync()
    {
        for (var failures = 0; !_stopping.IsCancellationRequested;)
        {
            try
            {
                await _options.Store.WaitForChangeAsync(LookEvery, _stopping.Token);
                await LookAsync(_stopping.Token);
                failures = 0;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _watcher.Failed();
                if (failures++ % LogEvery == 0)
                {
                    CannotLook(e);
                }

                await Task.Delay(LookEvery, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var table = await _options.Store.ReadAsync(cancellationToken);
        Show(table);
        if (!_leaving && !table.Members.Any(row => row.IsLive && IsSelf(row.Member)))
        {
            await RejoinAsync(cancellationToken);
            return;
        }

        foreach (var lost in _watcher.Observe(table, _name, began))
        {
            if (await _options.Store.MarkDownAsync(_self, lost, cancellationToken))
            {
                Marked(lost.Member.Name, Watcher.Patience);
                Show(table = await _options.Store.ReadAsync(cancellationToken));
            }
        }

        await SettleAsync(table, cancellationToken);
    }

    private void Own() => _options.Store.Own(_self, _host.Shards.Held.ToDictionary(static shard => shard, _host.Shards.Epoch));

    private void Show(ClusterTable table)
    {
        _table = table;
        Changed.Raise();
    }

    /// <summary>Takes what is rightly this node's and free, begins to hand over what is another's, and drops what it no longer owns: it was released, and the answer was lost on its way.</summary>
    private async Task SettleAsync(ClusterTable table, CancellationToken cancellationToken)
    {
        if (_leaving)
        {
            return;
        }

        // Asked before it is looked what is held: what a handover under way has released is about to be dropped.
        var handsOver = !_handover.IsCompleted;
        var held = _host.Shards.Held;
        List<ShardRow> wanted = [];
        var (others, gone) = (ShardSet.None, ShardSet.None);
        foreach (var row in table.Shards)
        {
            var rightful = table.RightfulOwnerOf(row.Shard, ClusterOptions.EntityRole);
            var mine = IsSelf(rightful?.Member);
            if (held.Contains(row.Shard) && !(IsOwn(row) && row.Epoch == _host.Shards.Epoch(row.Shard)))
            {
                gone = gone.With(row.Shard);
            }
            else if (held.Contains(row.Shard))
            {
                others = mine || rightful is null ? others : others.With(row.Shard);
            }
            else if (IsOwn(row) && row.Epoch > _host.Shards.Epoch(row.Shard))
            {
                // Taken, but the answer was lost on its way. What was released since the table was read has the epoch that is known.
                Adopt([row]);
            }
            else if (mine && table.OwnerOf(row.Shard) is null)
            {
                wanted.Add(row);
            }
        }

        if (wanted.Count > 0)
        {
            Adopt(await _options.Store.TakeAsync(_self, wanted, cancellationToken));
        }

        if (others.Count + gone.Count > 0 && !handsOver)
        {
            _handover = Task.Run(() => HandOverAsync(others, gone, _stopping.Token), CancellationToken.None);
        }
    }

    private bool IsOwn(ShardRow row) => string.Equals(row.Owner, _name, StringComparison.Ordinal) && row.Incarnation == _self.Incarnation;

    private void Adopt(IReadOnlyList<ShardRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var taken = ShardSet.None;
        foreach (var row in rows)
        {
            _host.Shards.Hold(row.Shard, row.Epoch);
            taken = taken.With(row.Shard);
        }

        Own();
        _host.Shards.Open(taken);
        Taken(taken.Count, _host.Shards.Held.Count);
        var shards = _table.Shards.ToBuilder();
        foreach (var row in rows)
        {
            shards[row.Shard] = row;
        }

        Show(_table with { Shards = shards.ToImmutable() });
        _taken(taken);
    }

    /// <summary>Lets the entities of these shards finish what they do, then releases the shards as the last act of the writer. Those that are <paramref name="gone"/> are released already.</summary>
    private async Task HandOverAsync(ShardSet shards, ShardSet gone, CancellationToken cancellationToken)
    {
        var all = new ShardSet(shards.Bits | gone.Bits);
        try
        {
            _host.Shards.Close(all);
            Changed.Raise();
            await _host.EndAsync(all, cancellationToken);
            foreach (var outcome in await Task.WhenAll(shards.Select(shard => _host.Writer.SubmitAsync(new ShardRelease(shard, _host.Shards.Epoch(shard))))))
            {
                outcome.Require();
            }

            _host.Shards.Remove(all);
            Own();
            HandedOver(all.Count, _host.Shards.Held.Count);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // They stay closed here until the next look hands them over, or this node is marked.
            NotHandedOver(all.Count, e);
        }
    }

    /// <summary>This node has been marked down: nothing that it has in memory counts any more. It drops its entities and joins as a new incarnation.</summary>
    private async Task RejoinAsync(CancellationToken cancellationToken)
    {
        Fenced(_name, _self.Incarnation);
        _host.Shards.Remove(ShardSet.All);
        Changed.Raise();
        await _handover.WaitAsync(cancellationToken);
        await _host.EndAsync(ShardSet.All, cancellationToken);
        await JoinAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} has joined the cluster as incarnation {Incarnation}")]
    private partial void Joined(string node, long incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} ({Incarnation}) has been marked down by another member: it drops its entities and joins anew; its panes keep running")]
    private partial void Fenced(string node, long incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} is lost: the same beat for {Patience}; it is marked down")]
    private partial void Marked(string node, TimeSpan patience);

    [LoggerMessage(Level = LogLevel.Information, Message = "Took {Count} shards and owns {Held} of them now")]
    private partial void Taken(int count, int held);

    [LoggerMessage(Level = LogLevel.Information, Message = "Handed over {Count} shards and owns {Held} of them now")]
    private partial void HandedOver(int count, int held);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} shards could not be handed over now; trying again")]
    private partial void NotHandedOver(int count, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No beat could be stored: {Reason}")]
    private partial void NoBeat(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The table of the cluster cannot be read; nobody is marked down meanwhile")]
    private partial void CannotLook(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node could not take its leave; the others will find it lost")]
    private partial void NotLeft(Exception e);
}
