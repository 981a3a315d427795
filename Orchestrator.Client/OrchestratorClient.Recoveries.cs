using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Recoveries = "/api/v1/recoveries";

    /// <summary>The supervisors that have had anything to do.</summary>
    public Task<ImmutableArray<RecoveryInfo>> ListRecoveriesAsync(CancellationToken cancellationToken = default)
        => GetAsync(Recoveries, ApiJson.Wire.ImmutableArrayRecoveryInfo, cancellationToken);

    /// <summary>The supervisor of an agent.</summary>
    public Task<RecoveryInfo> GetRecoveryAsync(string agent, CancellationToken cancellationToken = default)
        => GetAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}", ApiJson.Wire.RecoveryInfo, cancellationToken);

    /// <summary>Nothing is done about an agent until <see cref="ResumeRecoveryAsync"/>.</summary>
    public Task<RecoveryInfo> PauseRecoveryAsync(string agent, CancellationToken cancellationToken = default)
        => PostAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}/pause", body: null, ApiJson.Wire.RecoveryInfo, cancellationToken);

    /// <summary>Recovery goes on, with a new budget; an agent that is down is recovered now.</summary>
    public Task<RecoveryInfo> ResumeRecoveryAsync(string agent, CancellationToken cancellationToken = default)
        => PostAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}/resume", body: null, ApiJson.Wire.RecoveryInfo, cancellationToken);
}
