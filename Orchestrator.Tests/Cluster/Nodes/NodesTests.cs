using System.Diagnostics;
using System.Globalization;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>Nodes with agents as one cluster: any node shows and reaches every agent, and a node that is lost costs none of them.</summary>
[Collection(nameof(ClusterOfThree))]
public sealed class NodesTests(ThreeNodes cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_agent_is_spawned_on_another_node_reached_through_a_third_and_shown_by_all()
    {
        var agent = await ThreeNodes.SpawnAsync(cluster.N1, cluster.N2, "far", "n2");
        var id = (await cluster.N3.Client.SendMessageAsync(To("far", "hello from afar"))).Id;
        await cluster.N1.MessageIs(id, ["confirmed"], Generous);
        Assert.Single(agent.Log(), submitted => FakeAgentOnNode.IsWhole(submitted, "hello from afar"));
        foreach (var node in cluster.All)
        {
            var shown = await node.AgentIs("far", static a => a is { State: "idle", Node: "n2" }, "is shown idle on n2", Generous);
            Assert.StartsWith(cluster.N2.Data, shown.Pane!.Socket, StringComparison.Ordinal);
            Assert.Contains("hello from afar", (await node.Client.GetOutputAsync("far")).Text, StringComparison.Ordinal);
            Assert.NotEmpty((await node.Client.ExplainAsync("far")).Screen);
            Assert.Contains("hello from afar", (await node.Client.GetTranscriptAsync("far")).Lines.Single(), StringComparison.Ordinal);
        }

        await using var recording = cluster.N3.Client.RecordAsync("far", TimeSpan.FromSeconds(60)).GetAsyncEnumerator();
        Assert.True(await recording.MoveNextAsync());
        Assert.Contains("\"version\":2", recording.Current, StringComparison.Ordinal);
        foreach (var node in cluster.All)
        {
            // One is as many as these nodes are set to, wherever it is asked for.
            await using var refused = node.Client.RecordAsync("far").GetAsyncEnumerator();
            var refusal = await Assert.ThrowsAsync<ApiException>(async () => await refused.MoveNextAsync());
            Assert.Equal("overloaded", refusal.Code);
            Assert.Contains("orchestrator.tmux.recordings", refusal.Message, StringComparison.Ordinal);
        }

        await cluster.N3.Client.EndAgentAsync("far", force: true);
        await cluster.N1.AgentIs("far", static a => a.State == "terminated", "has ended", Generous);
        var kept = await cluster.N3.Client.GetTranscriptAsync("far");
        Assert.Equal(("kept", "n2"), (kept.Source, kept.Node));
        Assert.Contains("hello from afar", kept.Lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_go_to_the_node_with_the_fewest_or_the_label_and_not_to_one_that_is_drained()
    {
        var spread = await Task.WhenAll(new[] { "s1", "s2", "s3" }.Select(name => SpawnAnywhereAsync(cluster.N1, name)));
        Assert.Equal(["n1", "n2", "n3"], spread.Order());
        Assert.Equal("n3", await SpawnAnywhereAsync(cluster.N2, "s4", "gpu"));

        await cluster.N1.Client.DrainNodeAsync("n2");
        Assert.Equal([true, false], (await cluster.N3.Client.ListNodesAsync()).Where(static n => n.Name != "n1").Select(static n => n.Drained));
        Assert.Equal("n1", await SpawnAnywhereAsync(cluster.N3, "s5", "plain"));
        var refused = await Assert.ThrowsAsync<ApiException>(() => SpawnAnywhereAsync(cluster.N3, "s6", label: null, node: "n2"));
        Assert.Contains("n2 is drained", refused.Message, StringComparison.Ordinal);
        await cluster.N3.Client.UndrainNodeAsync("n2");

        var moved = await MovedAsync(cluster.N1, "s5", "n2");
        Assert.Equal("n2", moved.Node);
        Assert.Equal(2, moved.Generation);
        Assert.Contains("there is no node n9", (await Assert.ThrowsAsync<ApiException>(() => cluster.N1.Client.MoveAgentAsync("s5", "n9"))).Message, StringComparison.Ordinal);
        foreach (var name in new[] { "s1", "s2", "s3", "s4", "s5" })
        {
            await cluster.N2.Client.EndAgentAsync(name, force: true);
            await cluster.N2.AgentIs(name, static a => a.State == "terminated", "has ended", Generous);
        }
    }

    [Fact]
    public async Task A_node_killed_loses_no_agent_they_are_lost_within_15_s_and_come_back_with_it_and_messages_meanwhile_arrive_once()
    {
        var agent = await ThreeNodes.SpawnAsync(cluster.N1, cluster.N2, "k1", "n2");
        var before = (await cluster.N1.Client.GetAgentAsync("k1")).Pane!.Pid;
        await cluster.N2.KillAsync();
        var watch = Stopwatch.StartNew();
        foreach (var node in new[] { cluster.N1, cluster.N3 })
        {
            await node.AgentIs("k1", static a => a is { State: "offline", Activity: "node_lost" }, "is lost with its node", Generous);
        }

        var lost = watch.Elapsed;
        Assert.Contains("n2", (await cluster.N1.Client.GetAgentAsync("k1")).Detail, StringComparison.Ordinal);
        Assert.Contains("node n2", (await Assert.ThrowsAsync<ApiException>(() => cluster.N1.Client.GetOutputAsync("k1"))).Message, StringComparison.Ordinal);
        Assert.Contains("n2", (await Assert.ThrowsAsync<ApiException>(() => cluster.N3.Client.StartAgentAsync("k1"))).Message, StringComparison.Ordinal);
        var sent = new List<(string Id, string Text)>();
        for (var i = 0; i < 6; i++)
        {
            var text = $"meanwhile {i.ToString(CultureInfo.InvariantCulture)}";
            sent.Add(((await (i % 2 == 0 ? cluster.N1 : cluster.N3).Client.SendMessageAsync(To("k1", text))).Id, text));
        }

        await cluster.N2.StartAgainAsync();
        foreach (var node in cluster.All)
        {
            var back = await node.AgentIs("k1", static a => a.State is "idle" or "busy", "is back", Generous);
            Assert.Equal(before, back.Pane!.Pid);
            Assert.Equal(1, back.Generation);
        }

        foreach (var (id, text) in sent)
        {
            await cluster.N3.MessageIs(id, ["confirmed"], Generous);
            Assert.Single(agent.Log(), submitted => FakeAgentOnNode.IsWhole(submitted, text));
        }

        output.WriteLine($"lost {lost.TotalSeconds:0.0} s after the kill");
        Assert.True(lost < TimeSpan.FromSeconds(15), $"the agent was shown as lost only after {lost}");
        await cluster.N2.Client.EndAgentAsync("k1", force: true);
        await cluster.SettledAsync();
    }

    [Fact]
    public async Task A_node_that_stood_still_finds_itself_given_up_joins_anew_and_takes_its_panes_up_again()
    {
        var agent = await ThreeNodes.SpawnAsync(cluster.N1, cluster.N3, "p1", "n3");
        var before = (await cluster.N1.Client.GetAgentAsync("p1")).Pane!.Pid;
        var incarnation = (await cluster.N1.Client.ListNodesAsync()).Single(static n => n.Name == "n3").Incarnation;
        NodeUnderTest.Signal("-STOP", cluster.N3.Pid);
        try
        {
            await cluster.N1.AgentIs("p1", static a => a.Activity == "node_lost", "is lost with its node", Generous);
        }
        finally
        {
            NodeUnderTest.Signal("-CONT", cluster.N3.Pid);
        }

        var id = (await cluster.N1.Client.SendMessageAsync(To("p1", "are you there?"))).Id;
        var back = await cluster.N2.AgentIs("p1", static a => a.State is "idle" or "busy", "is back", Generous);
        Assert.Equal(before, back.Pane!.Pid);
        await cluster.N2.MessageIs(id, ["confirmed"], Generous);
        Assert.Single(agent.Log(), static submitted => FakeAgentOnNode.IsWhole(submitted, "are you there?"));
        Assert.True((await cluster.N1.Client.ListNodesAsync()).Single(static n => n.Name == "n3").Incarnation > incarnation);
        await cluster.N1.Client.EndAgentAsync("p1", force: true);
        await cluster.SettledAsync();
    }

    [Fact]
    public async Task What_has_moved_on_from_a_node_that_was_removed_is_stopped_there_when_that_comes_back_after_all()
    {
        await ThreeNodes.SpawnAsync(cluster.N1, cluster.N2, "r1", "n2");
        Assert.Contains("stop it first", (await Assert.ThrowsAsync<ApiException>(() => cluster.N1.Client.RemoveNodeAsync("n2"))).Message, StringComparison.Ordinal);
        await cluster.N2.KillAsync();
        await cluster.N1.AgentIs("r1", static a => a.Activity == "node_lost", "is lost with its node", Generous);
        await Eventually.True(async () => (await cluster.N3.Client.ListNodesAsync()).Single(static n => n.Name == "n2") is { State: "down", LostAt: not null, StaysLost: true }, "it is said that n2 stays away", Generous);
        await cluster.N1.Client.RemoveNodeAsync("n2");
        Assert.Equal(["n1", "n3"], (await cluster.N1.Client.ListNodesAsync()).Select(static n => n.Name));
        Assert.Contains("agent move", (await Assert.ThrowsAsync<ApiException>(() => cluster.N1.Client.StartAgentAsync("r1"))).Message, StringComparison.Ordinal);
        var moved = await MovedAsync(cluster.N1, "r1", "n3");
        Assert.Equal(("n3", 2), (moved.Node, moved.Generation));
        Assert.Contains("r1", cluster.N2.Tmux("list-windows", "-a"), StringComparison.Ordinal);

        await cluster.N2.StartAgainAsync();
        await Eventually.True(() => !cluster.N2.Tmux("list-windows", "-a").Contains("r1", StringComparison.Ordinal), "the old pane is gone", Generous);
        Assert.Equal(moved.Pane!.Pid, (await cluster.N2.Client.GetAgentAsync("r1")).Pane!.Pid);
        await cluster.N1.Client.EndAgentAsync("r1", force: true);
        await cluster.SettledAsync();
    }

    private static SendRequest To(string agent, string text) => new() { To = agent, Text = text };

    private static async Task<string> SpawnAnywhereAsync(NodeUnderTest through, string name, string? label = null, string? node = null)
    {
        await through.Client.SpawnAsync(new SpawnRequest { Name = name, Profile = "demo", Folder = through.Work, Node = node, Labels = label is null ? null : [label] });
        return (await through.AgentIs(name, static a => a.State == "idle", "is idle", Generous)).Node!;
    }

    private static async Task<AgentInfo> MovedAsync(NodeUnderTest through, string name, string node)
    {
        var from = await through.Client.GetAgentAsync(name);
        await through.Client.MoveAgentAsync(name, node);
        return await through.AgentIs(name, a => a.Generation > from.Generation && a.State == "idle", $"is idle on {node}", Generous);
    }
}
