using System.Collections.Immutable;
using System.Globalization;

using Orchestrator.Client;
using Orchestrator.Tests.Cluster.Nodes;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>Three real nodes with a network namespace each, and a PostgreSQL with one of its own and a small disk.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private const string DatabasePlace = "db";
    private static readonly string[] Places = ["n1", "n2", "n3"];
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _authority = new();
    private readonly TemporaryFolder _logs = new();
    private readonly List<ChaosNode> _nodes = [];

    private ChaosCluster(ChaosNetwork network, ChaosDatabase database) => (Network, Database) = (network, database);

    public ChaosNetwork Network { get; }

    public ChaosDatabase Database { get; }

    public IReadOnlyList<ChaosNode> Nodes => _nodes;

    /// <param name="megabytes">The size of the database's disk, which lies in memory.</param>
    public static async Task<ChaosCluster> StartAsync(int megabytes)
    {
        var network = await ChaosNetwork.StartAsync([.. Places, DatabasePlace]);
        var cluster = new ChaosCluster(network, await ChaosDatabase.StartAsync(network.At(DatabasePlace), network.AddressOf(DatabasePlace), megabytes));
        ClusterNode.FoundAuthority(cluster._authority.Path);
        foreach (var place in Places)
        {
            cluster._nodes.Add(new ChaosNode(place, cluster.Create(place)));

            // The first one makes the tables.
            await Eventually.True(() => cluster._nodes[^1].Client is not null, $"{place} is ready", Generous);
        }

        await OwnersLog.StartAsync(cluster.Database.Connection);
        await cluster.SettledAsync(Generous);
        return cluster;
    }

    /// <summary>Waits until all nodes are up and share the shards.</summary>
    public async Task SettledAsync(TimeSpan within)
    {
        foreach (var node in _nodes)
        {
            await Eventually.True(async () => await LookAsync(node) is { IsDefault: false } nodes && ThreeNodes.ShareTheShards(nodes), $"{node.Name} shows three nodes that are up and share the shards", within);
        }
    }

    /// <summary>Starts fake agents on all nodes: of ten on each, two go on elsewhere when their node is lost, one works for a while after each message, and one is slow.</summary>
    public async Task<IReadOnlyList<ChaosAgent>> SpawnAsync(int perNode)
    {
        var agents = _nodes.SelectMany(node => Enumerable.Range(0, perNode).Select(i => (Node: node, Number: i))).ToList();
        var spawned = new ChaosAgent[agents.Count];
        await Parallel.ForEachAsync(agents.Index(), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (agent, _) => spawned[agent.Index] = await SpawnAsync(agent.Item.Node, agent.Item.Number));
        return spawned;
    }

    /// <summary>Makes the fault, for as long as it lasts.</summary>
    public Task MakeAsync(ChaosFault fault) => fault.Kind switch
    {
        ChaosFaultKind.Kill => _nodes[fault.Node].KillAsync(fault.Lasts),
        ChaosFaultKind.Pause => PauseAsync(_nodes[fault.Node].Process, fault.Lasts),
        ChaosFaultKind.Cut => CutAsync(fault),
        ChaosFaultKind.DatabaseKill => KillDatabaseAsync(fault.Lasts),
        ChaosFaultKind.DatabasePause => PauseDatabaseAsync(fault.Lasts),
        ChaosFaultKind.DatabaseFull => FillDatabaseAsync(fault.Lasts),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "is not made here"),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.LeaveAloneAsync();
        }

        // Ends all that runs in it, what outlives a node too.
        await Network.DisposeAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Database.DisposeAsync();
        _authority.Dispose();
        _logs.Dispose();
    }

    private static async Task<ImmutableArray<ClusterNodeInfo>> LookAsync(ChaosNode node)
    {
        try
        {
            return node.Client is { } client ? await client.ListNodesAsync() : default;
        }
        catch (Exception e) when (e is OrchestratorException or ObjectDisposedException)
        {
            return default;
        }
    }

    private static async Task PauseAsync(NodeUnderTest process, TimeSpan lasts)
    {
        if (process.HasEnded)
        {
            return;
        }

        var pid = process.Pid;
        NodeUnderTest.Signal("-STOP", pid);
        try
        {
            await Task.Delay(lasts);
        }
        finally
        {
            NodeUnderTest.Signal("-CONT", pid);
        }
    }

    private async Task CutAsync(ChaosFault fault)
    {
        var place = Places[fault.Node];
        if (fault.How is CutHow.Unplugged)
        {
            await Network.PlugAsync(place, on: false);
            await Task.Delay(fault.Lasts);
            await Network.PlugAsync(place, on: true);
            return;
        }

        List<string> others = [.. fault.From is CutFrom.Members ? [] : (string[])[DatabasePlace], .. fault.From is CutFrom.Database ? [] : Places.Where(other => other != place)];
        var lines = others.SelectMany(other => (List<(string, string)>)[.. fault.How is CutHow.ToIt ? [] : ((string, string)[])[(place, other)], .. fault.How is CutHow.FromIt ? [] : ((string, string)[])[(other, place)]]).ToList();
        var random = new Random((int)fault.Lasts.TotalMilliseconds);
        for (var left = fault.Lasts; left > TimeSpan.Zero;)
        {
            var cut = fault.How is CutHow.Flapping ? TimeSpan.FromSeconds(Math.Min(left.TotalSeconds, 0.2 + (random.NextDouble() * 2))) : left;
            await Task.WhenAll(lines.Select(line => Network.CutAsync(line.Item1, line.Item2)));
            await Task.Delay(cut);
            await Task.WhenAll(lines.Select(line => Network.MendAsync(line.Item1, line.Item2)));
            left -= cut;
            if (left > TimeSpan.Zero)
            {
                var whole = TimeSpan.FromSeconds(Math.Min(left.TotalSeconds, 0.1 + random.NextDouble()));
                await Task.Delay(whole);
                left -= whole;
            }
        }
    }

    private async Task KillDatabaseAsync(TimeSpan lasts)
    {
        await Database.KillAsync();
        await Task.Delay(lasts);
        await Database.LaunchAsync();
    }

    private async Task PauseDatabaseAsync(TimeSpan lasts)
    {
        // A backend that is made while the others are stopped is stopped by the second look.
        await Database.SignalAsync("STOP");
        await Database.SignalAsync("STOP");
        await Task.Delay(lasts);
        await Database.SignalAsync("CONT");
    }

    private async Task FillDatabaseAsync(TimeSpan lasts)
    {
        Database.Fill();
        await Task.Delay(lasts);
        FullDisk.Clear(Database.Folder);
        if (Database.HasEnded)
        {
            await Database.LaunchAsync();
        }
    }

    private NodeUnderTest Create(string place)
    {
        var node = NodeUnderTest.Create(
            "-D", $"orchestrator.node.name={place}", "-D", "orchestrator.store=postgres", "-D", $"orchestrator.postgres.connection=\"Host={Network.AddressOf(DatabasePlace)};Username=postgres;Database=orchestrator\"",
            "-D", "orchestrator.cluster.member=true", "-D", $"orchestrator.cluster.address={Network.AddressOf(place)}", "-D", "orchestrator.cluster.guard-grace=6s");
        node.Within = Network.At(place);
        node.Handler = () => Network.HandlerAt(place);
        ThreeNodes.WriteCertificate(_authority.Path, node.Data, place);
        return node;
    }

    private async Task<ChaosAgent> SpawnAsync(ChaosNode node, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{node.Name}-{number}");
        var moves = number % 5 == 0;

        // Where one goes on elsewhere nobody there finds its log as a transcript: only its screen tells.
        var log = moves ? _logs[$"{name}.jsonl"] : Path.Combine(Directory.CreateDirectory(Path.Combine(node.Process.Data, "state", name)).FullName, "fake.jsonl");
        var agent = new ChaosAgent(new FakeAgentOnNode(name, log), node.Name, moves ? _logs[$"{name}.pulses"] : null);
        string[] modes = (number % 10) switch
        {
            0 or 5 => ["--pulse", agent.Pulses!],
            1 => ["--busy", "300"],
            2 => ["--slow", "40"],
            _ => [],
        };
        var client = _nodes[0].Client!;
        await client.SpawnAsync(new SpawnRequest { Name = name, Profile = moves ? "fake-silent" : "fake", Folder = node.Process.Work, Node = node.Name, OnNodeLoss = moves ? "re-place" : "wait", Command = ["perl", Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl"), "--log", log, .. modes] });
        await Eventually.True(async () => (await client.GetAgentAsync(name)).State == "idle", $"{name} is idle", Generous);
        return agent;
    }
}
