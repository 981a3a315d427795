using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>What agents are held to among themselves, so that they cannot answer each other for ever.</summary>
/// <param name="Hops">How many answers in a row a message may be away from the one that began it.</param>
/// <param name="Exchanges">How often two agents may answer each other about one topic.</param>
/// <param name="PerPair">How many messages one agent may send to one other within <paramref name="PairWindow"/>.</param>
/// <param name="PairWindow">The time that <paramref name="PerPair"/> is counted over; null for 10 minutes.</param>
/// <param name="TopicEnds">A pause of this length begins a new topic; null for 10 minutes.</param>
public sealed record TalkLimits(int Hops = 12, int Exchanges = 3, int PerPair = 30, TimeSpan? PairWindow = null, TimeSpan? TopicEnds = null)
{
    /// <summary>The time that the rate is counted over.</summary>
    public TimeSpan Window => PairWindow ?? TimeSpan.FromMinutes(10);

    /// <summary>The pause that begins a new topic.</summary>
    public TimeSpan Pause => TopicEnds ?? TimeSpan.FromMinutes(10);
}

/// <summary>How one agent talks with one other.</summary>
/// <param name="SentAt">When it last sent to it.</param>
/// <param name="HeardAt">When it last heard from it.</param>
/// <param name="Rounds">How many times it has sent in this topic with an answer in between.</param>
/// <param name="Answered">It has heard from it since it last sent.</param>
/// <param name="Sent">When it sent lately, the oldest first.</param>
public sealed record PeerTalk(DateTimeOffset? SentAt, DateTimeOffset? HeardAt, int Rounds, bool Answered, ImmutableList<DateTimeOffset> Sent)
{
    /// <summary>Not a word so far.</summary>
    public static readonly PeerTalk None = new(SentAt: null, HeardAt: null, Rounds: 0, Answered: false, []);
}

/// <summary>What an agent has heard and sent lately: what its next message is held against.</summary>
public sealed record AgentTalk
{
    private const int MostPeers = 200;
    private const int MostSent = 1000;

    /// <summary>How many broadcasts are remembered: no limit of them can be higher.</summary>
    public const int MostBroadcasts = 100;

    /// <summary>When a person, or a rule of one, last spoke to it.</summary>
    public DateTimeOffset? PersonAt { get; init; }

    /// <summary>The hops of the message that it heard last.</summary>
    public int HeardHops { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>When it has sent broadcasts lately, the oldest first.</summary>
    public ImmutableList<DateTimeOffset> Broadcasts { get; init; } = [];

    /// <summary>The agents that it talks with.</summary>
    public ImmutableSortedDictionary<string, PeerTalk> Peers { get; init; } = ImmutableSortedDictionary<string, PeerTalk>.Empty;

    /// <summary>After it was told <paramref name="message"/>.</summary>
    public AgentTalk Heard(NewMessage message, DateTimeOffset at)
    {
        if (!message.From.StartsWith(AgentName.Kind + "/", StringComparison.Ordinal))
        {
            var heard = message.FromPerson ? this with { PersonAt = at, HeardHops = 0, HeardAt = at } : this with { HeardHops = message.Hops, HeardAt = at };
            return message.Speakers.IsDefaultOrEmpty ? heard : message.Speakers.Aggregate(heard, (talk, speaker) => talk.HeardFrom(speaker.Value, at));
        }

        return (this with { HeardHops = message.Hops, HeardAt = at }).HeardFrom(message.From[(AgentName.Kind.Length + 1)..], at);
    }

    /// <summary>After it was permitted to send.</summary>
    public AgentTalk Sent(MessagePermitted permitted)
        => permitted.Recipients.Aggregate(permitted.Broadcast ? this with { Broadcasts = Kept(Broadcasts.Add(permitted.At)) } : this, (talk, peer) => talk.With(peer.Value, Sent(peer.Value, permitted)));

    private static ImmutableList<DateTimeOffset> Kept(ImmutableList<DateTimeOffset> times) => times.Count > MostBroadcasts ? times.RemoveAt(0) : times;

    private AgentTalk HeardFrom(string peer, DateTimeOffset at) => With(peer, Peers.GetValueOrDefault(peer, PeerTalk.None) with { HeardAt = at, Answered = true });

    private PeerTalk Sent(string peer, MessagePermitted permitted)
    {
        var talk = Peers.GetValueOrDefault(peer, PeerTalk.None);
        var sent = talk.Sent.RemoveAll(at => permitted.At - at >= permitted.Window).Add(permitted.At);
        return talk with { SentAt = permitted.At, Answered = false, Rounds = TalkRules.RoundsAfter(this, talk, permitted), Sent = sent.Count > MostSent ? sent.RemoveAt(0) : sent };
    }

    private AgentTalk With(string peer, PeerTalk talk)
    {
        var peers = Peers.SetItem(peer, talk);
        return this with { Peers = peers.Count <= MostPeers ? peers : peers.Remove(peers.MinBy(static p => Latest(p.Value)).Key) };
    }

    private static DateTimeOffset Latest(PeerTalk talk) => talk.SentAt > talk.HeardAt || talk.HeardAt is null ? talk.SentAt ?? default : talk.HeardAt.Value;
}

/// <summary>May this agent send a message? What is permitted counts as sent.</summary>
/// <param name="Message">Its id.</param>
/// <param name="Recipients">The agents that it is for.</param>
/// <param name="StartsTopic">Its type begins something new.</param>
/// <param name="AnswersHops">The hops of the message that it says it answers; null if it says nothing.</param>
/// <param name="Limits">What it is held to.</param>
public sealed record PermitMessage(MessageId Message, ImmutableArray<AgentName> Recipients, bool StartsTopic, int? AnswersHops, TalkLimits Limits) : AgentCommand
{
    /// <summary>It goes to many at once.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Those of the recipients that the sender leads because it leads its whole team.</summary>
    public ImmutableArray<AgentName> Led { get; init; } = [];

    /// <summary>It is said in a conversation: whoever brought the others in has allowed that.</summary>
    public bool InConversation { get; init; }

    /// <summary>What it says of how its sender is; null if nothing.</summary>
    public StatusReport? Status { get; init; }
}

/// <summary>What an agent says of itself in a message of a type that has a field for it.</summary>
/// <param name="Blocker">Why it cannot go on; null: nothing is in its way.</param>
public sealed record StatusReport(string? Blocker);

/// <summary>It may.</summary>
/// <param name="Message">Its id.</param>
/// <param name="Recipients">The agents that it is for.</param>
/// <param name="StartsTopic">It begins something new.</param>
/// <param name="Hops">How many answers it is away from the message that began it.</param>
/// <param name="Window">For how long it counts.</param>
/// <param name="Pause">The pause that begins a new topic.</param>
/// <param name="At">When.</param>
public sealed record MessagePermitted(MessageId Message, ImmutableArray<AgentName> Recipients, bool StartsTopic, int Hops, TimeSpan Window, TimeSpan Pause, DateTimeOffset At) : AgentEvent
{
    /// <summary>It goes to many at once.</summary>
    public bool Broadcast { get; init; }
}

/// <summary>The answer to <see cref="PermitMessage"/>.</summary>
/// <param name="Hops">The hops that the message has.</param>
public sealed record Permission(int Hops) : Reply;

/// <summary>Whether agents may go on talking.</summary>
internal static class TalkRules
{
    public static Effects Permitting(Agent agent, PermitMessage permit, DecisionContext context)
    {
        // The limits of its team are closer than those of the node.
        var limits = agent.Membership?.Rules.Talk ?? permit.Limits;
        permit = permit with { Limits = limits };
        if (agent.Membership is { } member && TeamTalk.Wrong(agent, member, permit, context.Now) is { } wrong)
        {
            return Refusing(agent, permit, wrong.Violation, wrong.Recipient, wrong.Reason);
        }

        var hops = HopsOf(agent.Talk, permit, context.Now);
        var permitted = new MessagePermitted(permit.Message, permit.Recipients, permit.StartsTopic, hops, limits.Window, limits.Pause, context.Now) { Broadcast = permit.Broadcast };
        if (hops > limits.Hops)
        {
            return Refusing(agent, permit, ProtocolViolation.HopLimit, permit.Recipients[0], $"it would be the {hops}th answer in a row, {limits.Hops} are allowed: stop answering; {TeamTalk.WayOn(agent, permit.Recipients[0])}");
        }

        foreach (var recipient in permit.Recipients)
        {
            var talk = agent.Talk.Peers.GetValueOrDefault(recipient.Value, PeerTalk.None);
            if (RoundsAfter(agent.Talk, talk, permitted) > limits.Exchanges)
            {
                return Refusing(agent, permit, ProtocolViolation.ExchangeLimit, recipient, $"you and {recipient} have answered each other {limits.Exchanges} times about this: decide with what you know; {TeamTalk.WayOn(agent, recipient)}");
            }

            if (talk.Sent.Count(at => context.Now - at < limits.Window) >= limits.PerPair)
            {
                return Refusing(agent, permit, ProtocolViolation.RateLimit, recipient, $"you have sent {limits.PerPair} messages to {recipient} within {limits.Window.TotalMinutes:0.#} minutes: wait, and say more in one message");
            }
        }

        return AgentDuties.Reporting(agent, permit, Effects.Persist(permitted).ThenReply(new Permission(hops)), context);
    }

    /// <summary>How many rounds a topic has had once this is sent.</summary>
    public static int RoundsAfter(AgentTalk all, PeerTalk talk, MessagePermitted permitted)
    {
        var last = talk.SentAt is null || talk.HeardAt > talk.SentAt ? talk.HeardAt : talk.SentAt;
        return permitted.StartsTopic || talk.SentAt is null || permitted.At - last >= permitted.Pause || all.PersonAt > talk.SentAt ? 1
            : talk.Answered ? talk.Rounds + 1
            : talk.Rounds;
    }

    private static int HopsOf(AgentTalk talk, PermitMessage permit, DateTimeOffset now)
    {
        if (permit.StartsTopic)
        {
            return 0;
        }

        var heard = talk.HeardAt is { } at && talk.PersonAt != at && now - at < permit.Limits.Pause ? talk.HeardHops + 1 : 0;
        return Math.Max(heard, permit.AnswersHops + 1 ?? 0);
    }

    private static Effects Refusing(Agent agent, PermitMessage permit, ProtocolViolation violation, AgentName recipient, string reason)
    {
        var sender = agent.Name.Entity.ToString();
        var effects = Effects.None.ThenTell(SenderRecord.Entity(sender), new RecordViolation(sender, violation, recipient.Value, permit.Message, reason));

        // Two that do not come to an end by themselves are brought to the notice of whoever can end it.
        effects = violation is ProtocolViolation.ExchangeLimit or ProtocolViolation.HopLimit or ProtocolViolation.RateLimit
            ? effects.ThenTell(StoppedTalk.Between(agent.Name, recipient), new NoteStopped(agent.Name, recipient, violation, reason, agent.Membership?.Team, agent.ReportsTo, permit.Limits.Pause))
            : effects;
        return effects with { Reply = new Refused(violation.Words(), reason) };
    }
}
