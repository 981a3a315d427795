using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>Something that has happened to a task.</summary>
/// <param name="At">When.</param>
public abstract record TaskEvent(DateTimeOffset At) : Event;

/// <summary>It was added.</summary>
public sealed record TaskAdded(TaskDescription Description, string Secret, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>Another task waits for it.</summary>
public sealed record TaskAwaited(TaskId Task, DateTimeOffset At) : TaskEvent(At);

/// <summary>A task that it waits for is done.</summary>
public sealed record DependencyMet(TaskId Task, DateTimeOffset At) : TaskEvent(At);

/// <summary>Somebody else is to do it from now on; null: nobody.</summary>
public sealed record TaskAssigned(TaskAssignee? Assignee, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>A failed execution is tried again.</summary>
/// <param name="Execution">The one that failed.</param>
/// <param name="Rescuer">The supervisor that is told how that ends.</param>
/// <param name="At">When.</param>
public sealed record TaskRetried(int Execution, string? Rescuer, DateTimeOffset At) : TaskEvent(At);

/// <summary>It is taken from an agent and goes to another of its role.</summary>
/// <param name="From">The agent.</param>
/// <param name="Note">What whoever takes over is told.</param>
/// <param name="Rescuer">The supervisor that is told how that ends.</param>
/// <param name="At">When.</param>
public sealed record TaskReassigned(AgentName From, string Note, string? Rescuer, DateTimeOffset At) : TaskEvent(At)
{
    /// <summary>The team of that agent, whose members only are to get it; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>An execution waits in a queue.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Agent">Who is to execute it, if that is decided.</param>
/// <param name="At">When.</param>
public sealed record ExecutionQueued(int Number, string Queue, AgentName? Agent, DateTimeOffset At) : TaskEvent(At);

/// <summary>The queue of a role has chosen an agent, in whose queue it waits now.</summary>
public sealed record ExecutionPassedOn(int Number, string Queue, AgentName Agent, DateTimeOffset At) : TaskEvent(At);

/// <summary>A message with the task is on its way to the agent.</summary>
public sealed record TaskHandedOver(int Number, AgentName Agent, MessageId Message, DateTimeOffset At) : TaskEvent(At);

/// <summary>An agent has begun.</summary>
public sealed record ExecutionStarted(int Number, AgentName Agent, DateTimeOffset At) : TaskEvent(At);

/// <summary>There is progress.</summary>
public sealed record ProgressReported(string Text, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>It was said to be complete.</summary>
public sealed record CompletionReported(int Number, TaskCompletion Completion, DateTimeOffset At) : TaskEvent(At);

/// <summary>Somebody who does not execute it has said that it is complete: that was not taken.</summary>
/// <param name="Said">Who is said to have completed it.</param>
/// <param name="Executes">Who executes it.</param>
/// <param name="By">Who reported it.</param>
/// <param name="At">When.</param>
public sealed record CompletionDisputed(AgentName Said, AgentName? Executes, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>Its check command is to run.</summary>
public sealed record CheckOrdered(int Attempt, TaskPlace Place, DateTimeOffset At) : TaskEvent(At);

/// <summary>Its check command has run.</summary>
public sealed record CheckEnded(CheckResult Result, DateTimeOffset At) : TaskEvent(At);

/// <summary>Its reviewer is to decide.</summary>
public sealed record ReviewRequested(string Reviewer, DateTimeOffset At) : TaskEvent(At);

/// <summary>It was reviewed.</summary>
public sealed record TaskReviewed(bool Accepted, string Note, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>It was not complete: its agent goes on with it.</summary>
public sealed record TaskReturned(string Reason, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>Its reviewer has sent it back as often as may be.</summary>
/// <param name="Returns">How often.</param>
/// <param name="Reason">Why, this time.</param>
/// <param name="By">Who did.</param>
/// <param name="At">When.</param>
public sealed record ReturnsExceeded(int Returns, string Reason, string By, DateTimeOffset At) : TaskEvent(At);

/// <summary>An execution has ended.</summary>
/// <param name="Number">Its number.</param>
/// <param name="From">How far it had come.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Agent">Who executed it, if anybody.</param>
/// <param name="StartedAt">When that agent had begun, if it had.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record ExecutionEnded(int Number, ExecutionStatus From, ExecutionStatus Status, AgentName? Agent, DateTimeOffset? StartedAt, string Reason, DateTimeOffset At) : TaskEvent(At);

/// <summary>It was given up.</summary>
public sealed record TaskCancelled(string Reason, string By, DateTimeOffset At) : TaskEvent(At);
