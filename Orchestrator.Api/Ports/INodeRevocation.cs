using Orchestrator.Runtime;

namespace Orchestrator.Api;

/// <summary>Takes from nodes what an authority has given them; only a lighthouse has it.</summary>
public interface INodeRevocation
{
    /// <summary>Revokes the certificates and the database role of a node, ends its sessions and marks it down: null, or why not.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="cancellationToken">Gives up; what has been done by then is not undone.</param>
    Task<Refused?> RevokeAsync(string node, string by, string reason, CancellationToken cancellationToken);
}
