using System.Text.Json;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Nodes;
using Orchestrator.Node.Guard;
using Orchestrator.Node.Settings;
using Orchestrator.Node.Workers;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>Starts what makes a runtime a node, after the store is open and before the API listens; stops it in the other order. Agents are left alone.</summary>
internal sealed partial class NodeService(
    NodeSettings settings, NodeAddress published, ActorSystem system, TmuxServer tmux, NodeWorker worker, PaneGuards guards, Beats beats, FirstSetup setup, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<NodeService> logger) : IHostedService
{
    private static readonly TimeSpan TellWithin = TimeSpan.FromSeconds(2);
    private readonly Sender _sender = new($"worker:{settings.Name}");

    /// <summary>The name of the file in the data folder by which clients find the address.</summary>
    public const string AddressFileName = "node.json";

    /// <summary>The set-up code of this start; null once set-up is complete.</summary>
    public string? SetupCode { get; private set; }

    /// <summary>The store broke: the process has to be started anew.</summary>
    public bool StoreBroke { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        system.StoreBroke += (_, _) =>
        {
            StoreBroke = true;
            lifetime.StopApplication();
        };
        if (settings.Cluster is null)
        {
            // A member of a cluster beats itself.
            await beats.StartAsync();
        }

        await system.TellAsync(NodeRecord.Entity(settings.Name), new ReportNodeStarted(NodeStatus.Version, Environment.ProcessId), CommandId.New(time), _sender, cancellationToken);
        await setup.EnsureTokenAsync(cancellationToken);
        SetupCode = await setup.NewCodeAsync(cancellationToken);
        guards.Start();
        await worker.StartAsync(await KnownServerAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Says where the API answers, once it does.</summary>
    public async Task PublishAsync(string address, CancellationToken cancellation)
    {
        await PrivateFile.WriteAsync(published.File, JsonSerializer.Serialize(new { address, pid = Environment.ProcessId, name = settings.Name }) + "\n", cancellation);
        published.Set(address);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        File.Delete(published.File);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TellWithin);
        try
        {
            await system.TellAsync(NodeRecord.Entity(settings.Name), new ReportNodeStopping("asked to"), CommandId.New(time), _sender, limit.Token);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            // The database is away, or takes nothing from a node that was revoked: the others see by its beats that it has gone.
            LogStopNotStored(logger, exception.Message);
        }

        await worker.DisposeAsync();
        await guards.DisposeAsync();
        await beats.DisposeAsync();
        await tmux.DisposeAsync();
    }

    private async Task<ServerIdentity?> KnownServerAsync(CancellationToken cancellation)
    {
        var answer = await system.QueryAsync(NodeRecord.Entity(settings.Name), new LastTmuxServer(), cancellation);
        return answer is KnownTmuxServer { Server: { } server } ? new ServerIdentity(server.StartTime, server.Pid) : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "that the node stops could not be stored: {Reason}")]
    private static partial void LogStopNotStored(ILogger logger, string reason);
}
