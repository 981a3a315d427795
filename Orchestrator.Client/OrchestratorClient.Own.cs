using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Questions = "/api/v1/questions";
    private const string HandOvers = "/api/v1/handovers";

    /// <summary>Whose the token of this client is.</summary>
    public Task<SelfInfo> GetSelfAsync(CancellationToken cancellationToken = default) => GetAsync("/api/v1/self", ApiJson.Wire.SelfInfo, cancellationToken);

    /// <summary>Asks a person, with the token of an agent.</summary>
    /// <exception cref="ApiException"><c>invalid</c>: not the token of an agent; <c>already-exists</c>: the id was used for another question.</exception>
    public Task<QuestionInfo> AskQuestionAsync(AskQuestionRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Questions, Bytes(request, ApiJson.Wire.AskQuestionRequest), ApiJson.Wire.QuestionInfo, cancellationToken);

    /// <summary>Open questions, and closed ones with <paramref name="closed"/>.</summary>
    public Task<ImmutableArray<QuestionInfo>> ListQuestionsAsync(string? agent = null, bool closed = false, int limit = 1000, CancellationToken cancellationToken = default)
        => GetAsync(Query(Questions, ("agent", agent), ("closed", closed ? "true" : null), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayQuestionInfo, cancellationToken);

    /// <summary>The question <paramref name="id"/>.</summary>
    public Task<QuestionInfo> GetQuestionAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync($"{Questions}/{Uri.EscapeDataString(id)}", ApiJson.Wire.QuestionInfo, cancellationToken);

    /// <summary>Answers a question: its agent gets a message.</summary>
    /// <exception cref="ApiException"><c>illegal-state</c>: it is answered or withdrawn already, or its agent was ended.</exception>
    public Task<QuestionInfo> AnswerQuestionAsync(string id, string text, CancellationToken cancellationToken = default)
        => PostAsync($"{Questions}/{Uri.EscapeDataString(id)}/answer", Bytes(new TextRequest(text), ApiJson.Wire.TextRequest), ApiJson.Wire.QuestionInfo, cancellationToken);

    /// <summary>Says that a question needs no answer any more.</summary>
    public Task<QuestionInfo> WithdrawQuestionAsync(string id, string reason, CancellationToken cancellationToken = default)
        => PostAsync($"{Questions}/{Uri.EscapeDataString(id)}/withdraw", Bytes(new TextRequest(reason), ApiJson.Wire.TextRequest), ApiJson.Wire.QuestionInfo, cancellationToken);

    /// <summary>What an agent has left for whoever takes over.</summary>
    public Task<HandOverInfo> GetHandOverAsync(string agent, CancellationToken cancellationToken = default)
        => GetAsync($"{HandOvers}/{Uri.EscapeDataString(agent)}", ApiJson.Wire.HandOverInfo, cancellationToken);

    /// <summary>Leaves a note for whoever takes over the work of an agent.</summary>
    public Task<HandOverInfo> LeaveNoteAsync(string agent, string text, CancellationToken cancellationToken = default)
        => PostAsync($"{HandOvers}/{Uri.EscapeDataString(agent)}/notes", Bytes(new TextRequest(text), ApiJson.Wire.TextRequest), ApiJson.Wire.HandOverInfo, cancellationToken);

    /// <summary>Asks an agent for a note, then stops or ends it.</summary>
    /// <exception cref="ApiException"><c>illegal-state</c>: it has been asked already, or cannot be asked and nothing is to happen then.</exception>
    public Task<HandOverInfo> AskHandOverAsync(string agent, AskHandOverRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{HandOvers}/{Uri.EscapeDataString(agent)}/ask", Bytes(request, ApiJson.Wire.AskHandOverRequest), ApiJson.Wire.HandOverInfo, cancellationToken);
}
