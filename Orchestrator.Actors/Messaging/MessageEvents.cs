using Orchestrator.Actors.Agents;

namespace Orchestrator.Actors.Messaging;

/// <summary>A message was stored and is in the agent's queue.</summary>
/// <param name="Message">The message.</param>
/// <param name="At">When.</param>
public sealed record MessageAccepted(NewMessage Message, DateTimeOffset At) : AgentEvent
{
    /// <summary>When it is a gap that it has not reached the program; null in older histories, where the watch of the agent counts from the start.</summary>
    public DateTimeOffset? OverdueAt { get; init; }
}

/// <summary>A delivery is about to begin: recorded before anything is typed.</summary>
/// <param name="Message">The message.</param>
/// <param name="Generation">The placement.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Writer">The writer number of the pane.</param>
/// <param name="Number">The value of the pane's mark before it is typed.</param>
/// <param name="Pane">The pane, with the identity of its server.</param>
/// <param name="At">When.</param>
/// <param name="AcceptedAt">When the message was stored; null in older histories.</param>
public sealed record DeliveryIntended(MessageId Message, Generation Generation, int Attempt, long Writer, long Number, AgentPane Pane, DateTimeOffset At, DateTimeOffset? AcceptedAt) : AgentEvent;

/// <summary>A delivery came a step further.</summary>
public sealed record DeliveryAdvanced(MessageId Message, Generation Generation, int Attempt, MessageState State, string Evidence, DateTimeOffset At) : AgentEvent;

/// <summary>Nothing was typed; the message is in the queue again.</summary>
public sealed record DeliveryDeferred(MessageId Message, int Attempt, string Reason, DateTimeOffset At) : AgentEvent;

/// <summary>A message will not be delivered (any more).</summary>
/// <param name="Message">The message.</param>
/// <param name="State">Failed, expired or dead letter.</param>
/// <param name="Undecidable">Whether it was submitted cannot be told.</param>
/// <param name="Reason">Why, and what a person can do.</param>
/// <param name="At">When.</param>
public sealed record DeliveryEnded(MessageId Message, MessageState State, bool Undecidable, string Reason, DateTimeOffset At) : AgentEvent;
