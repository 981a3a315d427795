using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>Whom a task tells what has happened to it: with the events, in the same transaction.</summary>
internal static class TaskNews
{
    /// <summary><paramref name="effects"/>, with what others are told of them.</summary>
    public static Effects Told(WorkTask before, Effects effects, DecisionContext context)
    {
        if (effects.Events.IsEmpty)
        {
            return effects;
        }

        var task = before;
        foreach (var e in effects.Events.Cast<TaskEvent>())
        {
            effects = Rescue(task, e, effects);
            var had = task.Live?.Agent;
            task = task.Apply(e);
            effects = e switch
            {
                ExecutionQueued { Agent: { } agent } => Noted(agent, ExecutionStatus.Pending, task, Open(agent, task, effects)),
                ExecutionPassedOn passed => Noted(passed.Agent, ExecutionStatus.Pending, task, Open(passed.Agent, task, effects)),
                ExecutionStarted started => Noted(started.Agent, ExecutionStatus.Running, task, had == started.Agent ? effects : Open(started.Agent, task, effects)),
                ExecutionEnded { Agent: { } agent } ended => Noted(agent, ended.Status, task, effects.ThenTell(agent.Entity, new NoteTaskOver(task.Id) { Unbegun = ended.StartedAt is null })),
                _ => effects,
            };
        }

        return Conditions.Told(context.Self, before, task, Conditions.Of, AgentWaits.Told(before, task, effects));
    }

    /// <summary>The supervisor of the agent that failed learns of it, and how what it has tried has ended; if somebody else deals with it, that.</summary>
    private static Effects Rescue(WorkTask before, TaskEvent e, Effects effects)
    {
        var last = before.Executions is [.., var execution] ? execution : null;
        EntityId? supervisor = EntityId.TryParse(before.Rescuer, out var rescuer) ? rescuer : last?.Agent is { } agent ? AgentRecovery.Of(agent) : null;
        if (last is null || supervisor is not { } told)
        {
            return effects;
        }

        NoteTaskOutcome? outcome = e switch
        {
            ExecutionEnded { Status: ExecutionStatus.Failed } ended => new NoteTaskOutcome(before.Id, ExecutionStatus.Failed, ended.Number, ended.Reason),
            ExecutionEnded { Status: ExecutionStatus.Completed } ended when before.Rescuer is not null => new NoteTaskOutcome(before.Id, ExecutionStatus.Completed, ended.Number, ended.Reason),
            TaskAssigned assigned when before.State == TaskState.Failed || before.Rescuer is not null => new NoteTaskOutcome(before.Id, ExecutionStatus.Cancelled, last.Number, $"assigned to {assigned.Assignee?.ToString() ?? "nobody"} by {assigned.By}"),
            TaskCancelled cancelled when before.State == TaskState.Failed || before.Rescuer is not null => new NoteTaskOutcome(before.Id, ExecutionStatus.Cancelled, last.Number, $"cancelled by {cancelled.By}: {cancelled.Reason}"),
            _ => null,
        };
        return outcome is null ? effects : effects.ThenTell(told, outcome);
    }

    private static Effects Open(AgentName agent, WorkTask task, Effects effects) => effects.ThenTell(agent.Entity, new NoteTaskOpen(task.Id));

    private static Effects Noted(AgentName agent, ExecutionStatus status, WorkTask task, Effects effects)
        => effects.ThenTell(WorkChain.Of(agent, task.Chain), new NoteExecution(task.Id, status, task.Assignee?.Role));
}
