using System.Collections.Immutable;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Nodes = $"{Root}/nodes";

    /// <summary>The nodes of the cluster, in the order of their names; a node that is in none shows itself.</summary>
    public Task<ImmutableArray<ClusterNodeInfo>> ListNodesAsync(CancellationToken cancellationToken = default)
        => GetAsync(Nodes, ApiJson.Wire.ImmutableArrayClusterNodeInfo, cancellationToken);

    /// <summary>Places nothing new on a node; what runs there goes on.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such node.</exception>
    public Task<ClusterNodeInfo> DrainNodeAsync(string name, CancellationToken cancellationToken = default)
        => PostAsync($"{Nodes}/{Uri.EscapeDataString(name)}/drain", body: null, ApiJson.Wire.ClusterNodeInfo, cancellationToken);

    /// <summary>Places agents on a node again.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such node.</exception>
    public Task<ClusterNodeInfo> UndrainNodeAsync(string name, CancellationToken cancellationToken = default)
        => PostAsync($"{Nodes}/{Uri.EscapeDataString(name)}/undrain", body: null, ApiJson.Wire.ClusterNodeInfo, cancellationToken);

    /// <summary>Says that a node that is down does not come back: its agents are offline and can be started elsewhere.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such node; <c>illegal-state</c>: it is not down.</exception>
    public Task<ClusterNodeInfo> RemoveNodeAsync(string name, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Delete, $"{Nodes}/{Uri.EscapeDataString(name)}", body: null, MessageId.New(_time), ApiJson.Wire.ClusterNodeInfo, cancellationToken, ForMany);

    /// <summary>Takes certificate and database role from a node, ends its sessions and marks it down. A lighthouse does it; a node passes it on to one.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such node, or it has no certificate of the authority; <c>illegal-state</c>: it is a lighthouse, or the node that was asked, or no lighthouse is up; <c>unavailable</c>: none can be reached.</exception>
    public Task<ClusterNodeInfo> RevokeNodeAsync(string name, string? reason = null, CancellationToken cancellationToken = default)
        => PostAsync(Query($"{Nodes}/{Uri.EscapeDataString(name)}/revoke", ("reason", reason)), body: null, ApiJson.Wire.ClusterNodeInfo, cancellationToken);

    /// <summary>Moves an agent to another node: its program is stopped where it is and started there, as the next generation.</summary>
    /// <exception cref="ApiException"><c>invalid</c>: there is no such node; <c>illegal-state</c>: it takes no agents.</exception>
    public Task<AgentInfo> MoveAgentAsync(string name, string node, bool force = false, CancellationToken cancellationToken = default)
        => Act(name, Query("move", ("node", node), ("force", force ? "true" : null)), cancellationToken);
}
