using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>Two agents that did not come to an end by themselves, whichever of them was stopped: the entity <c>talk/A.B</c>. One gap and one escalation for both, however often they try on.</summary>
public sealed record StoppedTalk
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "talk";

    /// <summary>Why they were stopped; null while they are not.</summary>
    public TalkStopped? Stop { get; init; }

    /// <summary>When they last tried on.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>The entity of two agents, in either order.</summary>
    public static EntityId Between(AgentName one, AgentName other)
        => string.CompareOrdinal(one.Value, other.Value) < 0 ? new EntityId(Kind, $"{one}.{other}") : new EntityId(Kind, $"{other}.{one}");
}

/// <summary>A message of one agent to another was refused, because they go on and on.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="To">Whom it was for.</param>
/// <param name="Violation">Which limit it broke.</param>
/// <param name="Reason">In words.</param>
/// <param name="Team">The team of the sender.</param>
/// <param name="Lead">Whom the sender reports to.</param>
/// <param name="Pause">After a pause of this length they may begin anew.</param>
public sealed record NoteStopped(AgentName From, AgentName To, ProtocolViolation Violation, string Reason, TeamName? Team, AgentName? Lead, TimeSpan Pause) : Command;

/// <summary>They may have come to rest (a reminder).</summary>
public sealed record CheckTalk : Command;

/// <summary>They were stopped.</summary>
public sealed record TalkStopped(AgentName From, AgentName To, ProtocolViolation Violation, string Reason, TimeSpan Pause, DateTimeOffset At) : Event;

/// <summary>They have tried on.</summary>
public sealed record TalkTriedAgain(AgentName From, DateTimeOffset At) : Event;

/// <summary>They have come to rest.</summary>
public sealed record TalkRested(DateTimeOffset At) : Event;

/// <summary>The rules of a talk that was stopped.</summary>
public sealed class StoppedTalkBehavior : Behavior<StoppedTalk>
{
    private const string Reminder = "rest";
    private const int Marks = 10;

    /// <inheritdoc/>
    public override StoppedTalk Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(StoppedTalk state, Command command, DecisionContext context)
    {
        var effects = command switch
        {
            NoteStopped note => state.Stop is null ? Stopping(note, context) : Trying(state, note, context),
            CheckTalk => Checking(state, context),
            _ => throw new UnreachableException($"a talk has no rule for {command.GetType().Name}"),
        };
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, effects.Events.Aggregate(state, Apply), Of, effects);
    }

    /// <inheritdoc/>
    public override StoppedTalk Apply(StoppedTalk state, Event e) => e switch
    {
        TalkStopped stopped => state with { Stop = stopped, LastAt = stopped.At },
        TalkTriedAgain again => state with { LastAt = again.At },
        TalkRested => state with { Stop = null },
        _ => throw new UnreachableException($"a talk has no rule for the event {e.GetType().Name}"),
    };

    private static Effects Stopping(NoteStopped note, DecisionContext context)
    {
        var effects = Effects.Persist(new TalkStopped(note.From, note.To, note.Violation, note.Reason, note.Pause, context.Now)).ThenRemind(Reminder, context.Now + note.Pause, new CheckTalk());
        return note.Team is { } team
            ? effects.ThenTell(team.Entity, new Escalate(
                $"talk-{context.Self.Id}",
                [note.From, note.To],
                note.Lead,
                $"{note.From} and {note.To} go on answering each other ({note.Violation.Words()}); {note.From} was stopped",
                "decide what they cannot agree on, and tell them"))
            : effects;
    }

    // They may try a thousand times a minute: it is enough to know about when they last did.
    private static Effects Trying(StoppedTalk state, NoteStopped note, DecisionContext context)
        => context.Now - state.LastAt >= state.Stop!.Pause / Marks ? Effects.Persist(new TalkTriedAgain(note.From, context.Now)) : Effects.None;

    private static Effects Checking(StoppedTalk state, DecisionContext context) => state.Stop is not { } stop ? Effects.None
        : context.Now - state.LastAt >= stop.Pause - (stop.Pause / Marks) ? Effects.Persist(new TalkRested(context.Now))
        : Effects.None.ThenRemind(Reminder, state.LastAt + stop.Pause, new CheckTalk());

    private static ImmutableArray<WatchedCondition> Of(StoppedTalk talk) => talk.Stop is { } stop
        ? [new WatchedCondition("talk", GapKind.EndlessTalk, stop.At, TimeSpan.Zero, stop.From, Task: null, Role: null, $"{stop.From} and {stop.To} go on answering each other, and were stopped", $"{stop.Violation.Words()}: {stop.Reason}")]
        : [];
}
