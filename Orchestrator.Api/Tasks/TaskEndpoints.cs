using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Tasks;

/// <summary><c>/api/v1/tasks</c>.</summary>
internal static class TaskEndpoints
{
    private const int MostTries = 20;

    private static readonly TimeSpan ViewPause = TimeSpan.FromMilliseconds(5);

    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("/api/v1/tasks").WithTags("tasks");
        tasks.MapPost("", AddAsync).Scope(Scopes.TasksWrite, AgentPermissions.AssignTasks).Accepts<AddTaskRequest>("application/json").Produces<TaskInfo>(StatusCodes.Status201Created).WithName("addTask").WithSummary("Add a task.");
        tasks.MapGet("", ListAsync).Scope(Scopes.TasksRead, AgentPermissions.OwnTasks, AgentPermissions.AssignTasks).Produces<ImmutableArray<TaskInfo>>().WithName("listTasks").WithSummary("List tasks by id; those done or cancelled with ?closed=true.");
        tasks.MapGet("/{id}", GetAsync).Scope(Scopes.TasksRead, AgentPermissions.OwnTasks, AgentPermissions.AssignTasks).Produces<TaskInfo>().WithName("getTask").WithSummary("Read a task.");
        tasks.MapPost("/next", NextAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<StartTaskRequest>("application/json").Produces<TaskInfo>().WithName("nextTask").WithSummary("Take and start the next task for an agent, from its own queue or that of its role.");
        tasks.MapPost("/{id}/assign", AssignAsync).Scope(Scopes.TasksWrite, AgentPermissions.AssignTasks).Accepts<AssignTaskRequest>("application/json").Produces<TaskInfo>().WithName("assignTask").WithSummary("Let an agent or a role do a task, or nobody.");
        tasks.MapPost("/{id}/start", StartAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<StartTaskRequest>("application/json").Produces<TaskInfo>().WithName("startTask").WithSummary("Say that an agent has begun a task.");
        tasks.MapPost("/{id}/progress", ProgressAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<TaskTextRequest>("application/json").Produces<TaskInfo>().WithName("reportProgress").WithSummary("Report progress of a task.");
        tasks.MapPost("/{id}/complete", CompleteAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<CompleteTaskRequest>("application/json").Produces<TaskInfo>().WithName("completeTask").WithSummary("Say that a task is complete: its check and its reviewer decide, if it has them.");
        tasks.MapPost("/{id}/fail", FailAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<TaskTextRequest>("application/json").Produces<TaskInfo>().WithName("failTask").WithSummary("Say that a task has failed.");
        tasks.MapPost("/{id}/cancel", CancelAsync).Scope(Scopes.TasksWrite, AgentPermissions.AssignTasks).Accepts<TaskTextRequest>("application/json").Produces<TaskInfo>().WithName("cancelTask").WithSummary("Give a task up.");
        tasks.MapPost("/{id}/review", ReviewAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks, AgentPermissions.AssignTasks).Accepts<ReviewTaskRequest>("application/json").Produces<TaskInfo>().WithName("reviewTask").WithSummary("Accept a task as complete, or send it back.");
        tasks.MapGet("/board", BoardAsync).Scope(Scopes.TasksRead, AgentPermissions.AssignTasks).Produces<ImmutableArray<BoardColumnInfo>>().WithName("getBoard").WithSummary("Read the board: the tasks by state.");
        tasks.MapGet("/executions", ExecutionsAsync).Scope(Scopes.TasksRead, AgentPermissions.AssignTasks).Produces<ImmutableArray<ExecutionInfo>>().WithName("listExecutions").WithSummary("List executions, of a task, an agent or a status if asked.");
        tasks.MapGet("/statistics", StatisticsAsync).Scope(Scopes.TasksRead, AgentPermissions.AssignTasks).Produces<ExecutionStatisticsInfo>().WithName("getExecutionStatistics").WithSummary("Read the figures of executions, of one agent if asked.");
        tasks.MapGet("/queues", QueuesAsync).Scope(Scopes.TasksRead, AgentPermissions.AssignTasks).Produces<ImmutableArray<QueueInfo>>().WithName("listQueues").WithSummary("List the queues of agents and roles.");
        tasks.MapPost("/queues/{name}", SetModeAsync).Scope(Scopes.TasksWrite).Accepts<QueueModeRequest>("application/json").Produces<QueueInfo>().WithName("setQueueMode").WithSummary("Let tasks leave a queue by themselves (push) or when asked for (pull).");
    }

    private static async Task<IResult> AddAsync(HttpContext context, TaskRules rules, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AddTaskRequest, context.RequestAborted);
        var id = commands.IdOf(context.Request);

        // The end of the request's id is random, and the same when it is repeated.
        var task = request.Id is { Length: > 0 } given ? TaskRules.Id(given) : TaskId.Parse($"t-{id.Value[^8..].ToLowerInvariant()}");
        var answer = await commands.AskAsync(context, task.Entity, await rules.ReadAsync(context, request), id);
        context.Response.Headers.Location = $"/api/v1/tasks/{task}";
        return await SeenAsync(context, rules, commands, task, answer, StatusCodes.Status201Created);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        await commands.SeenAsync(context);
        var task = await rules.FindAsync(TaskRules.Id(id), context.RequestAborted);
        return (await rules.SeenByAsync(context))(task) ? TypedResults.Json(task.ToInfo(), ApiJson.Wire.TaskInfo) : throw OwnAffairs.Forbidden($"task {id} is not for you, nor for your role or team");
    }

    private static async Task<IResult> ListAsync(HttpContext context, TaskRules rules, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var sees = await rules.SeenByAsync(context);
        var (state, role, closed) = (context.Request.Spelled<TaskState>("state"), context.Request.Word("role"), context.Request.Flag("closed"));
        var agent = context.Request.Word("agent") is { } text ? RequestParts.Agent(text) : (AgentName?)null;
        var partition = state is TaskState.Done or TaskState.Cancelled ? TaskView.Closed : closed ? null : TaskView.Open;
        var limit = (int)context.Request.Number("limit", 1000, 1, 10_000);
        var found = await SearchAsync<TaskView>(
            views,
            TaskView.ViewName,
            partition,
            t => sees(t) && (state is null || t.Task.State == state) && (role is null || t.Task.Assignee?.Role == role) && (agent is null || t.Task.Assignee?.Agent == agent || t.Task.Live?.Agent == agent),
            context.Request.Word("after"),
            limit,
            context.RequestAborted);
        return TypedResults.Json([.. found.Select(TaskMapping.ToInfo)], ApiJson.Wire.ImmutableArrayTaskInfo);
    }

    private static async Task<IResult> BoardAsync(HttpContext context, TaskRules rules, IViews views, Commands commands)
    {
        const int MostClosed = 20;
        await commands.SeenAsync(context);
        var sees = await rules.SeenByAsync(context);
        var open = await SearchAsync(views, TaskView.ViewName, TaskView.Open, sees, after: null, int.MaxValue, context.RequestAborted);
        var columns = open.OrderByDescending(static t => t.Task.Description!.Priority).ThenBy(static t => t.Task.CreatedAt)
            .Concat(await LastClosedAsync(views, sees, MostClosed, context.RequestAborted))
            .ToLookup(static t => t.Task.State);
        return TypedResults.Json([.. Enum.GetValues<TaskState>().Select(s => new BoardColumnInfo(s.Words(), [.. columns[s].Select(TaskMapping.ToInfo)]))], ApiJson.Wire.ImmutableArrayBoardColumnInfo);
    }

    /// <summary>Those that were closed last in each way, the last first. All are looked at, because the view has them by id; only those few are kept.</summary>
    private static async Task<IEnumerable<TaskView>> LastClosedAsync(IViews views, Func<TaskView, bool> sees, int most, CancellationToken cancellationToken)
    {
        var last = new Dictionary<TaskState, PriorityQueue<TaskView, DateTimeOffset>>();
        await foreach (var (_, _, task) in views.AllAsync<TaskView>(TaskView.ViewName, TaskView.Closed, cancellationToken: cancellationToken))
        {
            if (!sees(task))
            {
                continue;
            }

            var state = task.Task.State!.Value;
            if (!last.TryGetValue(state, out var kept))
            {
                last[state] = kept = new PriorityQueue<TaskView, DateTimeOffset>();
            }

            kept.Enqueue(task, task.Task.UpdatedAt);
            if (kept.Count > most)
            {
                kept.Dequeue();
            }
        }

        return last.Values.SelectMany(static kept => kept.UnorderedItems).OrderByDescending(static item => item.Priority).Select(static item => item.Element);
    }

    private static async Task<IResult> ExecutionsAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var (status, task) = (context.Request.Spelled<ExecutionStatus>("status"), context.Request.Word("task") is { } id ? TaskRules.Id(id).Value : null);
        var agent = context.Request.Word("agent") is { } text ? RequestParts.Agent(text) : (AgentName?)null;
        var reach = await TaskReach.OfAsync(context, views);
        var seen = reach is null ? null : (await SearchAsync<TaskView>(views, TaskView.ViewName, partition: null, t => reach.Includes(t.Task), after: null, int.MaxValue, context.RequestAborted)).Select(static t => t.Task.Id).ToHashSet();
        var found = await SearchAsync<ExecutionView>(
            views,
            ExecutionView.ViewName,
            task,
            e => seen?.Contains(e.Task) != false && (status is null || e.Execution.Status == status) && (agent is null || e.Execution.Agent == agent),
            context.Request.Word("after"),
            (int)context.Request.Number("limit", 1000, 1, 10_000),
            context.RequestAborted);
        return TypedResults.Json([.. found.Select(static e => TaskMapping.ToInfo(e.Task, e.Execution))], ApiJson.Wire.ImmutableArrayExecutionInfo);
    }

    private static async Task<IResult> StatisticsAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var agent = context.Request.Word("agent") is { } text ? RequestParts.Agent(text) : (AgentName?)null;
        if (agent is { } asked && await TaskReach.OfAsync(context, views) is { } reach && !reach.Includes(asked))
        {
            throw reach.Beyond($"agent {asked}");
        }

        var row = await views.GetAsync<ExecutionStatistics>(ExecutionStatistics.ViewName, agent is { } name ? ExecutionStatistics.Of(name) : ExecutionStatistics.All, context.RequestAborted);
        return TypedResults.Json((row ?? new ExecutionStatistics()).ToInfo(agent?.Value), ApiJson.Wire.ExecutionStatisticsInfo);
    }

    private static async Task<IResult> QueuesAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var rows = await views.ListAsync<WorkQueue>(QueueProjection.ViewName, limit: 10_000, cancellationToken: context.RequestAborted);
        var reach = await TaskReach.OfAsync(context, views);
        var queues = rows.Select(r => reach is null ? r.Value : reach.Part(r.Value)).OfType<WorkQueue>();
        return TypedResults.Json([.. queues.Select(TaskMapping.ToInfo)], ApiJson.Wire.ImmutableArrayQueueInfo);
    }

    private static async Task<IResult> SetModeAsync(HttpContext context, string name, TaskRules rules, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.QueueModeRequest, context.RequestAborted);
        var mode = RequestParts.Spelled<QueueMode>(request.Mode ?? string.Empty, "mode");
        var assignee = name.Split(':', 2) switch
        {
            ["agent", var agent] => await rules.AssigneeAsync(agent, role: null, context.RequestAborted),
            ["role", var role] => await rules.AssigneeAsync(agent: null, role, context.RequestAborted),
            _ => throw ProblemException.Invalid($"'{name}' is not a queue: write agent:NAME or role:NAME"),
        };
        var answer = await commands.AskAsync(context, assignee!.Queue, new SetQueueMode(mode), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var row = await views.GetAsync<WorkQueue>(QueueProjection.ViewName, assignee.Queue.Id, context.RequestAborted) ?? WorkQueue.Empty(assignee.Queue);
        return TypedResults.Json(row.ToInfo(), ApiJson.Wire.QueueInfo);
    }

    // What was taken may have been cancelled at the same moment: then the next one is taken, under an id that follows from the request's.
    private static async Task<IResult> NextAsync(HttpContext context, TaskRules rules, Commands commands, IActorSystem actors, TimeProvider time)
    {
        var agent = RequestParts.Agent((await context.Request.BodyAsync(ApiJson.Wire.StartTaskRequest, context.RequestAborted)).Agent ?? string.Empty);
        context.MustBeOwn(own => own == agent, "it takes tasks for itself only");
        var taker = await rules.AgentAsync(agent, context.RequestAborted);
        var id = commands.IdOf(context.Request);
        foreach (var queue in new[] { WorkQueue.Of(agent), WorkQueue.OfRole(taker.Role) })
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                var taken = await commands.AskAnywayAsync(context, queue, new TakeTask(agent) { Team = taker.Team }, CommandIds.Derive(id, $"take-{queue.Id}-{tries}"));
                if (taken.Reply is not TaskTaken task)
                {
                    break;
                }

                await commands.AskAnywayAsync(context, task.Task.Entity, new HandOver(task.Number, agent, Pulled: true), CommandIds.Derive(id, $"start-{task.Task}-{tries}"));
                if (await actors.QueryAsync(task.Task.Entity, new GetTask(), context.RequestAborted) is KnownTask { Task: { State: TaskState.InProgress } begun } && begun.Live?.Agent == agent)
                {
                    return await StartedAsync(context, task, rules, time);
                }
            }
        }

        throw ProblemException.NotFound($"no task waits for {agent} or for the role {taker.Role}");
    }

    // The queue itself tells the task that it has begun, so no position of this request is that of its event: the view is watched until it shows it.
    private static async Task<IResult> StartedAsync(HttpContext context, TaskTaken taken, TaskRules rules, TimeProvider time)
    {
        while (true)
        {
            var view = await rules.FindAsync(taken.Task, context.RequestAborted);
            if (view.Task.Executions.Exists(e => e.Number == taken.Number && e.StartedAt is not null))
            {
                context.Response.Headers[OrchestratorClient.PositionHeader] = view.Position.ToString(CultureInfo.InvariantCulture);
                return TypedResults.Json(view.ToInfo(), ApiJson.Wire.TaskInfo);
            }

            await Task.Delay(ViewPause, time, context.RequestAborted);
        }
    }

    private static async Task<IResult> AssignAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AssignTaskRequest, context.RequestAborted);
        if (request is { Role: null, Team: not null })
        {
            throw ProblemException.Invalid("'team' says whose members of a role are to do it: say 'role' too");
        }

        await rules.MustReachAsync(context, id);
        return await CommandAsync(context, id, new AssignTask(await rules.AssigneeAsync(context, request.Agent, request.Role, request.Team)), rules, commands);
    }

    private static async Task<IResult> StartAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        var agent = RequestParts.Agent((await context.Request.BodyAsync(ApiJson.Wire.StartTaskRequest, context.RequestAborted)).Agent ?? string.Empty);
        context.MustBeOwn(own => own == agent, "it starts tasks for itself only");
        await rules.MustSeeAsync(context, id);
        return await CommandAsync(context, id, new StartTask((await rules.AgentAsync(agent, context.RequestAborted)).Name), rules, commands);
    }

    private static async Task<IResult> ProgressAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        await rules.MustExecuteAsync(context, id);
        return await CommandAsync(context, id, new ReportProgress(await TextAsync(context)), rules, commands);
    }

    private static async Task<IResult> CompleteAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.CompleteTaskRequest, context.RequestAborted);
        await rules.MustExecuteAsync(context, id);
        var task = await rules.FindAsync(TaskRules.Id(id), context.RequestAborted);
        TaskPlace? place = null;
        if (task.Task is { Description.Check: not null, Live.Agent: { } executes })
        {
            var agent = await rules.AgentAsync(executes, context.RequestAborted);
            place = agent.Node is { } node ? new TaskPlace(node, agent.Worktree?.Path ?? agent.Folder) : null;
        }

        var complete = new CompleteTask(
            context.LimitedTo() ?? (request.Agent is { Length: > 0 } said ? RequestParts.Agent(said) : null),
            TaskRules.Text(request.Summary, "summary"),
            TaskRules.Items(request.Evidence, "evidence"),
            place);
        return await CommandAsync(context, id, complete, rules, commands);
    }

    private static async Task<IResult> FailAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        await rules.MustExecuteAsync(context, id);
        return await CommandAsync(context, id, new FailTask(await TextAsync(context)), rules, commands);
    }

    private static async Task<IResult> CancelAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        await rules.MustReachAsync(context, id);
        return await CommandAsync(context, id, new CancelTask(await TextAsync(context)), rules, commands);
    }

    private static async Task<IResult> ReviewAsync(HttpContext context, string id, TaskRules rules, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.ReviewTaskRequest, context.RequestAborted);
        var reviewer = (await rules.FindAsync(TaskRules.Id(id), context.RequestAborted)).Task.Description?.Reviewer;
        context.MustBeOwn(own => context.Has(AgentPermissions.AssignTasks) || reviewer == own.Value, $"the reviewer of {id} is {reviewer ?? "nobody"}");
        if (context.LimitedTo()?.Value != reviewer)
        {
            await rules.MustReachAsync(context, id);
        }

        var note = request.Accepted && request.Note is null or "" ? "accepted" : TaskRules.Text(request.Note, "note");
        return await CommandAsync(context, id, new ReviewTask(request.Accepted, note), rules, commands);
    }

    private static async Task<string> TextAsync(HttpContext context)
        => TaskRules.Text((await context.Request.BodyAsync(ApiJson.Wire.TaskTextRequest, context.RequestAborted)).Text, "text");

    private static async Task<IResult> CommandAsync(HttpContext context, string text, TaskCommand command, TaskRules rules, Commands commands)
    {
        var id = TaskRules.Id(text);
        return await SeenAsync(context, rules, commands, id, await commands.AskAsync(context, id.Entity, command, commands.IdOf(context.Request)), StatusCodes.Status200OK);
    }

    private static async Task<IResult> SeenAsync(HttpContext context, TaskRules rules, Commands commands, TaskId id, Answer answer, int status)
    {
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json((await rules.FindAsync(id, context.RequestAborted)).ToInfo(), ApiJson.Wire.TaskInfo, statusCode: status);
    }

    /// <summary>Rows that are wanted, page by page.</summary>
    public static Task<List<T>> SearchAsync<T>(IViews views, string view, string? partition, Func<T, bool> wanted, string? after, int limit, CancellationToken cancellationToken)
        where T : class
        => views.AllAsync<T>(view, partition, after, cancellationToken: cancellationToken).Select(static row => row.Value).Where(wanted).Take(limit).ToListAsync(cancellationToken).AsTask();
}
