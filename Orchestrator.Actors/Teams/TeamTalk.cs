using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;

namespace Orchestrator.Actors.Teams;

/// <summary>Whom members of a team may speak to, and how often to many.</summary>
public static class TeamTalk
{
    /// <summary>What a message breaks of the rules of its sender's team; null if nothing.</summary>
    public static (ProtocolViolation Violation, AgentName Recipient, string Reason)? Wrong(Agent agent, TeamMembership member, PermitMessage permit, DateTimeOffset now)
    {
        var rules = member.Rules;
        if (rules.HubAndSpoke && !permit.InConversation && permit.Recipients.Where(to => !InTouch(agent, to) && !permit.Led.Contains(to)).Take(1).ToList() is [var stranger])
        {
            return (ProtocolViolation.NotInTouch, stranger, agent.ReportsTo is { } lead
                ? $"in the team {member.Team} you speak to {Circle(agent)}, not to {stranger}: send it to {lead}, who passes it on"
                : $"in the team {member.Team} you speak to {Circle(agent)}, not to {stranger}: ask a person to let you collaborate with it in the team's file");
        }

        return permit.Broadcast && agent.Talk.Broadcasts.Count(at => now - at < rules.BroadcastWindow) >= rules.Broadcasts
            ? (ProtocolViolation.BroadcastLimit, permit.Recipients[0], rules.Broadcasts == 0
                ? $"in the team {member.Team} nobody broadcasts: send it to those whom it concerns"
                : $"you have sent {rules.Broadcasts} broadcasts within {rules.BroadcastWindow.TotalMinutes:0.#} minutes: wait, or send it to those whom it concerns")
            : null;
    }

    /// <summary>What an agent can do whose talk with another is stopped.</summary>
    public static string WayOn(Agent agent, AgentName other) => agent switch
    {
        { Membership: not null, ReportsTo: { } lead } when lead != other => $"{lead} has been told by an escalation",
        _ => "if something is open, send an escalation to whoever you report to or to a person",
    };

    /// <summary>Whether an agent may speak to another in a team of hub and spoke.</summary>
    public static bool InTouch(AgentView agent, AgentName other) => agent.Name == other || agent.ReportsTo == other || agent.Manages.Contains(other) || agent.CollaboratesWith.Contains(other);

    private static bool InTouch(Agent agent, AgentName other) => agent.ReportsTo == other || agent.Manages.Contains(other) || agent.CollaboratesWith.Contains(other);

    private static string Circle(Agent agent)
    {
        var names = agent.Manages.Concat(agent.CollaboratesWith).Prepend(agent.ReportsTo ?? agent.Name).Where(name => name != agent.Name).Distinct().Select(static name => name.Value).ToList();
        return names.Count == 0 ? "nobody but people" : string.Join(", ", names);
    }
}
