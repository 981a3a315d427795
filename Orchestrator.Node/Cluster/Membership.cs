using Microsoft.Extensions.Logging;

using Orchestrator.Api.Cluster;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Cluster;

/// <summary>What makes this process a member: its certificate, the port for the others, the way to them. Opened before the runtime starts, closed after it has stopped.</summary>
internal sealed class Membership : IAsyncDisposable
{
    private readonly NodeCertificates _certificates;
    private readonly ILoggerFactory _loggers;
    private PeerServer? _server;
    private ActorSystem? _system;
    private PeerPanes? _panes;

    private Membership(NodeCertificates certificates, ManifestTable manifests, ILoggerFactory loggers)
        => (_certificates, _loggers, Peers) = (certificates, loggers, new HttpPeers(manifests, certificates.Peers));

    /// <summary>The way to the others.</summary>
    public HttpPeers Peers { get; }

    /// <summary>Where the others reach this node.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>Gets the certificate, and opens the port.</summary>
    /// <exception cref="CertificateException">There is no certificate that can be used; says what to do.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<Membership> OpenAsync(ClusterSettings settings, string node, ManifestTable manifests, Action<ILoggingBuilder> logging, TimeProvider time)
    {
        var loggers = LoggerFactory.Create(logging);
        var membership = new Membership(await NodeCertificates.OpenAsync(settings, node, time, loggers.CreateLogger<NodeCertificates>(), CancellationToken.None), manifests, loggers);
        try
        {
            membership._server = await PeerServer.StartAsync(settings.Listen, () => Volatile.Read(ref membership._system), manifests, membership._certificates.Peers, logging, () => Volatile.Read(ref membership._panes));
        }
        catch
        {
            await membership.DisposeAsync();
            throw;
        }

        membership.Address = settings.AddressOf(membership._server.Address);
        return membership;
    }

    /// <summary>The runtime of this node, to be built, is that of a member.</summary>
    public void Equip(RuntimeBuilder runtime, ClusterSettings settings, PostgresOptions postgres)
    {
        var journal = new PostgresJournal(postgres with { Address = Address }, runtime.Time, _loggers.CreateLogger<PostgresJournal>());
        runtime.Journal = _ => journal;
        runtime.Cluster = new ClusterOptions
        {
            Store = new PostgresCluster(journal),
            Peers = Peers,
            Address = Address,
            Roles = settings.Roles,
            Version = postgres.Version,
        };
    }

    /// <summary>Serves the others from now on.</summary>
    public void Serve(ActorSystem system, PeerPanes panes)
    {
        Volatile.Write(ref _panes, panes);
        Volatile.Write(ref _system, system);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Peers.Dispose();
        await _certificates.DisposeAsync();
        _loggers.Dispose();
    }
}
