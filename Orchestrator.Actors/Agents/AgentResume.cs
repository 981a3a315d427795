using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>How a conversation is taken up again after its program has ended, or its agent briefed anew.</summary>
internal static class AgentResume
{
    public const string From = "orchestrator";

    /// <summary>What is to be tried at a start. What a program remembers lies on the node that it ran on: elsewhere it is taken up again only if it can be reached from there, else the agent is briefed.</summary>
    public static SessionPlan Planned(Agent agent, string node, StartMode mode, DecisionContext context) => agent.Node is { } before && before != node
        ? new SessionPlan(Resume: agent.Session.Used && mode is (StartMode.Auto or StartMode.Resume), Brief: mode != StartMode.Fresh && agent.Session.Used, agent.Session.Id, NewId(context)) { Elsewhere = true }
        : Planned(agent, mode, context);

    private static SessionPlan Planned(Agent agent, StartMode mode, DecisionContext context) => new(
        Resume: agent.Session.Used && mode is (StartMode.Auto or StartMode.Resume),
        Brief: mode is StartMode.Resume or StartMode.Rebrief || (mode == StartMode.Auto && agent.Session is { Used: true, Crashed: true }),
        agent.Session.Id,
        NewId(context));

    /// <summary>What is to be tried after a program ended while it should have taken up a conversation again.</summary>
    public static SessionPlan AfterFailure(DecisionContext context) => new(Resume: false, Brief: true, Known: null, NewId(context));

    /// <summary>Why there is nothing to take up again; null if there is.</summary>
    public static string? Nothing(Agent agent, StartMode mode)
        => mode == StartMode.Resume && !agent.Session.Used ? $"nothing has been said to {agent.Name} yet, so there is no conversation to take up again: leave --resume out" : null;

    /// <summary>The program has been started, with the old conversation or a new one; told once for each placement.</summary>
    public static Effects Began(Agent agent, SessionReport report, ProfileTraits traits, Effects effects, DecisionContext context)
    {
        var session = agent.Session;
        if (session.Began == agent.Generation)
        {
            return effects;
        }

        if (report.Resumed)
        {
            effects = effects.ThenPersist(new SessionBegan(agent.Generation, SessionStart.Resumed, report.Id, Reason: null, context.Now));
            return (session.Crashed || session.Plan is { Elsewhere: true }) && session is { TurnOpen: true, Given: { } given } && report.Continues && traits.TakesBrief != false
                ? effects.ThenPersist(Message(AgentBrief.GoOn(given), context))
                : effects;
        }

        var brief = session.Plan is { Brief: true } && traits.TakesBrief != false;
        var reason = session.Plan switch
        {
            { Elsewhere: true, Resume: true } => "the old conversation lies on the node that was left, and was not found on this one",
            { Resume: true } when session.Id is null => "the id of the old conversation is not known, or the program cannot take one up again",
            { Resume: true } => "the program cannot take up a conversation again",
            _ => null,
        };
        effects = effects.ThenPersist(new SessionBegan(agent.Generation, brief ? SessionStart.ReBriefed : SessionStart.Fresh, report.Id, reason, context.Now));
        return brief ? effects.ThenPersist(Message(AgentBrief.Of(agent, report.Prompt, "Your program was started anew, and this conversation knows nothing of the one before.", traits), context)) : effects;
    }

    /// <summary>Somebody wants the agent to be told again who it is and what it was at.</summary>
    public static Effects Briefing(Agent agent, Rebrief rebrief, DecisionContext context)
    {
        if (agent.Traits.TakesBrief == false)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"what is said to {agent.Name} is run by its program ({agent.Profile}), so it is not briefed");
        }

        var message = Message(AgentBrief.Of(agent, rebrief.Prompt, "Somebody asked that you be told again who you are and what you were at.", agent.Traits), context);
        var effects = Effects.Persist(new AgentBriefed(message.Message.Id, context.Sender.Value, context.Now), message);
        return MessageDelivery.Dispatching(agent, effects, context).ThenReply(new MessageQueued(message.Message.Id, Known: false));
    }

    /// <summary>The program's own id of its conversation was seen.</summary>
    public static Effects Seeing(Agent agent, ReportSession report, DecisionContext context)
        => report.Generation != agent.Generation || (report.Session == agent.Session.Id && (agent.Session.Used || !report.Used))
            ? Effects.None
            : Effects.Persist(new SessionSeen(report.Generation, report.Session, report.Source, report.Used, context.Now));

    /// <summary>The program was seen to have shortened what it remembers.</summary>
    public static Effects Compacting(Agent agent, ReportCompaction report, DecisionContext context)
        => report.Generation != agent.Generation ? Effects.None : Effects.Persist(new ContextCompacted(report.Generation, report.Evidence, context.Now));

    private static MessageAccepted Message(string text, DecisionContext context)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"brief/{context.Self}/{context.CommandId}"));
        return new MessageAccepted(new NewMessage(MessageId.Derived(context.Now, hash), From, FromPerson: true, text, MessagePriority.Urgent, ExpiresAt: null, Seal.Derived(hash)), context.Now);
    }

    // A UUID as programs want it; the id of the command makes it unique.
    private static string NewId(DecisionContext context)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"session/{context.Self}/{context.CommandId}/{context.Version}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
