using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

using HandOver = Orchestrator.Actors.HandOvers.HandOver;

namespace Orchestrator.Actors.Agents;

/// <summary>An agent tells the entity that sent it a message what became of that, once.</summary>
/// <param name="Message">The message.</param>
/// <param name="Agent">Whom it was for.</param>
/// <param name="Arrived">The program has it; else it never will.</param>
/// <param name="Reason">Why it will not, or the evidence.</param>
public sealed record NoteReceipt(MessageId Message, AgentName Agent, bool Arrived, string Reason) : Command;

/// <summary>Whom an agent tells what has happened to it: with the events, in the same transaction.</summary>
internal static class AgentNews
{
    /// <summary><paramref name="effects"/>, with what others are told of them.</summary>
    public static Effects Told(Agent before, Command command, Effects effects, DateTimeOffset now)
    {
        if (effects.Events.IsEmpty)
        {
            return command is EnqueueMessage refused && effects.Reply is Refused why ? Receipt(before, refused.Message.Id, refused.Message.From, arrived: false, why.Reason, effects) : effects;
        }

        var after = effects.Events.Aggregate(before, static (agent, e) => agent.Apply(e));
        return Conditions.Told(before.Name.Entity, before, after, agent => Conditions.Of(agent, now), UnreadMessages.Reminded(before, after, Receipts(before, after, Membership(before, after, Team(before, after, TeamNews(before, after, AgentTrouble.Told(before, AgentAccess.Told(before, after, effects)))))), now));
    }

    /// <summary>Its team learns whether it is up, where, and that it is gone.</summary>
    private static Effects TeamNews(Agent before, Agent after, Effects effects)
    {
        var (was, state) = (TeamMemberStates.Of(before), TeamMemberStates.Of(after));
        return after.Membership is { } member && (was != state || before.Node != after.Node || before.Worktree != after.Worktree)
            ? effects.ThenTell(member.Team.Entity, new NoteMemberState(after.Name, state, state == TeamMemberState.Failed ? after.Detail : null, after.Node, after.Worktree?.Path))
            : effects;
    }

    /// <summary>The queue of its role learns that it is there, in which team, and whether its program runs.</summary>
    private static Effects Membership(Agent before, Agent after, Effects effects)
    {
        var bound = effects.Events.Any(static e => e is PaneBound);
        if (!bound && before.Registered == after.Registered && before.Role == after.Role && before.Team == after.Team && (before.Pane is null) == (after.Pane is null))
        {
            return effects;
        }

        if (before.Registered && (!after.Registered || before.Role != after.Role))
        {
            effects = effects.ThenTell(WorkQueue.OfRole(before.Role), new NoteMember(after.Name, Belongs: false, Here: false));
        }

        return after.Registered ? effects.ThenTell(WorkQueue.OfRole(after.Role), new NoteMember(after.Name, Belongs: true, after.Pane is not null) { Team = after.Team }) : effects;
    }

    /// <summary>The supervisor of its team learns who is in it, and who is at work.</summary>
    private static Effects Team(Agent before, Agent after, Effects effects)
    {
        var (old, now) = (TeammateOf(before), TeammateOf(after));
        if (old == now)
        {
            return effects;
        }

        effects = old is { } left && left.Team != now?.Team ? effects.ThenTell(left.Team, new NoteTeammate(after.Name, Member: null)) : effects;
        return now is { } present ? effects.ThenTell(present.Team, new NoteTeammate(after.Name, present.Member)) : effects;
    }

    private static (EntityId Team, Teammate Member)? TeammateOf(Agent agent)
        => agent.Registered && agent.Team is { } team && TeamRecovery.TryOf(team, out var entity)
            ? (entity, new Teammate(agent.Role, agent.ReportsTo, agent.Pane is null ? TeamPresence.Away : agent.State == AgentState.Busy ? TeamPresence.Busy : TeamPresence.Idle)
            {
                HasBegun = agent.HasBegun || agent.HadTasks,
                Awaits = !agent.Awaits.IsEmpty,
                Work = !agent.OpenTasks.IsEmpty ? TeammateWork.Open : agent.HadTasks ? TeammateWork.Done : TeammateWork.None,
            })
            : null;

    /// <summary>What sent a message learns, once, that the program has it, or that it never will.</summary>
    private static Effects Receipts(Agent before, Agent after, Effects effects)
    {
        foreach (var e in effects.Events)
        {
            effects = e switch
            {
                DeliveryAdvanced { State: MessageState.Submitted or MessageState.Confirmed } advanced when before.Queue.Find(advanced.Message) is { } known
                    => Receipt(after, advanced.Message, known.Message.From, arrived: true, advanced.Evidence, effects),
                DeliveryEnded ended when before.Queue.Find(ended.Message) is { } known => OwedAnswers.Sent(before, ended, Receipt(after, ended.Message, known.Message.From, arrived: false, ended.Reason, effects)),
                MessageAnswered answered when before.Owed.ContainsKey(answered.Message.Value) => OwedAnswers.Sent(before, answered, effects),
                MessageAnswered answered when before.Session.Given is { } given && given.Id == answered.Message && EntityId.TryParse(given.From, out var asker) && asker.Kind == HandOver.Kind
                    => effects.ThenTell(asker, new NoteReply(answered.Message, after.Name, answered.Answer.Text, answered.Answer.Evidence)),
                _ => effects,
            };
        }

        return effects;
    }

    private static Effects Receipt(Agent agent, MessageId message, string from, bool arrived, string reason, Effects effects)
        => EntityId.TryParse(from, out var sender) && sender.Kind is TaskId.Kind or CheckInId.Kind or HandOver.Kind
            ? effects.ThenTell(sender, new NoteReceipt(message, agent.Name, arrived, reason))
            : effects;
}
