using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Cluster.Chaos;
using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>Two versions that were really built, the newer of which has one more event: three nodes are updated one by one and back, while messages flow through all of them.</summary>
[Collection(nameof(ClusterOfThree))]
[Trait("Category", "Long")]
public sealed class RollingUpdateTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Seed = 20_263;
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(3);

    // A cluster of its own: what is raised here stays so.
    private readonly ThreeNodes _cluster = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task An_update_forward_back_and_forward_again_restarts_no_agent_and_loses_no_message_and_the_new_event_waits_until_all_can_read_it()
    {
        using var next = await NextVersion.BuildAsync();
        List<FakeAgentOnNode> agents = [];
        foreach (var (node, name) in _cluster.All.Zip(new[] { "n1", "n2", "n3" }))
        {
            agents.Add(await ThreeNodes.SpawnAsync(_cluster.N1, node, $"u-{name}", name));
        }

        var pids = await PidsAsync(agents);
        var checker = new DeliveryChecker();
        using var stopping = new CancellationTokenSource();
        var sending = agents.Select((agent, i) => Task.Run(() => SendAsync(agent, checker, new Random(Seed + i), stopping.Token))).ToArray();

        // Forward, but for one: what is new is refused, and so is raising the format.
        await UpdateAsync(_cluster.N1, next.Program);
        await UpdateAsync(_cluster.N2, next.Program);
        Assert.Equal(["0.2.0", "0.2.0", "0.1.0"], (await _cluster.N3.Client.ListNodesAsync()).Select(static node => node.Version));
        Assert.Contains("n3 cannot read cluster.format 2", (await Assert.ThrowsAsync<ApiException>(() => _cluster.N1.Client.RaiseFormatAsync(2))).Message, StringComparison.Ordinal);
        Assert.Contains("'orc cluster format raise'", await RefusedByNewerAsync(), StringComparison.Ordinal);

        // Back: the older version takes up what the newer one has written.
        await UpdateAsync(_cluster.N1, NodeUnderTest.Program);
        await UpdateAsync(_cluster.N2, NodeUnderTest.Program);
        Assert.Equal(1, (await _cluster.N1.Client.GetClusterAsync()).Format);

        // Forward, all.
        foreach (var node in _cluster.All)
        {
            await UpdateAsync(node, next.Program);
        }

        await _cluster.N2.Client.RaiseFormatAsync();
        await Eventually.True(async () => (await Task.WhenAll(_cluster.All.Select(static node => node.Client.GetClusterAsync()))).All(static seen => seen.Format == 2), "all know of the new format", Generous);
        await _cluster.N1.Client.DrainNodeAsync("n3");
        await Eventually.True(async () => (await _cluster.N2.Client.ReadJournalAsync("node/n3", limit: 1000)).Any(static e => e.Type == NextVersion.Manifest), "the new event is written", Generous);

        // The older version cannot join any more, and says so.
        await _cluster.N3.StopAsync();
        _cluster.N3.Runs = NodeUnderTest.Program;
        _cluster.N3.Launch();
        await Eventually.True(() => _cluster.N3.HasEnded && _cluster.N3.Log.Contains("update this node before it joins", StringComparison.Ordinal), "the older version is refused", Generous);
        _cluster.N3.Runs = next.Program;
        await _cluster.N3.StartAgainAsync();
        await _cluster.SettledAsync();

        await stopping.CancelAsync();
        await Task.WhenAll(sending);
        await Eventually.True(() => checker.AllArrived(agents), $"all acknowledged messages arrive (seed {Seed})", Generous);
        Assert.Equal(pids, await PidsAsync(agents));
        List<MessageInfo> messages = [];
        foreach (var agent in agents)
        {
            messages.AddRange(await _cluster.N1.Client.ListMessagesAsync(agent.Name, limit: 1000));
        }

        Assert.Empty(checker.Violations(agents, messages));
        output.WriteLine($"{checker.Acknowledged} messages acknowledged under 8 updates, one by one, forward and back: 0 lost, 0 doubled, 0 out of order, all agents kept their processes");
    }

    // An entity may be owned by any node, and only a newer one has what is new: that of one of the nodes is on a newer one.
    private async Task<string> RefusedByNewerAsync()
    {
        var shards = await _cluster.N1.Client.ListShardsAsync();
        var name = _cluster.All.Select(static (_, i) => $"n{i + 1}").FirstOrDefault(name => shards[new EntityId("node", name).Shard].Owner is "n1" or "n2");
        Assert.True(name is not null, "no node's entity is owned by one of the newer nodes");
        return (await Assert.ThrowsAsync<ApiException>(() => _cluster.N3.Client.DrainNodeAsync(name))).Message;
    }

    private async Task UpdateAsync(NodeUnderTest node, string program)
    {
        await node.StopAsync();
        node.Runs = program;
        await node.StartAgainAsync();
        await _cluster.SettledAsync();
    }

    private async Task<Dictionary<string, string>> PidsAsync(List<FakeAgentOnNode> agents)
    {
        Dictionary<string, string> pids = new(StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            var shown = await _cluster.N1.AgentIs(agent.Name, static a => a.State is "idle" or "busy" && a.Pane is not null, "is up", Generous);
            pids[agent.Name] = FormattableString.Invariant($"process {shown.Pane!.Pid}, generation {shown.Generation}");
        }

        return pids;
    }

    private async Task SendAsync(FakeAgentOnNode agent, DeliveryChecker checker, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var request = new SendRequest { Id = Ulid.New(TimeProvider.System.GetUtcNow()), To = agent.Name, Text = ChaosTexts.Next(random) };
            checker.About(request.Id, agent.Name, request.Text);
            while (!await ChaosLoad.TakesAsync(_cluster.All[random.Next(_cluster.All.Count)].Client, request, TimeSpan.FromSeconds(20)))
            {
                // That node is being updated: the same id is sent again, as a rule through another.
                await Task.Delay(100, CancellationToken.None);
            }

            checker.Has(request.Id);
            await Task.Delay(random.Next(200, 1000), CancellationToken.None);
        }
    }
}
