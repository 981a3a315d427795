using System.Collections.Immutable;

namespace Orchestrator.Runtime;

/// <summary>A command for another entity, stored in its inbox with the events that sent it.</summary>
public sealed record OutgoingCommand(EntityId To, Command Command);

/// <summary>A reminder set (a due time and the command that the entity will get) or dropped (neither).</summary>
/// <param name="Name">Unique within the entity; setting it again moves it.</param>
/// <param name="Due">When it fires.</param>
/// <param name="Command">What the entity is then told.</param>
public sealed record ReminderChange(string Name, DateTimeOffset? Due, Command? Command);

/// <summary>A command for the worker of a node.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Command">What it is to do.</param>
public sealed record OutgoingWorkerCommand(string Node, WorkerCommand Command);

/// <summary>
/// What a decision wants: events, messages, reminders, worker commands and a reply. All of it commits in one transaction, together with the mark that this command
/// id is done; nothing of it happens if the transaction fails.
/// </summary>
public sealed record Effects
{
    /// <summary>Nothing happens; the reply is <see cref="Done"/>.</summary>
    public static readonly Effects None = new();

    /// <summary>The events, in order.</summary>
    public ImmutableArray<Event> Events { get; init; } = [];

    /// <summary>The commands for other entities (or the entity itself), in order.</summary>
    public ImmutableArray<OutgoingCommand> Messages { get; init; } = [];

    /// <summary>The reminders set and dropped.</summary>
    public ImmutableArray<ReminderChange> Reminders { get; init; } = [];

    /// <summary>The commands for workers.</summary>
    public ImmutableArray<OutgoingWorkerCommand> WorkerCommands { get; init; } = [];

    /// <summary>The reply; <see cref="Done"/> unless said otherwise.</summary>
    public Reply Reply { get; init; } = Done.Instance;

    /// <summary>Effects that persist <paramref name="events"/>.</summary>
    public static Effects Persist(params ReadOnlySpan<Event> events) => None.ThenPersist(events);

    /// <summary>Effects that do nothing but refuse.</summary>
    public static Effects Refuse(string code, string reason) => None with { Reply = new Refused(code, reason) };

    /// <summary>Effects that do nothing but answer.</summary>
    public static Effects Answer(Reply reply) => None with { Reply = reply };

    /// <summary>Adds events.</summary>
    public Effects ThenPersist(params ReadOnlySpan<Event> events) => this with { Events = [.. Events, .. events] };

    /// <summary>Adds a durable command for another entity.</summary>
    public Effects ThenTell(EntityId to, Command command) => this with { Messages = Messages.Add(new OutgoingCommand(to, command)) };

    /// <summary>Sets the reminder <paramref name="name"/>.</summary>
    public Effects ThenRemind(string name, DateTimeOffset due, Command command) => this with { Reminders = Reminders.Add(new ReminderChange(name, due, command)) };

    /// <summary>Drops the reminder <paramref name="name"/>, if it is set.</summary>
    public Effects ThenForget(string name) => this with { Reminders = Reminders.Add(new ReminderChange(name, Due: null, Command: null)) };

    /// <summary>Adds a command for the worker of <paramref name="node"/>.</summary>
    public Effects ThenWorker(string node, WorkerCommand command) => this with { WorkerCommands = WorkerCommands.Add(new OutgoingWorkerCommand(node, command)) };

    /// <summary>Sets the reply.</summary>
    public Effects ThenReply(Reply reply) => this with { Reply = reply };

    /// <summary>These effects, then <paramref name="more"/>; the reply is that of <paramref name="more"/>.</summary>
    public Effects Then(Effects more) => new()
    {
        Events = [.. Events, .. more.Events],
        Messages = [.. Messages, .. more.Messages],
        Reminders = [.. Reminders, .. more.Reminders],
        WorkerCommands = [.. WorkerCommands, .. more.WorkerCommands],
        Reply = more.Reply,
    };
}
