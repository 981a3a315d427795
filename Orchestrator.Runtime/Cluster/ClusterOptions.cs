using System.Collections.Immutable;

namespace Orchestrator.Runtime;

/// <summary>What makes a node a member of a cluster.</summary>
public sealed class ClusterOptions
{
    /// <summary>What the members share.</summary>
    public required IClusterStore Store { get; init; }

    /// <summary>How the other members are reached.</summary>
    public required IPeers Peers { get; init; }

    /// <summary>Where the others reach this node.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary>What this node is there for.</summary>
    public ImmutableArray<string> Roles { get; init; } = [EntityRole];

    /// <summary>The version of this program.</summary>
    public string Version { get; init; } = "0";

    /// <summary>For how long an Ask or a Query looks for the owner of its entity before it gives up.</summary>
    public TimeSpan RouteTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The role of the members that own shards.</summary>
    public const string EntityRole = "worker";

    /// <summary>The role of the members that keep the authority and serve clients; they own no shards.</summary>
    public const string LighthouseRole = "lighthouse";
}

/// <summary>How an Ask or a Query reaches the member that owns its entity. The receiver serves it itself or refuses it; it never passes it on.</summary>
public interface IPeers
{
    /// <summary>Asks on another member.</summary>
    /// <exception cref="NotOwnerException">It does not own the entity; look again who does.</exception>
    /// <exception cref="PeerUnreachableException">It cannot be reached, or the connection was lost: it may have done it; the same id may be asked again.</exception>
    /// <exception cref="OverloadedException">Too much waits there.</exception>
    /// <exception cref="StoreUnavailableException">Its store is away.</exception>
    Task<Answer> AskAsync(Member to, EntityId entity, Command command, CommandId id, Sender sender, CancellationToken cancellationToken);

    /// <summary>Queries on another member; the exceptions are those of <see cref="AskAsync"/>.</summary>
    Task<Reply> QueryAsync(Member to, EntityId entity, Query query, CancellationToken cancellationToken);
}

/// <summary>This node does not own the entity now.</summary>
public sealed class NotOwnerException(EntityId entity) : Exception($"this node does not own {entity} now: look again who does")
{
    /// <summary>The entity.</summary>
    public EntityId Entity { get; } = entity;
}

/// <summary>Another member cannot be reached.</summary>
public sealed class PeerUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
