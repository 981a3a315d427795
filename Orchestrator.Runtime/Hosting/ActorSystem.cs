using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>The runtime of one node: its entities, its store, its views.</summary>
public sealed partial class ActorSystem : IActorSystem, IAsyncDisposable
{
    private readonly RuntimeBuilder _builder;
    private readonly ILogger _logger;
    private readonly EntityHost _host;
    private readonly Ingress _ingress;
    private readonly EventLog _events;
    private readonly WorkerQueue _workers;
    private readonly ReminderScheduler _reminders;
    private readonly Maintenance _maintenance;
    private readonly ClusterMember? _member;
    private readonly Router? _router;
    private readonly IReadOnlyList<ProjectionRunner> _runners;
    private readonly ConcurrentQueue<Task> _loops = [];
    private long _head;

    /// <summary>Puts a runtime together; <see cref="StartAsync(CancellationToken)"/> starts it. Kinds and views added to the builder later are not seen.</summary>
    public ActorSystem(RuntimeBuilder builder)
    {
        _builder = builder;
        _logger = builder.Loggers.CreateLogger<ActorSystem>();
        var (effects, types) = builder.BuildTypes(_logger);
        var journal = builder.Journal(builder);
        _host = new EntityHost(builder.Options, journal, builder.Manifests, types, effects, _logger)
        {
            FailPoints = builder.FailPoints,
            Protections = builder.Protections,
            Shards = new OwnedShards(all: builder.Cluster is null),
            Deadline = builder.Cluster is null ? null : builder.Deadline ??= new ActionDeadline(builder.Time),
        };
        _events = new EventLog(journal, builder.Manifests, _host.Stopping);
        _workers = new WorkerQueue(_host);
        _reminders = new ReminderScheduler(_host, builder.Time);
        _host.Writer = new GroupCommit(journal, builder.Options, builder.FailPoints, builder.Protections, new Commits(this), _logger);
        var progress = new ViewProgress();
        _runners = builder.BuildRunners(_events, _host, progress);
        _maintenance = new Maintenance(_host, builder.Time);
        _ingress = new Ingress(_host, _maintenance);
        if (builder.Cluster is { } cluster)
        {
            _member = new ClusterMember(cluster, _host, builder.Deadline!, builder.Time, Taken);
            Administration = new ClusterAdministration(cluster.Store, _member, builder.Time);
            _router = new Router(_ingress, _host, _member, cluster, builder.Time);
        }

        Views = new ViewReader(journal, _runners, progress, builder.Time, _logger);
        DeadLetters = new DeadLetters(_host);
        Inspection = new RuntimeInspection(_host, _runners, () => _ingress.Refusing, () => _maintenance.Drift);
        Shutdown = new CoordinatedShutdown(_logger, builder.Options.DrainTimeout + TimeSpan.FromSeconds(5));
        AddShutdownTasks();
    }

    /// <summary>The store has closed itself after an error of its medium; raised once. The host should end this process, so that a new one opens the store.</summary>
    public event EventHandler? StoreBroke;

    /// <inheritdoc/>
    public IStoreClock Clock => _host.Clock;

    /// <summary>Reads of the views.</summary>
    public IViews Views { get; }

    /// <summary>The history.</summary>
    public IEventLog Events => _events;

    /// <summary>The queues of the workers.</summary>
    public IWorkerQueue Workers => _workers;

    /// <summary>The commands that were set aside.</summary>
    public IDeadLetters DeadLetters { get; }

    /// <summary>What an operator can see.</summary>
    public RuntimeInspection Inspection { get; }

    /// <summary>The shutdown of this node; other parts may register in its phases.</summary>
    public CoordinatedShutdown Shutdown { get; }

    internal IEnumerable<(string View, long Lag)> Lags() => _runners.Select(runner => (runner.Name, Math.Max(0, Volatile.Read(ref _head) - runner.Position.Value)));

    internal EntityHost Host => _host;

    internal Maintenance Maintenance => _maintenance;

    /// <summary>Puts a runtime together and starts it.</summary>
    /// <exception cref="JournalRefusedException">The store cannot be opened; the message says why.</exception>
    public static async Task<ActorSystem> StartAsync(RuntimeBuilder builder, CancellationToken cancellationToken = default)
    {
        var system = new ActorSystem(builder);
        await system.StartAsync(cancellationToken);
        return system;
    }

    /// <summary>Opens the store, wakes every entity whose inbox is not empty, starts reminders and projections.</summary>
    /// <exception cref="JournalRefusedException">The store cannot be opened; the message says why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _host.Journal.OpenAsync(cancellationToken);
        _host.Writer.Start();
        _maintenance.Check();
        if (_member is not null)
        {
            await _member.StartAsync(cancellationToken);
        }

        _head = (await _host.Journal.ReadHeadAsync(cancellationToken)).Value;
        var inboxes = await _host.Journal.ReadInboxesAsync(cancellationToken: cancellationToken);
        Started(_builder.Options.Node, inboxes.Count, inboxes.Sum(static inbox => inbox.Count));

        // All must know of their rows before the first one sends anything: a new row may not overtake an old one.
        foreach (var start in new[] { false, true })
        {
            foreach (var inbox in inboxes)
            {
                _host.Wake(inbox.Entity, start ? 0 : inbox.Count, start);
            }
        }

        _loops.Enqueue(Task.Run(_reminders.RunAsync, CancellationToken.None));
        _loops.Enqueue(Task.Run(_maintenance.RunAsync, CancellationToken.None));
        foreach (var runner in _runners)
        {
            _loops.Enqueue(Task.Run(runner.RunAsync, CancellationToken.None));
        }

        if (_host.Journal.Notifications is { } notifications)
        {
            notifications.Listener = new Listener(this);
        }

        _ingress.IsOpen = true;
        RuntimeTelemetry.Watch(this);
    }

    /// <inheritdoc/>
    public Task TellAsync(EntityId to, Command command, CommandId id, Sender sender, CancellationToken cancellationToken = default)
        => _ingress.TellAsync(to, command, id, sender).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<Answer> AskAsync(EntityId to, Command command, CommandId id, Sender sender, CancellationToken cancellationToken = default)
    {
        if (_router is not null)
        {
            return _router.AskAsync(to, command, id, sender, cancellationToken);
        }

        var answer = _ingress.AskAsync(to, command, id, sender);
        return cancellationToken.CanBeCanceled ? answer.WaitAsync(cancellationToken) : answer;
    }

    /// <inheritdoc/>
    public Task<Reply> QueryAsync(EntityId to, Query query, CancellationToken cancellationToken = default)
    {
        if (_router is not null)
        {
            return _router.QueryAsync(to, query, cancellationToken);
        }

        var reply = _ingress.QueryAsync(to, query);
        return cancellationToken.CanBeCanceled && !reply.IsCompleted ? reply.WaitAsync(cancellationToken) : reply;
    }

    /// <summary>Writes one beat of this node; true once the store has confirmed it, so that whoever acts in the outside world knows that this node still may.</summary>
    public Task<bool> BeatAsync() => _maintenance.BeatAsync();

    /// <summary>Ends the runtime in the phases of <see cref="Shutdown"/>: takes nothing more, finishes what is being worked on, closes the store.</summary>
    public Task StopAsync() => Shutdown.RunAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private void AddShutdownTasks()
    {
        Shutdown.Add(ShutdownPhase.StopIngress, "ingress", async outOfTime =>
        {
            if (_member is not null)
            {
                // Who asks meanwhile is served, here or by the next owner.
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(outOfTime);
                limit.CancelAfter(_builder.Options.DrainTimeout);
                await _member.LeaveAsync(limit.Token);
            }

            _ingress.IsOpen = false;
            RuntimeTelemetry.Unwatch(this);
        });
        Shutdown.Add(ShutdownPhase.Drain, "entities", async outOfTime =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(outOfTime);
            limit.CancelAfter(_builder.Options.DrainTimeout);
            if (!await _host.DrainAsync(limit.Token))
            {
                NotDrained(_host.Waiting);
            }
        });
        Shutdown.Add(ShutdownPhase.StopProjections, "projections, reminders, followers", async _ =>
        {
            await _host.StopAsync();
            _host.Writer.Hurry();
            await Task.WhenAll(_loops);
            if (_member is not null)
            {
                await _member.DisposeAsync();
            }
        });
        Shutdown.Add(ShutdownPhase.CloseStore, "store", async _ =>
        {
            await Task.Run(_host.Writer.Stop, CancellationToken.None);
            await _host.Journal.DisposeAsync();
            Stopped(_builder.Options.Node);
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The runtime of {Node} has started; {Inboxes} entities have {Commands} commands waiting")]
    private partial void Started(string node, int inboxes, long commands);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shutdown: {Waiting} commands were still waiting; they are answered with an error and can be asked again")]
    private partial void NotDrained(int waiting);

    [LoggerMessage(Level = LogLevel.Information, Message = "The runtime of {Node} has stopped")]
    private partial void Stopped(string node);
}
