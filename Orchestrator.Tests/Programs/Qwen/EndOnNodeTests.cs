using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>How Qwen Code is stopped and started again by a node, and what is said where it is not installed.</summary>
[Collection(nameof(Chaos))]
public sealed class EndOnNodeTests
{
    [Fact]
    public async Task Stopped_gently_it_ends_with_0_its_pane_stays_readable_and_it_can_be_started_again()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        qwen.Model.Script = turn => new ModelScript.Answer(turn.Text.Contains("before", StringComparison.Ordinal) ? "An answer worth keeping." : "ok");
        var first = await qwen.SpawnReadyAsync("q");
        var before = await qwen.SendAsync("q", "said before the end");
        await qwen.ConfirmedAsync("q", before);
        await qwen.IsAsync("q", "ready");
        await Eventually.True(async () => (await qwen.Client.GetOutputAsync("q")).Text.Contains("An answer worth keeping.", StringComparison.Ordinal), "the answer is on the screen");

        await qwen.Client.StopAgentAsync("q");

        var stopped = await qwen.Node.AgentIs("q", static agent => agent.State == "offline", "is offline", ProgramNode.Patience);
        Assert.Null(stopped.Pane);
        Assert.Contains("exited with code 0", stopped.Detail, StringComparison.Ordinal);
        var output = await qwen.Client.GetOutputAsync("q");
        Assert.Equal("ended", output.Source);
        Assert.Contains("said before the end", output.Text, StringComparison.Ordinal);
        Assert.Contains("An answer worth keeping.", output.Text, StringComparison.Ordinal);

        var waiting = await qwen.SendAsync("q", "said while it was away");
        await qwen.Client.StartAgentAsync("q");
        var second = await qwen.IsAsync("q", "ready");
        Assert.Equal(first.Generation + 1, second.Generation);
        await qwen.ConfirmedAsync("q", waiting);
        await qwen.IsAsync("q", "ready");

        await qwen.Client.RestartAgentAsync("q");
        var third = await qwen.IsAsync("q", "ready", agent => agent.Generation == second.Generation + 1);
        Assert.NotEqual(second.Pane!.Pid, third.Pane!.Pid);
        var last = await qwen.SendAsync("q", "said after a restart");
        await qwen.ConfirmedAsync("q", last);
        Assert.Equal([(before, "said before the end"), (waiting, "said while it was away"), (last, "said after a restart")], await qwen.ArrivedAsync(3));
    }

    [Fact]
    public async Task Where_it_is_not_installed_the_agent_says_so()
    {
        await using var node = Orchestrator.Tests.Node.Support.NodeUnderTest.Create();
        node.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        await node.StartAgainAsync();
        Assert.False((await node.Client.ListProfilesAsync()).Single(static profile => profile.Name == "qwen").Installed);

        await node.Client.SpawnAsync(new Client.SpawnRequest { Name = "q", Profile = "qwen", Folder = node.Work });

        var failed = await node.AgentIs("q", static agent => agent.State == "error", "has failed");
        Assert.Contains("the program qwen is not there", failed.Detail, StringComparison.Ordinal);
        Assert.Contains("/usr/local/bin:/usr/bin:/bin", failed.Detail, StringComparison.Ordinal);
        Assert.Null(failed.Pane);
    }
}
