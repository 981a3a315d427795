using System.Text.Json;

namespace Orchestrator.Api.Cluster;

/// <summary>An Ask or a Query on its way to another member.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Manifest">The manifest of the command or query.</param>
/// <param name="Payload">Its JSON.</param>
/// <param name="Id">The command id; null for a query.</param>
/// <param name="Sender">Who sent it; null for a query.</param>
internal sealed record PeerRequest(string Entity, string Manifest, JsonElement Payload, string? Id = null, string? Sender = null);

/// <summary>What the member answers.</summary>
/// <param name="Manifest">The manifest of the reply.</param>
/// <param name="Payload">Its JSON.</param>
/// <param name="Position">The position of the commit.</param>
/// <param name="Repeated">Whether the command had been processed before.</param>
internal sealed record PeerReply(string Manifest, JsonElement Payload, long Position, bool Repeated);

/// <summary>Why the member did not answer.</summary>
/// <param name="Code">One of <see cref="PeerErrors"/>.</param>
/// <param name="Reason">In words.</param>
internal sealed record PeerError(string Code, string Reason);

/// <summary>The codes of <see cref="PeerError"/>.</summary>
internal static class PeerErrors
{
    public const string NotOwner = "not-owner";
    public const string Overloaded = "overloaded";
    public const string Unavailable = "unavailable";
    public const string Quarantined = "quarantined";
    public const string Unknown = "unknown-manifest";
    public const string Failed = "failed";

    /// <summary>How long the caller still waits, in milliseconds.</summary>
    public const string DeadlineHeader = "Orchestrator-Deadline";
}
