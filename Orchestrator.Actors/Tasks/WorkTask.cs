using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>Who is to do a task.</summary>
/// <param name="Agent">The agent; null leaves the choice to the queue of the role.</param>
/// <param name="Role">The role; of an agent, the one that it has.</param>
public sealed record TaskAssignee(AgentName? Agent, string? Role)
{
    /// <summary>The queue that the task goes to.</summary>
    public EntityId Queue => Agent is { } agent ? WorkQueue.Of(agent) : WorkQueue.OfRole(Role ?? AgentRole.Default);

    /// <summary>The team whose members only are to do it, if the choice is left to the queue of the role; null: it is of no team.</summary>
    public string? Team { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Agent is { } agent ? agent.Value : Team is { } team ? $"role {Role} of team {team}" : $"role {Role}";
}

/// <summary>A program whose exit decides whether a task is complete: 0 accepts.</summary>
/// <param name="Command">Its words, the program first. No shell reads them.</param>
/// <param name="TimeLimit">It is killed after this time, and has then not accepted.</param>
public sealed record TaskCheck(ImmutableArray<string> Command, TimeSpan TimeLimit);

/// <summary>How long parts of a task may take; null leaves it to what is configured for the role.</summary>
/// <param name="StartWithin">From its queueing to its start; null: for ever.</param>
/// <param name="LongRunning">From its start to its end.</param>
/// <param name="ProgressWithin">From one sign of progress to the next; null: for ever.</param>
public sealed record TaskLimits(TimeSpan? StartWithin, TimeSpan? LongRunning, TimeSpan? ProgressWithin)
{
    /// <summary>Nothing of its own.</summary>
    public static readonly TaskLimits None = new(null, null, null);
}

/// <summary>What a task is.</summary>
/// <param name="Objective">What is to be reached.</param>
/// <param name="Criteria">By what one sees that it is.</param>
/// <param name="Priority">How urgent: more urgent ones leave a queue first.</param>
/// <param name="Deadline">When it is to be done.</param>
/// <param name="Dependencies">Tasks that must be done before.</param>
/// <param name="Reviewer">The agent, or <see cref="AnyPerson"/>, whose review decides; null for none.</param>
/// <param name="Check">The program whose exit decides; null for none.</param>
/// <param name="Notes">What else there is to say.</param>
/// <param name="Chain">The series that it is a part of; null: it is one of its own.</param>
/// <param name="Limits">How long parts of it may take.</param>
public sealed record TaskDescription(
    string Objective,
    ImmutableArray<string> Criteria,
    MessagePriority Priority,
    DateTimeOffset? Deadline,
    ImmutableArray<TaskId> Dependencies,
    string? Reviewer,
    TaskCheck? Check,
    string? Notes,
    string? Chain,
    TaskLimits Limits)
{
    /// <summary>It belongs to what its agent has at hand: the agent is told of it at once, whatever else it executes, so that neither waits for the other.</summary>
    public bool Beside { get; init; }

    /// <summary>The team that it was added for, to which it belongs while nobody is to do it; null for none.</summary>
    public string? Team { get; init; }

    /// <summary>The reviewer that is whichever person looks at it.</summary>
    public const string AnyPerson = "person";

    /// <summary>The agent that reviews it; null if a person does, or nobody.</summary>
    [JsonIgnore]
    public AgentName? ReviewingAgent => Reviewer != AnyPerson && AgentName.TryParse(Reviewer, out var agent) ? agent : null;

    /// <summary>Whether <paramref name="agent"/> reviews it, and so must not do it.</summary>
    public bool IsReviewedBy(AgentName agent) => ReviewingAgent == agent;
}

/// <summary>One execution of a task.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Agent">Who executes it, once that is known.</param>
/// <param name="QueuedAt">When it was put into a queue.</param>
/// <param name="StartedAt">When the agent began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Reason">How it ended.</param>
public sealed record TaskExecution(int Number, ExecutionStatus Status, AgentName? Agent, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Reason)
{
    /// <summary>It has not ended.</summary>
    public bool IsLive => Status is ExecutionStatus.Pending or ExecutionStatus.Running;
}

/// <summary>Where a check command runs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Folder">The working folder of the agent there.</param>
public sealed record TaskPlace(string Node, string Folder);

/// <summary>What was said when a task was said to be complete.</summary>
/// <param name="By">Who said it.</param>
/// <param name="Summary">What was done.</param>
/// <param name="Evidence">What shows it: files, commits, addresses.</param>
/// <param name="Place">Where its check runs.</param>
/// <param name="At">When.</param>
public sealed record TaskCompletion(string By, string Summary, ImmutableArray<string> Evidence, TaskPlace? Place, DateTimeOffset At);

/// <summary>How a check command ended.</summary>
/// <param name="Attempt">Which completion of the task it was for, from 1.</param>
/// <param name="Passed">It accepted.</param>
/// <param name="ExitCode">Its exit code; null if it was killed or could not be started.</param>
/// <param name="Output">The end of what it wrote.</param>
/// <param name="Reason">How it ended, in words.</param>
/// <param name="Took">How long it ran.</param>
public sealed record CheckResult(int Attempt, bool Passed, int? ExitCode, string Output, string Reason, TimeSpan Took);

/// <summary>A note on a task.</summary>
/// <param name="Text">What was said.</param>
/// <param name="By">Who said it.</param>
/// <param name="At">When.</param>
public sealed record TaskNote(string Text, string By, DateTimeOffset At);

/// <summary>One task: the state that its events add up to.</summary>
public sealed record WorkTask
{
    private const int MostKept = 50;

    /// <summary>Its id.</summary>
    public required TaskId Id { get; init; }

    /// <summary>Where it stands; null: it has never been added.</summary>
    public TaskState? State { get; init; }

    /// <summary>What it is.</summary>
    public TaskDescription? Description { get; init; }

    /// <summary>Known to nobody outside: what the seals of its messages are made of.</summary>
    public string Secret { get; init; } = string.Empty;

    /// <summary>Who added it.</summary>
    public string By { get; init; } = string.Empty;

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who is to do it.</summary>
    public TaskAssignee? Assignee { get; init; }

    /// <summary>Dependencies that are not done yet.</summary>
    public ImmutableSortedSet<string> Open { get; init; } = [];

    /// <summary>Tasks that wait for this one.</summary>
    public ImmutableSortedSet<string> Awaited { get; init; } = [];

    /// <summary>The queues that know of it.</summary>
    public ImmutableSortedSet<string> Queues { get; init; } = [];

    /// <summary>Its executions, the oldest first; at most the last 50.</summary>
    public ImmutableList<TaskExecution> Executions { get; init; } = [];

    /// <summary>The message that hands it to its agent, while that has not arrived.</summary>
    public MessageId? HandOver { get; init; }

    /// <summary>How often it was said to be complete.</summary>
    public int Completions { get; init; }

    /// <summary>What was said then, the last time.</summary>
    public TaskCompletion? Completion { get; init; }

    /// <summary>How the last check ended.</summary>
    public CheckResult? LastCheck { get; init; }

    /// <summary>Why it went back, each time; at most the last 50.</summary>
    public ImmutableList<TaskNote> Returns { get; init; } = [];

    /// <summary>How often its reviewer has sent back what the last execution has brought.</summary>
    public int ReviewReturns { get; init; }

    /// <summary>Since when that is too often, and what was said then.</summary>
    public TaskNote? EndlessReview { get; init; }

    /// <summary>What was reported on the way; at most the last 50.</summary>
    public ImmutableList<TaskNote> Progress { get; init; } = [];

    /// <summary>What was said of this execution and does not fit what is seen, the last time.</summary>
    public TaskNote? Contradiction { get; init; }

    /// <summary>The supervisor that tries to get it done after a failure, and is told how that ends.</summary>
    public string? Rescuer { get; init; }

    /// <summary>The agent that it was taken from, which is not to get it again.</summary>
    public AgentName? TakenFrom { get; init; }

    /// <summary>What whoever takes over is told.</summary>
    public string? HandOverNote { get; init; }

    /// <summary>Why it failed or was cancelled.</summary>
    public string? Reason { get; init; }

    /// <summary>When anything last happened to it.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The execution that has not ended, if there is one.</summary>
    public TaskExecution? Live => Executions is [.., { IsLive: true } last] ? last : null;

    /// <summary>Whether <paramref name="agent"/> has worked on it, or has said that it is complete: it must not accept it.</summary>
    public bool WasDoneBy(AgentName agent)
        => Executions.Exists(e => e.Agent == agent && e.StartedAt is not null) || (Completion is { } completion && SenderNames.AgentOf(completion.By) == agent);

    /// <summary>The series that it is a part of.</summary>
    public string Chain => Description?.Chain ?? Id.Value;

    /// <summary>The task before its first event.</summary>
    public static WorkTask Empty(EntityId id) => new() { Id = TaskId.Parse(id.Id) };

    /// <summary>The task after <paramref name="e"/>.</summary>
    public WorkTask Apply(Event e) => e is TaskEvent task
        ? Applied(task) with { UpdatedAt = task.At }
        : throw new UnreachableException($"a task has no rule for the event {e.GetType().Name}");

    private WorkTask Applied(TaskEvent e) => e switch
    {
        TaskAdded added => this with
        {
            State = added.Description.Dependencies.IsEmpty ? TaskState.Backlog : TaskState.Blocked,
            Description = added.Description,
            Secret = added.Secret,
            By = added.By,
            CreatedAt = added.At,
            Open = [.. added.Description.Dependencies.Select(static d => d.Value)],
        },
        TaskAwaited awaited => this with { Awaited = Awaited.Add(awaited.Task.Value) },
        DependencyMet met => Met(met),
        TaskRetried retried => this with { Rescuer = retried.Rescuer },
        TaskReassigned reassigned => this with { Assignee = new TaskAssignee(Agent: null, Assignee?.Role) { Team = reassigned.Team }, State = State == TaskState.Failed ? State : TaskState.Backlog, Rescuer = reassigned.Rescuer, TakenFrom = reassigned.From, HandOverNote = reassigned.Note },
        TaskAssigned assigned => this with { Assignee = assigned.Assignee, Rescuer = null, TakenFrom = null, HandOverNote = null, State = assigned.Assignee is null && State is not TaskState.Blocked ? TaskState.Backlog : State },
        ExecutionQueued queued => this with
        {
            State = TaskState.Queued,
            Queues = Queues.Add(queued.Queue),
            HandOver = null,
            Reason = null,
            ReviewReturns = 0,
            Executions = Kept(Executions.Add(new TaskExecution(queued.Number, ExecutionStatus.Pending, queued.Agent, queued.At, StartedAt: null, EndedAt: null, Reason: null))),
        },
        ExecutionPassedOn passed => WithLive(live => live with { Agent = passed.Agent }) with { Assignee = new TaskAssignee(passed.Agent, Assignee?.Role), Queues = Queues.Add(passed.Queue) },
        TaskHandedOver handed => WithLive(live => live with { Agent = handed.Agent }) with { HandOver = handed.Message },
        ExecutionStarted started => WithLive(live => live with { Status = ExecutionStatus.Running, Agent = started.Agent, StartedAt = started.At }) with { State = TaskState.InProgress, HandOver = null },
        ProgressReported progress => this with { Progress = Kept(Progress.Add(new TaskNote(progress.Text, progress.By, progress.At))) },
        CompletionReported reported => this with { Completion = reported.Completion, Completions = Completions + 1 },
        CheckOrdered => this with { State = TaskState.Checking },
        CheckEnded ended => this with
        {
            LastCheck = ended.Result,
            Contradiction = ended.Result.Passed ? Contradiction : new TaskNote($"it was said to be complete, and its check {ended.Result.Reason}", "its check", ended.At),
        },
        ReviewRequested => this with { State = TaskState.InReview },
        TaskReviewed reviewed => reviewed.Accepted ? this : this with { ReviewReturns = ReviewReturns + 1 },
        ReturnsExceeded exceeded => this with { EndlessReview = new TaskNote($"it was sent back {exceeded.Returns} times, the last time: {exceeded.Reason}", exceeded.By, exceeded.At) },
        TaskReturned returned => this with { State = TaskState.InProgress, Returns = Kept(Returns.Add(new TaskNote(returned.Reason, returned.By, returned.At))) },
        CompletionDisputed disputed => this with { Contradiction = new TaskNote($"{disputed.Said} is said to have completed it, and {disputed.Executes?.Value ?? "nobody"} executes it", disputed.By, disputed.At) },
        ExecutionEnded ended => WithLive(live => live with { Status = ended.Status, EndedAt = ended.At, Reason = ended.Reason }) with
        {
            State = ended.Status switch { ExecutionStatus.Completed => TaskState.Done, ExecutionStatus.Failed => TaskState.Failed, _ => TaskState.Backlog },
            Queues = [],
            HandOver = null,
            Contradiction = null,
            EndlessReview = null,
            Reason = ended.Reason,
        },
        TaskCancelled cancelled => this with { State = TaskState.Cancelled, Reason = cancelled.Reason },
        _ => throw new UnreachableException($"a task has no rule for the event {e.GetType().Name}"),
    };

    private WorkTask Met(DependencyMet met)
    {
        var open = Open.Remove(met.Task.Value);
        return this with { Open = open, State = State == TaskState.Blocked && open.IsEmpty ? TaskState.Backlog : State };
    }

    private WorkTask WithLive(Func<TaskExecution, TaskExecution> change)
        => Live is { } live ? this with { Executions = Executions.SetItem(Executions.Count - 1, change(live)) } : this;

    private static ImmutableList<T> Kept<T>(ImmutableList<T> list) => list.Count > MostKept ? list.RemoveAt(0) : list;
}
