using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Conversations = "/api/v1/conversations";

    /// <summary>Starts a conversation.</summary>
    /// <exception cref="ApiException"><c>invalid</c>: fewer than two participants, or the kind does not fit; <c>not-found</c>: there is no such agent; <c>already-exists</c>.</exception>
    public Task<ConversationInfo> StartConversationAsync(StartConversationRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Conversations, Bytes(request, ApiJson.Wire.StartConversationRequest), ApiJson.Wire.ConversationInfo, cancellationToken);

    /// <summary>Conversations; only those of a participant or in a state, if given.</summary>
    public Task<ImmutableArray<ConversationInfo>> ListConversationsAsync(string? participant = null, string? state = null, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query(Conversations, ("participant", participant), ("state", state), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayConversationInfo, cancellationToken);

    /// <summary>A conversation.</summary>
    public Task<ConversationInfo> GetConversationAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync(Of(id), ApiJson.Wire.ConversationInfo, cancellationToken);

    /// <summary>The last messages of a conversation, the oldest first; before a number, with a word in them, if given.</summary>
    public Task<ImmutableArray<SaidInfo>> ListConversationMessagesAsync(string id, int limit = 100, long? before = null, string? search = null, CancellationToken cancellationToken = default)
        => GetAsync(Query(Of(id) + "/messages", ("limit", Text(limit)), ("before", Text(before)), ("search", search)), ApiJson.Wire.ImmutableArraySaidInfo, cancellationToken);

    /// <summary>The last summary of a conversation, and what was said after it.</summary>
    public Task<ConversationContextInfo> GetConversationContextAsync(string id, int limit = 20, CancellationToken cancellationToken = default)
        => GetAsync(Query(Of(id) + "/context", ("limit", Text(limit))), ApiJson.Wire.ConversationContextInfo, cancellationToken);

    /// <summary>A whole conversation.</summary>
    public Task<ConversationExportInfo> ExportConversationAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync(Of(id) + "/export", ApiJson.Wire.ConversationExportInfo, cancellationToken);

    /// <summary>A whole conversation as a Markdown document.</summary>
    public async Task<string> ExportConversationMarkdownAsync(string id, CancellationToken cancellationToken = default)
    {
        using var response = await ExchangeAsync(HttpMethod.Get, Seeing(Of(id) + "/export?format=markdown"), body: null, id: null, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Says something in a conversation that the caller is in. A missing id is made here, so that a retry is never a second message.</summary>
    /// <exception cref="ApiException"><c>forbidden</c>: the caller is not in it; <c>illegal-state</c>: it has ended, or the limits of answers are reached.</exception>
    public Task<SaidInfo> SayAsync(string id, SayRequest request, CancellationToken cancellationToken = default)
    {
        var identified = request.Id is null ? request with { Id = MessageId.New(_time) } : request;
        return SendAsync(HttpMethod.Post, Of(id) + "/messages", Bytes(identified, ApiJson.Wire.SayRequest), identified.Id, ApiJson.Wire.SaidInfo, cancellationToken);
    }

    /// <summary>Brings somebody into a conversation.</summary>
    public Task<ConversationInfo> JoinConversationAsync(string id, string participant, CancellationToken cancellationToken = default)
        => PostAsync(Of(id) + "/participants", Bytes(new ParticipantRequest(participant), ApiJson.Wire.ParticipantRequest), ApiJson.Wire.ConversationInfo, cancellationToken);

    /// <summary>Takes somebody out of a conversation; of the last two, it ends.</summary>
    public Task<ConversationInfo> LeaveConversationAsync(string id, string participant, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Delete, $"{Of(id)}/participants/{Uri.EscapeDataString(participant)}", body: null, MessageId.New(_time), ApiJson.Wire.ConversationInfo, cancellationToken);

    /// <summary>Marks messages as read.</summary>
    public Task<ConversationInfo> MarkReadAsync(string id, ReadRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Of(id) + "/read", Bytes(request, ApiJson.Wire.ReadRequest), ApiJson.Wire.ConversationInfo, cancellationToken);

    /// <summary>Puts on record what was said, in short.</summary>
    public Task<ConversationInfo> SummariseConversationAsync(string id, SummaryRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Of(id) + "/summaries", Bytes(request, ApiJson.Wire.SummaryRequest), ApiJson.Wire.ConversationInfo, cancellationToken);

    /// <summary>Ends a conversation.</summary>
    public Task<ConversationInfo> EndConversationAsync(string id, string? reason = null, CancellationToken cancellationToken = default)
        => PostAsync(Of(id) + "/end", Bytes(new EndConversationRequest(reason), ApiJson.Wire.EndConversationRequest), ApiJson.Wire.ConversationInfo, cancellationToken);

    private static string Of(string id) => $"{Conversations}/{Uri.EscapeDataString(id)}";
}
