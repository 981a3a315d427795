using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Questions;

/// <summary>What has become of a question.</summary>
public enum QuestionState
{
    /// <summary>It waits for a person.</summary>
    Open,

    /// <summary>A person has answered.</summary>
    Answered,

    /// <summary>It needs no answer any more.</summary>
    Withdrawn,
}

/// <summary>What an agent wants to know of a person: the state that its events add up to, and the row of the view <c>questions</c>. The entity is <c>question/ID</c>.</summary>
public sealed record Question
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "question";

    /// <summary>The name of the view.</summary>
    public const string ViewName = "questions";

    /// <summary>Those that wait for a person.</summary>
    public const string OpenPartition = "open";

    /// <summary>Those that do not.</summary>
    public const string ClosedPartition = "closed";

    /// <summary>Its id; what it may be is what the id of a task may be.</summary>
    public required string Id { get; init; }

    /// <summary>Who asks; null: it was never asked.</summary>
    public AgentName? Agent { get; init; }

    /// <summary>The question.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Answers that the agent proposes; any other may be given.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>What has become of it.</summary>
    public QuestionState State { get; init; }

    /// <summary>The answer, or why it was withdrawn.</summary>
    public string? Answer { get; init; }

    /// <summary>Who answered or withdrew it.</summary>
    public string? By { get; init; }

    /// <summary>The message that brings the agent the answer.</summary>
    public MessageId? Message { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>When it was answered or withdrawn.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The question's entity.</summary>
    public static EntityId Entity(string id) => new(Kind, id);
}

/// <summary>What a question can be asked.</summary>
public abstract record QuestionCommand : Command;

/// <summary>Ask it. The same again is the same question.</summary>
public sealed record AskPerson(AgentName Agent, string Text, ImmutableArray<string> Choices) : QuestionCommand;

/// <summary>Answer it: the agent is told by a message.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Seal">Ends the envelope of that message.</param>
/// <param name="Message">The id of that message.</param>
public sealed record AnswerQuestion(string Answer, string Seal, MessageId Message) : QuestionCommand;

/// <summary>It needs no answer any more.</summary>
public sealed record WithdrawQuestion(string Reason) : QuestionCommand;

/// <summary>Something has happened to a question.</summary>
public abstract record QuestionEvent : Event;

/// <summary>It was asked.</summary>
public sealed record QuestionAsked(AgentName Agent, string Text, ImmutableArray<string> Choices, DateTimeOffset At) : QuestionEvent;

/// <summary>A person has answered it.</summary>
public sealed record QuestionAnswered(string Answer, MessageId Message, string By, DateTimeOffset At) : QuestionEvent;

/// <summary>It was withdrawn.</summary>
public sealed record QuestionWithdrawn(string Reason, string By, DateTimeOffset At) : QuestionEvent;
