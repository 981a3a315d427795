using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>What a team says to its members.</summary>
internal static class TeamMessages
{
    /// <summary>What a member is told first, before anything else that waits for it.</summary>
    public static NewMessage Briefing(Team team, TeamMember member, int order, bool again, DecisionContext context)
        => Message(team, team.DeployedAt, $"briefing/{member.Name}/{order}", again ? $"Your team has changed. This takes the place of what you were told of it before.\n\n{member.Briefing}" : member.Briefing, MessagePriority.Urgent, context);

    /// <summary>An escalation, in the words of its template.</summary>
    public static NewMessage Escalation(Team team, Escalate escalate, DecisionContext context)
        => Message(
            team,
            context.Now,
            $"escalation/{escalate.Matter}/{context.Version.ToString(CultureInfo.InvariantCulture)}",
            $"ESCALATION (high)\nIssue: {AgentDuties.OneLine(escalate.Issue)}\nComponents: {string.Join(", ", escalate.About)}\nRequesting: {AgentDuties.OneLine(escalate.Requesting)}",
            MessagePriority.High,
            context)
        with
        { Type = MessageTypes.Escalation };

    // By what it is about, not by when it is made: the same again is the same message.
    private static NewMessage Message(Team team, DateTimeOffset at, string about, string text, MessagePriority priority, DecisionContext context)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Self}/{team.Secret}/{about}"));
        return new NewMessage(MessageId.Derived(at, hash), context.Self.ToString(), FromPerson: false, text, priority, ExpiresAt: null, Seal.Derived(hash));
    }
}
