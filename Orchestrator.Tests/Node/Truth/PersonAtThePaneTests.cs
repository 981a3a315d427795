using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Truth;

/// <summary>What a person does at a pane is seen and respected: messages wait, and are delivered whole afterwards.</summary>
[Collection(nameof(Truth))]
public sealed class PersonAtThePaneTests(TruthNode shared, ITestOutputHelper output)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task Somebody_who_scrolls_is_not_disturbed()
    {
        var agent = await Node.IdleFakeAsync("scrolled");
        var pane = (await Node.PaneOf(agent.Name)).Id;
        Node.Tmux("copy-mode", "-t", pane);
        await Node.IsShownAs(agent.Name, "idle", "copy_mode", output);
        await Node.ExplanationNames(agent.Name, "copy mode");
        var id = await Node.SendAsync(agent.Name, "after the scrolling");
        await Node.Waits(agent, id);
        Assert.Contains("copy_mode", (await Node.Client.ExplainAsync(agent.Name)).Waiting, StringComparison.Ordinal);
        Node.Tmux("send-keys", "-t", pane, "-X", "cancel");
        await Node.Arrives(agent, id, "after the scrolling");
        await Node.IsShownAs(agent.Name, "idle", "ready", output);
    }

    [Fact]
    public async Task A_message_waits_while_input_to_the_pane_is_switched_off()
    {
        var agent = await Node.IdleFakeAsync("input-off");
        var pane = (await Node.PaneOf(agent.Name)).Id;
        Node.Tmux("select-pane", "-d", "-t", pane);
        var id = await Node.SendAsync(agent.Name, "once there is input again");
        await Node.ExplanationNames(agent.Name, "input is switched off");
        await Eventually.True(
            async () => (await Node.Client.GetMessageAsync(id)).Reason?.Contains("input", StringComparison.OrdinalIgnoreCase) == true,
            "the message says that it waits because of the input",
            TruthSteps.Within);
        await Node.Waits(agent, id);
        Node.Tmux("select-pane", "-e", "-t", pane);
        await Node.Arrives(agent, id, "once there is input again");
    }

    [Fact]
    public async Task A_draft_of_a_person_is_never_sent_nor_glued_to_a_message()
    {
        var agent = await Node.IdleFakeAsync("draft");
        var pane = (await Node.PaneOf(agent.Name)).Id;
        Node.Tmux("send-keys", "-t", pane, "-l", "half a thought");
        await Node.IsShownAs(agent.Name, "idle", "unsubmitted_input", output);
        await Node.ExplanationNames(agent.Name, "half a thought");
        var id = await Node.SendAsync(agent.Name, "not in the middle of it");
        await Node.Waits(agent, id);
        Assert.Contains("unsubmitted_input", (await Node.Client.ExplainAsync(agent.Name)).Waiting, StringComparison.Ordinal);
        Node.Tmux("send-keys", "-t", pane, "C-u");
        await Node.Arrives(agent, id, "not in the middle of it");
        Assert.Single(agent.Log());
    }

    [Fact]
    public async Task A_dialog_waits_for_a_person_and_is_never_answered_by_a_message()
    {
        var agent = await Node.IdleFakeAsync("asks", profile: "asking");
        var pane = (await Node.PaneOf(agent.Name)).Id;
        var terminal = Node.Tmux("display-message", "-p", "-t", pane, "#{pane_tty}");
        await File.AppendAllTextAsync(terminal, "\r\nAllow touch notes.txt? (y/n)");
        await Node.IsShownAs(agent.Name, "busy", "awaiting_approval", output);
        await Node.ExplanationNames(agent.Name, "Allow touch notes.txt? (y/n)");
        var id = await Node.SendAsync(agent.Name, "y");
        await Node.Waits(agent, id);
        Assert.Contains("awaiting_approval", (await Node.Client.ExplainAsync(agent.Name)).Waiting, StringComparison.Ordinal);
        await File.AppendAllTextAsync(terminal, "\r\e[2K> ");
        await Node.Arrives(agent, id, "y");
    }

    [Fact]
    public async Task A_text_that_a_person_clears_before_Enter_is_not_reported_as_submitted()
    {
        var agent = await Node.IdleFakeAsync("cleared", profile: "settling");
        var pane = (await Node.PaneOf(agent.Name)).Id;
        var id = await Node.SendAsync(agent.Name, "nobody will read this");
        await Node.IsShownAs(agent.Name, "idle", "unsubmitted_input", output);

        // Within the ten seconds of the profile, once the text has been seen in the input twice.
        await Task.Delay(TimeSpan.FromSeconds(2));
        Node.Tmux("send-keys", "-t", pane, "C-u");

        var failed = await Node.MessageIs(id, ["failed", "submitted", "confirmed"], TimeSpan.FromSeconds(120));
        Assert.Equal("failed", failed.State);
        Assert.Contains("Enter was not pressed", failed.Reason, StringComparison.Ordinal);
        Assert.Empty(agent.Log());
        await Node.Arrives(agent, await Node.SendAsync(agent.Name, "but this"), "but this");
    }
}
