using System.Collections.Immutable;
using System.Globalization;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Conversations;

/// <summary>A conversation as it is read: the row of the view <c>conversations</c>, keyed by its id.</summary>
public sealed record ConversationView
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "conversations";

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public ConversationKind Kind { get; init; }

    /// <summary>What it is about.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>How it is.</summary>
    public ConversationState State { get; init; }

    /// <summary>Why, if it has ended or somebody cannot be told.</summary>
    public string? Reason { get; init; }

    /// <summary>For a thread: the conversation that it began in.</summary>
    public string? Parent { get; init; }

    /// <summary>And the message there.</summary>
    public long? ParentNumber { get; init; }

    /// <summary>Who is in it.</summary>
    public ImmutableArray<ParticipantView> Participants { get; init; } = [];

    /// <summary>How many messages it has.</summary>
    public long Said { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When somebody last spoke.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was put in short, the last 20.</summary>
    public ImmutableList<SummaryView> Summaries { get; init; } = [];
}

/// <summary>Somebody in a conversation.</summary>
/// <param name="Name">Who.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="ReadThrough">The last message that it has read.</param>
public sealed record ParticipantView(string Name, DateTimeOffset JoinedAt, long ReadThrough);

/// <summary>What was said, in short.</summary>
public sealed record SummaryView(string Text, long Through, string By, DateTimeOffset At);

/// <summary>Folds conversations into their rows.</summary>
public sealed class ConversationProjection : Projection<ConversationView>
{
    private const int MostSummaries = 20;

    /// <inheritdoc/>
    public override string Name => ConversationView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [Conversation.EntityKind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => [e.Entity.Id];

    /// <inheritdoc/>
    public override ConversationView? Fold(string key, ConversationView? current, EventEnvelope e) => e.Event switch
    {
        ConversationStarted s => new ConversationView
        {
            Id = key,
            Kind = s.Kind,
            Title = s.Title,
            Parent = s.Parent,
            ParentNumber = s.ParentNumber,
            StartedAt = s.At,
            Participants = [.. s.Participants.Select(name => new ParticipantView(name, s.At, 0))],
        },
        _ when current is null => null,
        ParticipantJoined joined => current with { Participants = current.Participants.Add(new ParticipantView(joined.Name, joined.At, current.Said)) },
        ParticipantLeft left => current with { Participants = current.Participants.RemoveAll(p => p.Name == left.Name) },
        MessageSaid said => Read(current with { Said = said.Message.Number, LastAt = said.Message.At }, said.Message.From, said.Message.Number),
        MessagesRead read => Read(current, read.Name, read.Through),
        PromptEnded { Outcome: PromptOutcome.Delivered } told => Read(current, told.Name, told.Through),
        ConversationSummarised s => current with { Summaries = Last(current.Summaries.Add(new SummaryView(s.Text, s.Through, s.By, s.At))) },
        ConversationIdled => current with { State = ConversationState.Idle },
        ConversationResumed => current with { State = ConversationState.Active, Reason = null },
        ConversationFailed failed => current with { State = ConversationState.Error, Reason = $"{failed.Name} cannot be told: {failed.Reason}" },
        ConversationEnded ended => current with { State = ConversationState.Ended, Reason = ended.Reason, EndedAt = ended.At },
        _ => current,
    };

    private static ConversationView Read(ConversationView view, string name, long through)
        => view with { Participants = [.. view.Participants.Select(p => p.Name == name ? p with { ReadThrough = Math.Max(p.ReadThrough, through) } : p)] };

    private static ImmutableList<SummaryView> Last(ImmutableList<SummaryView> all) => all.Count <= MostSummaries ? all : all.RemoveAt(0);
}

/// <summary>Folds what was said into the view <c>conversation_messages</c>, keyed by conversation and number, listed by conversation.</summary>
public sealed class ConversationMessageProjection : Projection<SaidMessage>
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "conversation_messages";

    /// <inheritdoc/>
    public override string Name => ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [Conversation.EntityKind];

    /// <summary>The key of a message.</summary>
    public static string Key(string conversation, long number) => string.Create(CultureInfo.InvariantCulture, $"{conversation}/{number:d12}");

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is MessageSaid said ? [Key(e.Entity.Id, said.Message.Number)] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, SaidMessage value) => key[..key.LastIndexOf('/')];

    /// <inheritdoc/>
    public override SaidMessage? Fold(string key, SaidMessage? current, EventEnvelope e) => e.Event is MessageSaid said ? said.Message : current;
}
