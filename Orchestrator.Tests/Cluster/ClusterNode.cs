using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Cluster;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster;

/// <summary>A member of a cluster with accounts, on a database that it shares with the others and a port of its own.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private readonly PeerServer _server;
    private readonly HttpPeers _peers;
    private bool _stopped;

    private ClusterNode(ActorSystem system, PostgresJournal journal, PeerServer server, HttpPeers peers, AccountBehavior behavior)
        => (System, Journal, _server, _peers, Behavior) = (system, journal, server, peers, behavior);

    public ActorSystem System { get; }

    public PostgresJournal Journal { get; }

    public AccountBehavior Behavior { get; }

    public IPEndPoint Address => _server.Address;

    public static async Task<ClusterNode> StartAsync(string connection, string name, string folder, Action<RuntimeBuilder>? configure = null)
    {
        var behavior = new AccountBehavior();
        var builder = Bank.Builder(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, behavior);
        builder.Options.Node = name;
        builder.Loggers = LoggerFactory.Create(logging => logging.AddProvider(new LogFile(Path.Combine(folder, $"{name}.log"))));
        builder.Manifests.Map<GetBalance>("account.get-balance.v1");
        var journal = new PostgresJournal(new PostgresOptions { Connection = connection, Node = name, Alone = false }, builder.Time);
        builder.Journal = _ => journal;
        var (own, root) = CertificatesOf(folder, name);
        var certificates = new PeerCertificates(own, root);
        var peers = new HttpPeers(builder.Manifests, certificates);
        ActorSystem? system = null;
        var server = await PeerServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), () => Volatile.Read(ref system), builder.Manifests, certificates, logging => logging.AddProvider(new LogFile(Path.Combine(folder, $"{name}.log"))));
        builder.Cluster = new ClusterOptions { Store = new PostgresCluster(journal), Peers = peers, Address = server.Address.ToString() };
        configure?.Invoke(builder);
        try
        {
            Volatile.Write(ref system, await ActorSystem.StartAsync(builder));
            return new ClusterNode(system, journal, server, peers, behavior);
        }
        catch
        {
            await server.DisposeAsync();
            peers.Dispose();
            throw;
        }
    }

    /// <summary>Makes the authority of a test's cluster in <paramref name="folder"/>, where its nodes, also those in processes of their own, get their certificates.</summary>
    public static void FoundAuthority(string folder)
    {
        var (certificate, key) = CertificateAuthority.Create("test", TimeProvider.System.GetUtcNow());
        File.WriteAllText(Path.Combine(folder, "ca.pem"), certificate);
        File.WriteAllText(Path.Combine(folder, "ca.key"), key);
    }

    public static (X509Certificate2 Own, X509Certificate2 Root) CertificatesOf(string folder, string name, DateTimeOffset? at = null)
    {
        var pem = File.ReadAllText(Path.Combine(folder, "ca.pem"));
        using var authority = CertificateAuthority.Open(pem, File.ReadAllText(Path.Combine(folder, "ca.key")), "test");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var issued = authority.IssueToNode(name, request.PublicKey, at ?? TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));
        using var own = issued.CopyWithPrivateKey(key);
        return (X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null), X509Certificate2.CreateFromPem(pem));
    }

    public Task<Answer> AskAsync(string account, Command command, CommandId? id = null, CancellationToken cancellationToken = default)
        => System.AskAsync(Account.Named(account), command, id ?? Bank.NewId(), Bank.Client, cancellationToken);

    public Task TellAsync(string account, Command command, CommandId? id = null) => System.TellAsync(Account.Named(account), command, id ?? Bank.NewId(), Bank.Client);

    public async Task<Balance> BalanceAsync(string account) => (Balance)await System.QueryAsync(Account.Named(account), new GetBalance());

    /// <summary>The name of an account that this node owns.</summary>
    public string OwnAccount(int number = 0) => Enumerable.Range(0, int.MaxValue).Select(static i => FormattableString.Invariant($"a{i}")).Where(name => System.OwnedShards.Contains(Account.Named(name).Shard)).ElementAt(number);

    /// <summary>Leaves the cluster in good order.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await System.StopAsync();
        await _server.DisposeAsync();
        _peers.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            await StopAsync();
        }
    }
}
