using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>A task as it is read: the row of the view <c>tasks</c>, keyed by its id, listed as open or closed.</summary>
/// <param name="Task">The task.</param>
/// <param name="Position">The position of its last event.</param>
public sealed record TaskView(WorkTask Task, long Position)
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "tasks";

    /// <summary>What is done or cancelled.</summary>
    public const string Closed = "closed";

    /// <summary>What is not.</summary>
    public const string Open = "open";
}

/// <summary>Folds the events of tasks into their rows.</summary>
public sealed class TaskProjection : Projection<TaskView>
{
    /// <inheritdoc/>
    public override string Name => TaskView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [TaskId.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is TaskEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, TaskView value) => value.Task.State is TaskState.Done or TaskState.Cancelled ? TaskView.Closed : TaskView.Open;

    /// <inheritdoc/>
    public override TaskView? Fold(string key, TaskView? current, EventEnvelope e)
        => e.Event is TaskEvent task ? new TaskView((current?.Task ?? WorkTask.Empty(e.Entity)).Apply(task), e.Position.Value) : current;
}

/// <summary>An execution as it is read: the row of the view <c>executions</c>, keyed by task and number, listed by task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Execution">The execution.</param>
public sealed record ExecutionView(TaskId Task, TaskExecution Execution)
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "executions";

    /// <summary>The key of an execution.</summary>
    public static string Key(string task, int number) => string.Create(CultureInfo.InvariantCulture, $"{task}/{number:D6}");
}

/// <summary>Folds the events of tasks into the rows of their executions.</summary>
public sealed class ExecutionProjection : Projection<ExecutionView>
{
    /// <inheritdoc/>
    public override string Name => ExecutionView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [TaskId.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => Number(e.Event) is { } number ? [ExecutionView.Key(e.Entity.Id, number)] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, ExecutionView value) => value.Task.Value;

    /// <inheritdoc/>
    public override ExecutionView? Fold(string key, ExecutionView? current, EventEnvelope e) => (e.Event, current) switch
    {
        (ExecutionQueued queued, _) => new ExecutionView(TaskId.Parse(e.Entity.Id), new TaskExecution(queued.Number, ExecutionStatus.Pending, queued.Agent, queued.At, StartedAt: null, EndedAt: null, Reason: null)),
        (_, null) => null,
        (ExecutionPassedOn passed, _) => current with { Execution = current.Execution with { Agent = passed.Agent } },
        (TaskHandedOver handed, _) => current with { Execution = current.Execution with { Agent = handed.Agent } },
        (ExecutionStarted started, _) => current with { Execution = current.Execution with { Status = ExecutionStatus.Running, Agent = started.Agent, StartedAt = started.At } },
        (ExecutionEnded ended, _) => current with { Execution = current.Execution with { Status = ended.Status, EndedAt = ended.At, Reason = ended.Reason } },
        _ => current,
    };

    private static int? Number(Event? e) => e switch
    {
        ExecutionQueued queued => queued.Number,
        ExecutionPassedOn passed => passed.Number,
        TaskHandedOver handed => handed.Number,
        ExecutionStarted started => started.Number,
        ExecutionEnded ended => ended.Number,
        _ => null,
    };
}

/// <summary>How many executions ended in one way, and how long those took that had begun.</summary>
/// <param name="Count">All that ended so.</param>
/// <param name="Timed">Those of them that had begun: only they have a duration.</param>
/// <param name="Total">The sum of their durations.</param>
public sealed record EndedExecutions(long Count, long Timed, TimeSpan Total)
{
    /// <summary>None.</summary>
    public static readonly EndedExecutions None = new(0, 0, TimeSpan.Zero);

    /// <summary>The mean duration; null while none had begun.</summary>
    public TimeSpan? Mean() => Timed == 0 ? null : Total / Timed;

    internal EndedExecutions With(ExecutionEnded ended) => ended.StartedAt is { } started
        ? new EndedExecutions(Count + 1, Timed + 1, Total + (ended.At - started))
        : this with { Count = Count + 1 };
}

/// <summary>The figures of all executions, or of those of one agent: a row of the view <c>execution_statistics</c>.</summary>
public sealed record ExecutionStatistics
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "execution_statistics";

    /// <summary>The row of all executions.</summary>
    public const string All = "all";

    /// <summary>Executions that wait. Of an agent: always 0, because it is not always known who will execute them.</summary>
    public long Pending { get; init; }

    /// <summary>Executions that are under way.</summary>
    public long Running { get; init; }

    /// <summary>Those that were completed.</summary>
    public EndedExecutions Completed { get; init; } = EndedExecutions.None;

    /// <summary>Those that failed.</summary>
    public EndedExecutions Failed { get; init; } = EndedExecutions.None;

    /// <summary>Those that were cancelled.</summary>
    public EndedExecutions Cancelled { get; init; } = EndedExecutions.None;

    /// <summary>The row of an agent.</summary>
    public static string Of(AgentName agent) => $"agent:{agent}";
}

/// <summary>Counts executions.</summary>
public sealed class ExecutionStatisticsProjection : Projection<ExecutionStatistics>
{
    /// <inheritdoc/>
    public override string Name => ExecutionStatistics.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [TaskId.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event switch
    {
        ExecutionQueued => [ExecutionStatistics.All],
        ExecutionStarted started => [ExecutionStatistics.All, ExecutionStatistics.Of(started.Agent)],
        ExecutionEnded { Agent: { } agent } => [ExecutionStatistics.All, ExecutionStatistics.Of(agent)],
        ExecutionEnded => [ExecutionStatistics.All],
        _ => [],
    };

    /// <inheritdoc/>
    public override ExecutionStatistics? Fold(string key, ExecutionStatistics? current, EventEnvelope e)
    {
        var row = current ?? new ExecutionStatistics();
        var all = key == ExecutionStatistics.All;
        return e.Event switch
        {
            ExecutionQueued => row with { Pending = row.Pending + 1 },
            ExecutionStarted => row with { Pending = row.Pending - (all ? 1 : 0), Running = row.Running + 1 },
            ExecutionEnded ended => Ended(
                ended.From == ExecutionStatus.Running ? row with { Running = row.Running - 1 } : row with { Pending = row.Pending - (all ? 1 : 0) },
                ended),
            _ => row,
        };
    }

    private static ExecutionStatistics Ended(ExecutionStatistics row, ExecutionEnded ended) => ended.Status switch
    {
        ExecutionStatus.Completed => row with { Completed = row.Completed.With(ended) },
        ExecutionStatus.Failed => row with { Failed = row.Failed.With(ended) },
        ExecutionStatus.Cancelled => row with { Cancelled = row.Cancelled.With(ended) },
        _ => throw new System.Diagnostics.UnreachableException($"an execution cannot end as {ended.Status}"),
    };
}

/// <summary>Folds the events of queues into their rows: the view <c>queues</c>, keyed by name.</summary>
public sealed class QueueProjection : Projection<WorkQueue>
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "queues";

    private readonly QueueBehavior _behavior = new();

    /// <inheritdoc/>
    public override string Name => ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [WorkQueue.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is QueueEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override WorkQueue? Fold(string key, WorkQueue? current, EventEnvelope e)
        => e.Event is QueueEvent queue ? _behavior.Apply(current ?? WorkQueue.Empty(e.Entity), queue) : current;
}
