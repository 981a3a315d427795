using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>Panes that somebody else has made are taken over with the program in them, if they belong to nobody.</summary>
[Collection(nameof(Lifecycle))]
public sealed class AdoptedPaneTests(LifecycleNode shared)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_pane_of_a_person_is_taken_over_with_its_process()
    {
        var agent = await Node.SpawnFakeInAsync("adopter", shared.Root, static r => r with { Start = false });
        var made = Node.Tmux(["new-window", "-d", "-t", "=agents:", "-P", "-F", "#{pane_id} #{pane_pid}", "--", .. Node.FakeCommand(agent.Name)]).Split(' ');
        await Node.Client.AdoptAgentAsync(agent.Name, made[0]);
        var shown = await Node.IsIdle(agent.Name);
        Assert.Equal((made[0], made[1]), (shown.Pane!.Id, shown.Pane.Pid.ToString()));
        await Node.TellAsync(agent, "to the one that was there before");
        Assert.Equal(made[1], Assert.Single(agent.Log()).Pid.ToString());
    }

    [Fact]
    public async Task A_pane_of_another_agent_is_not_taken_over()
    {
        await Node.SpawnFakeInAsync("owner", shared.Root);
        var owned = (await Node.IsIdle("owner")).Pane!;
        await Node.SpawnFakeInAsync("thief", shared.Root, static r => r with { Start = false });
        await Node.Client.AdoptAgentAsync("thief", owned.Id);
        var refused = await Node.AgentIs("thief", static a => a.State == "error", "is refused");
        Assert.Contains("belongs to the agent owner", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(owned, (await Node.Client.GetAgentAsync("owner")).Pane);
    }

    [Fact]
    public async Task A_pane_that_does_not_exist_cannot_be_taken_over()
    {
        await Node.SpawnFakeInAsync("dreamer", shared.Root, static r => r with { Start = false });
        await Node.Client.AdoptAgentAsync("dreamer", "%9999");
        var refused = await Node.AgentIs("dreamer", static a => a.State == "error", "is refused");
        Assert.Contains("%9999", refused.Detail, StringComparison.Ordinal);
        Assert.Empty(Node.PanesOf("dreamer"));
    }
}
