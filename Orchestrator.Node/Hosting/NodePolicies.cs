using Orchestrator.Actors.Agents;
using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Node.Policies;

namespace Orchestrator.Node.Hosting;

/// <summary>The policies of this node, as its API shows them.</summary>
internal sealed class NodePolicies(PolicyCatalog catalog) : IPolicyCatalog
{
    /// <inheritdoc/>
    public IReadOnlyList<PolicyInfo> List() => [.. catalog.All.Select(policy => new PolicyInfo(
        policy.Name,
        [.. policy.Kinds.OrderBy(static kind => kind.Key, StringComparer.Ordinal).Select(static kind => new PolicyKindInfo(kind.Key, kind.Value.Allow.Texts, kind.Value.Deny.Texts, kind.Value.Otherwise.Words()))],
        policy.Say,
        [.. catalog.RolesOf(policy.Name)],
        policy.Name == catalog.Default))];
}
