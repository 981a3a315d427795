using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>The clean-up list over a real tmux: what is safe is done, a running program only when forced.</summary>
[Collection(nameof(Lifecycle))]
public sealed class CleanUpOnNodeTests(LifecycleNode shared)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_pane_that_two_agents_believe_in_is_left_to_the_newer_and_its_program_alone()
    {
        await Node.SpawnFakeInAsync("elder", shared.Root);
        var pane = (await Node.IsIdle("elder")).Pane!;
        Node.Tmux("set-option", "-p", "-u", "-t", pane.Id, "@agent");
        await Node.SpawnFakeInAsync("heir", shared.Root, static r => r with { Start = false });
        await Node.Client.AdoptAgentAsync("heir", pane.Id);
        await Node.IsIdle("heir");

        var found = Assert.Single(await Node.Client.ListCleanUpAsync(), static f => f.Agent is "elder" or "heir");
        Assert.Equal(("duplicate", "elder", "release", null), (found.Kind, found.Agent, found.Action, found.Hindrance));
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = Node.Data;
        Assert.Contains("duplicate", (await orc.RunAsync("cleanup")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("it is offline", (await orc.RunAsync("cleanup", "--apply")).Expect(0), StringComparison.Ordinal);
        Assert.Equal("offline", (await Node.Client.GetAgentAsync("elder")).State);
        Assert.Equal(pane.Pid, (await Node.IsIdle("heir")).Pane!.Pid);
        Assert.DoesNotContain(await Node.Client.ListCleanUpAsync(), static f => f.Agent is "elder" or "heir");
    }

    [Fact]
    public async Task A_running_program_that_nobody_claims_is_closed_only_when_forced()
    {
        var pane = Node.Tmux("new-window", "-d", "-t", "=agents:", "-P", "-F", "#{pane_id}", "--", "sleep", "1000");
        Node.Tmux("set-option", "-p", "-t", pane, "@agent", "nobody", ";", "set-option", "-p", "-t", pane, "@generation", "3");
        var left = Assert.Single(await Node.Client.CleanUpAsync(new CleanUpRequest(null, Force: null)), f => f.Pane == pane);
        Assert.Equal(("stray", false, "left alone: its program runs"), (left.Kind, left.Done, left.Outcome));
        Assert.Contains(pane, Node.Tmux("list-panes", "-s", "-t", "=agents:", "-F", "#{pane_id}").Split('\n'));
        Assert.True(Assert.Single(await Node.Client.CleanUpAsync(new CleanUpRequest(null, Force: true)), f => f.Pane == pane).Done);
        Assert.DoesNotContain(pane, Node.Tmux("list-panes", "-s", "-t", "=agents:", "-F", "#{pane_id}").Split('\n'));
    }

    [Fact]
    public async Task An_agent_that_nothing_has_happened_to_is_ended()
    {
        await Node.SpawnFakeInAsync("forgotten", shared.Root, static r => r with { Start = false });
        await Tests.Support.Eventually.True(
            async () => (await Node.Client.ListCleanUpAsync(TimeSpan.FromSeconds(1))).Any(static f => f is { Agent: "forgotten", Kind: "inactive", Action: "end", Hindrance: null }),
            "the agent is on the list after a second");
        Assert.DoesNotContain(await Node.Client.ListCleanUpAsync(), static f => f.Agent == "forgotten");
        await Node.Client.CleanUpAsync(new CleanUpRequest(InactiveForSeconds: 1, Force: null));
        Assert.Equal("terminated", (await Node.Client.GetAgentAsync("forgotten")).State);
    }
}
