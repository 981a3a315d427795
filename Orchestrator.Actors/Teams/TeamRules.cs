using Orchestrator.Actors.Messaging.Protocol;

namespace Orchestrator.Actors.Teams;

/// <summary>What the members of a team are held to when they speak. Enforced for each message, whatever a member was told.</summary>
/// <param name="HubAndSpoke">Members speak to whom they report to, whom they manage and whom they collaborate with, and to no other agent.</param>
/// <param name="Talk">What holds between two agents.</param>
/// <param name="AcknowledgeWithin">An assignment that has reached its agent is acknowledged within this time, else it is a gap.</param>
/// <param name="BlockedAfter">A member that is blocked for this long is a gap, and whom it reports to is told.</param>
/// <param name="Broadcasts">How many broadcasts one member may send within <paramref name="BroadcastWindow"/>; 0: none.</param>
/// <param name="BroadcastWindow">The time that they are counted over.</param>
public sealed record TeamRules(bool HubAndSpoke, TalkLimits Talk, TimeSpan AcknowledgeWithin, TimeSpan BlockedAfter, int Broadcasts, TimeSpan BroadcastWindow)
{
    /// <summary>What holds unless the team says otherwise.</summary>
    public static readonly TeamRules Default = new(
        HubAndSpoke: true,
        new TalkLimits(Hops: 12, Exchanges: 3, PerPair: 30, PairWindow: TimeSpan.FromMinutes(10), TopicEnds: TimeSpan.FromMinutes(10)),
        AcknowledgeWithin: TimeSpan.FromMinutes(5),
        BlockedAfter: TimeSpan.FromMinutes(10),
        Broadcasts: 3,
        BroadcastWindow: TimeSpan.FromMinutes(10));
}

/// <summary>The team that an agent belongs to.</summary>
/// <param name="Team">The team.</param>
/// <param name="Number">Which of the team's orders it has carried out last.</param>
/// <param name="Rules">What it is held to.</param>
public sealed record TeamMembership(TeamName Team, int Number, TeamRules Rules);
