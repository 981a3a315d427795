using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>How tasks leave a queue.</summary>
public enum QueueMode
{
    /// <summary>By themselves, one after the other: whose turn it is gets a message.</summary>
    Push,

    /// <summary>When somebody asks for the next one.</summary>
    Pull,
}

/// <summary>A task that waits.</summary>
/// <param name="Task">The task.</param>
/// <param name="Number">Its execution.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="Arrival">Its place in the order of arrival.</param>
/// <param name="At">When it came.</param>
public sealed record QueuedTask(TaskId Task, int Number, MessagePriority Priority, long Arrival, DateTimeOffset At)
{
    /// <summary>The agent that is not to get it: it was taken from that one.</summary>
    public AgentName? Except { get; init; }

    /// <summary>The agent that reviews it, which is not to get it either.</summary>
    public AgentName? Reviewer { get; init; }

    /// <summary>Whether <paramref name="agent"/> may get it.</summary>
    public bool IsFor(AgentName agent) => agent != Except && agent != Reviewer;

    /// <summary>The team whose members only are to get it; null in the queue of a role: it is of no team.</summary>
    public string? Team { get; init; }
}

/// <summary>An agent that works off a queue.</summary>
/// <param name="Here">Its program runs.</param>
/// <param name="Task">The task that it has from this queue.</param>
public sealed record QueueMember(bool Here, TaskId? Task)
{
    /// <summary>The team that it is in; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>The tasks that wait for an agent or for whichever agent of a role. In the queue of a role each team has its own: a task of a team is given to members of that team only, one of no team to agents without a team, and to members of teams where the role has none without.</summary>
public sealed record WorkQueue
{
    /// <summary>The kind of entity that queues are.</summary>
    public const string Kind = "queue";

    private const string AgentPrefix = "agent:";
    private const string RolePrefix = "role:";

    /// <summary>Its name: <c>agent:NAME</c> or <c>role:NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How tasks leave it.</summary>
    public QueueMode Mode { get; init; } = QueueMode.Push;

    /// <summary>The tasks that wait, in order of arrival.</summary>
    public ImmutableList<QueuedTask> Waiting { get; init; } = [];

    /// <summary>The agents that work it off.</summary>
    public ImmutableSortedDictionary<string, QueueMember> Members { get; init; } = ImmutableSortedDictionary.Create<string, QueueMember>(StringComparer.Ordinal);

    /// <summary>How many tasks have ever come.</summary>
    public long Arrived { get; init; }

    /// <summary>The agent whose queue it is; null for that of a role.</summary>
    public AgentName? Agent => Name.StartsWith(AgentPrefix, StringComparison.Ordinal) ? AgentName.Parse(Name[AgentPrefix.Length..]) : null;

    /// <summary>The role whose queue it is; null for that of an agent.</summary>
    public string? Role => Name.StartsWith(RolePrefix, StringComparison.Ordinal) ? Name[RolePrefix.Length..] : null;

    /// <summary>The queue of an agent.</summary>
    public static EntityId Of(AgentName agent) => new(Kind, AgentPrefix + agent);

    /// <summary>The queue of a role.</summary>
    public static EntityId OfRole(string role) => new(Kind, RolePrefix + role);

    /// <summary>The queue before its first event. The one worker of an agent's queue is that agent, whether its program runs or not: messages wait for it.</summary>
    public static WorkQueue Empty(EntityId id)
    {
        var queue = new WorkQueue { Name = id.Id };
        return queue.Agent is { } agent ? queue with { Members = queue.Members.Add(agent.Value, new QueueMember(Here: true, Task: null)) } : queue;
    }

    /// <summary>The tasks in the order in which they leave it: by priority, then arrival.</summary>
    public IEnumerable<QueuedTask> InOrder() => Waiting.OrderByDescending(static t => t.Priority).ThenBy(static t => t.Arrival);

    /// <summary>The task that an agent of this team, or of none, gets if it asks now.</summary>
    public QueuedTask? NextFor(AgentName agent, string? team) => InOrder().FirstOrDefault(t => IsFor(t, agent, team));

    /// <summary>The task that leaves it next, and the agent that gets it: one that runs and has none; of several, the first by name.</summary>
    public (QueuedTask Task, AgentName Agent)? Next()
    {
        var free = Members.Where(static m => m.Value is { Here: true, Task: null }).Select(static m => (Name: AgentName.Parse(m.Key), m.Value.Team)).ToList();
        foreach (var task in free.Count == 0 ? [] : InOrder())
        {
            foreach (var agent in free)
            {
                if (IsFor(task, agent.Name, agent.Team))
                {
                    return (task, agent.Name);
                }
            }
        }

        return null;
    }

    private bool IsFor(QueuedTask task, AgentName agent, string? team)
        => task.IsFor(agent) && (Agent is not null || task.Team == team || (task.Team is null && Members.Values.All(static m => m.Team is not null)));
}

/// <summary>What a queue can be asked.</summary>
public abstract record QueueCommand : Command;

/// <summary>A task waits.</summary>
public sealed record OfferTask(TaskId Task, int Number, MessagePriority Priority) : QueueCommand
{
    /// <summary>The agent that is not to get it.</summary>
    public AgentName? Except { get; init; }

    /// <summary>The agent that reviews it, which is not to get it either.</summary>
    public AgentName? Reviewer { get; init; }

    /// <summary>The agent whose queue it is gets it at once, beside what it executes.</summary>
    public bool Beside { get; init; }

    /// <summary>The team whose members only are to get it.</summary>
    public string? Team { get; init; }
}

/// <summary>The agent whose queue it is cannot do its tasks: each is to go to another one of its role.</summary>
/// <param name="Note">What whoever takes over is told.</param>
public sealed record PassTasksOn(string Note) : QueueCommand
{
    /// <summary>The team of the agent, whose members only are to get them; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>A task does not concern it any more.</summary>
public sealed record LeaveQueue(TaskId Task) : QueueCommand;

/// <summary>An agent has begun a task by itself.</summary>
public sealed record NoteStarted(TaskId Task, AgentName Agent) : QueueCommand;

/// <summary>An agent wants the next task; the reply is <see cref="TaskTaken"/>.</summary>
public sealed record TakeTask(AgentName Agent) : QueueCommand
{
    /// <summary>The team that it is in; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>An agent has the role of the queue, or has it no more.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Belongs">It has the role.</param>
/// <param name="Here">Its program runs.</param>
public sealed record NoteMember(AgentName Agent, bool Belongs, bool Here) : QueueCommand
{
    /// <summary>The team that it is in; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>A check-in wants to know who has the role of the queue; it is told with <see cref="CheckIns.NoteAudience"/>.</summary>
public sealed record AskMembers(EntityId CheckIn, int Number) : QueueCommand;

/// <summary>Let tasks leave it in this way from now on.</summary>
public sealed record SetQueueMode(QueueMode Mode) : QueueCommand;

/// <summary>The answer to <see cref="TakeTask"/>.</summary>
public sealed record TaskTaken(TaskId Task, int Number) : Reply;

/// <summary>Something has happened to a queue.</summary>
public abstract record QueueEvent : Event;

/// <summary>A task waits in it.</summary>
public sealed record TaskOffered(QueuedTask Task) : QueueEvent;

/// <summary>An agent got a task out of it.</summary>
public sealed record TaskGiven(TaskId Task, int Number, AgentName Agent, DateTimeOffset At) : QueueEvent;

/// <summary>A task left it.</summary>
public sealed record TaskLeft(TaskId Task, DateTimeOffset At) : QueueEvent;

/// <summary>An agent works it off, or does so no more.</summary>
public sealed record MemberNoted(AgentName Agent, bool Belongs, bool Here, DateTimeOffset At) : QueueEvent
{
    /// <summary>The team that it is in; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>Tasks leave it in this way.</summary>
public sealed record QueueModeSet(QueueMode Mode, string By, DateTimeOffset At) : QueueEvent;
