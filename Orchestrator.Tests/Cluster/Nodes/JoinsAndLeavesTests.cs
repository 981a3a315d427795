using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>A fourth node joins and leaves again and again while all nodes are asked and told things: who uses the client sees no error, and only what is rightly the fourth's moves.</summary>
[Collection(nameof(ClusterOfThree))]
public sealed class JoinsAndLeavesTests(ThreeNodes cluster, ITestOutputHelper output)
{
    private const string Comes = "n4";
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    [Fact]
    public Task A_node_joins_and_leaves_under_load_and_nobody_sees_an_error() => JoinAndLeaveAsync(2);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_node_joins_and_leaves_ten_times_under_load_and_nobody_sees_an_error() => JoinAndLeaveAsync(10);

    private async Task JoinAndLeaveAsync(int times)
    {
        await cluster.SettledAsync();
        var prefix = $"{Comes}-{times.ToString(CultureInfo.InvariantCulture)}";
        var agent = await ThreeNodes.SpawnAsync(cluster.N1, cluster.N2, $"{prefix}-told", "n2");
        await using var fourth = cluster.Create(Comes);
        var load = new Load(agent.Name, prefix, cluster.N1.Work);
        using var over = new CancellationTokenSource();
        List<Task> users = [.. cluster.All.Select(node => Task.Run(() => load.UseAsync(Connection(node), over.Token)))];
        var before = await OwnersAsync();
        for (var i = 0; i < times; i++)
        {
            await fourth.StartAgainAsync();
            await SettledAsync(4);
            Assert.All((await OwnersAsync()).Zip(before), static moved => Assert.True(moved.First == moved.Second || moved.First == Comes, $"a shard of {moved.Second} went to {moved.First}"));

            // Who talks to the one that goes knows another address.
            using var last = new CancellationTokenSource();
            var visitor = Task.Run(() => load.UseAsync(Connection(fourth) with { Others = [cluster.N1.Client.Connection.Address] }, last.Token));
            var (done, target) = (load.Done, load.Done + 30);
            await Eventually.True(() => load.Done >= target || visitor.IsFaulted || users.Exists(static user => user.IsFaulted), "the load goes on", Generous);
            await fourth.StopAsync();
            await SettledAsync(3);
            Assert.Equal(before, await OwnersAsync());
            await last.CancelAsync();
            await visitor;
            Assert.True(load.Done > done);
        }

        await over.CancelAsync();
        await Task.WhenAll(users);
        await cluster.N1.Client.RemoveNodeAsync(Comes);

        // What was acknowledged is there, once.
        foreach (var (id, text) in load.Sent)
        {
            await cluster.N3.MessageIs(id, ["confirmed"], Generous);
            Assert.Single(agent.Log(), submitted => FakeAgentOnNode.IsWhole(submitted, text));
        }

        var registered = (await cluster.N2.Client.ListAgentsAsync()).Where(a => a.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(static a => a.Name).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(load.Registered.Except(registered, StringComparer.Ordinal));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times} joins and {times} leaves: {load.Done} calls, of which {load.Again} requests were sent again by the client ({string.Join(", ", load.Why.GroupBy(static why => why).Select(static why => $"{why.Count()} {why.Key}"))}); {load.Sent.Count} messages and {load.Registered.Count} agents, no error, none lost, none doubled; longest call {load.Longest.TotalSeconds:0.00} s"));
        await Parallel.ForEachAsync(registered, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (name, cancellationToken) => await cluster.N1.Client.EndAgentAsync(name, force: true, cancellationToken));

        await cluster.N1.AgentIs(agent.Name, static a => a.State == "terminated", "has ended", Generous);
    }

    private static NodeConnection Connection(NodeUnderTest node) => node.Client.Connection;

    private async Task<List<string?>> OwnersAsync() => [.. (await cluster.N1.Client.ListShardsAsync()).Select(static shard => shard.Owner)];

    // Every shard is owned by whom it should be, in the eyes of all.
    private async Task SettledAsync(int members)
    {
        foreach (var node in cluster.All)
        {
            await Eventually.True(
                async () => (await node.Client.GetClusterAsync()).Members.Count(static member => member.State == "up") == members && (await node.Client.ListShardsAsync()).All(static shard => shard.Owner is not null && shard.Owner == shard.Rightful),
                $"{members} nodes are up and each has its shards",
                Generous);
        }
    }

    /// <summary>What users do meanwhile, each through one node: agents are registered and shown, others are listed, and one is told things.</summary>
    private sealed class Load(string agent, string prefix, string folder)
    {
        private long _done;
        private int _number;
        private long _longest;

        public long Done => Interlocked.Read(ref _done);

        public int Again => Why.Count;

        public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

        public ConcurrentBag<string> Why { get; } = [];

        public ConcurrentDictionary<string, string> Sent { get; } = new(StringComparer.Ordinal);

        public ConcurrentBag<string> Registered { get; } = [];

        public async Task UseAsync(NodeConnection connection, CancellationToken over)
        {
            using var client = new OrchestratorClient(connection, new Watching(this, new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }));
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                await DoneAsync(async () => Assert.Equal(agent, (await client.GetAgentAsync(agent, CancellationToken.None)).Name));
                await Task.Delay(100, CancellationToken.None);
                if (i % 4 != 0)
                {
                    continue;
                }

                var name = $"{prefix}-{Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture)}";
                if (i % 12 == 0)
                {
                    await DoneAsync(async () => Sent[(await client.SendMessageAsync(new SendRequest { To = agent, Text = $"told {name}" }, CancellationToken.None)).Id] = $"told {name}");
                }

                await DoneAsync(() => client.SpawnAsync(new SpawnRequest { Name = name, Profile = "shell", Folder = folder, Start = false }, CancellationToken.None));
                Registered.Add(name);

                // Whoever has written sees it.
                await DoneAsync(async () => Assert.Equal(name, (await client.GetAgentAsync(name, CancellationToken.None)).Name));
            }
        }

        private async Task DoneAsync(Func<Task> call)
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            await call();
            var took = System.Diagnostics.Stopwatch.GetElapsedTime(began).Ticks;
            for (var seen = Interlocked.Read(ref _longest); took > seen && Interlocked.CompareExchange(ref _longest, took, seen) != seen; seen = Interlocked.Read(ref _longest))
            {
            }

            Interlocked.Increment(ref _done);
        }

        /// <summary>Sees what the client will send again.</summary>
        private sealed class Watching(Load load, HttpMessageHandler inner) : DelegatingHandler(inner)
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                try
                {
                    var response = await base.SendAsync(request, cancellationToken);
                    if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                    {
                        load.Why.Add("not available");
                    }

                    return response;
                }
                catch (HttpRequestException e)
                {
                    load.Why.Add(e.HttpRequestError.ToString());
                    throw;
                }
            }
        }
    }
}
