using System.Globalization;
using System.Text.Json;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>
/// Nodes are killed, paused and cut off with agents that go on elsewhere then. The agents' own record of when each of their programs acted is the truth: no program of one generation acts once one of the next does.
/// </summary>
[Collection(nameof(ClusterOfThree))]
public sealed class LostNodeTests(ThreeNodes cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Of_a_killed_and_a_paused_node_exactly_the_agents_that_may_go_on_elsewhere_do_and_no_two_programs_of_one_act()
    {
        var killed = await SpawnAsync(cluster.N2, "moves-k", "n2", "re-place");
        var paused = await SpawnAsync(cluster.N3, "moves-p", "n3", "re-place");
        var writes = await SpawnAsync(cluster.N2, "moves-t", "n2", "re-place", "fake");
        var stays = await SpawnAsync(cluster.N2, "stays-k", "n2", policy: null);
        var pid = (await cluster.N1.Client.GetAgentAsync("stays-k")).Pane!.Pid;

        // A guard that is killed is there again at once, and knows what it has to.
        var guard = GuardOf(cluster.N2);
        NodeUnderTest.Signal("-KILL", guard);
        await Eventually.True(() => GuardOf(cluster.N2) is var now && now != guard && now > 0 && Directory.Exists($"/proc/{now.ToString(CultureInfo.InvariantCulture)}"), "another guard runs", Generous);
        await Eventually.True(async () => (await EventsAsync("node/n2")).LastOrDefault(static e => e is "node.guard_seen.v1" or "node.guard_missed.v1") == "node.guard_seen.v1", "the cluster knows that it runs", Generous);

        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(cluster.N2.Data, "state", "moves-t")).FullName, "fake.jsonl"), "written down on n2\n");
        await cluster.N2.KillAsync();
        NodeUnderTest.Signal("-STOP", cluster.N3.Pid);
        try
        {
            foreach (var name in new[] { "moves-k", "moves-p", "moves-t" })
            {
                var moved = await cluster.N1.AgentIs(name, static a => a is { Node: "n1", State: "idle" }, "goes on on n1", Generous);
                Assert.Equal(2, moved.Generation);
                var history = await EventsAsync($"agent/{name}");
                Assert.Contains("agent.loss_decided.v1", history);
                Assert.Contains("agent.work_left.v1", history);
            }

            Assert.Equal("wait", (await cluster.N1.Client.GetAgentAsync("stays-k")).Loss!.Policy);
        }
        finally
        {
            NodeUnderTest.Signal("-CONT", cluster.N3.Pid);
        }

        await cluster.N2.StartAgainAsync();
        await cluster.SettledAsync();
        var back = await cluster.N1.AgentIs("stays-k", static a => a.State == "idle", "is back", Generous);
        Assert.Equal((pid, 1), (back.Pane!.Pid, back.Generation));
        foreach (var (agent, node) in new[] { (killed, cluster.N2), (paused, cluster.N3) })
        {
            await Eventually.True(() => !node.Tmux("list-windows", "-a").Contains(agent.Name, StringComparison.Ordinal), "the old pane is gone", Generous);
            await ArrivesAsync(agent, $"to {agent.Name}, wherever it is");
            OneAfterTheOther(agent, generations: 2);
        }

        await Eventually.True(async () => (await EventsAsync("agent/moves-t")).Contains("agent.transcript_kept.v1"), "what its program had written down is kept where it ran", Generous);
        var left = await cluster.N1.Client.GetTranscriptAsync("moves-t", generation: 1);
        Assert.Equal(("n2", "written down on n2"), (left.Node, left.Lines.Single()));
        OneAfterTheOther(stays, generations: 1);
        await EndAsync(killed, paused, stays, writes);
    }

    [Fact]
    public async Task Of_a_node_that_is_cut_off_from_the_database_the_agents_that_may_go_on_elsewhere_do_and_the_others_run_on()
    {
        var moves = await SpawnAsync(cluster.N3, "moves-c", "n3", "re-place");
        var stays = await SpawnAsync(cluster.N3, "stays-c", "n3", "wait");
        var pid = (await cluster.N1.Client.GetAgentAsync("stays-c")).Pane!.Pid;
        cluster.LineOfN3.Sever();
        try
        {
            var moved = await cluster.N1.AgentIs("moves-c", static a => a is { Node: not "n3", State: "idle" }, "goes on elsewhere", Generous);
            Assert.Equal(2, moved.Generation);

            // As tmux itself has noted it there, to the second: the old program had ended before the agent was placed elsewhere, and the other one runs.
            var placed = (await cluster.N1.Client.ReadJournalAsync("agent/moves-c")).Last(static e => e.Type == "agent.placed.v1").At;
            var panes = cluster.N3.Tmux("list-panes", "-a", "-F", "#{@agent} #{@generation} #{pane_dead} #{pane_dead_time}").Split('\n').Select(static line => line.Split(' ')).ToList();
            var left = panes.Single(static pane => pane[0] == "moves-c");
            Assert.Equal(["1", "1"], left[1..3]);
            Assert.True(long.Parse(left[3], CultureInfo.InvariantCulture) <= placed.ToUnixTimeSeconds(), $"the old program ended at {left[3]}, the agent was placed elsewhere at {placed.ToUnixTimeSeconds()}");
            Assert.Equal("0", panes.Single(static pane => pane[0] == "stays-c")[2]);
        }
        finally
        {
            cluster.LineOfN3.Mend();
        }

        var back = await cluster.N1.AgentIs("stays-c", static a => a.State == "idle", "is back", Generous);
        Assert.Equal((pid, 1), (back.Pane!.Pid, back.Generation));
        await Eventually.True(() => !cluster.N3.Tmux("list-windows", "-a").Contains("moves-c", StringComparison.Ordinal), "the old pane is gone", Generous);
        await ArrivesAsync(moves, "to the one that goes on");
        OneAfterTheOther(moves, generations: 2);
        OneAfterTheOther(stays, generations: 1);
        await EndAsync(moves, stays);
        await cluster.SettledAsync();
    }

    private static string PulsesOf(FakeAgentOnNode agent) => agent.LogFile + ".pulses";

    /// <summary>By the agents' own record: each generation acted, was one program, and acted no more when the next began to; and what was submitted was submitted to the generation of its time.</summary>
    private void OneAfterTheOther(FakeAgentOnNode agent, int generations)
    {
        var pulses = File.ReadAllLines(PulsesOf(agent)).Select(static line => line.Split(' ')).Select(static words => (Pid: words[0], Generation: int.Parse(words[1], CultureInfo.InvariantCulture), At: double.Parse(words[2], CultureInfo.InvariantCulture))).ToList();
        var runs = pulses.GroupBy(static pulse => pulse.Generation).OrderBy(static run => run.Key).ToList();
        Assert.Equal(Enumerable.Range(1, generations), runs.Select(static run => run.Key));
        Assert.All(runs, static run => Assert.Single(run.Select(static pulse => pulse.Pid).Distinct()));
        foreach (var (before, after) in runs.Zip(runs.Skip(1)))
        {
            var (last, first) = (before.Max(static pulse => pulse.At), after.Min(static pulse => pulse.At));
            Assert.True(last < first, $"{agent.Name}: generation {before.Key} acted until {last}, generation {after.Key} from {first} on");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agent.Name}: {first - last:0.0} s between the last act of one program and the first of the next"));
        }

        Assert.Equal(agent.Log().Count, agent.Log().Select(static submitted => submitted.Id).Distinct().Count());
    }

    private async Task ArrivesAsync(FakeAgentOnNode agent, string text)
    {
        var id = (await cluster.N1.Client.SendMessageAsync(new SendRequest { To = agent.Name, Text = text })).Id;
        await cluster.N1.MessageIs(id, ["submitted", "confirmed"], Generous);
        Assert.Single(agent.Log(), submitted => FakeAgentOnNode.IsWhole(submitted, text));
    }

    private static int GuardOf(NodeUnderTest node)
        => JsonDocument.Parse(File.ReadAllText(Path.Combine(node.Data, "guard", "report.json"))).RootElement.GetProperty("pid").GetInt32();

    private async Task<IReadOnlyList<string>> EventsAsync(string entity) => [.. (await cluster.N1.Client.ReadJournalAsync(entity)).Select(static e => e.Type)];

    private async Task<FakeAgentOnNode> SpawnAsync(NodeUnderTest on, string name, string node, string? policy, string profile = "fake-silent")
    {
        var log = Path.Combine(on.Work, $"{name}.jsonl");
        var agent = new FakeAgentOnNode(name, log);
        await cluster.N1.Client.SpawnAsync(new SpawnRequest { Name = name, Profile = profile, Folder = on.Work, Node = node, OnNodeLoss = policy, Command = ["perl", Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl"), "--log", log, "--pulse", PulsesOf(agent)] });
        await cluster.N1.AgentIs(name, static a => a.State == "idle", "is idle", Generous);
        return agent;
    }

    private async Task EndAsync(params FakeAgentOnNode[] agents)
    {
        foreach (var agent in agents)
        {
            await cluster.N1.Client.EndAgentAsync(agent.Name, force: true);
            await cluster.N1.AgentIs(agent.Name, static a => a.State == "terminated", "has ended", Generous);
        }
    }
}
