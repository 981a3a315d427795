using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    /// <summary>Permits what the dialog of an agent asks for. It is stored and will be done: <see cref="AgentInfo.Decision"/> says when, and how it ended.</summary>
    /// <exception cref="ApiException"><c>illegal-state</c>: no dialog is open; <c>stale</c>: another one is; <c>invalid</c>: it has no such option.</exception>
    public Task<AgentInfo> ApproveAsync(string name, ApproveRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Agent(name)}/approve", Bytes(request, ApiJson.Wire.ApproveRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Refuses what the dialog of an agent asks for.</summary>
    /// <inheritdoc cref="ApproveAsync" path="/exception"/>
    public Task<AgentInfo> RejectAsync(string name, RejectRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Agent(name)}/reject", Bytes(request, ApiJson.Wire.RejectRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Chooses an option of the dialog of an agent.</summary>
    /// <inheritdoc cref="ApproveAsync" path="/exception"/>
    public Task<AgentInfo> AnswerAsync(string name, AnswerRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Agent(name)}/answer", Bytes(request, ApiJson.Wire.AnswerRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>The policies of the node.</summary>
    public Task<ImmutableArray<PolicyInfo>> ListPoliciesAsync(CancellationToken cancellationToken = default)
        => GetAsync("/api/v1/policies", ApiJson.Wire.ImmutableArrayPolicyInfo, cancellationToken);
}
