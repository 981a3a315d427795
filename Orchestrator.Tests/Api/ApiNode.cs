using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Node.Teams;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

/// <summary>A node with the real runtime on SQLite and the real API on a port of its own; only the worker is scripted.</summary>
internal sealed class ApiNode : IAsyncDisposable, INodeStatus, IProfileCatalog, IPolicyCatalog, ISettingsCatalog
{
    public const string NodeName = "n1";

    private readonly TemporaryFolder _folder = new();
    private readonly Action<ApiOptions>? _configure;
    private WebApplication? _app;
    private ScriptedWorker? _worker;

    private ApiNode(Action<ApiOptions>? configure) => _configure = configure;

    /// <summary>What fails is left to people.</summary>
    public static readonly RecoverySettings Recovery = RecoverySettings.Default with { Defaults = RecoveryPolicy.Default.With(TroubleKind.FailedExecution, RecoveryStrategy.Notify) };

    public string Data => _folder.Path;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>A token that may do everything.</summary>
    public string AdminToken { get; private set; } = string.Empty;

    public OrchestratorClient Client { get; private set; } = null!;

    public ScriptedWorker Worker => _worker!;

    public IServiceProvider Services => _app!.Services;

    public ActorSystem System => Services.GetRequiredService<ActorSystem>();

    public string Name => NodeName;

    public static async Task<ApiNode> StartAsync(Action<ApiOptions>? configure = null)
    {
        var node = new ApiNode(configure);
        await node.StartAgainAsync();
        node.AdminToken = await node.IssueAsync("admin", Scopes.Admin);
        node.Client = node.ClientOf(node.AdminToken);
        await File.WriteAllTextAsync(Path.Combine(node.Data, NodeLocator.TokenFile), node.AdminToken + "\n");
        return node;
    }

    /// <summary>Starts on the same data and, after the first time, the same port.</summary>
    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        var runtime = builder.Services.AddOrchestratorRuntime(new RuntimeOptions { DataFolder = Path.Combine(Data, "db"), Node = NodeName, MinimumFreeDisk = 0 });
        runtime.AddDomain(recovery: Recovery);
        builder.Services.AddOrchestratorApi(_configure);
        builder.Services.AddSingleton<INodeStatus>(this).AddSingleton<IProfileCatalog>(this).AddSingleton<IPolicyCatalog>(this).AddSingleton<ISettingsCatalog>(this);
        builder.Services.AddSingleton<ITeamFiles>(new TeamFiles([Path.Combine(Repository.Root, "hocon", "teams"), Path.Combine(Data, "teams")]));
        builder.Services.AddSingleton(provider => new ScriptedWorker(provider.GetRequiredService<ActorSystem>(), NodeName));
        builder.Services.AddSingleton<IPaneInventory>(static provider => provider.GetRequiredService<ScriptedWorker>());
        builder.Services.AddSingleton<IPaneRecorder>(static provider => provider.GetRequiredService<ScriptedWorker>());
        builder.Services.AddSingleton<ILiveAgents>(static provider => provider.GetRequiredService<ScriptedWorker>());
        _app = builder.Build();
        _app.MapOrchestratorApi();
        await _app.StartAsync();
        Address = new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        _worker = Services.GetRequiredService<ScriptedWorker>();
        _worker.Start();
        await File.WriteAllTextAsync(Path.Combine(Data, NodeLocator.NodeFile), $$"""{"address":"{{Address}}","pid":{{Environment.ProcessId}},"name":"{{NodeName}}"}""");
    }

    public async Task StopAsync()
    {
        await Worker.DisposeAsync();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public OrchestratorClient ClientOf(string token) => new(new NodeConnection(Address, token, "the test"));

    public HttpClient Http(string? token = null)
    {
        var http = new HttpClient { BaseAddress = Address };
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return http;
    }

    /// <summary>Issues a token that is usable when this returns.</summary>
    public Task<string> IssueAsync(string name, params string[] scopes) => IssueAsync(name, [.. scopes], expiresAt: null);

    public async Task<string> IssueAsync(string name, ImmutableArray<string> scopes, DateTimeOffset? expiresAt)
    {
        var token = Secret.NewToken();
        await TellTokenAsync(token, new IssueToken(name, scopes, expiresAt));
        return token;
    }

    public Task RevokeAsync(string token) => TellTokenAsync(token, new RevokeToken("test"));

    public Task<AgentInfo> SpawnAsync(string name, string profile = "shell", params string[] command)
        => Client.SpawnAsync(new SpawnRequest { Name = name, Profile = profile, Folder = Data, Command = command.Length == 0 ? null : [.. command] });

    public async Task<AgentInfo> SpawnReadyAsync(string name)
    {
        await SpawnAsync(name);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await Client.WaitForAgentAsync(name, static a => a.State == "idle", limit.Token);
    }

    public Task<NodeInfo> GetAsync(CancellationToken cancellationToken)
        => Task.FromResult(new NodeInfo(NodeName, "0.1.0", Address.ToString(), Data, "/tmp/no-such-tmux/socket", null, DateTimeOffset.UnixEpoch, "ready"));

    IReadOnlyList<CatalogProfile> IProfileCatalog.List() => Profiles;

    public CatalogProfile? Find(string name) => Profiles.FirstOrDefault(p => p.Info.Name == name);

    IReadOnlyList<PolicyInfo> IPolicyCatalog.List() => [new("ask", [], null, [], Default: true), new("careful", [new PolicyKindInfo("shell", ["git status"], ["rm *"], "ask")], "Not here.", ["qa"], Default: false)];

    IReadOnlyList<SettingInfo> ISettingsCatalog.List() => [new("orchestrator.node.name", NodeName, "test"), new("orchestrator.secret", "(redacted)", null), new("orchestrator.database", "Host=db;Password=planted-canary", "test")];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await StopAsync();
        }

        _folder.Dispose();
    }

    private static readonly CatalogProfile[] Profiles =
    [
        new(new ProfileInfo("demo", "a scripted agent", ["orc", "demo-agent"], CommandReplaceable: false, Installed: true), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false)),
        new(new ProfileInfo("shell", "any line program", ["bash"], CommandReplaceable: true, Installed: true), new ProfileTraits(1000, TypesWhileWorking: false)),
    ];

    private async Task TellTokenAsync(string token, Command command)
    {
        var answer = await System.AskAsync(Token.Entity(Secret.HashOf(token)), command, CommandId.New(TimeProvider.System), new Sender("client:test"));
        Assert.IsType<Done>(answer.Reply);
        await System.Views.WaitForAsync(answer.Position);
    }
}
