using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Chaos;

/// <summary>The node is killed again and again while messages flow: no agent notices, no message is lost, doubled, cut or surfaced.</summary>
public sealed class KilledNodeTests(ITestOutputHelper output)
{
    private const int RandomKills = 30;
    private const int KillsPerFailPoint = 3;

    [Fact]
    public async Task Killed_at_random_and_at_every_step_of_a_delivery_it_loses_and_doubles_nothing()
    {
        const int Seed = 20_261;
        var random = new Random(Seed);
        await using var node = await NodeUnderTest.StartAsync();
        FakeAgentOnNode[] agents =
        [
            await node.SpawnFakeAsync("plain"),
            await node.SpawnFakeAsync("busy", ["--busy", "300"]),
            await node.SpawnFakeAsync("slow", ["--slow", "40"], profile: "fake-silent"),
        ];
        var pids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            pids[agent.Name] = (await node.AgentIs(agent.Name, static a => a.State == "idle", "is idle")).Pane!.Pid;
        }

        var checker = new DeliveryChecker();
        using var stopping = new CancellationTokenSource();
        var sending = agents.Select((agent, i) => Task.Run(() => SendAsync(node, agent, checker, new Random(Seed + i), stopping.Token))).ToArray();
        var readopted = new List<TimeSpan>();
        var points = DeliveryFailPoints.All.SelectMany(static p => Enumerable.Repeat(p, KillsPerFailPoint)).ToList();
        for (var kill = 0; kill < RandomKills + points.Count; kill++)
        {
            if (kill < RandomKills)
            {
                await Task.Delay(random.Next(50, 1200));
                await node.KillAsync();
            }
            else
            {
                node.Environment["ORC_FAIL_POINT"] = $"{points[kill - RandomKills]}:{random.Next(1, 4)}";
                await node.KillAsync();
                node.Launch();
                await WithDiagnosis(node, agents, () => Eventually.True(async () => node.HasEnded || (await node.AnswersAsync() && node.HasEnded), $"the fail point {node.Environment["ORC_FAIL_POINT"]} kills the node (seed {Seed})"));
                node.Environment.Clear();
            }

            var watch = System.Diagnostics.Stopwatch.StartNew();
            await node.StartAgainAsync();
            foreach (var agent in agents)
            {
                var adopted = await node.AgentIs(agent.Name, static a => a.Pane is not null, "is adopted");
                Assert.Equal(pids[agent.Name], adopted.Pane!.Pid);
            }

            readopted.Add(watch.Elapsed);
        }

        await stopping.CancelAsync();
        await Task.WhenAll(sending);
        await WithDiagnosis(node, agents, () => Eventually.True(() => checker.AllArrived(agents), $"all acknowledged messages arrive (seed {Seed})", TimeSpan.FromMinutes(3)));
        var messages = await AllMessagesAsync(node, agents);
        var violations = checker.Violations(agents, messages);
        Assert.True(violations.Count == 0, $"seed {Seed}:\n{string.Join('\n', violations)}\n{node.Log[^Math.Min(node.Log.Length, 20_000)..]}");
        Assert.All(readopted, static time => Assert.True(time < TimeSpan.FromSeconds(50), $"all were adopted again only after {time}"));
        output.WriteLine($"{checker.Acknowledged} messages acknowledged under {readopted.Count} kills, 0 lost, 0 doubled, 0 surfaced; back after {readopted.Average(static t => t.TotalSeconds):0.00} s on average, at most {readopted.Max().TotalSeconds:0.00} s");
    }

    private static async Task SendAsync(NodeUnderTest node, FakeAgentOnNode agent, DeliveryChecker checker, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var id = Ulid.New(DateTimeOffset.UtcNow);
            var text = ChaosTexts.Next(random);
            checker.About(id, agent.Name, text);
            while (true)
            {
                try
                {
                    await node.Client.SendMessageAsync(new SendRequest { Id = id, To = agent.Name, Text = text }, CancellationToken.None);
                    checker.Has(id);
                    break;
                }
                catch (Exception exception) when (exception is NodeUnreachableException or ApiException or ObjectDisposedException)
                {
                    // The node was killed under the request: whether it has the message is not known, so the same id is sent again.
                    await Task.Delay(100, CancellationToken.None);
                }
            }

            await Task.Delay(random.Next(100, 700), CancellationToken.None);
        }
    }

    /// <summary>On a failure says what every agent is waiting for.</summary>
    private static async Task WithDiagnosis(NodeUnderTest node, IEnumerable<FakeAgentOnNode> agents, Func<Task> wait)
    {
        try
        {
            await wait();
        }
        catch (Xunit.Sdk.XunitException exception)
        {
            var lines = new List<string> { exception.Message };
            foreach (var agent in await node.AnswersAsync() ? agents : [])
            {
                var explained = await node.Client.ExplainAsync(agent.Name);
                lines.Add($"{agent.Name}: {explained.Agent.State}/{explained.Agent.Activity}, {explained.Decided}; {explained.Waiting}; {explained.Agent.QueueLength} queued; {string.Join(" | ", explained.Facts.Select(static f => f.Evidence))}");
                lines.AddRange(explained.Screen.Select(static line => $"    {line}"));
            }

            lines.Add(node.Log[^Math.Min(node.Log.Length, 8000)..]);
            throw new Xunit.Sdk.XunitException(string.Join('\n', lines), exception);
        }
    }

    private static async Task<List<MessageInfo>> AllMessagesAsync(NodeUnderTest node, IEnumerable<FakeAgentOnNode> agents)
    {
        var all = new List<MessageInfo>();
        foreach (var agent in agents)
        {
            string? after = null;
            while (true)
            {
                var page = await node.Client.ListMessagesAsync(agent.Name, after: after, limit: 500);
                all.AddRange(page);
                if (page.Length < 500)
                {
                    break;
                }

                after = page[^1].Id;
            }
        }

        return all;
    }
}
