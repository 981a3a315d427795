using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.HandOvers;

/// <summary>What becomes of an agent once it has handed over.</summary>
public enum EndingThen
{
    /// <summary>Nothing.</summary>
    GoOn,

    /// <summary>Its program is stopped.</summary>
    Stop,

    /// <summary>It is ended for good.</summary>
    End,
}

/// <summary>What an agent has left for whoever takes over its work.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">The note.</param>
/// <param name="Source">tool: it was written down; answer: it is what the agent answered when it was asked.</param>
/// <param name="By">Who wrote it.</param>
/// <param name="At">When.</param>
public sealed record LeftNote(int Number, string Text, string Source, string By, DateTimeOffset At);

/// <summary>An agent has been asked to hand over.</summary>
/// <param name="Message">The message that asks it.</param>
/// <param name="Then">What happens after that.</param>
/// <param name="Until">When it is not waited for any longer.</param>
/// <param name="By">Who wants it.</param>
public sealed record OpenEnding(MessageId Message, EndingThen Then, DateTimeOffset Until, string By);

/// <summary>The hand-over of one agent: the state that its events add up to, and the row of the view <c>handovers</c>. The entity is <c>handover/NAME</c>.</summary>
public sealed record HandOver
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "handover";

    /// <summary>The name of the view.</summary>
    public const string ViewName = "handovers";

    private const int MostNotes = 20;

    /// <summary>Whose it is.</summary>
    public required AgentName Agent { get; init; }

    /// <summary>The last notes, the newest last.</summary>
    public ImmutableList<LeftNote> Notes { get; init; } = [];

    /// <summary>It has been asked, and is waited for.</summary>
    public OpenEnding? Open { get; init; }

    /// <summary>Why the last time that it was asked there was no note; null if there was one.</summary>
    public string? Missed { get; init; }

    /// <summary>Who has taken over last.</summary>
    public AgentName? Successor { get; init; }

    /// <summary>The entity of an agent's hand-over.</summary>
    public static EntityId Entity(AgentName agent) => new(Kind, agent.Value);

    /// <summary>With one more note.</summary>
    internal HandOver With(NoteLeft left)
        => this with { Notes = Notes.Add(new LeftNote(left.Number, left.Text, left.Source, left.By, left.At)).RemoveRange(0, Math.Max(0, Notes.Count + 1 - MostNotes)), Open = null, Missed = null };
}

/// <summary>What a hand-over can be asked.</summary>
public abstract record HandOverCommand : Command;

/// <summary>Ask the agent for a note, then stop or end it.</summary>
/// <param name="Then">What happens after that, or when the time is over.</param>
/// <param name="Limit">How long it has.</param>
/// <param name="Unable">Why it cannot be asked; null if it can.</param>
/// <param name="Message">The id of the message that asks it.</param>
/// <param name="Seal">Ends the envelope of that message.</param>
public sealed record AskHandOver(EndingThen Then, TimeSpan Limit, string? Unable, MessageId Message, string Seal) : HandOverCommand;

/// <summary>Leave a note.</summary>
public sealed record LeaveNote(string Text) : HandOverCommand;

/// <summary>The time of an agent that was asked is over (a reminder).</summary>
public sealed record GiveUpHandOver(MessageId Message) : HandOverCommand;

/// <summary>Tell the successor what was left.</summary>
/// <param name="Successor">Who takes over.</param>
/// <param name="Screen">What stood last on the screen of the one before, if that was kept.</param>
/// <param name="Message">The id of the message that tells it.</param>
/// <param name="Seal">Ends the envelope of that message.</param>
public sealed record BriefSuccessor(AgentName Successor, string? Screen, MessageId Message, string Seal) : HandOverCommand
{
    /// <summary>The transcript of the one before can be read.</summary>
    public bool Transcript { get; init; }
}

/// <summary>An agent tells what sent it a message what it has answered; null if its turn ended without words.</summary>
public sealed record NoteReply(MessageId Message, AgentName Agent, string? Text, string Evidence) : HandOverCommand;

/// <summary>Something has happened to a hand-over.</summary>
public abstract record HandOverEvent : Event;

/// <summary>The agent is asked for a note.</summary>
public sealed record HandOverAsked(MessageId Message, EndingThen Then, DateTimeOffset Until, string By, DateTimeOffset At) : HandOverEvent;

/// <summary>A note was left.</summary>
public sealed record NoteLeft(int Number, string Text, string Source, string By, DateTimeOffset At) : HandOverEvent;

/// <summary>It was asked, and has left none.</summary>
public sealed record HandOverMissed(EndingThen Then, string Reason, string By, DateTimeOffset At) : HandOverEvent;

/// <summary>A successor is told what was left.</summary>
public sealed record SuccessorBriefed(AgentName Successor, MessageId Message, string By, DateTimeOffset At) : HandOverEvent;
