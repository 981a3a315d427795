using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Recoveries = "/api/v1/recoveries";
    private const string RecoveryOfAll = "/api/v1/recovery";

    /// <summary>The supervisors of agents and teams that have had anything to do.</summary>
    public Task<ImmutableArray<RecoveryInfo>> ListRecoveriesAsync(CancellationToken cancellationToken = default)
        => GetAsync(Recoveries, ApiJson.Wire.ImmutableArrayRecoveryInfo, cancellationToken);

    /// <summary>The supervisor of an agent, or of <c>team:NAME</c>.</summary>
    public Task<RecoveryInfo> GetRecoveryAsync(string agent, CancellationToken cancellationToken = default)
        => GetAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}", ApiJson.Wire.RecoveryInfo, cancellationToken);

    /// <summary>What would be done now, and why: about what is wrong, or as if <paramref name="kind"/> were.</summary>
    public Task<ImmutableArray<RecoveryForecastInfo>> ForecastRecoveryAsync(string agent, string? kind = null, CancellationToken cancellationToken = default)
        => GetAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}/forecast{(kind is null ? string.Empty : $"?kind={Uri.EscapeDataString(kind)}")}", ApiJson.Wire.ImmutableArrayRecoveryForecastInfo, cancellationToken);

    /// <summary>Nothing is done about an agent or a team until <see cref="ResumeRecoveryAsync"/>.</summary>
    public Task<RecoveryInfo> PauseRecoveryAsync(string agent, CancellationToken cancellationToken = default)
        => PostAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}/pause", body: null, ApiJson.Wire.RecoveryInfo, cancellationToken);

    /// <summary>Recovery goes on, with a new budget; what is wrong is recovered now.</summary>
    public Task<RecoveryInfo> ResumeRecoveryAsync(string agent, CancellationToken cancellationToken = default)
        => PostAsync($"{Recoveries}/{Uri.EscapeDataString(agent)}/resume", body: null, ApiJson.Wire.RecoveryInfo, cancellationToken);

    /// <summary>What was tried, the newest first.</summary>
    /// <param name="agent">Only for this agent or <c>team:NAME</c>.</param>
    /// <param name="limit">At most so many, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ImmutableArray<RecoveryHistoryInfo>> RecoveryHistoryAsync(string? agent = null, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(FormattableString.Invariant($"{RecoveryOfAll}/history?limit={limit}{(agent is null ? string.Empty : $"&agent={Uri.EscapeDataString(agent)}")}"), ApiJson.Wire.ImmutableArrayRecoveryHistoryInfo, cancellationToken);

    /// <summary>How each strategy has done, for all agents and teams together.</summary>
    public Task<ImmutableArray<StrategyInfo>> RecoveryStatsAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{RecoveryOfAll}/stats", ApiJson.Wire.ImmutableArrayStrategyInfo, cancellationToken);

    /// <summary>The policies in force: that of all roles, and those of roles that have one of their own.</summary>
    public Task<ImmutableArray<RecoveryPolicyInfo>> ListRecoveryPoliciesAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{RecoveryOfAll}/policies", ApiJson.Wire.ImmutableArrayRecoveryPolicyInfo, cancellationToken);
}
