using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Messages = "/api/v1/messages";

    /// <summary>Sends a message to an agent; when this returns it is stored. A missing <see cref="SendRequest.Id"/> is made here, so that a retry is never a second message.</summary>
    /// <exception cref="ApiException"><c>not-found</c>, <c>invalid</c>, <c>already-exists</c> (another message has this id), <c>illegal-state</c>, <c>overloaded</c>.</exception>
    /// <exception cref="NodeUnreachableException">It is not known whether it was stored: send it again with the same id.</exception>
    public Task<MessageInfo> SendMessageAsync(SendRequest request, CancellationToken cancellationToken = default)
    {
        var identified = request.Id is null ? request with { Id = MessageId.New(_time) } : request;
        return SendAsync(HttpMethod.Post, Messages, Bytes(identified, ApiJson.Wire.SendRequest), identified.Id, ApiJson.Wire.MessageInfo, cancellationToken);
    }

    /// <summary>The message <paramref name="id"/> and each step of its delivery.</summary>
    public Task<MessageInfo> GetMessageAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync($"{Messages}/{Uri.EscapeDataString(id)}", ApiJson.Wire.MessageInfo, cancellationToken);

    /// <summary>Messages in the order of their ids, after the id <paramref name="after"/>; only those of an agent or in a state if given.</summary>
    public Task<ImmutableArray<MessageInfo>> ListMessagesAsync(string? agent = null, string? state = null, string? after = null, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query(Messages, ("agent", agent), ("state", state), ("after", after), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayMessageInfo, cancellationToken);

    /// <summary>The last messages for an agent, the newest first.</summary>
    public Task<ImmutableArray<MessageInfo>> ListNewestMessagesAsync(string agent, int limit, CancellationToken cancellationToken = default)
        => GetAsync(Query(Messages, ("agent", agent), ("newest", "true"), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayMessageInfo, cancellationToken);
}
