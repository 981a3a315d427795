using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging;

/// <summary>It may be that the oldest message has waited for too long (a reminder).</summary>
public sealed record CheckUnread : AgentCommand;

/// <summary>
/// Messages that do not reach the program in time. Most do, so the watch of the agent hears only of one that is overdue: until then there is a reminder for the oldest, and nothing else.
/// </summary>
internal static class UnreadMessages
{
    private const string Reminder = "unread";

    /// <summary><paramref name="effects"/>, with the time from which on it is a gap that what was accepted has not been read.</summary>
    public static Effects Timed(Effects effects, TimeSpan unread)
        => effects.Events.Any(static e => e is MessageAccepted) ? effects with { Events = [.. effects.Events.Select(e => e is MessageAccepted accepted ? accepted with { OverdueAt = accepted.At + unread } : e)] } : effects;

    /// <summary>The oldest message, if it is one that the watch is to know of.</summary>
    public static WaitingMessage? Overdue(Agent agent, DateTimeOffset now)
        => agent.Queue.Oldest() is { } oldest && (oldest.OverdueAt is null || oldest.OverdueAt <= now) ? oldest : null;

    /// <summary><paramref name="effects"/>, with the reminder for another message where another one is the oldest after them.</summary>
    public static Effects Reminded(Agent before, Agent after, Effects effects, DateTimeOffset now)
    {
        var (old, oldest) = (before.Queue.Oldest(), after.Queue.Oldest());
        return old?.Message.Id == oldest?.Message.Id ? effects
            : oldest is { OverdueAt: { } due } && due > now ? effects.ThenRemind(Reminder, due, new CheckUnread())
            : effects.ThenForget(Reminder);
    }

    /// <summary>The watch is told what holds now.</summary>
    public static Effects Checking(Agent agent, DecisionContext context)
        => Overdue(agent, context.Now) is not null ? Effects.None.ThenTell(GapWatch.Over(agent.Name.Entity), new Observe(Conditions.Of(agent, context.Now))) : Effects.None;
}
