using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>What a task can be asked.</summary>
public abstract record TaskCommand : Command;

/// <summary>Add the task.</summary>
/// <param name="Description">What it is.</param>
/// <param name="Assignee">Who is to do it; null for nobody yet.</param>
/// <param name="Secret">At least 32 random characters, for the seals of its messages.</param>
public sealed record AddTask(TaskDescription Description, TaskAssignee? Assignee, string Secret) : TaskCommand;

/// <summary>Let this agent or role do it; null for nobody. What runs elsewhere is cancelled, what failed begins anew.</summary>
public sealed record AssignTask(TaskAssignee? Assignee) : TaskCommand;

/// <summary>An agent has begun.</summary>
public sealed record StartTask(AgentName Agent) : TaskCommand;

/// <summary>There is progress.</summary>
public sealed record ReportProgress(string Text) : TaskCommand;

/// <summary>It is complete, somebody says: its check and its reviewer decide, if it has them.</summary>
/// <param name="Agent">The agent that has completed it; null: whichever executes it.</param>
/// <param name="Summary">What was done.</param>
/// <param name="Evidence">What shows it.</param>
/// <param name="Place">Where its check can run; null if the agent has no place.</param>
public sealed record CompleteTask(AgentName? Agent, string Summary, ImmutableArray<string> Evidence, TaskPlace? Place) : TaskCommand;

/// <summary>It failed.</summary>
public sealed record FailTask(string Reason) : TaskCommand;

/// <summary>Its supervisor wants a failed execution tried again by the same agent; nothing happens if it has been dealt with meanwhile.</summary>
/// <param name="Execution">The execution that failed.</param>
public sealed record RetryTask(int Execution) : TaskCommand
{
    /// <summary>The supervisor that is told how that ends; null for nobody.</summary>
    public EntityId? ReportTo { get; init; }
}

/// <summary>A supervisor wants it done by another agent of the role; nothing happens if this agent does not have it any more.</summary>
/// <param name="Except">The agent that it is taken from.</param>
/// <param name="Execution">The execution that this is about; null: whichever is live.</param>
/// <param name="Note">What whoever takes over is told.</param>
public sealed record ReassignTask(AgentName Except, int? Execution, string Note) : TaskCommand
{
    /// <summary>The supervisor that is told how that ends; null for nobody.</summary>
    public EntityId? ReportTo { get; init; }

    /// <summary>The team of that agent, whose members only are to get it; null for none.</summary>
    public string? Team { get; init; }
}

/// <summary>Give it up.</summary>
public sealed record CancelTask(string Reason) : TaskCommand;

/// <summary>Accept it as complete, or send it back.</summary>
public sealed record ReviewTask(bool Accepted, string Note) : TaskCommand;

/// <summary>Another task waits for this one.</summary>
public sealed record AwaitTask(TaskId Task) : TaskCommand;

/// <summary>A task that this one waits for is done.</summary>
public sealed record MeetDependency(TaskId Task) : TaskCommand;

/// <summary>The queue of a role has chosen an agent for it.</summary>
public sealed record PassOn(int Number, AgentName Agent) : TaskCommand;

/// <summary>It is its turn in the queue of an agent.</summary>
/// <param name="Number">The execution.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Pulled">The agent has asked for it, so it is not told of it.</param>
public sealed record HandOver(int Number, AgentName Agent, bool Pulled) : TaskCommand;

/// <summary>The check command has run.</summary>
public sealed record ReportCheck(CheckResult Result) : TaskCommand;

/// <summary>Run a program in the working folder of an agent, as its words stand, and report how it ended. Runs again if the node ended in the middle.</summary>
/// <param name="Task">The task that it decides.</param>
/// <param name="Attempt">Which completion of it.</param>
/// <param name="Check">The program.</param>
/// <param name="Folder">Where.</param>
public sealed record RunCheck(TaskId Task, int Attempt, TaskCheck Check, string Folder) : WorkerCommand;

/// <summary>Asks for the state of a task as it is committed; the answer is <see cref="KnownTask"/>.</summary>
public sealed record GetTask : Query;

/// <summary>The answer to <see cref="GetTask"/>.</summary>
public sealed record KnownTask(WorkTask Task) : Reply;
