using System.Collections.Immutable;
using System.Text.Json;

using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

/// <summary>An agent that is told commands one after another, as the runtime does it: decide, then apply. Everything passes through its stored form.</summary>
internal sealed class GivenAgent
{
    public const string Node = "n1";
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ManifestTable Manifests = new ManifestTable().AddDomain();
    private readonly AgentBehavior _behavior = new();
    private int _commands;

    public GivenAgent(string name = "a1")
    {
        Id = AgentName.Parse(name).Entity;
        State = _behavior.Empty(Id);
    }

    public EntityId Id { get; }

    public Agent State { get; private set; }

    public long Version { get; private set; }

    public DateTimeOffset Now { get; set; } = Start;

    public List<Event> History { get; } = [];

    public List<OutgoingWorkerCommand> Worker { get; } = [];

    /// <summary>What the last command told others.</summary>
    public ImmutableArray<OutgoingCommand> Told { get; private set; } = [];

    public Dictionary<string, ReminderChange> Reminders { get; } = new(StringComparer.Ordinal);

    public Reply Tell(Command command, string sender = "client:test")
    {
        command = Stored(command);
        var effects = _behavior.Decide(State, command, new DecisionContext(Id, Now, new CommandId($"c{++_commands}"), new Sender(sender), Version));
        foreach (var e in effects.Events.Select(Stored))
        {
            State = _behavior.Apply(State, e);
            History.Add(e);
            Version++;
        }

        Told = [.. effects.Messages];
        Worker.AddRange(effects.WorkerCommands.Select(static w => w with { Command = Stored(w.Command) }));
        foreach (var reminder in effects.Reminders)
        {
            if (reminder.Due is null)
            {
                Reminders.Remove(reminder.Name);
            }
            else
            {
                Reminders[reminder.Name] = reminder;
            }
        }

        return effects.Reply;
    }

    /// <summary>As if an older version had written it.</summary>
    public void Has(Event e)
    {
        State = _behavior.Apply(State, Stored(e));
        History.Add(e);
        Version++;
    }

    /// <summary>The agent as it is read.</summary>
    public AgentView View
    {
        get
        {
            var projection = new AgentProjection();
            AgentView? view = null;
            foreach (var (index, e) in History.Index())
            {
                view = projection.Fold(Id.Id, view, new EventEnvelope(new JournalPosition(index + 1), Id, index + 1, Now, "", e, default));
                view = JsonSerializer.Deserialize<AgentView>(JsonSerializer.Serialize(view, PayloadJson.Options), PayloadJson.Options)!;
            }

            return view!;
        }
    }

    public T Last<T>() => History.OfType<T>().Last();

    public GivenAgent Registered()
    {
        Assert.IsType<Done>(Tell(Register()));
        return this;
    }

    public GivenAgent Started()
    {
        Registered();
        Assert.IsType<Placed>(Tell(new Start(Node)));
        return Bound();
    }

    public GivenAgent Bound(bool adopted = false, long number = 0)
    {
        Assert.IsType<PaneBinding>(Tell(new BindPane(State.Generation, Pane(), Traits(), Worktree: null, adopted, number)));
        return this;
    }

    public GivenAgent Ready()
    {
        if (!State.Registered)
        {
            Started();
        }

        return Seen(AgentActivity.Ready);
    }

    public GivenAgent Seen(AgentActivity activity, string? detail = null)
    {
        Tell(new ReportActivity(State.Generation, activity, detail, Until: null, new AgentFact("screen", activity.Words(), "…", Now)));
        return this;
    }

    public Reply Send(string text, MessagePriority priority = MessagePriority.Medium, bool person = true, DateTimeOffset? expires = null, MessageId? id = null)
        => Tell(new EnqueueMessage(new NewMessage(id ?? MessageId.New(Now), person ? "client:test" : "agent/b1", person, text, priority, expires, "SEAL22")));

    public Reply Report(DeliveryStep step, string evidence = "…")
    {
        var flight = State.Queue.InFlight ?? throw new InvalidOperationException("nothing is being delivered");
        return Tell(new ReportDelivery(flight.Waiting.Message.Id, State.Generation, flight.Waiting.Attempts, step, evidence));
    }

    public string? InFlight => State.Queue.InFlight?.Waiting.Message.Text;

    public static Register Register(string profile = "demo") => new(
        profile, "/srv/repo", AgentRole.Default, DisplayName: null, WorktreeBranch: null, [], ImmutableSortedDictionary<string, string>.Empty, ReportsTo: null, Traits());

    public static ProfileTraits Traits() => new(MaxMessageBytes: 1000, TypesWhileWorking: false);

    public static AgentPane Pane() => new("%1", "@1", 4711, new TmuxServerFact(1_700_000_000, 4000, "/run/tmux.sock"));

    private static T Stored<T>(T value)
        where T : notnull
    {
        var (manifest, payload) = Manifests.Write(value);
        return (T)Manifests.Read(manifest, payload);
    }
}
