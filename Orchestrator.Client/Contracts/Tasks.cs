using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>A task to add.</summary>
public sealed record AddTaskRequest
{
    /// <summary>Its id: 1 to 40 lower-case letters, digits and dashes. Made from the id of the request if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>What is to be reached: 1 to 20,000 characters.</summary>
    public required string Objective { get; init; }

    /// <summary>By what one sees that it is: at most 50, each of at most 2,000 characters.</summary>
    public ImmutableArray<string>? Criteria { get; init; }

    /// <summary>low, medium (the default), high or urgent.</summary>
    public string? Priority { get; init; }

    /// <summary>When it is to be done.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Tasks that must be done before; they must be there.</summary>
    public ImmutableArray<string>? Dependencies { get; init; }

    /// <summary>The agent that is to do it.</summary>
    public string? Agent { get; init; }

    /// <summary>The role of which some agent is to do it; not together with <see cref="Agent"/>.</summary>
    public string? Role { get; init; }

    /// <summary>The team whose members of the role only are to do it; without a role, the team that it belongs to until somebody is to do it. Without it a role is that of the team of the agent which asks, or of the one team that has it.</summary>
    public string? Team { get; init; }

    /// <summary>The agent whose review decides, or <c>person</c>; none unless said.</summary>
    public string? Reviewer { get; init; }

    /// <summary>The words of a program whose exit with 0 decides, run in the agent's working folder without a shell. Takes the scope agents:write too.</summary>
    public ImmutableArray<string>? Check { get; init; }

    /// <summary>How long that program may run: 1 to 86,400 s, 600 unless said.</summary>
    public double? CheckTimeLimitSeconds { get; init; }

    /// <summary>What else there is to say: at most 20,000 characters.</summary>
    public string? Notes { get; init; }

    /// <summary>The series of tasks that it is a part of.</summary>
    public string? Chain { get; init; }

    /// <summary>From its queueing to its start; later is a gap.</summary>
    public double? StartWithinSeconds { get; init; }

    /// <summary>From its start to its end; longer is a gap. What is configured for the role unless said.</summary>
    public double? LongRunningSeconds { get; init; }

    /// <summary>From one sign of progress to the next; longer is a gap.</summary>
    public double? ProgressWithinSeconds { get; init; }
}

/// <summary>Who is to do a task: an agent, a role, or neither for nobody.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Role">The role.</param>
/// <param name="Team">The team whose members of the role only are to do it.</param>
public sealed record AssignTaskRequest(string? Agent = null, string? Role = null, string? Team = null);

/// <summary>An agent has begun a task.</summary>
/// <param name="Agent">The agent.</param>
public sealed record StartTaskRequest(string Agent);

/// <summary>Something said of a task: progress, why it failed, why it is given up.</summary>
/// <param name="Text">The words, 1 to 20,000 characters.</param>
public sealed record TaskTextRequest(string Text);

/// <summary>A task is complete, somebody says.</summary>
public sealed record CompleteTaskRequest
{
    /// <summary>What was done: 1 to 20,000 characters.</summary>
    public required string Summary { get; init; }

    /// <summary>What shows it: files, commits, addresses. At most 50.</summary>
    public ImmutableArray<string>? Evidence { get; init; }

    /// <summary>The agent that has completed it; whichever executes it unless said.</summary>
    public string? Agent { get; init; }
}

/// <summary>A review of a task.</summary>
/// <param name="Accepted">It is complete.</param>
/// <param name="Note">Why; needed if it is not.</param>
public sealed record ReviewTaskRequest(bool Accepted, string? Note = null);

/// <summary>How tasks leave a queue.</summary>
/// <param name="Mode">push or pull.</param>
public sealed record QueueModeRequest(string Mode);

/// <summary>A task.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">backlog, blocked, queued, in_progress, checking, in_review, done, failed or cancelled.</param>
/// <param name="Objective">What is to be reached.</param>
/// <param name="Criteria">By what one sees that it is.</param>
/// <param name="Priority">low, medium, high or urgent.</param>
/// <param name="Deadline">When it is to be done.</param>
/// <param name="Dependencies">Tasks that must be done before.</param>
/// <param name="BlockedBy">Those of them that are not done.</param>
/// <param name="Agent">The agent that does it, or is to.</param>
/// <param name="Role">The role that it was given to, or that its agent has.</param>
/// <param name="Reviewer">Whose review decides.</param>
/// <param name="Check">The words of the program that decides.</param>
/// <param name="CheckTimeLimitSeconds">How long that may run.</param>
/// <param name="Notes">What else there is to say.</param>
/// <param name="Chain">The series that it is a part of.</param>
/// <param name="Reason">Why it failed or was cancelled; what it came to when done.</param>
/// <param name="Completion">What was said when it was last said to be complete.</param>
/// <param name="LastCheck">How its last check ended.</param>
/// <param name="Returns">Why it went back, each time.</param>
/// <param name="Progress">What was reported on the way.</param>
/// <param name="Executions">Its executions, the oldest first.</param>
/// <param name="By">Who added it.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When anything last happened to it.</param>
/// <param name="Position">The journal position of that.</param>
public sealed record TaskInfo(
    string Id,
    string State,
    string Objective,
    ImmutableArray<string> Criteria,
    string Priority,
    DateTimeOffset? Deadline,
    ImmutableArray<string> Dependencies,
    ImmutableArray<string> BlockedBy,
    string? Agent,
    string? Role,
    string? Reviewer,
    ImmutableArray<string> Check,
    double? CheckTimeLimitSeconds,
    string? Notes,
    string? Chain,
    string? Reason,
    CompletionInfo? Completion,
    CheckInfo? LastCheck,
    ImmutableArray<TaskNoteInfo> Returns,
    ImmutableArray<TaskNoteInfo> Progress,
    ImmutableArray<ExecutionInfo> Executions,
    string By,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Position)
{
    /// <summary>The team whose members of the role only are to do it, while no agent is chosen; while nobody is to do it, the team that it was added for.</summary>
    public string? Team { get; init; }
}

/// <summary>What was said when a task was said to be complete.</summary>
/// <param name="By">Who said it.</param>
/// <param name="Summary">What was done.</param>
/// <param name="Evidence">What shows it.</param>
/// <param name="At">When.</param>
public sealed record CompletionInfo(string By, string Summary, ImmutableArray<string> Evidence, DateTimeOffset At);

/// <summary>How a check ended.</summary>
/// <param name="Attempt">For which completion of the task it ran, from 1.</param>
/// <param name="Passed">It accepted.</param>
/// <param name="ExitCode">Its exit code; null if it was killed or could not be started.</param>
/// <param name="Output">The last 16,384 characters that it wrote.</param>
/// <param name="Reason">How it ended, in words.</param>
/// <param name="Seconds">How long it ran.</param>
public sealed record CheckInfo(int Attempt, bool Passed, int? ExitCode, string Output, string Reason, double Seconds);

/// <summary>A note on a task.</summary>
public sealed record TaskNoteInfo(string Text, string By, DateTimeOffset At);

/// <summary>An execution of a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Number">From 1.</param>
/// <param name="Status">pending, running, completed, failed or cancelled.</param>
/// <param name="Agent">Who executes it, once that is known.</param>
/// <param name="QueuedAt">When it was put into a queue.</param>
/// <param name="StartedAt">When the agent began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Seconds">From start to end, where there are both.</param>
/// <param name="Reason">How it ended.</param>
public sealed record ExecutionInfo(string Task, int Number, string Status, string? Agent, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, double? Seconds, string? Reason);

/// <summary>A column of the board.</summary>
/// <param name="State">The state of its tasks.</param>
/// <param name="Tasks">They, the most urgent first, then the oldest; of those done and cancelled the last 20.</param>
public sealed record BoardColumnInfo(string State, ImmutableArray<TaskInfo> Tasks);

/// <summary>The figures of executions.</summary>
/// <param name="Agent">Of this agent; null: of all.</param>
/// <param name="Pending">How many wait; of one agent always 0.</param>
/// <param name="Running">How many are under way.</param>
/// <param name="Completed">Those that were completed.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Cancelled">Those that were cancelled.</param>
public sealed record ExecutionStatisticsInfo(string? Agent, long Pending, long Running, EndedExecutionsInfo Completed, EndedExecutionsInfo Failed, EndedExecutionsInfo Cancelled);

/// <summary>Executions that ended in one way.</summary>
/// <param name="Count">All of them.</param>
/// <param name="Timed">Those that had begun: the mean is theirs.</param>
/// <param name="MeanSeconds">Their mean duration from start to end; null while there is none.</param>
public sealed record EndedExecutionsInfo(long Count, long Timed, double? MeanSeconds);

/// <summary>A queue of tasks.</summary>
/// <param name="Name">agent:NAME or role:NAME.</param>
/// <param name="Mode">push or pull.</param>
/// <param name="Waiting">The tasks that wait, in the order in which they leave.</param>
/// <param name="Members">The agents that work it off.</param>
public sealed record QueueInfo(string Name, string Mode, ImmutableArray<string> Waiting, ImmutableArray<QueueMemberInfo> Members);

/// <summary>An agent that works a queue off.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Here">Its program runs; of an agent's own queue always true, because messages wait for it.</param>
/// <param name="Task">The task that it has from this queue.</param>
public sealed record QueueMemberInfo(string Agent, bool Here, string? Task);
