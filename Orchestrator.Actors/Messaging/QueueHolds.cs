using Orchestrator.Actors.Agents;

namespace Orchestrator.Actors.Messaging;

/// <summary>What keeps a queue waiting although the program could take a message.</summary>
internal static class QueueHolds
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The hold on the queue of <paramref name="agent"/> at <paramref name="now"/>, if there is one.</summary>
    public static QueueHold? Of(Agent agent, DateTimeOffset now) => OfAccount(agent, now) ?? PerHour(agent, now);

    private static QueueHold? OfAccount(Agent agent, DateTimeOffset now)
        => agent.Paused is { } pause && (pause.Until is null || pause.Until > now) ? new QueueHold(pause.Reason, pause.Until) : null;

    private static QueueHold? PerHour(Agent agent, DateTimeOffset now)
    {
        if (agent.Traits.Limits?.MessagesPerHour is not (> 0 and var most) || agent.TypedAt.Count < most)
        {
            return null;
        }

        var next = agent.TypedAt[^most] + Hour;
        return next > now ? new QueueHold($"its role {agent.Role} takes {most} messages an hour", next) : null;
    }
}
