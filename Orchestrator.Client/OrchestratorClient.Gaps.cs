using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Gaps = "/api/v1/gaps";

    /// <summary>Gaps that are open, or all with <paramref name="closed"/>.</summary>
    public Task<ImmutableArray<GapInfo>> ListGapsAsync(string? kind = null, string? agent = null, string? task = null, bool closed = false, int limit = 1000, CancellationToken cancellationToken = default)
        => GetAsync(Query(Gaps, ("kind", kind), ("agent", agent), ("task", task), ("closed", closed ? "true" : null), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayGapInfo, cancellationToken);

    /// <summary>The gap <paramref name="id"/>.</summary>
    public Task<GapInfo> GetGapAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync($"{Gaps}/{Uri.EscapeDataString(id)}", ApiJson.Wire.GapInfo, cancellationToken);

    /// <summary>How many gaps there are.</summary>
    public Task<GapSummaryInfo> GetGapSummaryAsync(CancellationToken cancellationToken = default)
        => GetAsync(Gaps + "/summary", ApiJson.Wire.GapSummaryInfo, cancellationToken);

    /// <summary>Closes a gap; it is not opened again for the same cause.</summary>
    public Task<GapInfo> CloseGapAsync(string id, string because, CancellationToken cancellationToken = default)
        => PostAsync($"{Gaps}/{Uri.EscapeDataString(id)}/close", Bytes(new CloseGapRequest(because), ApiJson.Wire.CloseGapRequest), ApiJson.Wire.GapInfo, cancellationToken);

    /// <summary>Notes what was tried against a gap.</summary>
    public Task<GapInfo> NoteCureAsync(string id, CureRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Gaps}/{Uri.EscapeDataString(id)}/cures", Bytes(request, ApiJson.Wire.CureRequest), ApiJson.Wire.GapInfo, cancellationToken);

    /// <summary>Expects that an agent begins a task of a chain.</summary>
    public Task<ExpectationInfo> ExpectAsync(ExpectRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Gaps + "/expectations", Bytes(request, ApiJson.Wire.ExpectRequest), ApiJson.Wire.ExpectationInfo, cancellationToken);

    /// <summary>Expects it no more.</summary>
    public Task<ExpectationInfo> ForgetExpectationAsync(string id, CancellationToken cancellationToken = default)
        => PostAsync($"{Gaps}/expectations/{Uri.EscapeDataString(id)}/forget", body: null, ApiJson.Wire.ExpectationInfo, cancellationToken);
}
