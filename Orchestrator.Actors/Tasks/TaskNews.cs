using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
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
        foreach (var e in effects.Events)
        {
            task = task.Apply(e);
            effects = e switch
            {
                ExecutionQueued { Agent: { } agent } => Noted(agent, ExecutionStatus.Pending, task, effects),
                ExecutionPassedOn passed => Noted(passed.Agent, ExecutionStatus.Pending, task, effects),
                ExecutionStarted started => Noted(started.Agent, ExecutionStatus.Running, task, effects),
                ExecutionEnded { Agent: { } agent } ended => Noted(agent, ended.Status, task, ended.StartedAt is null ? effects : effects.ThenTell(agent.Entity, new NoteTaskOver(task.Id))),
                _ => effects,
            };
        }

        return Conditions.Told(context.Self, before, task, Conditions.Of, effects);
    }

    private static Effects Noted(AgentName agent, ExecutionStatus status, WorkTask task, Effects effects)
        => effects.ThenTell(WorkChain.Of(agent, task.Chain), new NoteExecution(task.Id, status, task.Assignee?.Role));
}
