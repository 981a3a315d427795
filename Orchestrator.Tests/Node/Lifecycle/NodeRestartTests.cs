using System.Diagnostics;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>A node that is stopped, killed or started twice: its agents run on, and what it finds at the next start is compared with what it knows.</summary>
public sealed class NodeRestartTests
{
    [Fact]
    public async Task Ctrl_C_leaves_the_agents_alone_and_the_next_start_adopts_them()
    {
        await using var node = await NodeUnderTest.StartAsync();
        FakeAgentOnNode[] agents = [await node.SpawnFakeInAsync("one", node.Work), await node.SpawnFakeInAsync("two", node.Work)];
        var before = new List<AgentInfo>();
        foreach (var agent in agents)
        {
            before.Add(await node.IsIdle(agent.Name));
            await node.TellAsync(agent, "before");
        }

        await node.StopAsync();
        Assert.False(File.Exists(Path.Combine(node.Data, "node.json")), "nobody is sent to a node that has stopped");
        Assert.All(before, static a => Assert.True(Directory.Exists($"/proc/{a.Pane!.Pid}"), $"{a.Name} runs on"));

        await node.StartAgainAsync();
        foreach (var (agent, was) in agents.Zip(before))
        {
            var now = await node.IsIdle(agent.Name);
            Assert.Equal((was.Pane, was.Generation), (now.Pane, now.Generation));
            await node.TellAsync(agent, "after");
            Assert.Equal(2, agent.Log().Count);
        }
    }

    [Fact]
    public async Task A_second_node_on_the_same_data_is_refused_and_told_who_has_it()
    {
        await using var node = await NodeUnderTest.StartAsync();
        var agent = await node.SpawnFakeInAsync("undisturbed", node.Work);
        var before = await node.IsIdle(agent.Name);
        var start = new ProcessStartInfo(NodeUnderTest.Program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var word in (string[])["--data", node.Data, "--port", "0"])
        {
            start.ArgumentList.Add(word);
        }

        using var second = Process.Start(start)!;
        var complaint = await second.StandardError.ReadToEndAsync();
        await second.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains($"in use by process {node.Pid}", complaint, StringComparison.Ordinal);
        Assert.Equal(before.Pane, (await node.Client.GetAgentAsync(agent.Name)).Pane);
        await node.TellAsync(agent, "still here");
    }

    [Fact]
    public async Task What_the_journal_says_is_compared_with_what_is_there_at_every_start()
    {
        await using var node = await NodeUnderTest.StartAsync();
        FakeAgentOnNode[] agents =
        [
            await node.SpawnFakeInAsync("runs", node.Work),
            await node.SpawnFakeInAsync("lost", node.Work),
            await node.SpawnFakeInAsync("died", node.Work),
            await node.SpawnFakeInAsync("stopped", node.Work),
            await node.SpawnFakeInAsync("left-over", node.Work),
        ];
        var before = new Dictionary<string, AgentInfo>(StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            before[agent.Name] = await node.IsIdle(agent.Name);
        }

        await node.TellAsync(agents[1], "written down");
        foreach (var name in (string[])["stopped", "left-over"])
        {
            await node.Client.StopAgentAsync(name);
            await node.Is(name, "offline");
        }

        var waiting = await node.Client.SendMessageAsync(new SendRequest { To = "stopped", Text = "for later" });
        await node.KillAsync();

        node.Tmux("kill-pane", "-t", before["lost"].Pane!.Id);
        NodeUnderTest.Signal("-KILL", before["died"].Pane!.Pid);
        MakePane(node, "left-over", generation: 1);
        var newer = MakePane(node, "stopped", generation: 7);
        var unknown = MakePane(node, "who-is-this", generation: 1);
        var foreign = node.Tmux("new-window", "-d", "-t", "=agents:", "-P", "-F", "#{pane_id}", "--", "cat");
        await node.StartAgainAsync();

        Assert.Equal(before["runs"].Pane, (await node.IsIdle("runs")).Pane);
        await node.TellAsync(agents[0], "adopted");
        Assert.Contains("closed while the node was away", (await node.Is("lost", "error")).Detail, StringComparison.Ordinal);
        var kept = await node.Client.GetTranscriptAsync("lost");
        Assert.Equal("kept", kept.Source);
        Assert.Contains("written down", Assert.Single(kept.Lines), StringComparison.Ordinal);
        Assert.Contains("SIGKILL", (await node.Is("died", "error")).Detail, StringComparison.Ordinal);
        Assert.Contains("fake agent ready", (await node.Client.GetOutputAsync("died")).Text, StringComparison.Ordinal);
        Assert.Equal("queued", (await node.Client.GetMessageAsync(waiting.Id)).State);
        await node.Is("stopped", "offline");
        await node.Is("left-over", "offline");
        await Eventually.True(() => node.PanesOf("left-over").Length == 0, "a pane that is to be stopped by the journal is removed");

        var strays = (await node.Client.ReadJournalAsync("node/n1")).Where(static e => e.Type == "node.stray_pane_found.v1").Select(static e => e.Data.GetProperty("paneId").GetString());
        Assert.Equal(new[] { newer, unknown }.Order(), strays.Order());
        var there = node.Tmux("list-panes", "-s", "-t", "=agents:", "-F", "#{pane_id} #{pane_dead}").Split('\n');
        Assert.All((string[])[newer, unknown, foreign], pane => Assert.Contains($"{pane} 0", there));
    }

    [Fact]
    public async Task A_tmux_server_that_was_restarted_while_the_node_was_away_is_told_from_a_pane_that_was_closed()
    {
        await using var node = await NodeUnderTest.StartAsync();
        var agent = await node.SpawnFakeInAsync("homeless", node.Work);
        await node.IsIdle(agent.Name);
        await node.StopAsync();
        node.Tmux("kill-server");
        await node.StartAgainAsync();
        Assert.Contains("the tmux server was restarted", (await node.Is(agent.Name, "error")).Detail, StringComparison.Ordinal);
        await node.Client.StartAgentAsync(agent.Name);
        await node.IsIdle(agent.Name, generation: 2);
        await node.TellAsync(agent, "on the new one");
    }

    [Fact]
    public async Task A_node_that_is_killed_between_making_a_pane_and_knowing_it_leads_to_exactly_one_pane()
    {
        await using var node = await NodeUnderTest.StartAsync();
        await node.StopAsync();
        node.Environment["ORC_FAIL_POINT"] = "pane-made";
        await node.StartAgainAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await node.SpawnFakeInAsync("twin", node.Work);
            await node.IsIdle("twin");
        });
        await Eventually.True(() => node.HasEnded, "the node was killed at the fail point");
        var made = Assert.Single(node.PanesOf("twin"));

        node.Environment.Clear();
        await node.StartAgainAsync();
        var shown = await node.IsIdle("twin", generation: 1);
        Assert.Equal(made, $"{shown.Pane!.Id} {shown.Pane.Pid}");
        Assert.Equal(made, Assert.Single(node.PanesOf("twin")));
        await node.TellAsync(new FakeAgentOnNode("twin", Path.Combine(node.Data, "state", "twin", "fake.jsonl")), "to the only one");
    }

    /// <summary>A pane that says of itself that it is an agent's.</summary>
    private static string MakePane(NodeUnderTest node, string agent, int generation)
    {
        var pane = node.Tmux("new-window", "-d", "-t", "=agents:", "-P", "-F", "#{pane_id}", "--", "cat");
        node.Tmux("set-option", "-p", "-t", pane, "@agent", agent);
        node.Tmux("set-option", "-p", "-t", pane, "@generation", generation.ToString());
        return pane;
    }
}
