using System.Net;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Cluster;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>A member of a cluster: the runtime with counters, on a database that it shares with the others, and its port for them.</summary>
internal sealed class OpenMember : IAsyncDisposable
{
    private readonly PeerServer _server;
    private readonly HttpPeers _peers;

    private OpenMember(ActorSystem system, PeerServer server, HttpPeers peers) => (System, _server, _peers) = (system, server, peers);

    public ActorSystem System { get; }

    public static async Task<OpenMember> StartAsync(string connection, string name, string folder)
    {
        var builder = Counters.Builder(Directory.CreateDirectory(Path.Combine(folder, name)).FullName);
        builder.Options.Node = name;
        var journal = new PostgresJournal(new PostgresOptions { Connection = connection, Node = name, Alone = false }, builder.Time);
        builder.Journal = _ => journal;
        var certificates = Authority.Issue(folder, name);
        var peers = new HttpPeers(builder.Manifests, certificates);
        ActorSystem? system = null;
        var server = await PeerServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), () => Volatile.Read(ref system), builder.Manifests, certificates, static logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Cluster = new ClusterOptions { Store = new PostgresCluster(journal), Peers = peers, Address = server.Address.ToString() };
        Volatile.Write(ref system, await ActorSystem.StartAsync(builder));
        return new OpenMember(system, server, peers);
    }

    /// <summary>Leaves the cluster in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        await System.StopAsync();
        await _server.DisposeAsync();
        _peers.Dispose();
    }
}
