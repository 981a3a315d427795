using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Runtime;

/// <summary>What a runtime is made of. Modules add to it before it starts.</summary>
public sealed class RuntimeBuilder
{
    private readonly Dictionary<string, Func<EffectsWriter, ILogger, EntityType>> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<EventLog, EntityHost, ViewProgress, ProjectionRunner>> _projections = new(StringComparer.Ordinal);

    /// <summary>The settings.</summary>
    public RuntimeOptions Options { get; init; } = new();

    /// <summary>The one table of stored names, shared by all modules.</summary>
    public ManifestTable Manifests { get; } = new();

    /// <summary>Where the time of the store comes from.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Where logs go.</summary>
    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Whether everything that is to be stored is read back first, so that a type that does not survive its JSON is found by its first test and not by the first restart. For tests; it costs time.</summary>
    public bool VerifyPayloads { get; set; }

    /// <summary>Makes the store; SQLite in the data folder unless said otherwise.</summary>
    public Func<RuntimeBuilder, IJournal> Journal { get; set; } = static builder => new SqliteJournal(
        new SqliteOptions { DataFolder = builder.Options.DataFolder, Address = builder.Options.Address },
        builder.Time,
        builder.Loggers.CreateLogger<SqliteJournal>());

    /// <summary>What makes this node a member of a cluster; null for a node on its own.</summary>
    public ClusterOptions? Cluster { get; set; }

    /// <summary>Until when this node may act in the world. A member of a cluster also answers queries only until then.</summary>
    public ActionDeadline? Deadline { get; set; }

    internal FailPoints FailPoints { get; set; } = new();

    internal Protections Protections { get; set; } = new();

    /// <summary>Adds a kind of entity.</summary>
    /// <exception cref="InvalidOperationException">There is one of this name already.</exception>
    public RuntimeBuilder AddEntity<TState>(EntityKind<TState> kind)
        where TState : class
        => _kinds.TryAdd(kind.Name, (effects, logger) => new EntityType<TState>(kind, Manifests, effects, logger))
            ? this
            : throw new InvalidOperationException($"the entity kind {kind.Name} was added already");

    /// <summary>Adds a view.</summary>
    /// <exception cref="InvalidOperationException">There is one of this name already.</exception>
    public RuntimeBuilder AddProjection<TView>(Projection<TView> projection)
        where TView : class
        => _projections.TryAdd(projection.Name, (log, host, progress) => new ProjectionRunner<TView>(projection, log, host, progress))
            ? this
            : throw new InvalidOperationException($"the view {projection.Name} was added already");

    internal (EffectsWriter Effects, IReadOnlyDictionary<string, EntityType> Types) BuildTypes(ILogger logger)
    {
        var effects = new EffectsWriter(Manifests, _kinds.ContainsKey, VerifyPayloads);
        return (effects, _kinds.ToDictionary(static pair => pair.Key, pair => pair.Value(effects, logger), StringComparer.Ordinal));
    }

    internal IReadOnlyList<ProjectionRunner> BuildRunners(EventLog log, EntityHost host, ViewProgress progress)
        => [.. _projections.Values.Select(make => make(log, host, progress))];
}
