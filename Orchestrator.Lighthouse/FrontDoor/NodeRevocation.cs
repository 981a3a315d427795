using Microsoft.Extensions.Logging;

using Orchestrator.Api;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>Revokes nodes for the API.</summary>
internal sealed partial class NodeRevocation(IAuthorityStore store, ILogger<NodeRevocation> logger) : INodeRevocation
{
    /// <inheritdoc/>
    public async Task<Refused?> RevokeAsync(string node, string by, string reason, CancellationToken cancellationToken)
    {
        var refused = await store.RevokeAsync(node, by, reason, cancellationToken);
        if (refused is null)
        {
            Revoked(logger, node, by, reason);
        }

        return refused;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} was revoked by {By}: {Reason}")]
    private static partial void Revoked(ILogger logger, string node, string by, string reason);
}
