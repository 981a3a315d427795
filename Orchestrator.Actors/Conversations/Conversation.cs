using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Conversations;

/// <summary>What kind of conversation it is.</summary>
public enum ConversationKind
{
    /// <summary>Two, and nobody else.</summary>
    Direct,

    /// <summary>A group that others may join.</summary>
    Team,

    /// <summary>A side talk that began with a message of another conversation.</summary>
    Thread,
}

/// <summary>How a conversation is.</summary>
public enum ConversationState
{
    /// <summary>Somebody has spoken lately.</summary>
    Active,

    /// <summary>Nobody has for a while.</summary>
    Idle,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>Somebody in it cannot be told what is said.</summary>
    Error,
}

/// <summary>Somebody in a conversation.</summary>
/// <param name="Name"><c>agent/NAME</c> or <c>client:NAME</c>.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="ReadThrough">The last message that it has read.</param>
/// <param name="ToldThrough">For an agent: the last message that a prompt for it was made of.</param>
/// <param name="Prompt">The prompt that is on its way to it.</param>
/// <param name="Attempts">How often its queue has refused the present prompt.</param>
public sealed record Participant(string Name, DateTimeOffset JoinedAt, long ReadThrough, long ToldThrough, PromptOnItsWay? Prompt, int Attempts);

/// <summary>New messages on their way to an agent, as one message.</summary>
public sealed record PromptOnItsWay(MessageId Message, long Through);

/// <summary>One message of a conversation.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Id">Its id.</param>
/// <param name="From">Who said it.</param>
/// <param name="Text">What.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="Hops">How many answers in a row it is away from the one that began it.</param>
/// <param name="At">When.</param>
public sealed record SaidMessage(long Number, MessageId Id, string From, string Text, MessagePriority Priority, int Hops, DateTimeOffset At);

/// <summary>One conversation: the state that its events add up to. What was said lies in its view; here is only what agents have not been told.</summary>
public sealed record Conversation
{
    /// <summary>The kind of entity.</summary>
    public const string EntityKind = "conversation";

    /// <summary>The most that may be in one.</summary>
    public const int MostParticipants = 100;

    /// <summary>How many messages are kept for agents that have not been told of them; they are told how many older ones there are.</summary>
    public const int MostUntold = 100;

    /// <summary>Its kind; null before it was started.</summary>
    public ConversationKind? Kind { get; init; }

    /// <summary>What it is about.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>How it is.</summary>
    public ConversationState State { get; init; }

    /// <summary>Who is in it.</summary>
    public ImmutableSortedDictionary<string, Participant> Participants { get; init; } = ImmutableSortedDictionary.Create<string, Participant>(StringComparer.Ordinal);

    /// <summary>How many messages it has.</summary>
    public long Said { get; init; }

    /// <summary>When somebody last spoke, or it was started.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>When it becomes idle after the last word.</summary>
    public TimeSpan IdleAfter { get; init; }

    /// <summary>How long new messages are gathered before agents are told.</summary>
    public TimeSpan BatchFor { get; init; }

    /// <summary>The last messages that not all agents have been told of, the oldest first.</summary>
    public ImmutableList<SaidMessage> Untold { get; init; } = [];

    /// <summary>The ids of the last messages, so that one that is sent twice is said once.</summary>
    public ImmutableList<MessageId> LastIds { get; init; } = [];

    /// <summary>The entity of a conversation.</summary>
    public static EntityId Entity(string id) => new(EntityKind, id);

    /// <summary>The conversation after <paramref name="e"/>.</summary>
    public Conversation Apply(Event e) => e switch
    {
        ConversationStarted started => new Conversation
        {
            Kind = started.Kind,
            Title = started.Title,
            IdleAfter = started.IdleAfter,
            BatchFor = started.BatchFor,
            LastAt = started.At,
            Participants = started.Participants.ToImmutableSortedDictionary(static name => name, name => New(name, started.At, 0), StringComparer.Ordinal),
        },
        ParticipantJoined joined => this with { Participants = Participants.SetItem(joined.Name, New(joined.Name, joined.At, Said)) },
        ParticipantLeft left => this with { Participants = Participants.Remove(left.Name), Untold = Trimmed(Participants.Remove(left.Name), Untold) },
        MessageSaid said => Spoken(said.Message),
        MessagesRead read => With(read.Name, p => p with { ReadThrough = Math.Max(p.ReadThrough, read.Through) }),
        PromptSent sent => With(sent.Name, p => p with { Prompt = new PromptOnItsWay(sent.Message, sent.Through) }),
        PromptEnded ended => Told(ended),
        ConversationIdled => this with { State = ConversationState.Idle },
        ConversationFailed => this with { State = ConversationState.Error },
        ConversationResumed => this with { State = ConversationState.Active, Participants = Participants.ToImmutableSortedDictionary(static p => p.Key, static p => p.Value with { Attempts = 0 }, StringComparer.Ordinal) },
        ConversationSummarised => this,
        ConversationEnded => this with { State = ConversationState.Ended, Untold = [] },
        _ => throw new UnreachableException($"a conversation has no rule for the event {e.GetType().Name}"),
    };

    private Conversation Spoken(SaidMessage said)
    {
        var spoken = this with { Said = said.Number, LastAt = said.At, Untold = Untold.Add(said), LastIds = LastIds.Count < MostUntold ? LastIds.Add(said.Id) : LastIds.RemoveAt(0).Add(said.Id) };
        return spoken.With(said.From, p => p with { ReadThrough = said.Number }) with { Untold = Trimmed(Participants, spoken.Untold) };
    }

    private Conversation Told(PromptEnded ended)
    {
        var after = With(ended.Name, p => p.Prompt is null ? p
            : ended.Outcome == PromptOutcome.Refused ? p with { Prompt = null, Attempts = p.Attempts + 1 }
            : p with { Prompt = null, Attempts = 0, ToldThrough = Math.Max(p.ToldThrough, ended.Through), ReadThrough = ended.Outcome == PromptOutcome.Delivered ? Math.Max(p.ReadThrough, ended.Through) : p.ReadThrough });
        return after with { Untold = Trimmed(after.Participants, after.Untold) };
    }

    private Conversation With(string name, Func<Participant, Participant> change)
        => Participants.TryGetValue(name, out var known) ? this with { Participants = Participants.SetItem(name, change(known)) } : this;

    private static Participant New(string name, DateTimeOffset at, long said) => new(name, at, ReadThrough: said, ToldThrough: said, Prompt: null, Attempts: 0);

    private static ImmutableList<SaidMessage> Trimmed(ImmutableSortedDictionary<string, Participant> participants, ImmutableList<SaidMessage> untold)
    {
        var least = participants.Values.Where(static p => ConversationRules.IsAgent(p.Name)).Select(static p => (long?)p.ToldThrough).Min() ?? long.MaxValue;
        var needed = untold.RemoveAll(said => said.Number <= least);
        return needed.Count <= MostUntold ? needed : needed.RemoveRange(0, needed.Count - MostUntold);
    }
}
