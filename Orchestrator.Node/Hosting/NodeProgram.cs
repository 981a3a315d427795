using System.Net;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

using Orchestrator.Actors;
using Orchestrator.Api;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Settings;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>Puts a node together.</summary>
internal static class NodeProgram
{
    private static readonly TimeSpan ShutdownWithin = TimeSpan.FromSeconds(20);

    /// <summary>A node, ready to be started.</summary>
    public static WebApplication Build(NodeSettings settings)
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
        if (settings.Postgres is { } postgres)
        {
            runtime.Journal = runtime => new PostgresJournal(postgres with { Address = settings.Runtime.Address }, runtime.Time, runtime.Loggers.CreateLogger<PostgresJournal>());
        }

        runtime.AddDomain();
        AddWorker(builder.Services, settings);
        builder.Services.AddSingleton<NodeService>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<NodeService>());
        builder.Services.AddHostedService<HookListener>();
        AddApi(builder.Services, settings);
        var app = builder.Build();
        app.MapOrchestratorApi();
        return app;
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

    private static void AddWorker(IServiceCollection services, NodeSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<ActionDeadline>();
        services.AddSingleton<Beats>();
        services.AddSingleton<FirstSetup>();
        services.AddSingleton<ProgramVersions>();
        services.AddSingleton<DemoAgents>();
        services.AddSingleton(_ => new NodeProfiles(ProfileCatalog.Load(settings.Profiles), settings.Orc));
        services.AddSingleton<IProfileLibrary>(static s => s.GetRequiredService<NodeProfiles>());
        services.AddSingleton(static s => new TmuxServer(TmuxOptions(s.GetRequiredService<NodeSettings>()), s.GetRequiredService<ILogger<TmuxServer>>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static s => new TmuxDeliveries(s.GetRequiredService<TmuxServer>(), FailPoints.FromEnvironment()));
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
                new WorkingFolders(s.GetRequiredService<NodeSettings>().Folders),
                new GitWorktrees(Path.Combine(s.GetRequiredService<NodeSettings>().Data, "worktrees")),
                s.GetRequiredService<ActionDeadline>(),
                s.GetRequiredService<NodeSettings>().Policies,
                s.GetRequiredService<ProgramVersions>(),
                s.GetRequiredService<TimeProvider>()),
            s.GetRequiredService<ILogger<NodeWorker>>()));
    }

    private static void AddApi(IServiceCollection services, NodeSettings settings)
    {
        services.AddSingleton<NodeStatus>();
        services.AddSingleton<INodeStatus>(static s => s.GetRequiredService<NodeStatus>());
        services.AddSingleton<IProfileCatalog>(static s => s.GetRequiredService<NodeProfiles>());
        services.AddSingleton<IPolicyCatalog>(new NodePolicies(settings.Policies));
        services.AddSingleton<ILiveAgents, LiveAgents>();
        services.AddSingleton<IPaneInventory, PaneInventory>();
        services.AddSingleton<IPaneRecorder>(s => new PaneRecorder(s.GetRequiredService<NodeWorker>(), s.GetRequiredService<TmuxServer>(), TmuxOptions(settings), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<NodeInspection>();
        services.AddSingleton<IRuntimeInspection>(static s => s.GetRequiredService<NodeInspection>());
        services.AddSingleton<ISettingsCatalog>(static s => s.GetRequiredService<NodeInspection>());
        services.AddOrchestratorApi(options =>
        {
            options.AllowedHosts = [.. settings.Hosts];
            options.AllowedOrigins = [.. settings.Origins];
            options.FolderRoots = [.. settings.Folders];
            options.InactiveAfter = settings.InactiveAfter;
            options.Roles = [.. settings.Roles.Values];
            options.MessageTypes = settings.MessageTypes;
            options.Protocol = settings.Protocol;
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
