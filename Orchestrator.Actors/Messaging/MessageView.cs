using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging;

/// <summary>A message as it is read: the row of the view <c>messages</c>, keyed by its id (so in order of time), listed by agent.</summary>
public sealed record MessageView
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "messages";

    /// <summary>Its id.</summary>
    public required MessageId Id { get; init; }

    /// <summary>The agent that it is for.</summary>
    public required AgentName To { get; init; }

    /// <summary>Who sent it.</summary>
    public required string From { get; init; }

    /// <summary>How urgent.</summary>
    public MessagePriority Priority { get; init; }

    /// <summary>How far it has come.</summary>
    public MessageState State { get; init; }

    /// <summary>Its type.</summary>
    public string Type { get; init; } = Protocol.MessageTypes.Default;

    /// <summary>How many answers in a row it is away from the message that began it.</summary>
    public int Hops { get; init; }

    /// <summary>The message that it answers.</summary>
    public MessageId? InReplyTo { get; init; }

    /// <summary>The conversation that it belongs to.</summary>
    public string? Conversation { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>After this it is not typed.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How often typing has been started.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it failed, expired or waits.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it was submitted cannot be told.</summary>
    public bool Undecidable { get; init; }

    /// <summary>Its steps, in order; at most the last 50.</summary>
    public ImmutableList<MessageStep> Steps { get; init; } = [];

    /// <summary>What the agent answered; null while that is not known.</summary>
    public AnswerText? Answer { get; init; }

    /// <summary>When the answer was read.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The position of its last event.</summary>
    public long Position { get; init; }
}

/// <summary>One step of a delivery with its evidence.</summary>
public sealed record MessageStep(MessageState State, DateTimeOffset At, string? Evidence);

/// <summary>Folds the events of agents into the rows of their messages.</summary>
public sealed class MessageProjection : Projection<MessageView>
{
    private const int MaximumSteps = 50;

    /// <inheritdoc/>
    public override string Name => MessageView.ViewName;

    /// <inheritdoc/>
    public override string PartitionOf(string key, MessageView value) => value.To.Value;

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event switch
    {
        MessageAccepted accepted => [accepted.Message.Id.Value],
        DeliveryIntended intended => [intended.Message.Value],
        DeliveryAdvanced advanced => [advanced.Message.Value],
        DeliveryDeferred deferred => [deferred.Message.Value],
        DeliveryEnded ended => [ended.Message.Value],
        MessageAnswered answered => [answered.Message.Value],
        _ => [],
    };

    /// <inheritdoc/>
    public override MessageView? Fold(string key, MessageView? current, EventEnvelope e)
        => e.Event is MessageAccepted accepted ? New(accepted, e) : current is null ? null : Folded(current, e.Event) with { Position = e.Position.Value };

    private static MessageView New(MessageAccepted accepted, EventEnvelope e) => new()
    {
        Id = accepted.Message.Id,
        To = AgentName.Parse(e.Entity.Id),
        From = accepted.Message.From,
        Priority = accepted.Message.Priority,
        State = MessageState.Queued,
        Type = accepted.Message.Type ?? Protocol.MessageTypes.Default,
        Hops = accepted.Message.Hops,
        InReplyTo = accepted.Message.InReplyTo,
        Conversation = accepted.Message.Conversation,
        Text = accepted.Message.Text,
        AcceptedAt = accepted.At,
        UpdatedAt = accepted.At,
        ExpiresAt = accepted.Message.ExpiresAt,
        Steps = [new MessageStep(MessageState.Accepted, accepted.At, "stored"), new MessageStep(MessageState.Queued, accepted.At, $"in the queue of {e.Entity.Id}")],
        Position = e.Position.Value,
    };

    private static MessageView Folded(MessageView view, Event? e) => e switch
    {
        DeliveryIntended intended => view with { Attempts = intended.Attempt, UpdatedAt = intended.At, Reason = null },
        DeliveryAdvanced advanced => Stepped(view, advanced.State, advanced.At, advanced.Evidence) with { Reason = null },
        DeliveryDeferred deferred => Stepped(view, MessageState.Queued, deferred.At, $"put off: {deferred.Reason}") with { Reason = deferred.Reason },
        DeliveryEnded ended => Stepped(view, ended.State, ended.At, ended.Reason) with { Reason = ended.Reason, Undecidable = ended.Undecidable },
        MessageAnswered answered => view with { Answer = answered.Answer, AnsweredAt = answered.At },
        _ => view,
    };

    private static MessageView Stepped(MessageView view, MessageState state, DateTimeOffset at, string evidence)
    {
        var steps = view.Steps.Count < MaximumSteps ? view.Steps : view.Steps.RemoveAt(2);
        return view with { State = state, UpdatedAt = at, Steps = steps.Add(new MessageStep(state, at, evidence)) };
    }
}
