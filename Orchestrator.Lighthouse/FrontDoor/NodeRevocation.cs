using Microsoft.Extensions.Logging;

using Npgsql;

using Orchestrator.Actors.Nodes;
using Orchestrator.Api;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>Revokes nodes, and has their history say so.</summary>
internal sealed partial class NodeRevocation(IAuthorityStore store, IActorSystem actors, ILogger<NodeRevocation> logger) : INodeRevocation
{
    /// <inheritdoc/>
    public async Task<Refused?> RevokeAsync(string node, string by, string reason, CancellationToken cancellationToken)
    {
        Refused? refused;
        try
        {
            refused = await store.RevokeAsync(node, by, reason, cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new StoreUnavailableException($"the database of the authority failed ({e.Message}); whether {node} is revoked is not known: ask again", e);
        }

        if (refused is null)
        {
            Revoked(logger, node, by, reason);
            await actors.TellAsync(NodeRecord.Entity(node), new ReportNodeRevoked(by, reason), CommandId.New(TimeProvider.System), new Sender(by), cancellationToken);
        }

        return refused;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} was revoked by {By}: {Reason}")]
    private static partial void Revoked(ILogger logger, string node, string by, string reason);
}
