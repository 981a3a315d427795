using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>A question of an agent to a person.</summary>
public sealed record AskQuestionRequest
{
    /// <summary>Its id: 1 to 40 lower-case letters, digits and dashes. Made from the id of the request if it is missing. The same id with the same text is the same question.</summary>
    public string? Id { get; init; }

    /// <summary>The question: 1 to 20,000 characters.</summary>
    public required string Text { get; init; }

    /// <summary>Answers to choose from, at most 20; another may be given.</summary>
    public ImmutableArray<string>? Choices { get; init; }
}

/// <summary>A question of an agent.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">Who asks.</param>
/// <param name="Text">The question.</param>
/// <param name="Choices">Answers to choose from.</param>
/// <param name="State">open, answered or withdrawn.</param>
/// <param name="Answer">The answer, or why it was withdrawn.</param>
/// <param name="By">Who answered or withdrew it.</param>
/// <param name="Message">The message that brings the agent the answer.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="EndedAt">When it was answered or withdrawn.</param>
public sealed record QuestionInfo(
    string Id,
    string Agent,
    string Text,
    ImmutableArray<string> Choices,
    string State,
    string? Answer,
    string? By,
    string? Message,
    DateTimeOffset AskedAt,
    DateTimeOffset? EndedAt);

/// <summary>A text to answer a question with, to withdraw it, or to leave as a note.</summary>
/// <param name="Text">1 to 20,000 characters.</param>
public sealed record TextRequest(string? Text);
