using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Tasks;
using Orchestrator.Client;

namespace Orchestrator.Api.Tasks;

/// <summary>Tasks as the API shows them.</summary>
internal static class TaskMapping
{
    public static TaskInfo ToInfo(this TaskView view)
    {
        var task = view.Task;
        var description = task.Description!;
        return new TaskInfo(
            task.Id.Value,
            task.State!.Value.Words(),
            description.Objective,
            description.Criteria,
            description.Priority.Words(),
            description.Deadline,
            [.. description.Dependencies.Select(static d => d.Value)],
            [.. task.Open],
            (task.Executions is [.., { Agent: { } agent }] ? agent : task.Assignee?.Agent)?.Value,
            task.Assignee?.Role,
            description.Reviewer,
            description.Check?.Command ?? [],
            description.Check?.TimeLimit.TotalSeconds,
            description.Notes,
            description.Chain,
            task.Reason,
            task.Completion is { } completion ? new CompletionInfo(completion.By, completion.Summary, completion.Evidence, completion.At) : null,
            task.LastCheck is { } check ? new CheckInfo(check.Attempt, check.Passed, check.ExitCode, check.Output, check.Reason, check.Took.TotalSeconds) : null,
            Notes(task.Returns),
            Notes(task.Progress),
            [.. task.Executions.Select(e => ToInfo(task.Id, e))],
            task.By,
            task.CreatedAt,
            task.UpdatedAt,
            view.Position)
        {
            Team = task.Assignee is { } assignee ? assignee.Team : description.Team,
        };
    }

    public static ExecutionInfo ToInfo(TaskId task, TaskExecution e) => new(
        task.Value, e.Number, e.Status.Words(), e.Agent?.Value, e.QueuedAt, e.StartedAt, e.EndedAt, e is { StartedAt: { } start, EndedAt: { } end } ? (end - start).TotalSeconds : null, e.Reason);

    public static ExecutionStatisticsInfo ToInfo(this ExecutionStatistics row, string? agent)
        => new(agent, row.Pending, row.Running, ToInfo(row.Completed), ToInfo(row.Failed), ToInfo(row.Cancelled));

    public static QueueInfo ToInfo(this WorkQueue queue) => new(
        queue.Name,
        queue.Mode.Words(),
        [.. queue.Waiting.OrderByDescending(static t => t.Priority).ThenBy(static t => t.Arrival).Select(static t => t.Task.Value)],
        [.. queue.Members.Select(static m => new QueueMemberInfo(m.Key, m.Value.Here, m.Value.Task?.Value))]);

    private static EndedExecutionsInfo ToInfo(EndedExecutions ended) => new(ended.Count, ended.Timed, ended.Mean()?.TotalSeconds);

    private static ImmutableArray<TaskNoteInfo> Notes(ImmutableList<TaskNote> notes) => [.. notes.Select(static n => new TaskNoteInfo(n.Text, n.By, n.At))];
}
