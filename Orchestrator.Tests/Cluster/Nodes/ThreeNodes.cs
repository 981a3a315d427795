using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

using Npgsql;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>A real cluster: three nodes as processes of their own, each with its tmux server, on one PostgreSQL.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<NodeUnderTest> _nodes = [];
    private string _connection = string.Empty;
    private CuttingProxy? _line;

    internal NodeUnderTest N1 => _nodes[0];

    internal NodeUnderTest N2 => _nodes[1];

    internal NodeUnderTest N3 => _nodes[2];

    internal IReadOnlyList<NodeUnderTest> All => _nodes;

    /// <summary>The line between the third node and the database.</summary>
    internal CuttingProxy LineOfN3 => _line!;

    /// <summary>Where the authority of this cluster lies.</summary>
    internal string Authority => _folder.Path;

    public async Task InitializeAsync()
    {
        var server = await PostgresServer.SharedAsync();
        _connection = await server.CreateDatabaseAsync();
        _line = new CuttingProxy(Path.Combine(server.Folder, ".s.PGSQL.5432"));
        ClusterNode.FoundAuthority(_folder.Path);
        _nodes.AddRange(new[] { "n1", "n2", "n3" }.Select(Create));
        await Task.WhenAll(_nodes.Select(static node => node.StartAgainAsync()));
        await SettledAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _line!.DisposeAsync();
        await PostgresServer.DropDatabaseAsync(_connection);
        _folder.Dispose();
    }

    /// <summary>Waits until all three are up, and every shard has the owner that it should have.</summary>
    internal async Task SettledAsync()
    {
        foreach (var node in _nodes)
        {
            await Eventually.Value(
                async () => await node.Client.ListNodesAsync(),
                ShareTheShards,
                "three nodes are up and share the shards",
                TimeSpan.FromSeconds(60));
        }
    }

    /// <summary>Whether three of these are up, and all shards are owned by nodes.</summary>
    internal static bool ShareTheShards(ImmutableArray<ClusterNodeInfo> nodes) => nodes.Count(static n => n is { State: "up", Shards: > 0 }) == 3 && nodes.Sum(static n => n.Shards) == 64;

    /// <summary>Spawns a fake agent on one node through another, and waits until it is at its prompt.</summary>
    internal static async Task<FakeAgentOnNode> SpawnAsync(NodeUnderTest through, NodeUnderTest on, string name, string node)
    {
        var log = Path.Combine(Directory.CreateDirectory(Path.Combine(on.Data, "state", name)).FullName, "fake.jsonl");
        await through.Client.SpawnAsync(new SpawnRequest { Name = name, Profile = "fake", Folder = on.Work, Node = node, Command = ["perl", Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl"), "--log", log] });
        await through.AgentIs(name, static a => a.State == "idle", "is idle", TimeSpan.FromSeconds(60));
        return new FakeAgentOnNode(name, log);
    }

    /// <summary>A node of this cluster, not yet started.</summary>
    internal NodeUnderTest Create(string name)
    {
        var connection = name == "n3" ? new NpgsqlConnectionStringBuilder(_connection) { Host = "127.0.0.1", Port = _line!.Port }.ConnectionString : _connection;
        var node = NodeUnderTest.Create("-D", $"orchestrator.node.name={name}", "-D", "orchestrator.store=postgres", "-D", $"orchestrator.postgres.connection=\"{connection}\"", "-D", "orchestrator.cluster.member=true", "-D", "orchestrator.cluster.port=0", "-D", "orchestrator.cluster.alert-after=1s", "-D", "orchestrator.cluster.guard-grace=6s", "-D", "orchestrator.tmux.recordings=1", "-D", $"orchestrator.cluster.labels=[{(name == "n3" ? "gpu" : "plain")}]");
        WriteCertificate(_folder.Path, node.Data, name);
        return node;
    }

    /// <summary>Puts the certificate of a node, of the authority in <paramref name="authority"/>, into its data folder.</summary>
    internal static void WriteCertificate(string authority, string data, string name)
    {
        var (own, root) = ClusterNode.CertificatesOf(authority, name);
        using (own)
        using (root)
        {
            var folder = Directory.CreateDirectory(Path.Combine(data, "cluster")).FullName;
            using var key = own.GetECDsaPrivateKey()!;
            File.WriteAllText(Path.Combine(folder, "ca.pem"), root.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, "node.pem"), $"{own.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
            File.SetUnixFileMode(Path.Combine(folder, "node.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}

/// <summary>Tests that share three nodes.</summary>
[CollectionDefinition(nameof(ClusterOfThree))]
public sealed class ClusterOfThree : ICollectionFixture<ThreeNodes>;
