using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary>Tools for tasks.</summary>
internal static class TaskTools
{
    public static async Task<object> ListAsync(ToolCall call)
    {
        var tasks = await call.Client.ListTasksAsync(closed: call.Flag("closed"), cancellationToken: call.CancellationToken);
        return tasks.Select(static t => new { id = t.Id, state = t.State, priority = t.Priority, objective = t.Objective, agent = t.Agent, role = t.Role, deadline = t.Deadline, blockedBy = t.BlockedBy, reason = t.Reason }).ToArray();
    }

    public static async Task<object> StartAsync(ToolCall call)
    {
        if (call.OptionalText("task") is not { } id)
        {
            return Shown(await call.Client.NextTaskAsync(call.Agent, call.CancellationToken));
        }

        // Started again, it is the same start.
        var task = await call.Client.GetTaskAsync(id, call.CancellationToken);
        return Shown(Runs(task, call.Agent) ? task : await call.Client.StartTaskAsync(id, call.Agent, call.CancellationToken));
    }

    public static async Task<object> ReportAsync(ToolCall call)
    {
        var (id, text) = (call.Text("task"), call.Text("text"));
        var task = await call.Client.GetTaskAsync(id, call.CancellationToken);
        return Brief(task.Progress is [.., var last] && last.Text == text ? task : await call.Client.ReportProgressAsync(id, text, call.CancellationToken));
    }

    public static async Task<object> CompleteAsync(ToolCall call)
    {
        var (id, summary, evidence) = (call.Text("task"), call.Text("summary"), call.Texts("evidence"));
        if (evidence.IsEmpty)
        {
            throw new ToolException("complete_task needs evidence: name at least one file, commit, result of a test or address that shows that it is done");
        }

        var task = await call.Client.GetTaskAsync(id, call.CancellationToken);
        return Brief(task.State is "checking" or "in_review" or "done" && task.Completion?.Summary == summary
            ? task
            : await call.Client.CompleteTaskAsync(id, new CompleteTaskRequest { Summary = summary, Evidence = evidence }, call.CancellationToken));
    }

    public static async Task<object> FailAsync(ToolCall call)
    {
        var (id, reason) = (call.Text("task"), call.Text("reason"));
        var task = await call.Client.GetTaskAsync(id, call.CancellationToken);
        return Brief(task.State == "failed" ? task : await call.Client.FailTaskAsync(id, reason, call.CancellationToken));
    }

    public static async Task<object> AssignAsync(ToolCall call)
    {
        var ids = call.OptionalText("id") is { } given ? [given] : call.ShortIds("t");
        foreach (var id in ids)
        {
            try
            {
                if (await call.Client.GetTaskAsync(id, call.CancellationToken) is var known && (call.OptionalText("id") is not null || call.Now - known.CreatedAt < ToolCall.Window))
                {
                    return Shown(known);
                }
            }
            catch (ApiException e) when (e.Code is "not-found")
            {
                // It is new.
            }
        }

        return Shown(await call.Client.AddTaskAsync(
            new AddTaskRequest
            {
                Id = ids[0],
                Objective = call.Text("objective"),
                Agent = call.OptionalText("agent"),
                Role = call.OptionalText("role"),
                Criteria = call.Texts("criteria"),
                Dependencies = call.Texts("after"),
                Reviewer = call.OptionalText("reviewer"),
                Priority = call.OptionalText("priority"),
                Notes = call.OptionalText("notes"),
            },
            call.CancellationToken));
    }

    private static bool Runs(TaskInfo task, string agent) => task.State == "in_progress" && task.Executions.Any(e => e.Agent == agent && e.Status == "running");

    private static object Brief(TaskInfo t) => new { id = t.Id, state = t.State, reason = t.Reason };

    private static object Shown(TaskInfo t) => new
    {
        id = t.Id,
        state = t.State,
        priority = t.Priority,
        objective = t.Objective,
        criteria = t.Criteria,
        notes = t.Notes,
        deadline = t.Deadline,
        agent = t.Agent,
        role = t.Role,
        reviewer = t.Reviewer,
        check = t.Check,
    };
}
