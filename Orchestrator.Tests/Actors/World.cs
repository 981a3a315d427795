using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Quotas;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

/// <summary>
/// All entities of the domain together, on one thread and with a clock that a test moves: each is told what others send it, in order, and its reminders fire at their time. Everything
/// passes through its stored form, as in the runtime.
/// </summary>
internal sealed class World
{
    private static readonly ManifestTable Manifests = new ManifestTable().AddDomain();

    private readonly Dictionary<string, IKind> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityId, object> _states = [];
    private readonly Dictionary<EntityId, long> _versions = [];
    private readonly Dictionary<(EntityId Entity, string Name), (DateTimeOffset Due, Command Command)> _reminders = [];
    private readonly Queue<(EntityId To, Command Command, string Sender)> _messages = new();
    private int _commands;

    public World(GapSettings? gaps = null, RecoveryPolicy? recovery = null)
    {
        Add(AgentName.Kind, new AgentBehavior());
        Add(Quota.Kind, new QuotaBehavior());
        Add(TaskId.Kind, new TaskBehavior());
        Add(WorkQueue.Kind, new QueueBehavior());
        Add(Gap.EntityKind, new GapBehavior());
        Add(GapWatch.Kind, new WatchBehavior(gaps ?? GapSettings.Default));
        Add(WorkChain.Kind, new ChainBehavior());
        Add(CheckInId.Kind, new CheckInBehavior());
        Add(AgentRecovery.Kind, new RecoveryBehavior(recovery is null ? RecoverySettings.Default : new RecoverySettings(recovery, RecoverySettings.Default.Roles)));
    }

    public DateTimeOffset Now { get; private set; } = GivenAgent.Start;

    /// <summary>Every event, in order.</summary>
    public List<(EntityId Entity, Event Event)> History { get; } = [];

    /// <summary>What workers were asked to do.</summary>
    public List<(EntityId From, WorkerCommand Command)> Worker { get; } = [];

    public WorkTask Task(string id) => State<WorkTask>(TaskId.Parse(id).Entity);

    public CheckIn CheckIn(string id) => State<CheckIn>(CheckInId.Parse(id).Entity);

    public AgentRecovery Recovery(string agent) => State<AgentRecovery>(AgentRecovery.Of(AgentName.Parse(agent)));

    public WorkQueue Queue(string name) => State<WorkQueue>(new EntityId(WorkQueue.Kind, name));

    public Agent Agent(string name) => State<Agent>(AgentName.Parse(name).Entity);

    /// <summary>The gaps that are open.</summary>
    public IReadOnlyList<Gap> Gaps => [.. _states.Values.OfType<Gap>().Where(static g => g.IsOpen).OrderBy(static g => g.Id, StringComparer.Ordinal)];

    public TState State<TState>(EntityId id) => (TState)StateOf(id);

    public IEnumerable<T> Events<T>() => History.Select(static h => h.Event).OfType<T>();

    /// <summary>Tells an entity, and then all whom that concerns.</summary>
    public Reply Tell(EntityId to, Command command, string sender = "client:test")
    {
        var reply = Decide(to, command, sender);
        Settle();
        return reply;
    }

    public void Does(EntityId to, Command command, string sender = "client:test")
    {
        if (Tell(to, command, sender) is Refused refused)
        {
            Assert.Fail($"{to} refuses {command.GetType().Name}: {refused.Reason}");
        }
    }

    public string Refuses(EntityId to, Command command, string sender = "client:test") => Assert.IsType<Refused>(Tell(to, command, sender)).Reason;

    /// <summary>Lets time pass; reminders fire at their own time.</summary>
    public void Pass(TimeSpan duration)
    {
        var until = Now + duration;
        while (_reminders.Count > 0 && _reminders.MinBy(static r => r.Value.Due) is var next && next.Value.Due <= until)
        {
            Now = next.Value.Due > Now ? next.Value.Due : Now;
            _reminders.Remove(next.Key);
            Tell(next.Key.Entity, next.Value.Command, Sender.Reminder.Value);
        }

        Now = until;
    }

    /// <summary>An agent whose program is at its prompt.</summary>
    public void Ready(string name, string role = AgentRole.Default)
    {
        var id = AgentName.Parse(name).Entity;
        Does(id, GivenAgent.Register() with { Role = role });
        Starts(name);
    }

    public void Starts(string name)
    {
        var id = AgentName.Parse(name).Entity;
        Does(id, new Start(GivenAgent.Node));
        Does(id, new BindPane(Agent(name).Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false), Worktree: null, Adopted: false, 0));
        Seen(name, AgentActivity.Ready);
    }

    /// <summary>The program that an agent is to have has been started and is at its prompt.</summary>
    public void Rises(string name)
    {
        Does(AgentName.Parse(name).Entity, new BindPane(Agent(name).Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false), Worktree: null, Adopted: false, 0));
        Seen(name, AgentActivity.Ready);
    }

    public void Seen(string name, AgentActivity activity)
        => Does(AgentName.Parse(name).Entity, new ReportActivity(Agent(name).Generation, activity, null, null, new AgentFact("screen", activity.Words(), "…", Now)), "worker:n1");

    public void Ends(string name, int code = 1)
        => Does(AgentName.Parse(name).Entity, new ReportPaneEnded(Agent(name).Generation, new PaneExit(code, null, "exited"), "output"), "worker:n1");

    /// <summary>The message that is being delivered to an agent reaches its program, or does not.</summary>
    public string Delivered(string name, DeliveryStep step = DeliveryStep.Submitted)
    {
        var flight = Agent(name).Queue.InFlight ?? throw new InvalidOperationException($"nothing is being delivered to {name}");
        Does(AgentName.Parse(name).Entity, new ReportDelivery(flight.Waiting.Message.Id, Agent(name).Generation, flight.Waiting.Attempts, step, "the screen"), "worker:n1");
        return flight.Waiting.Message.Text;
    }

    public void Adds(string id, string? agent = null, string? role = null, Func<TaskDescription, TaskDescription>? change = null)
        => Does(TaskId.Parse(id).Entity, Adding(agent, role, change));

    public static AddTask Adding(string? agent = null, string? role = null, Func<TaskDescription, TaskDescription>? change = null)
    {
        var description = new TaskDescription("repair it", ["it works"], MessagePriority.Medium, Deadline: null, [], Reviewer: null, Check: null, Notes: null, Chain: null, TaskLimits.None);
        return new AddTask(
            change?.Invoke(description) ?? description,
            agent is null && role is null ? null : new TaskAssignee(agent is null ? null : AgentName.Parse(agent), role ?? AgentRole.Default),
            new string('5', 32));
    }

    public void Tells(string task, TaskCommand command) => Does(TaskId.Parse(task).Entity, command);

    public static CompleteTask Completed(string? agent = null) => new(agent is null ? null : AgentName.Parse(agent), "did it", ["commit 1"], new TaskPlace(GivenAgent.Node, "/srv/repo"));

    private object StateOf(EntityId id) => _states.TryGetValue(id, out var state) ? state : _states[id] = _kinds[id.Kind].Empty(id);

    private void Settle()
    {
        while (_messages.TryDequeue(out var message))
        {
            Decide(message.To, message.Command, message.Sender);
        }
    }

    private Reply Decide(EntityId to, Command command, string sender)
    {
        var kind = _kinds[to.Kind];
        var version = _versions.GetValueOrDefault(to);
        var effects = kind.Decide(StateOf(to), Stored(command), new DecisionContext(to, Now, new CommandId($"c{++_commands}"), new Sender(sender), version));
        foreach (var e in effects.Events.Select(Stored))
        {
            _states[to] = kind.Apply(StateOf(to), e);
            History.Add((to, e));
        }

        _versions[to] = version + effects.Events.Length;
        Worker.AddRange(effects.WorkerCommands.Select(w => (to, Stored(w.Command))));
        foreach (var reminder in effects.Reminders)
        {
            _reminders.Remove((to, reminder.Name));
            if (reminder is { Due: { } due, Command: { } wake })
            {
                _reminders[(to, reminder.Name)] = (due, wake);
            }
        }

        foreach (var message in effects.Messages)
        {
            _messages.Enqueue((message.To, message.Command, to.ToString()));
        }

        return effects.Reply;
    }

    private void Add<TState>(string kind, Behavior<TState> behavior)
        where TState : class => _kinds.Add(kind, new Known<TState>(behavior));

    private static T Stored<T>(T value)
        where T : notnull
    {
        var (manifest, payload) = Manifests.Write(value);
        return (T)Manifests.Read(manifest, payload);
    }

    private interface IKind
    {
        object Empty(EntityId id);

        Effects Decide(object state, Command command, DecisionContext context);

        object Apply(object state, Event e);
    }

    private sealed class Known<TState>(Behavior<TState> behavior) : IKind
        where TState : class
    {
        public object Empty(EntityId id) => behavior.Empty(id);

        public Effects Decide(object state, Command command, DecisionContext context) => behavior.Decide((TState)state, command, context);

        public object Apply(object state, Event e)
        {
            // As a snapshot is written and read.
            var after = behavior.Apply((TState)state, e);
            var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(after, PayloadJson.Options);
            return System.Text.Json.JsonSerializer.Deserialize<TState>(json, PayloadJson.Options)!;
        }
    }
}
