using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>It waits for a person, or does so no more.</summary>
/// <param name="What">What a person is to decide: a question of it, a task or a merge request that it says is complete.</param>
/// <param name="Waits">It waits.</param>
public sealed record NoteAwaited(EntityId What, bool Waits) : AgentCommand;

/// <summary>It waits for a person, or does so no more.</summary>
/// <param name="What">What a person is to decide.</param>
/// <param name="Waits">It waits.</param>
/// <param name="At">When.</param>
public sealed record PersonAwaited(EntityId What, bool Waits, DateTimeOffset At) : AgentEvent;

/// <summary>What makes it no sign of trouble that an agent is not at work: a person is to decide something, or nobody has wanted anything of it yet.</summary>
internal static class AgentWaits
{
    /// <summary>What it waits for, after <paramref name="e"/>.</summary>
    public static ImmutableSortedSet<string> Folded(Agent before, Event e) => e switch
    {
        PersonAwaited { Waits: true } awaited => before.Awaits.Add(awaited.What.ToString()),
        PersonAwaited awaited => before.Awaits.Remove(awaited.What.ToString()),
        AgentTerminated or AgentRegistered => [],
        _ => before.Awaits,
    };

    /// <summary>
    /// Whether anything has been wanted of it since it was registered, after <paramref name="e"/>: a task, a message, or a turn that no message explains. What its team and the node tell it by themselves when it begins is none.
    /// </summary>
    public static bool HasBegun(Agent before, Event e) => e switch
    {
        AgentRegistered => false,
        TaskTakenUp => true,
        MessageAccepted accepted => before.HasBegun || !IsBriefing(accepted.Message),
        ActivityChanged { Activity: AgentActivity.Working } => before.HasBegun || (before.Queue.Length == 0 && before.Session.Given is null),
        _ => before.HasBegun,
    };

    public static Effects Noting(Agent agent, NoteAwaited note, DecisionContext context)
        => agent.Awaits.Contains(note.What.ToString()) == note.Waits ? Effects.None : Effects.Persist(new PersonAwaited(note.What, note.Waits, context.Now));

    /// <summary><paramref name="effects"/>, with the agent of a task told that it waits for a person's review, or does so no more.</summary>
    public static Effects Told(WorkTask before, WorkTask after, Effects effects)
    {
        var (was, now) = (AwaitingOf(before), AwaitingOf(after));
        if (was == now)
        {
            return effects;
        }

        effects = was is { } left ? effects.ThenTell(left.Entity, new NoteAwaited(after.Id.Entity, Waits: false)) : effects;
        return now is { } waiting ? effects.ThenTell(waiting.Entity, new NoteAwaited(after.Id.Entity, Waits: true)) : effects;
    }

    private static AgentName? AwaitingOf(WorkTask task) => task is { State: TaskState.InReview, Description.Reviewer: TaskDescription.AnyPerson } ? task.Live?.Agent : null;

    private static bool IsBriefing(NewMessage message)
        => message.From == AgentResume.From || (EntityId.TryParse(message.From, out var sender) && sender.Kind == TeamName.Kind);
}
