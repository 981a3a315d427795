using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Conversations;

/// <summary>What a conversation can be asked.</summary>
public abstract record ConversationCommand : Command;

/// <summary>Start it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Participants">Who is in it, at least two.</param>
/// <param name="Parent">For a thread: the conversation that it began in.</param>
/// <param name="ParentNumber">And the message there.</param>
/// <param name="IdleAfter">When it becomes idle after the last word.</param>
/// <param name="BatchFor">How long new messages are gathered before agents are told.</param>
public sealed record StartConversation(ConversationKind Kind, string Title, ImmutableArray<string> Participants, string? Parent, long? ParentNumber, TimeSpan IdleAfter, TimeSpan BatchFor) : ConversationCommand;

/// <summary>Somebody joins.</summary>
public sealed record JoinConversation(string Name) : ConversationCommand;

/// <summary>Somebody leaves.</summary>
public sealed record LeaveConversation(string Name) : ConversationCommand;

/// <summary>Somebody speaks.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="From">Who.</param>
/// <param name="Text">What.</param>
/// <param name="Priority">How urgent: an urgent message is told at once.</param>
/// <param name="Hops">How many answers in a row it is away from the one that began it.</param>
public sealed record Say(MessageId Id, string From, string Text, MessagePriority Priority, int Hops) : ConversationCommand;

/// <summary>Somebody has read up to a message.</summary>
public sealed record MarkRead(string Name, long Through) : ConversationCommand;

/// <summary>What was said so far, in short.</summary>
public sealed record Summarise(string Text, long Through) : ConversationCommand;

/// <summary>It is over.</summary>
public sealed record EndConversation(string Reason) : ConversationCommand;

/// <summary>Nobody has spoken for a while (a reminder).</summary>
public sealed record CheckIdle : ConversationCommand;

/// <summary>Tell the agents what is new (a reminder).</summary>
public sealed record TellAgents : ConversationCommand;

/// <summary>An agent has been told, or could not be.</summary>
/// <param name="Name">Which.</param>
/// <param name="Message">The prompt.</param>
/// <param name="Delivered">It has been.</param>
/// <param name="Reason">How, or why not.</param>
public sealed record ReportPrompt(string Name, MessageId Message, bool Delivered, string Reason) : ConversationCommand;

/// <summary>Something has happened to a conversation.</summary>
public abstract record ConversationEvent : Event;

/// <summary>It was started.</summary>
public sealed record ConversationStarted(ConversationKind Kind, string Title, ImmutableArray<string> Participants, string? Parent, long? ParentNumber, TimeSpan IdleAfter, TimeSpan BatchFor, string By, DateTimeOffset At) : ConversationEvent;

/// <summary>Somebody has joined.</summary>
public sealed record ParticipantJoined(string Name, DateTimeOffset At) : ConversationEvent;

/// <summary>Somebody has left.</summary>
public sealed record ParticipantLeft(string Name, DateTimeOffset At) : ConversationEvent;

/// <summary>Somebody has spoken.</summary>
public sealed record MessageSaid(SaidMessage Message) : ConversationEvent;

/// <summary>Somebody has read up to a message.</summary>
public sealed record MessagesRead(string Name, long Through, DateTimeOffset At) : ConversationEvent;

/// <summary>What was said so far was put in short.</summary>
public sealed record ConversationSummarised(string Text, long Through, string By, DateTimeOffset At) : ConversationEvent;

/// <summary>A prompt is on its way to an agent.</summary>
public sealed record PromptSent(string Name, MessageId Message, long Through, DateTimeOffset At) : ConversationEvent;

/// <summary>What became of a prompt.</summary>
public enum PromptOutcome
{
    /// <summary>The agent has it.</summary>
    Delivered,

    /// <summary>The agent's queue did not take it: it can be tried again.</summary>
    Refused,

    /// <summary>It was taken and could not be delivered: it is not tried again, so that nothing is typed twice.</summary>
    Failed,
}

/// <summary>A prompt has arrived, or will not.</summary>
public sealed record PromptEnded(string Name, MessageId Message, long Through, PromptOutcome Outcome, string Reason, DateTimeOffset At) : ConversationEvent;

/// <summary>Nobody has spoken for a while.</summary>
public sealed record ConversationIdled(DateTimeOffset At) : ConversationEvent;

/// <summary>It is alive again.</summary>
public sealed record ConversationResumed(DateTimeOffset At) : ConversationEvent;

/// <summary>Somebody in it cannot be told what is said.</summary>
public sealed record ConversationFailed(string Name, string Reason, DateTimeOffset At) : ConversationEvent;

/// <summary>It is over.</summary>
public sealed record ConversationEnded(string Reason, string By, DateTimeOffset At) : ConversationEvent;

/// <summary>The answer to <see cref="Say"/>.</summary>
/// <param name="Number">The number of the message.</param>
public sealed record Spoken(long Number) : Reply;
