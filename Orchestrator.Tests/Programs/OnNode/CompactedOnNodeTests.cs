using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>A person has a real program shorten what it remembers: it writes that down, and the node takes it from there.</summary>
public sealed class CompactedOnNodeTests
{
    [Theory]
    [InlineData("claude", "/compact")]
    [InlineData("codex", "/compact")]
    public async Task What_the_transcript_tells_of_a_compaction_is_known_of_the_agent_once(string name, string command)
    {
        await using var node = await ProgramNode.StartAsync(AgentProgram.Named(name));
        node.Model.Script = static _ => new ModelScript.Answer("<state_snapshot>a summary of all that was said, in some words</state_snapshot>");
        node.Model.SideScript = node.Model.Script;
        await node.SpawnReadyAsync("q");
        for (var i = 0; i < 3; i++)
        {
            await node.ConfirmedAsync("q", await node.SendAsync("q", $"remember {i}"));
            await node.IsAsync("q", "ready", static agent => agent is { Session.CompactedAt: null, QueueLength: 0 });
        }

        node.Node.Tmux("send-keys", "-t", (await node.Client.GetAgentAsync("q")).Pane!.Id, "-l", command);
        await node.IsAsync("q", "unsubmitted_input");
        await node.PressAsync("q", "Enter");

        await node.Node.AgentIs("q", static agent => agent.Session?.CompactedAt is not null, "is known to have been compacted", ProgramNode.Patience);
        await node.IsAsync("q", "ready");
        var told = (await node.Client.GetHistoryAsync("q", limit: 1000)).Where(static e => e.Type == "agent.context_compacted.v1").ToList();
        Assert.Contains("transcript", Assert.Single(told).Data.GetRawText(), StringComparison.Ordinal);
    }
}
