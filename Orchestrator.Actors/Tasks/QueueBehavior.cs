using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>The rules of a queue.</summary>
public sealed class QueueBehavior : Behavior<WorkQueue>
{
    /// <inheritdoc/>
    public override WorkQueue Empty(EntityId id) => WorkQueue.Empty(id);

    /// <inheritdoc/>
    public override Effects Decide(WorkQueue state, Command command, DecisionContext context) => command switch
    {
        OfferTask offer => Offering(state, offer, context),
        PassTasksOn pass => Passing(state, pass),
        LeaveQueue leave => Leaving(state, leave.Task, context),
        NoteStarted started => Giving(state, started.Task, Number(state, started.Task), started.Agent, context),
        TakeTask take => Taking(state, take, context),
        NoteMember member => Noting(state, member, context),
        AskMembers ask => Effects.None.ThenTell(ask.CheckIn, new NoteAudience(ask.Number, [.. state.Members.Keys.Select(AgentName.Parse)])),
        SetQueueMode set when set.Mode == state.Mode => Effects.None,
        SetQueueMode set => Feeding(state, Effects.Persist(new QueueModeSet(set.Mode, context.Sender.Value, context.Now)), context),
        _ => throw new UnreachableException($"a queue has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override WorkQueue Apply(WorkQueue state, Event e) => e switch
    {
        TaskOffered offered => state with { Waiting = Without(state, offered.Task.Task).Add(offered.Task), Arrived = offered.Task.Arrival },
        TaskGiven given => state with { Waiting = Without(state, given.Task), Members = state.Members.SetItem(given.Agent.Value, (state.Members.GetValueOrDefault(given.Agent.Value) ?? new QueueMember(Here: false, Task: null)) with { Task = given.Task }) },
        TaskLeft left => state with { Waiting = Without(state, left.Task), Members = state.Members.SetItems(state.Members.Where(m => m.Value.Task == left.Task).Select(static m => KeyValuePair.Create(m.Key, m.Value with { Task = null }))) },
        MemberNoted { Belongs: false } noted => state with { Members = state.Members.Remove(noted.Agent.Value) },
        MemberNoted noted => state with { Members = state.Members.SetItem(noted.Agent.Value, new QueueMember(noted.Here, state.Members.GetValueOrDefault(noted.Agent.Value)?.Task) { Team = noted.Team }) },
        QueueModeSet set => state with { Mode = set.Mode },
        _ => throw new UnreachableException($"a queue has no rule for the event {e.GetType().Name}"),
    };

    private static System.Collections.Immutable.ImmutableList<QueuedTask> Without(WorkQueue queue, TaskId task) => queue.Waiting.RemoveAll(t => t.Task == task);

    private static int Number(WorkQueue queue, TaskId task) => queue.Waiting.Find(t => t.Task == task)?.Number ?? 0;

    private Effects Offering(WorkQueue queue, OfferTask offer, DecisionContext context)
        => offer.Beside && queue is { Mode: QueueMode.Push, Agent: { } agent }
            ? Effects.None.ThenTell(offer.Task.Entity, new HandOver(offer.Number, agent, Pulled: false))
            : Feeding(queue, Effects.Persist(new TaskOffered(new QueuedTask(offer.Task, offer.Number, offer.Priority, queue.Arrived + 1, context.Now) { Except = offer.Except, Reviewer = offer.Reviewer, Team = offer.Team })), context);

    private Effects Leaving(WorkQueue queue, TaskId task, DecisionContext context)
        => queue.Waiting.Exists(t => t.Task == task) || queue.Members.Values.Any(m => m.Task == task)
            ? Feeding(queue, Effects.Persist(new TaskLeft(task, context.Now)), context)
            : Effects.None;

    private static Effects Passing(WorkQueue queue, PassTasksOn pass)
        => queue.Agent is { } agent
            ? queue.Waiting.Select(static t => t.Task)
                .Concat(queue.Members.Values.Select(static m => m.Task).OfType<TaskId>())
                .Distinct()
                .Aggregate(Effects.None, (all, task) => all.ThenTell(task.Entity, new ReassignTask(agent, Execution: null, pass.Note) { Team = pass.Team }))
            : Effects.None;

    private static Effects Giving(WorkQueue queue, TaskId task, int number, AgentName agent, DecisionContext context)
        => queue.Members.GetValueOrDefault(agent.Value)?.Task == task ? Effects.None : Effects.Persist(new TaskGiven(task, number, agent, context.Now));

    private static Effects Taking(WorkQueue queue, TakeTask take, DecisionContext context)
        => queue.NextFor(take.Agent, take.Team) is { } next
            ? Effects.Persist(new TaskGiven(next.Task, next.Number, take.Agent, context.Now))
                .ThenTell(next.Task.Entity, new HandOver(next.Number, take.Agent, Pulled: true))
                .ThenReply(new TaskTaken(next.Task, next.Number))
            : Effects.Refuse(RefusalCodes.NotFound, $"no task waits in the queue {queue.Name}");

    private Effects Noting(WorkQueue queue, NoteMember note, DecisionContext context)
    {
        var known = queue.Members.GetValueOrDefault(note.Agent.Value);
        return (note.Belongs ? known is not null && known.Here == note.Here && known.Team == note.Team : known is null)
            ? Effects.None
            : Feeding(queue, Effects.Persist(new MemberNoted(note.Agent, note.Belongs, note.Here, context.Now) { Team = note.Team }), context);
    }

    /// <summary>After <paramref name="effects"/>, whoever is free gets what waits, as long as both are there.</summary>
    private Effects Feeding(WorkQueue before, Effects effects, DecisionContext context)
    {
        var queue = effects.Events.Aggregate(before, Apply);
        while (queue.Mode == QueueMode.Push && queue.Next() is (var next, var agent))
        {
            var given = new TaskGiven(next.Task, next.Number, agent, context.Now);
            effects = effects.ThenPersist(given).ThenTell(next.Task.Entity, queue.Agent is null ? new PassOn(next.Number, agent) : new HandOver(next.Number, agent, Pulled: false));
            queue = Apply(queue, given);
        }

        return effects;
    }
}
