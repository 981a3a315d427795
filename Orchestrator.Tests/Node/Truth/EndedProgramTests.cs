using Orchestrator.Tests.Node.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Truth;

/// <summary>A program that ends, in whatever way, is shown as it ended; its messages wait for its next start.</summary>
[Collection(nameof(Truth))]
public sealed class EndedProgramTests(TruthNode shared, ITestOutputHelper output)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_pane_that_was_killed_is_shown_as_closed()
    {
        var agent = await Node.IdleFakeAsync("pane-killed");
        Node.Tmux("kill-pane", "-t", (await Node.PaneOf(agent.Name)).Id);
        var shown = await Node.IsShownAs(agent.Name, "error", "exited", output);
        Assert.Null(shown.Pane);
        await Node.ExplanationNames(agent.Name, "its pane was closed");
        await MessagesWaitForTheNextStart(agent);
    }

    [Fact]
    public async Task A_program_that_exits_well_is_offline()
    {
        var agent = await Node.IdleFakeAsync("exits-0");
        NodeUnderTest.Signal("-TERM", (await Node.PaneOf(agent.Name)).Pid);
        await Node.IsShownAs(agent.Name, "offline", "exited", output);
        await Node.ExplanationNames(agent.Name, "exited with code 0");
        await MessagesWaitForTheNextStart(agent);
    }

    [Fact]
    public async Task A_program_that_exits_badly_is_in_error_with_its_code_and_what_it_was_told_last_is_confirmed()
    {
        var agent = await Node.IdleFakeAsync("exits-3", ["--exit-after", "1"]);
        var last = await Node.SendAsync(agent.Name, "your last");
        await Node.IsShownAs(agent.Name, "error", "exited", output);
        await Node.ExplanationNames(agent.Name, "exited with code 3");
        await Node.Arrives(agent, last, "your last");
        Assert.Contains("fake agent ready", (await Node.Client.GetOutputAsync(agent.Name)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_killed_is_in_error_with_its_signal()
    {
        var agent = await Node.IdleFakeAsync("killed-9");
        NodeUnderTest.Signal("-KILL", (await Node.PaneOf(agent.Name)).Pid);
        await Node.IsShownAs(agent.Name, "error", "exited", output);
        await Node.ExplanationNames(agent.Name, "killed by SIGKILL");
        await MessagesWaitForTheNextStart(agent);
    }

    private async Task MessagesWaitForTheNextStart(FakeAgentOnNode agent)
    {
        var id = await Node.SendAsync(agent.Name, "for later");
        await Node.Waits(agent, id);
        Assert.Contains("no pane", (await Node.Client.ExplainAsync(agent.Name)).Waiting, StringComparison.Ordinal);
        await Node.Client.StartAgentAsync(agent.Name);
        await Node.Arrives(agent, id, "for later");
    }
}
