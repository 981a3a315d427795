using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Orchestrator.Actors;
using Orchestrator.Api;
using Orchestrator.Api.Cluster;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>What makes a lighthouse a member of its cluster that owns nothing and serves the API for all.</summary>
internal static class FrontDoorServices
{
    /// <summary>Opens the authority and the port for the other members, and adds runtime and API.</summary>
    /// <exception cref="LighthouseException">The authority cannot be opened; says why.</exception>
    public static async Task<Membership> AddFrontDoorAsync(this IServiceCollection services, LighthouseSettings settings, PostgresOptions postgres, Action<ILoggingBuilder> logging)
    {
        using var loggers = LoggerFactory.Create(logging);
        var store = new SharedAuthorityStore(postgres, settings.NodeRoles, settings.NodesConnect, loggers.CreateLogger<SharedAuthorityStore>());
        var keeper = new AuthorityKeeper(settings, store, TimeProvider.System);
        await keeper.OpenAsync(CancellationToken.None);
        var certificates = new PeerCertificates(await MemberCertificate.IssueAsync(settings, keeper, store, TimeProvider.System, CancellationToken.None), keeper.Authority.Root);
        var runtime = services.AddOrchestratorRuntime(settings.Runtime);
        runtime.AddDomain();
        runtime.Deadline = new ActionDeadline(TimeProvider.System);
        var membership = await Membership.OpenAsync(certificates, settings.PeerAddress, runtime.Manifests, logging);
        membership.Equip(runtime, [ClusterOptions.LighthouseRole], postgres with { Version = LighthouseStatus.Version, DataFolder = settings.Data, SeenFile = Path.Combine(settings.Data, "postgres.seen") });
        services.AddSingleton<IAuthorityStore>(store);
        services.AddSingleton(keeper);
        services.AddSingleton(certificates);
        services.AddHostedService<MemberCertificate>();
        AddApi(services, settings, membership);
        return membership;
    }

    private static void AddApi(IServiceCollection services, LighthouseSettings settings, Membership membership)
    {
        services.AddSingleton<LighthouseStatus>();
        services.AddSingleton<INodeStatus>(static s => s.GetRequiredService<LighthouseStatus>());
        services.AddSingleton<ISettingsCatalog>(static s => s.GetRequiredService<LighthouseStatus>());
        services.AddSingleton<NoPanes>();
        services.AddSingleton<IPaneInventory>(static s => s.GetRequiredService<NoPanes>());
        services.AddSingleton(s => new ClusterPanes(s.GetRequiredService<NoPanes>(), s.GetRequiredService<NoPanes>(), s.GetRequiredService<ActorSystem>(), membership.Peers));
        services.AddSingleton<ILiveAgents>(static s => s.GetRequiredService<ClusterPanes>());
        services.AddSingleton<IPaneRecorder>(static s => s.GetRequiredService<ClusterPanes>());
        services.AddSingleton(membership.Peers);
        services.AddSingleton<ClusterCatalog>();
        services.AddSingleton<IProfileCatalog>(static s => s.GetRequiredService<ClusterCatalog>());
        services.AddSingleton<IPolicyCatalog>(static s => s.GetRequiredService<ClusterCatalog>());
        services.AddHostedService(static s => s.GetRequiredService<ClusterCatalog>());
        services.AddSingleton<ITeamFiles, PeerTeamFiles>();
        services.AddSingleton<INodeRevocation, NodeRevocation>();
        services.AddOrchestratorApi(options => options.AllowedHosts = [.. settings.Names]);
    }
}
