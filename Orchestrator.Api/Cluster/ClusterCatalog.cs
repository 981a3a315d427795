using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>What agents can be started with on a node, as its settings and profiles say.</summary>
/// <param name="Profiles">The profiles.</param>
/// <param name="Policies">The policies.</param>
/// <param name="Roles">What is configured of roles.</param>
public sealed record NodeCatalog(ImmutableArray<CatalogProfile> Profiles, ImmutableArray<PolicyInfo> Policies, ImmutableArray<RoleDescription> Roles);

/// <summary>
/// The profiles, policies and roles of a member that runs no agents itself: those of a worker that is up, the first by name, read every few seconds. What differs between workers shows when an agent is started:
/// its node checks for itself.
/// </summary>
/// <param name="system">Who is a member.</param>
/// <param name="peers">The way to the others.</param>
/// <param name="options">Told the roles.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is said that none can be read.</param>
public sealed partial class ClusterCatalog(ActorSystem system, HttpPeers peers, IOptions<ApiOptions> options, TimeProvider time, ILogger<ClusterCatalog> logger) : BackgroundService, IProfileCatalog, IPolicyCatalog
{
    private static readonly TimeSpan Unread = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);
    private volatile NodeCatalog? _last;

    private NodeCatalog Last => _last ?? throw new ProblemException(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, "no node has said yet what agents can be started with: 'orc node ls' shows whether one is up");

    /// <inheritdoc/>
    IReadOnlyList<CatalogProfile> IProfileCatalog.List() => Last.Profiles;

    /// <inheritdoc/>
    public CatalogProfile? Find(string name) => Last.Profiles.FirstOrDefault(profile => profile.Info.Name == name);

    /// <inheritdoc/>
    IReadOnlyList<PolicyInfo> IPolicyCatalog.List() => Last.Policies;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var worker in system.Cluster.Members.Where(static row => row.State is MemberState.Up && row.Member.Roles.Contains(ClusterOptions.EntityRole, StringComparer.Ordinal)))
            {
                if (await ReadAsync(worker.Member, stoppingToken) is { } read)
                {
                    (_last, options.Value.Roles) = (read, read.Roles);
                    break;
                }
            }

            await Task.Delay(_last is null ? Unread : Again, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<NodeCatalog?> ReadAsync(Member worker, CancellationToken cancellationToken)
    {
        try
        {
            return await peers.ReadPaneAsync<NodeCatalog>(worker, PeerPanes.Catalog, cancellationToken);
        }
        catch (Exception e) when (e is PeerUnreachableException or OperationCanceledException)
        {
            // Another one, or the same one later; what was read before goes on to count.
            NotRead(logger, worker.Name, e.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "What agents can be started with could not be read from {Node}: {Reason}")]
    private static partial void NotRead(ILogger logger, string node, string reason);
}
