using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

/// <summary>
/// Entities of the domain that talk with each other as the runtime lets them: decide, apply, then the messages, in order for each sender and receiver, otherwise as the dice of the
/// seed fall. Everything passes through its stored form; what is told to other kinds goes nowhere. Deliveries to agents are carried out when the test says so.
/// </summary>
internal sealed class GivenWorld(int? seed = null)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ManifestTable Manifests = new ManifestTable().AddDomain();

    private readonly Random? _dice = seed is { } number ? new Random(number) : null;
    private readonly Dictionary<string, IKind> _kinds = new(StringComparer.Ordinal)
    {
        [AgentName.Kind] = new Kind<Agent>(new AgentBehavior()),
        [SenderRecord.Kind] = new Kind<SenderRecord>(new SenderRecordBehavior()),
        [MessageDispatch.Kind] = new Kind<MessageDispatch>(new MessageDispatchBehavior()),
        [RouterState.Kind] = new Kind<RouterState>(new RouterBehavior()),
        [Conversation.EntityKind] = new Kind<Conversation>(new ConversationBehavior()),
    };

    private readonly Dictionary<EntityId, (object State, long Version)> _entities = [];
    private readonly Dictionary<(EntityId From, EntityId To), Queue<Command>> _onTheWay = [];
    private readonly Dictionary<(EntityId Entity, string Name), ReminderChange> _reminders = [];
    private int _commands;

    public DateTimeOffset Now { get; private set; } = Start;

    /// <summary>All that has happened, in order.</summary>
    public List<(EntityId Entity, Event Event)> History { get; } = [];

    /// <summary>What workers are to type.</summary>
    public Queue<DeliverMessage> Deliveries { get; } = [];

    public T State<T>(EntityId id) => (T)Of(id).State;

    public IEnumerable<T> Events<T>()
        where T : Event => History.Select(static h => h.Event).OfType<T>();

    /// <summary>Asks, and lets everything come to rest that follows.</summary>
    public Reply Ask(EntityId to, Command command, string sender = "client:test")
    {
        var reply = Turn(to, command, sender);
        Settle();
        return reply;
    }

    /// <summary>An agent that is ready for messages, whose queue is worked off by <see cref="DeliverAll"/>.</summary>
    public AgentName Agent(string name)
    {
        var agent = AgentName.Parse(name);
        Assert.IsType<Done>(Ask(agent.Entity, GivenAgent.Register()));
        Assert.IsType<Placed>(Ask(agent.Entity, new Start("n1")));
        Assert.IsType<PaneBinding>(Ask(agent.Entity, new BindPane(State<Agent>(agent.Entity).Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false), Worktree: null, Adopted: false, 0)));
        Ask(agent.Entity, new ReportActivity(State<Agent>(agent.Entity).Generation, AgentActivity.Ready, Detail: null, Until: null, new AgentFact("screen", "ready", "…", Now)));
        return agent;
    }

    /// <summary>Types what waits, until nothing waits; the texts in order, with their agents.</summary>
    public List<DeliverMessage> DeliverAll(DeliveryStep step = DeliveryStep.Submitted)
    {
        var typed = new List<DeliverMessage>();
        while (Deliveries.TryDequeue(out var delivery))
        {
            typed.Add(delivery);
            Ask(delivery.Agent.Entity, new ReportDelivery(delivery.Message, delivery.Generation, delivery.Attempt, step, "…"), "worker:n1");
        }

        return typed;
    }

    /// <summary>Lets time pass; reminders fire when they are due.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Now + time;
        while (_reminders.Where(r => r.Value.Due <= end).OrderBy(static r => r.Value.Due).Select(static r => ((EntityId, string)?)r.Key).FirstOrDefault() is { } key)
        {
            var reminder = _reminders[key];
            _reminders.Remove(key);
            Now = reminder.Due!.Value > Now ? reminder.Due.Value : Now;
            Ask(key.Item1, reminder.Command!, "reminder");
        }

        Now = end;
    }

    private void Settle()
    {
        while (_onTheWay.Where(static way => way.Value.Count > 0).Select(static way => way.Key).ToArray() is { Length: > 0 } ways)
        {
            var way = ways[_dice?.Next(ways.Length) ?? 0];
            Turn(way.To, _onTheWay[way].Dequeue(), way.From.ToString());
        }
    }

    private Reply Turn(EntityId to, Command command, string sender)
    {
        var (state, version) = Of(to);
        var kind = _kinds[to.Kind];
        var effects = kind.Decide(state, Stored(command), new DecisionContext(to, Now, new CommandId($"c{++_commands}"), new Sender(sender), version));
        foreach (var e in effects.Events.Select(Stored))
        {
            state = kind.Apply(state, e);
            version++;
            History.Add((to, e));
        }

        _entities[to] = (state, version);
        foreach (var message in effects.Messages.Where(message => _kinds.ContainsKey(message.To.Kind)))
        {
            var way = (to, message.To);
            if (!_onTheWay.TryGetValue(way, out var queue))
            {
                _onTheWay[way] = queue = [];
            }

            queue.Enqueue(message.Command);
        }

        foreach (var reminder in effects.Reminders)
        {
            _reminders.Remove((to, reminder.Name));
            if (reminder.Due is not null)
            {
                _reminders.Add((to, reminder.Name), reminder with { Command = Stored(reminder.Command!) });
            }
        }

        foreach (var delivery in effects.WorkerCommands.Select(static w => w.Command).OfType<DeliverMessage>())
        {
            Deliveries.Enqueue(delivery);
        }

        return effects.Reply;
    }

    private (object State, long Version) Of(EntityId id) => _entities.TryGetValue(id, out var known) ? known : (_kinds[id.Kind].Empty(id), 0);

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

    private sealed class Kind<T>(Behavior<T> behavior) : IKind
        where T : class
    {
        public object Empty(EntityId id) => behavior.Empty(id);

        public Effects Decide(object state, Command command, DecisionContext context) => behavior.Decide((T)state, command, context);

        public object Apply(object state, Event e) => behavior.Apply((T)state, e);
    }
}
