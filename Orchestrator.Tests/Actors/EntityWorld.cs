using Orchestrator.Actors;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

/// <summary>
/// Entities of the domain together, on one thread and with a clock that a test moves: decide, apply, then each is told what others send it, in order, or, with a seed, in order for each
/// sender and receiver and otherwise as the dice fall. Reminders fire at their time. Everything passes through its stored form, as in the runtime. What is told to a kind that was not
/// added goes nowhere.
/// </summary>
internal abstract class EntityWorld(int? seed = null)
{
    private static readonly ManifestTable Manifests = new ManifestTable().AddDomain();

    private readonly Random? _dice = seed is { } number ? new Random(number) : null;
    private readonly Dictionary<string, IKind> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityId, (object State, long Version)> _entities = [];
    private readonly Dictionary<(EntityId Entity, string Name), (DateTimeOffset Due, Command Command)> _reminders = [];
    private readonly List<(EntityId From, EntityId To, Command Command)> _onTheWay = [];
    private int _commands;

    public DateTimeOffset Now { get; private set; } = GivenAgent.Start;

    /// <summary>Every event, in order.</summary>
    public List<(EntityId Entity, Event Event)> History { get; } = [];

    protected IEnumerable<object> States => _entities.Values.Select(static entity => entity.State);

    public T State<T>(EntityId id) => (T)Of(id).State;

    public IEnumerable<T> Events<T>()
        where T : Event => History.Select(static h => h.Event).OfType<T>();

    /// <summary>Asks, and lets everything come to rest that follows.</summary>
    public Reply Ask(EntityId to, Command command, string sender = "client:test")
    {
        var reply = Turn(to, command, sender);
        while (_onTheWay.Count > 0)
        {
            var next = _dice is null ? 0 : NextByDice(_dice);
            var (from, receiver, message) = _onTheWay[next];
            _onTheWay.RemoveAt(next);
            Turn(receiver, message, from.ToString());
        }

        return reply;
    }

    /// <summary>Lets time pass; reminders fire when they are due.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Now + time;
        while (_reminders.Count > 0 && _reminders.MinBy(static r => r.Value.Due) is var next && next.Value.Due <= end)
        {
            Now = next.Value.Due > Now ? next.Value.Due : Now;
            _reminders.Remove(next.Key);
            Ask(next.Key.Entity, next.Value.Command, Sender.Reminder.Value);
        }

        Now = end;
    }

    protected void Add<TState>(string kind, Behavior<TState> behavior)
        where TState : class => _kinds.Add(kind, new Kind<TState>(behavior));

    /// <summary>A worker is asked to do something.</summary>
    protected abstract void Work(EntityId from, WorkerCommand command);

    private int NextByDice(Random dice)
    {
        var ways = _onTheWay.Select(static m => (m.From, m.To)).Distinct().ToArray();
        var way = ways[dice.Next(ways.Length)];
        return _onTheWay.FindIndex(m => (m.From, m.To) == way);
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
        _onTheWay.AddRange(effects.Messages.Where(message => _kinds.ContainsKey(message.To.Kind)).Select(message => (to, message.To, message.Command)));
        foreach (var reminder in effects.Reminders)
        {
            _reminders.Remove((to, reminder.Name));
            if (reminder is { Due: { } due, Command: { } wake })
            {
                _reminders[(to, reminder.Name)] = (due, wake);
            }
        }

        foreach (var work in effects.WorkerCommands)
        {
            Work(to, Stored(work.Command));
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
