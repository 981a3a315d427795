using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Tasks = "/api/v1/tasks";

    /// <summary>Adds a task.</summary>
    /// <exception cref="ApiException"><c>invalid</c>, <c>already-exists</c>, <c>forbidden</c>: a check command without the scope agents:write.</exception>
    public Task<TaskInfo> AddTaskAsync(AddTaskRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Tasks, Bytes(request, ApiJson.Wire.AddTaskRequest), ApiJson.Wire.TaskInfo, cancellationToken);

    /// <summary>The task <paramref name="id"/>.</summary>
    public Task<TaskInfo> GetTaskAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync(TaskPath(id), ApiJson.Wire.TaskInfo, cancellationToken);

    /// <summary>Tasks by id; those that are done or cancelled only if <paramref name="closed"/> or their state is asked for.</summary>
    public Task<ImmutableArray<TaskInfo>> ListTasksAsync(string? state = null, string? agent = null, string? role = null, bool closed = false, int limit = 1000, CancellationToken cancellationToken = default)
        => GetAsync(Query(Tasks, ("state", state), ("agent", agent), ("role", role), ("closed", closed ? "true" : null), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayTaskInfo, cancellationToken);

    /// <summary>All columns of the board.</summary>
    public Task<ImmutableArray<BoardColumnInfo>> GetBoardAsync(CancellationToken cancellationToken = default)
        => GetAsync(Tasks + "/board", ApiJson.Wire.ImmutableArrayBoardColumnInfo, cancellationToken);

    /// <summary>Executions; only those of a task, an agent or a status if given.</summary>
    public Task<ImmutableArray<ExecutionInfo>> ListExecutionsAsync(string? task = null, string? agent = null, string? status = null, int limit = 1000, CancellationToken cancellationToken = default)
        => GetAsync(Query(Tasks + "/executions", ("task", task), ("agent", agent), ("status", status), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayExecutionInfo, cancellationToken);

    /// <summary>The figures of all executions, or of those of one agent.</summary>
    public Task<ExecutionStatisticsInfo> GetExecutionStatisticsAsync(string? agent = null, CancellationToken cancellationToken = default)
        => GetAsync(Query(Tasks + "/statistics", ("agent", agent)), ApiJson.Wire.ExecutionStatisticsInfo, cancellationToken);

    /// <summary>The queues of agents and roles.</summary>
    public Task<ImmutableArray<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default)
        => GetAsync(Tasks + "/queues", ApiJson.Wire.ImmutableArrayQueueInfo, cancellationToken);

    /// <summary>Lets tasks leave a queue by themselves (push) or when asked for (pull).</summary>
    /// <param name="queue">agent:NAME or role:NAME.</param>
    /// <param name="mode">push or pull.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<QueueInfo> SetQueueModeAsync(string queue, string mode, CancellationToken cancellationToken = default)
        => PostAsync($"{Tasks}/queues/{Uri.EscapeDataString(queue)}", Bytes(new QueueModeRequest(mode), ApiJson.Wire.QueueModeRequest), ApiJson.Wire.QueueInfo, cancellationToken);

    /// <summary>Takes the next task for an agent, from its own queue or that of its role, and starts it.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: none waits.</exception>
    public Task<TaskInfo> NextTaskAsync(string agent, CancellationToken cancellationToken = default)
        => PostAsync(Tasks + "/next", Bytes(new StartTaskRequest(agent), ApiJson.Wire.StartTaskRequest), ApiJson.Wire.TaskInfo, cancellationToken);

    /// <summary>Lets an agent or a role do a task, or nobody.</summary>
    public Task<TaskInfo> AssignTaskAsync(string id, AssignTaskRequest request, CancellationToken cancellationToken = default)
        => OnTask(id, "assign", request, ApiJson.Wire.AssignTaskRequest, cancellationToken);

    /// <summary>Says that an agent has begun a task.</summary>
    public Task<TaskInfo> StartTaskAsync(string id, string agent, CancellationToken cancellationToken = default)
        => OnTask(id, "start", new StartTaskRequest(agent), ApiJson.Wire.StartTaskRequest, cancellationToken);

    /// <summary>Reports progress.</summary>
    public Task<TaskInfo> ReportProgressAsync(string id, string text, CancellationToken cancellationToken = default)
        => OnTask(id, "progress", new TaskTextRequest(text), ApiJson.Wire.TaskTextRequest, cancellationToken);

    /// <summary>Says that a task is complete; its check and its reviewer decide, if it has them.</summary>
    public Task<TaskInfo> CompleteTaskAsync(string id, CompleteTaskRequest request, CancellationToken cancellationToken = default)
        => OnTask(id, "complete", request, ApiJson.Wire.CompleteTaskRequest, cancellationToken);

    /// <summary>Says that a task has failed.</summary>
    public Task<TaskInfo> FailTaskAsync(string id, string reason, CancellationToken cancellationToken = default)
        => OnTask(id, "fail", new TaskTextRequest(reason), ApiJson.Wire.TaskTextRequest, cancellationToken);

    /// <summary>Gives a task up.</summary>
    public Task<TaskInfo> CancelTaskAsync(string id, string reason, CancellationToken cancellationToken = default)
        => OnTask(id, "cancel", new TaskTextRequest(reason), ApiJson.Wire.TaskTextRequest, cancellationToken);

    /// <summary>Accepts a task as complete, or sends it back.</summary>
    public Task<TaskInfo> ReviewTaskAsync(string id, ReviewTaskRequest request, CancellationToken cancellationToken = default)
        => OnTask(id, "review", request, ApiJson.Wire.ReviewTaskRequest, cancellationToken);

    private static string TaskPath(string id) => $"{Tasks}/{Uri.EscapeDataString(id)}";

    private Task<TaskInfo> OnTask<T>(string id, string action, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => PostAsync($"{TaskPath(id)}/{action}", Bytes(request, type), ApiJson.Wire.TaskInfo, cancellationToken);
}
