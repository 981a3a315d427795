namespace Orchestrator.Runtime;

/// <summary>
/// One entity in memory: its mailbox, and the turns in which its commands are decided. At most one turn runs at a time. A turn decides what waits on a working state,
/// hands in one write, and publishes state and replies once that is committed.
/// </summary>
internal sealed partial class Cell : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly EntityHost _host;
    private readonly EntityType _type;
    private readonly Queue<Envelope> _queue = [];
    private List<Envelope>? _again;
    private volatile EntityMemory? _memory;
    private volatile string? _quarantine;
    private RecentReplies? _recent;
    private long _lastActivity;
    private bool _running;
    private bool _dead;
    private int _reserved;
    private int _waiting;
    private int _rows;
    private long _lastRow;
    private bool _backlog;
    private long _behind;
    private int _backlogChanges;
    private int _failures;

    public Cell(EntityHost host, EntityType type, EntityId id)
    {
        (_host, _type, Id, PersistenceId) = (host, type, id, id.ToString());
        Shard = host.Shards.IsAll ? 0 : id.Shard;
        _lastActivity = host.Clock.Now.UtcTicks;
    }

    public EntityId Id { get; }

    public string PersistenceId { get; }

    /// <summary>Its shard; 0 without a cluster.</summary>
    public int Shard { get; }

    public int Restarts { get; private set; }

    /// <summary>Takes an Ask or a Query; false if this cell has been passivated.</summary>
    /// <exception cref="OverloadedException">The mailbox is full.</exception>
    public bool TryEnqueue(Envelope envelope)
    {
        bool here;
        lock (_gate)
        {
            if (_dead)
            {
                return false;
            }

            RefuseIfMoved();
            RefuseIfFull();
            _host.Entered();
            _waiting++;
            _queue.Enqueue(envelope);
            here = TryBeginHere();
            if (!here)
            {
                Schedule();
            }
        }

        if (here)
        {
            _ = RunAsync(here: true);
        }

        return true;
    }

    /// <summary>Takes a Tell for its next turn if nothing waits before it, else keeps a place for it until it is stored; false if this cell has been passivated.</summary>
    /// <exception cref="OverloadedException">The mailbox is full.</exception>
    public bool TryTell(Envelope envelope, out bool taken)
    {
        taken = false;
        var here = false;
        lock (_gate)
        {
            if (_dead)
            {
                return false;
            }

            RefuseIfFull();
            _host.Entered();
            taken = !_host.IsShared && _waiting == 0 && _reserved == 0 && !_backlog && _failures == 0 && _memory is not null;
            if (taken)
            {
                _waiting++;
                _queue.Enqueue(envelope);
                here = TryBeginHere();
                if (!here)
                {
                    Schedule();
                }
            }
            else
            {
                _reserved++;
            }
        }

        if (here)
        {
            _ = RunAsync(here: true);
        }

        return true;
    }

    /// <summary>Gives up a place kept by <see cref="TryTell"/>.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _reserved--;
        }

        _host.Left();
    }

    /// <summary>Takes a row that has just been stored; false if this cell has been passivated. Called in the order of the rows.</summary>
    public bool TryDeliver(InboxRow row)
    {
        lock (_gate)
        {
            if (_dead)
            {
                return false;
            }

            if (row.Ordering <= _lastRow)
            {
                return true;
            }

            if (_backlog || _rows >= _host.Options.MailboxCapacity * 2)
            {
                FallBehind(1);
            }
            else
            {
                _queue.Enqueue(Envelope.Of(row));
                _lastRow = row.Ordering;
                _waiting++;
                _rows++;
            }

            Schedule();
            return true;
        }
    }

    /// <summary>Says that there are rows in the store that were not delivered; false if this cell has been passivated.</summary>
    public bool TryWake(long rows, bool start)
    {
        lock (_gate)
        {
            if (_dead)
            {
                return false;
            }

            FallBehind(rows);
            if (start)
            {
                Schedule();
            }

            return true;
        }
    }

    /// <summary>Answers at once, on the caller's thread, if the entity is in memory: its committed state is immutable.</summary>
    public bool TryAnswer(Query query, out Reply? reply)
    {
        if (_memory is not { } memory)
        {
            reply = null;
            return false;
        }

        var now = _host.Clock.Now;
        Volatile.Write(ref _lastActivity, now.UtcTicks);
        reply = memory.Answer(query, now);
        return true;
    }

    /// <summary>Ends this cell if it has had nothing to do for long enough.</summary>
    public bool TryPassivate(DateTimeOffset now)
    {
        lock (_gate)
        {
            _dead = _dead || (!_running && !_backlog && _quarantine is null && _reserved == 0 && _waiting == 0
                && now.UtcTicks - Volatile.Read(ref _lastActivity) >= _type.PassivateAfter.Ticks);
            return _dead;
        }
    }

    /// <summary>Ends this cell if nothing is being worked on; what lies in its inbox stays there.</summary>
    public bool TryEnd()
    {
        lock (_gate)
        {
            _dead = _dead || (!_running && _reserved == 0);
            return _dead;
        }
    }

    /// <summary>Whether nothing is being worked on and no caller waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return !_running;
            }
        }
    }

    /// <summary>How many commands wait.</summary>
    public long Depth
    {
        get
        {
            lock (_gate)
            {
                return _waiting + _behind;
            }
        }
    }

    public LiveEntity Inspect()
    {
        lock (_gate)
        {
            var state = _quarantine is not null ? EntityCondition.Quarantined : _failures > 0 ? EntityCondition.BackingOff : _memory is null ? EntityCondition.Activating : EntityCondition.Active;
            return new LiveEntity(Id, state, _quarantine, Id.Shard, _waiting + _behind, _memory?.Version ?? 0, Restarts, new DateTimeOffset(Volatile.Read(ref _lastActivity), TimeSpan.Zero));
        }
    }

    public void Execute() => _ = RunAsync(here: false);

    private void RefuseIfFull()
    {
        if (_waiting + _reserved + _behind >= _host.Options.MailboxCapacity)
        {
            throw new OverloadedException($"{Id} has {_waiting + _reserved + _behind} commands waiting: try again later");
        }

        if (_host.Waiting >= _host.Options.NodeCapacity)
        {
            throw new OverloadedException($"this node has {_host.Waiting} commands waiting: try again later");
        }
    }

    private void RefuseIfMoved()
    {
        if (!_host.Shards.Accepts(Shard))
        {
            throw new NotOwnerException(Id);
        }
    }

    private void FallBehind(long rows)
    {
        _backlog = true;
        _behind += rows;
        _backlogChanges++;
    }

    /// <summary>
    /// Whether the caller takes the turn for its own command, on its own thread: the entity is in memory and has nothing else to do, and the writer lets it commit. A thread with a context of its own
    /// (one that shows windows, for example) is left to it.
    /// </summary>
    private bool TryBeginHere()
    {
        if (_running || _waiting != 1 || _backlog || _failures > 0 || _memory is null || SynchronizationContext.Current is not null || !_host.Writer.TryLetCallerCommit())
        {
            return false;
        }

        return _running = true;
    }

    private void Schedule()
    {
        if (!_running)
        {
            _running = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
