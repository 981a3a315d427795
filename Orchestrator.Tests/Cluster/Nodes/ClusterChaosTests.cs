using System.Diagnostics;

using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>Nodes are killed and stopped at random while messages flow through all of them to agents on all of them.</summary>
[Collection(nameof(ClusterOfThree))]
[Trait("Category", "Long")]
public sealed class ClusterChaosTests(ThreeNodes cluster, ITestOutputHelper output)
{
    private const int Seed = 20_262;
    private const int Faults = 16;
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Killed_and_stopped_at_random_the_nodes_lose_and_double_no_message_and_no_agent()
    {
        var random = new Random(Seed);
        var agents = new List<FakeAgentOnNode>();
        var pids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (node, i) in cluster.All.Select(static (node, i) => (node, i + 1)))
        {
            foreach (var letter in "ab")
            {
                agents.Add(await ThreeNodes.SpawnAsync(cluster.N1, node, $"c{i}{letter}", $"n{i}"));
                pids[agents[^1].Name] = (await cluster.N1.Client.GetAgentAsync(agents[^1].Name)).Pane!.Pid;
            }
        }

        var checker = new DeliveryChecker();
        using var stopping = new CancellationTokenSource();
        var sending = agents.Select((agent, i) => Task.Run(() => SendAsync(agent, checker, new Random(Seed + i), stopping.Token))).ToArray();
        for (var fault = 0; fault < Faults; fault++)
        {
            await FaultAsync(cluster.All[random.Next(cluster.All.Count)], random);
        }

        await stopping.CancelAsync();
        await Task.WhenAll(sending);
        var draining = Stopwatch.StartNew();
        await cluster.SettledAsync();
        await WithDiagnosis(agents, () => Eventually.True(() => checker.AllArrived(agents), $"all acknowledged messages arrive (seed {Seed})", Generous));
        var drained = draining.Elapsed;
        foreach (var agent in agents)
        {
            var shown = await cluster.N1.AgentIs(agent.Name, static a => a.State == "idle", "is idle", Generous);
            Assert.Equal((pids[agent.Name], 1), (shown.Pane!.Pid, shown.Generation));
        }

        var messages = new List<MessageInfo>();
        foreach (var agent in agents)
        {
            messages.AddRange(await cluster.N1.Client.ListMessagesAsync(agent.Name, limit: 1000));
        }

        var violations = checker.Violations(agents, messages);
        Assert.True(violations.Count == 0, $"seed {Seed}:\n{string.Join('\n', violations)}\n{string.Join("\n----\n", cluster.All.Select(static node => node.Log[^Math.Min(node.Log.Length, 8000)..]))}");
        output.WriteLine($"{checker.Acknowledged} messages acknowledged under {Faults} faults, 0 lost, 0 doubled, 0 surfaced; the last had arrived {drained.TotalSeconds:0} s after the last fault; {agents.Count} agents kept their processes");
    }

    /// <summary>On a failure says what every agent is waiting for.</summary>
    private async Task WithDiagnosis(IEnumerable<FakeAgentOnNode> agents, Func<Task> wait)
    {
        try
        {
            await wait();
        }
        catch (Xunit.Sdk.XunitException exception)
        {
            var lines = new List<string> { exception.Message };
            foreach (var agent in agents)
            {
                var explained = await cluster.N1.Client.ExplainAsync(agent.Name);
                lines.AddRange((await cluster.N1.Client.ListMessagesAsync(agent.Name, limit: 1000)).Where(static m => m.State is not ("confirmed" or "submitted")).Take(3).Select(static m => $"  {m.Id} is {m.State}: {m.Reason}"));
                lines.Add($"{agent.Name} on {explained.Agent.Node}: {explained.Agent.State}/{explained.Agent.Activity}, {explained.Decided}; {explained.Waiting}; {explained.Agent.QueueLength} queued; {string.Join(" | ", explained.Facts.Select(static f => f.Evidence))}");
            }

            lines.AddRange(cluster.All.Select(static node => node.Log[^Math.Min(node.Log.Length, 6000)..]));
            throw new Xunit.Sdk.XunitException(string.Join('\n', lines), exception);
        }
    }

    private static async Task FaultAsync(NodeUnderTest node, Random random)
    {
        await Task.Delay(random.Next(500, 3000));
        if (random.Next(2) == 0)
        {
            await node.KillAsync();
            await Task.Delay(random.Next(0, 9000));
            await node.StartAgainAsync();
            return;
        }

        NodeUnderTest.Signal("-STOP", node.Pid);
        try
        {
            await Task.Delay(random.Next(500, 11_000));
        }
        finally
        {
            NodeUnderTest.Signal("-CONT", node.Pid);
        }
    }

    private async Task SendAsync(FakeAgentOnNode agent, DeliveryChecker checker, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var id = Ulid.New(TimeProvider.System.GetUtcNow());
            var text = ChaosTexts.Next(random);
            checker.About(id, agent.Name, text);
            for (var acknowledged = false; !acknowledged;)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
                try
                {
                    await cluster.All[random.Next(cluster.All.Count)].Client.SendMessageAsync(new SendRequest { Id = id, To = agent.Name, Text = text }, patience.Token);
                    checker.Has(id);
                    acknowledged = true;
                }
                catch (Exception exception) when (exception is OrchestratorException or ObjectDisposedException or OperationCanceledException)
                {
                    // That node is away, or could not say: the same id is sent again, as a rule through another.
                    await Task.Delay(100, CancellationToken.None);
                }
            }

            await Task.Delay(random.Next(100, 700), CancellationToken.None);
        }
    }
}
