using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string CheckIns = "/api/v1/checkins";

    /// <summary>Makes a check-in.</summary>
    /// <exception cref="ApiException"><c>invalid</c>: no such agent or role, or it would never be due; <c>already-exists</c>.</exception>
    public Task<CheckInInfo> AddCheckInAsync(AddCheckInRequest request, CancellationToken cancellationToken = default)
        => PostAsync(CheckIns, Bytes(request, ApiJson.Wire.AddCheckInRequest), ApiJson.Wire.CheckInInfo, cancellationToken);

    /// <summary>Check-ins that have something to do still, or all with <paramref name="closed"/>.</summary>
    public Task<ImmutableArray<CheckInInfo>> ListCheckInsAsync(string? agent = null, string? role = null, string? team = null, bool closed = false, int limit = 1000, CancellationToken cancellationToken = default)
        => GetAsync(Query(CheckIns, ("agent", agent), ("role", role), ("team", team), ("closed", closed ? "true" : null), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayCheckInInfo, cancellationToken);

    /// <summary>The check-in <paramref name="id"/>.</summary>
    public Task<CheckInInfo> GetCheckInAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync($"{CheckIns}/{Uri.EscapeDataString(id)}", ApiJson.Wire.CheckInInfo, cancellationToken);

    /// <summary>Takes a check-in back.</summary>
    public Task<CheckInInfo> RemoveCheckInAsync(string id, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Delete, $"{CheckIns}/{Uri.EscapeDataString(id)}", body: null, MessageId.New(_time), ApiJson.Wire.CheckInInfo, cancellationToken);
}
