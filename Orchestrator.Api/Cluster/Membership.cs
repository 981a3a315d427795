using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>What makes this process a member: its certificate, the port for the others, the way to them. Opened before the runtime starts, closed after it has stopped.</summary>
public sealed class Membership : IAsyncDisposable
{
    private readonly PeerCertificates _certificates;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private PeerServer? _server;
    private ActorSystem? _system;
    private PeerPanes? _panes;
    private INodeRevocation? _revocation;
    private Task _watching = Task.CompletedTask;

    private Membership(PeerCertificates certificates, ManifestTable manifests, ILoggerFactory loggers)
        => (_certificates, _loggers, Peers) = (certificates, loggers, new HttpPeers(manifests, certificates));

    /// <summary>The way to the others.</summary>
    public HttpPeers Peers { get; }

    /// <summary>Where the others reach this member.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>Opens the port.</summary>
    /// <param name="certificates">Who this member is, and whom it believes.</param>
    /// <param name="where">Where the port is opened, and where the others reach it.</param>
    /// <param name="manifests">The table of stored names.</param>
    /// <param name="logging">Where logs go.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<Membership> OpenAsync(PeerCertificates certificates, PeerAddress where, ManifestTable manifests, Action<ILoggingBuilder> logging)
    {
        var membership = new Membership(certificates, manifests, LoggerFactory.Create(logging));
        try
        {
            membership._server = await PeerServer.StartAsync(where.Listen, () => Volatile.Read(ref membership._system), manifests, certificates, logging, () => Volatile.Read(ref membership._panes), () => Volatile.Read(ref membership._revocation));
        }
        catch
        {
            await membership.DisposeAsync();
            throw;
        }

        membership.Address = where.Of(membership._server.Address);
        return membership;
    }

    /// <summary>The runtime of this process, to be built, is that of a member.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="roles">What the member is there for.</param>
    /// <param name="postgres">The database of the cluster.</param>
    public void Equip(RuntimeBuilder runtime, ImmutableArray<string> roles, PostgresOptions postgres)
    {
        var journal = new PostgresJournal(postgres with { Address = Address }, runtime.Time, _loggers.CreateLogger<PostgresJournal>());
        runtime.Journal = _ => journal;
        runtime.Cluster = new ClusterOptions
        {
            Store = new PostgresCluster(journal),
            Peers = Peers,
            Address = Address,
            Roles = roles,
            Version = postgres.Version,
        };
    }

    /// <summary>Serves the others from now on, and closes what is open to those that are revoked.</summary>
    /// <param name="system">The runtime.</param>
    /// <param name="panes">What can be read of this member's panes; null for one without.</param>
    /// <param name="revocation">What revokes nodes; null for one that is no lighthouse.</param>
    public void Serve(ActorSystem system, PeerPanes? panes, INodeRevocation? revocation = null)
    {
        Volatile.Write(ref _panes, panes);
        Volatile.Write(ref _revocation, revocation);
        Volatile.Write(ref _system, system);
        _watching = Task.Run(() => WatchAsync(system));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Peers.Dispose();
        _loggers.Dispose();
        _stopping.Dispose();
    }

    private async Task WatchAsync(ActorSystem system)
    {
        var stopped = Task.Delay(Timeout.Infinite, _stopping.Token);
        while (!_stopping.IsCancellationRequested)
        {
            var changed = system.ClusterChanged;
            var revoked = system.Cluster.Revoked;
            if (!revoked.SetEquals(_certificates.Revoked))
            {
                _certificates.Revoked = revoked;
                _server!.CloseRevoked();
                Peers.CloseRevoked();
            }

            await Task.WhenAny(changed, stopped);
        }
    }
}
