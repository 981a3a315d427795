namespace Orchestrator.Runtime;

/// <summary>What is in memory of one entity: its committed state and, during a turn, the state that the turn is working on.</summary>
internal abstract class EntityMemory
{
    /// <summary>The sequence number of the last event of the working state.</summary>
    public long Version { get; protected set; }

    /// <summary>The sequence number of the last snapshot.</summary>
    public long SnapshotVersion { get; protected set; }

    /// <summary>The number of the last processed command of each entity that sent any.</summary>
    public Dictionary<string, long>? Marks { get; set; }

    /// <summary>When it came to life: ids that carry an earlier time may have been processed before.</summary>
    public DateTimeOffset Activated { get; init; }

    /// <summary>Decides one command on the working state and moves that on.</summary>
    public abstract CommandWrite Decide(Envelope envelope, DecisionContext context);

    /// <summary>The working state has been committed: queries see it from now on.</summary>
    public abstract void Publish();

    /// <summary>Answers from the committed state.</summary>
    public abstract Reply Answer(Query query, DateTimeOffset now);

    /// <summary>A snapshot of the working state, if it is time for one.</summary>
    public abstract SnapshotWrite? TakeSnapshot();
}

/// <inheritdoc/>
internal sealed class EntityMemory<TState> : EntityMemory
    where TState : class
{
    private readonly EntityType<TState> _type;
    private TState _working;
    private TState _committed;
    private long _published;

    public EntityMemory(EntityType<TState> type, TState state, long version, long snapshotVersion)
    {
        _type = type;
        _working = _committed = state;
        Version = version;
        SnapshotVersion = snapshotVersion;
        _published = version;
    }

    public override CommandWrite Decide(Envelope envelope, DecisionContext context)
    {
        var effects = _type.Effects.Writable(_type.Kind.Behavior.Decide(_working, envelope.Command!, context), context.Format);
        var state = _working;
        foreach (var e in effects.Events)
        {
            state = _type.Kind.Behavior.Apply(state, e);
        }

        var write = _type.Effects.Write(envelope, effects);
        _working = state;
        Version += effects.Events.Length;
        return write;
    }

    public override void Publish()
    {
        Volatile.Write(ref _committed, _working);
        Volatile.Write(ref _published, Version);
    }

    public override Reply Answer(Query query, DateTimeOffset now) => query is ReadState
        ? new StateRead(Volatile.Read(ref _published), _type.Show(Volatile.Read(ref _committed)))
        : _type.Kind.Behavior.Answer(Volatile.Read(ref _committed), query, now);

    public override SnapshotWrite? TakeSnapshot()
    {
        if (_type.Kind.SnapshotEvery <= 0 || Version - SnapshotVersion < _type.Kind.SnapshotEvery)
        {
            return null;
        }

        SnapshotVersion = Version;
        return _type.Snapshot(_working) is { } entry ? new SnapshotWrite(Version, entry) : null;
    }
}
