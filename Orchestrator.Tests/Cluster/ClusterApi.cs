using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Identity;
using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Cluster;

/// <summary>The real API on the runtime of a member that runs already; what belongs to panes and profiles is not there.</summary>
internal sealed class ClusterApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ClusterApi(WebApplication app, string token)
    {
        (_app, Token) = (app, token);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new OrchestratorClient(new NodeConnection(Address, token, "the test"));
    }

    public Uri Address { get; }

    public string Token { get; }

    public OrchestratorClient Client { get; }

    /// <summary>Serves the API of <paramref name="node"/>, whose builder must have been given the domain.</summary>
    public static async Task<ClusterApi> StartAsync(ClusterNode node, string name, ManifestTable manifests)
    {
        var system = node.System;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(system).AddSingleton<IActorSystem>(system).AddSingleton(manifests)
            .AddSingleton(system.Views).AddSingleton(system.Events).AddSingleton(system.Workers).AddSingleton(system.DeadLetters).AddSingleton(system.Inspection);
        builder.Services.AddSingleton<INodeStatus>(new Status(name)).AddSingleton(Absent.Of<IProfileCatalog>()).AddSingleton(Absent.Of<IPolicyCatalog>()).AddSingleton(Absent.Of<ISettingsCatalog>()).AddSingleton(Absent.Of<ITeamFiles>())
            .AddSingleton(Absent.Of<IPaneInventory>()).AddSingleton(Absent.Of<IPaneRecorder>()).AddSingleton(Absent.Of<ILiveAgents>());
        builder.Services.AddOrchestratorApi();
        var app = builder.Build();
        app.MapOrchestratorApi();
        await app.StartAsync();
        var token = Secret.NewToken();
        var answer = await system.AskAsync(Orchestrator.Actors.Identity.Token.Entity(Secret.HashOf(token)), new IssueToken("admin", [Scopes.Admin], ExpiresAt: null), CommandId.New(TimeProvider.System), new Sender("client:test"));
        await system.Views.WaitForAsync(answer.Position);
        return new ClusterApi(app, token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Status(string name) : INodeStatus
    {
        public string Name => name;

        public Task<NodeInfo> GetAsync(CancellationToken cancellationToken)
            => Task.FromResult(new NodeInfo(name, "0", string.Empty, string.Empty, string.Empty, TmuxServerPid: null, DateTimeOffset.UnixEpoch, "ready"));
    }

    /// <summary>Stands for a part of a node that is not there.</summary>
#pragma warning disable MA0053 // What is made of it at run time derives from it.
    private class Absent : DispatchProxy
#pragma warning restore MA0053
    {
        public static T Of<T>()
            where T : class
            => Create<T, Absent>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException($"{targetMethod?.Name} is not there");
    }
}
