using System.Net;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Api;
using Orchestrator.Api.Cluster;
using Orchestrator.Hocon;
using Orchestrator.Node.Cluster;
using Orchestrator.Node.Guard;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Settings;
using Orchestrator.Node.Teams;
using Orchestrator.Node.Transcripts;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Recoveries;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>Puts a node together.</summary>
internal static class NodeProgram
{
    private static readonly TimeSpan ShutdownWithin = TimeSpan.FromSeconds(20);

    /// <summary>A node, ready to be started.</summary>
    public static async Task<(WebApplication App, Membership? Membership, NodeCertificates? Certificates)> BuildAsync(NodeSettings settings)
    {
        Directory.CreateDirectory(settings.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(settings.Address, settings.Port);
        });
        AddLogging(builder.Logging, settings);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownWithin);
        builder.Services.AddSingleton(TimeProvider.System);
        settings.Runtime.Address = $"http://{new IPEndPoint(settings.Address, settings.Port)}";
        var runtime = builder.Services.AddOrchestratorRuntime(settings.Runtime);
        runtime.AddDomain(settings.Gaps, settings.Recovery);
        runtime.Deadline = new ActionDeadline(TimeProvider.System);
        var (membership, certificates) = settings is { Cluster: { } cluster, Postgres: { } shared } ? await JoinAsync(runtime, settings, cluster, shared) : default;
        if (membership is null && settings.Postgres is { } postgres)
        {
            if (postgres.Connection.Length == 0)
            {
                throw new HoconException("orchestrator.postgres.connection is empty: write Host=...;Username=...;Database=...");
            }

            runtime.Journal = runtime => new PostgresJournal(postgres with { Address = settings.Runtime.Address }, runtime.Time, runtime.Loggers.CreateLogger<PostgresJournal>());
        }

        AddWorker(builder.Services, settings, runtime.Deadline);
        builder.Services.AddSingleton<NodeService>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<NodeService>());
        builder.Services.AddHostedService<HookListener>();
        if (membership is not null)
        {
            builder.Services.AddHostedService<LossSupervisor>();
            builder.Services.AddHostedService<Rejoining>();
        }

        AddApi(builder.Services, settings, membership);
        var app = builder.Build();
        app.MapOrchestratorApi();
        membership?.Serve(app.Services.GetRequiredService<ActorSystem>(), PanesForPeers(app.Services, settings));
        return (app, membership, certificates);
    }

    private static PeerPanes PanesForPeers(IServiceProvider services, NodeSettings settings) => new(
        services.GetRequiredService<LiveAgents>(),
        services.GetRequiredService<PaneRecorder>(),
        () => new NodeCatalog([.. services.GetRequiredService<IProfileCatalog>().List()], [.. services.GetRequiredService<IPolicyCatalog>().List()], [.. settings.Roles.Values]),
        (file, cancellationToken) => services.GetRequiredService<ITeamFiles>().ReadAsync(file, (role, agent) => (settings.Roles.GetValueOrDefault(role) ?? RoleDescription.Bare(role)).PromptFor(agent), cancellationToken));

    private static async Task<(Membership Membership, NodeCertificates Certificates)> JoinAsync(RuntimeBuilder runtime, NodeSettings settings, ClusterSettings cluster, PostgresOptions postgres)
    {
        var certificates = await NodeCertificates.OpenAsync(cluster, settings.Name, TimeProvider.System, LoggerFactory.Create(logging => AddLogging(logging, settings)), CancellationToken.None);
        try
        {
            var connection = postgres.Connection.Length > 0 ? postgres.Connection : new DatabaseFile(cluster.DatabaseFile).Read(settings.Name);
            var membership = await Membership.OpenAsync(certificates.Peers, cluster.Address, runtime.Manifests, logging => AddLogging(logging, settings));
            membership.Equip(runtime, cluster.Roles, postgres with { Connection = connection });
            return (membership, certificates);
        }
        catch
        {
            await certificates.DisposeAsync();
            throw;
        }
    }

    private static void AddLogging(ILoggingBuilder logging, NodeSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (settings.LogJson)
        {
            logging.AddJsonConsole();
        }
        else
        {
            logging.AddSimpleConsole(static line =>
            {
                line.SingleLine = true;
                line.TimestampFormat = "HH:mm:ss ";
            });
        }
    }

    private static void AddWorker(IServiceCollection services, NodeSettings settings, ActionDeadline deadline)
    {
        services.AddSingleton(settings);
        services.AddSingleton(deadline);
        services.AddSingleton(new NodeAddress(Path.Combine(settings.Data, NodeService.AddressFileName)));
        services.AddSingleton<Beats>();
        services.AddSingleton<FirstSetup>();
        services.AddSingleton<ProgramVersions>();
        services.AddSingleton<DemoAgents>();
        services.AddSingleton(_ => new NodeProfiles(ProfileCatalog.Load(settings.Profiles), settings.Orc));
        services.AddSingleton<IProfileLibrary>(static s => s.GetRequiredService<NodeProfiles>());
        services.AddSingleton(static s => new TmuxServer(TmuxOptions(s.GetRequiredService<NodeSettings>()), s.GetRequiredService<ILogger<TmuxServer>>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static s => new TmuxDeliveries(s.GetRequiredService<TmuxServer>(), FailPoints.FromEnvironment()));
        services.AddSingleton<PaneGuards>();
        services.AddSingleton(s => new KeptTranscripts(Path.Combine(settings.Data, "transcripts"), settings.TranscriptSize, s.GetRequiredService<ILogger<KeptTranscripts>>()));
        services.AddSingleton(static s => new NodeWorker(
            new WorkerContext(
                s.GetRequiredService<NodeSettings>().Name,
                s.GetRequiredService<IActorSystem>(),
                s.GetRequiredService<IWorkerQueue>(),
                s.GetRequiredService<IViews>(),
                s.GetRequiredService<IEventLog>(),
                s.GetRequiredService<TmuxServer>(),
                s.GetRequiredService<TmuxDeliveries>(),
                s.GetRequiredService<IProfileLibrary>(),
                new RoleLibrary(s.GetRequiredService<NodeSettings>().Roles),
                new LaunchContexts(Path.Combine(s.GetRequiredService<NodeSettings>().Data, "state"), s.GetRequiredService<NodeSettings>().Orc),
                new AgentAccess(s.GetRequiredService<NodeAddress>(), s.GetRequiredService<NodeSettings>().Orc),
                new WorkingFolders(s.GetRequiredService<NodeSettings>().Folders),
                new GitWorktrees(Path.Combine(s.GetRequiredService<NodeSettings>().Data, "worktrees")),
                s.GetRequiredService<ActionDeadline>(),
                s.GetRequiredService<NodeSettings>().Policies,
                s.GetRequiredService<ProgramVersions>(),
                Customs(s.GetRequiredService<NodeSettings>(), s.GetRequiredService<TimeProvider>()),
                s.GetRequiredService<TimeProvider>())
            {
                Incarnation = () => s.GetRequiredService<ActorSystem>().Self?.Incarnation,
                Guards = s.GetRequiredService<PaneGuards>(),
                Transcripts = s.GetRequiredService<KeptTranscripts>(),
                PushEvery = s.GetRequiredService<NodeSettings>().Cluster?.PushEvery ?? TimeSpan.MaxValue,
            },
            s.GetRequiredService<ILogger<NodeWorker>>()));
    }

    private static CustomRecoveryRunner Customs(NodeSettings settings, TimeProvider time)
        => new(settings.Customs, new RecoveryWebhook(time, PublicAddress.Allows), settings.Data, time);

    private static void AddApi(IServiceCollection services, NodeSettings settings, Membership? membership)
    {
        services.AddSingleton<NodeStatus>();
        services.AddSingleton<INodeStatus>(static s => s.GetRequiredService<NodeStatus>());
        services.AddSingleton<IProfileCatalog>(static s => s.GetRequiredService<NodeProfiles>());
        services.AddSingleton<IPolicyCatalog>(new NodePolicies(settings.Policies));
        services.AddSingleton<ITeamFiles>(new TeamFiles([Path.Combine(AppContext.BaseDirectory, "hocon", "teams"), Path.Combine(settings.Data, "teams")]));
        services.AddSingleton<LiveAgents>();
        services.AddSingleton<IPaneInventory, PaneInventory>();
        services.AddSingleton(s => new PaneRecorder(s.GetRequiredService<NodeWorker>(), s.GetRequiredService<TmuxServer>(), TmuxOptions(settings), settings.Recordings, s.GetRequiredService<TimeProvider>()));
        if (membership is null)
        {
            services.AddSingleton<ILiveAgents>(static s => s.GetRequiredService<LiveAgents>());
            services.AddSingleton<IPaneRecorder>(static s => s.GetRequiredService<PaneRecorder>());
        }
        else
        {
            services.AddSingleton(s => new ClusterPanes(s.GetRequiredService<LiveAgents>(), s.GetRequiredService<PaneRecorder>(), s.GetRequiredService<ActorSystem>(), membership.Peers));
            services.AddSingleton<ILiveAgents>(static s => s.GetRequiredService<ClusterPanes>());
            services.AddSingleton<IPaneRecorder>(static s => s.GetRequiredService<ClusterPanes>());
            services.AddSingleton(s => new PeerRevocations(s.GetRequiredService<ActorSystem>(), membership.Peers));
        }

        services.AddSingleton<ISettingsCatalog, SettingsCatalog>();
        services.AddOrchestratorApi(options =>
        {
            options.AllowedHosts = [.. settings.Hosts];
            options.AllowedOrigins = [.. settings.Origins];
            options.FolderRoots = [.. settings.Folders];
            options.InactiveAfter = settings.InactiveAfter;
            options.Roles = [.. settings.Roles.Values];
            options.MessageTypes = settings.MessageTypes;
            options.Protocol = settings.Protocol;
            options.Recovery = settings.Recovery;
            options.ConversationIdleAfter = settings.ConversationIdleAfter;
            options.ConversationBatch = settings.ConversationBatch;
        });
    }

    /// <summary>How the tmux server of a node is run.</summary>
    public static TmuxServerOptions TmuxOptions(NodeSettings settings) => new()
    {
        Folder = Path.Combine(settings.Data, "tmux"),
        Tmux = settings.Tmux,
        LaunchPrefix = settings.TmuxLaunchPrefix,
        HistoryLines = settings.TmuxHistory,
    };
}
