using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Dispatches = "/api/v1/dispatches";
    private const string Routes = "/api/v1/routes";

    /// <summary>The types of messages.</summary>
    public Task<ImmutableArray<MessageTypeInfo>> ListMessageTypesAsync(CancellationToken cancellationToken = default)
        => GetAsync("/api/v1/message-types", ApiJson.Wire.ImmutableArrayMessageTypeInfo, cancellationToken);

    /// <summary>What was sent and received from <paramref name="from"/> to <paramref name="to"/>; the last seven days unless said.</summary>
    public Task<MessageStatisticsInfo> GetMessageStatisticsAsync(DateTimeOffset? from = null, DateTimeOffset? to = null, CancellationToken cancellationToken = default)
        => GetAsync(Query("/api/v1/message-statistics", ("from", Text(from)), ("to", Text(to))), ApiJson.Wire.MessageStatisticsInfo, cancellationToken);

    /// <summary>What senders have done against the protocol; one of them, if given.</summary>
    public async Task<ImmutableArray<ViolationInfo>> ListViolationsAsync(string? sender = null, CancellationToken cancellationToken = default)
    {
        const int Page = 10_000;
        var all = ImmutableArray<ViolationInfo>.Empty;
        ImmutableArray<ViolationInfo> page;
        do
        {
            page = await GetAsync(Query("/api/v1/protocol/violations", ("sender", sender), ("limit", Text(Page)), ("after", all.LastOrDefault()?.Sender)), ApiJson.Wire.ImmutableArrayViolationInfo, cancellationToken);
            all = all.AddRange(page);
        }
        while (page.Length == Page);
        return all;
    }

    /// <summary>Sends a message to an address, or to where the routes say. A missing id is made here, so that a retry is never a second message.</summary>
    /// <exception cref="ApiException">It violates the protocol: <see cref="ProblemInfo.Violation"/> says how.</exception>
    public Task<DispatchInfo> DispatchAsync(DispatchRequest request, CancellationToken cancellationToken = default)
    {
        var identified = request.Id is null ? request with { Id = MessageId.New(_time) } : request;
        return SendAsync(HttpMethod.Post, Dispatches, Bytes(identified, ApiJson.Wire.DispatchRequest), identified.Id, ApiJson.Wire.DispatchInfo, cancellationToken);
    }

    /// <summary>What became of a dispatched message.</summary>
    public Task<DispatchInfo> GetDispatchAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync($"{Dispatches}/{Uri.EscapeDataString(id)}", ApiJson.Wire.DispatchInfo, cancellationToken);

    /// <summary>Dispatched messages, the newest first; only those that nobody got, if asked.</summary>
    public Task<ImmutableArray<DispatchInfo>> ListDispatchesAsync(bool deadLetters = false, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query(Dispatches, ("state", deadLetters ? "dead_letter" : null), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayDispatchInfo, cancellationToken);

    /// <summary>The routes.</summary>
    public Task<ImmutableArray<RouteInfo>> ListRoutesAsync(CancellationToken cancellationToken = default)
        => GetAsync(Routes, ApiJson.Wire.ImmutableArrayRouteInfo, cancellationToken);

    /// <summary>Adds a route, or replaces the one of this name.</summary>
    public Task<RouteInfo> PutRouteAsync(string name, RouteRequest request, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Put, $"{Routes}/{Uri.EscapeDataString(name)}", Bytes(request, ApiJson.Wire.RouteRequest), MessageId.New(_time), ApiJson.Wire.RouteInfo, cancellationToken);

    /// <summary>Removes a route.</summary>
    public async Task RemoveRouteAsync(string name, CancellationToken cancellationToken = default)
    {
        using var response = await ExchangeAsync(HttpMethod.Delete, $"{Routes}/{Uri.EscapeDataString(name)}", body: null, MessageId.New(_time), cancellationToken);
    }

    private static string? Text(DateTimeOffset? time) => time?.ToString("O", CultureInfo.InvariantCulture);
}
