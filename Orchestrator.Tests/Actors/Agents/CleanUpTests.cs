using Orchestrator.Actors.Agents;

namespace Orchestrator.Tests.Actors.Agents;

public sealed class CleanUpTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_agent_to_which_nothing_has_happened_for_long_is_offered_and_only_safe_without_program_and_messages()
    {
        var idle = Agent("idle") with { Pane = Pane("%1", 1), State = AgentState.Idle, LastActiveAt = Now.AddHours(-25) };
        var waited = Agent("waited") with { QueueLength = 2, LastActiveAt = Now.AddHours(-25) };
        var old = Agent("old") with { LastActiveAt = Now.AddHours(-24) };
        var young = Agent("young") with { LastActiveAt = Now.AddHours(-23) };
        var ended = Agent("ended") with { State = AgentState.Terminated, LastActiveAt = Now.AddYears(-1) };
        var found = Find([idle, waited, old, young, ended], Seen("%1", "idle", 1));
        Assert.Equal(["idle", "waited", "old"], found.Select(static f => f.Agent));
        Assert.Equal(["its program runs", "2 messages wait for it, and would become dead letters", null], found.Select(static f => f.Hindrance));
        Assert.All(found, static f => Assert.Equal((CleanUpKind.Inactive, CleanUpAction.End), (f.Kind, f.Action)));
    }

    [Fact]
    public void An_agent_whose_pane_is_gone_is_orphaned_and_one_on_another_node_is_not_judged()
    {
        var gone = Agent("gone") with { Pane = Pane("%1", 1) };
        var replaced = Agent("replaced") with { Pane = Pane("%2", 2) };
        var elsewhere = Agent("elsewhere") with { Pane = Pane("%3", 3), Node = "n2" };
        var found = Find([gone, replaced, elsewhere], new InventoryPane("%2", "replaced", 1, Pid: 99, Dead: false));
        Assert.Equal(["gone", "replaced"], found.Where(static f => f.Kind == CleanUpKind.Orphaned).Select(static f => f.Agent));
        Assert.All(found.Where(static f => f.Kind == CleanUpKind.Orphaned), static f => Assert.Equal((CleanUpAction.Release, null), (f.Action, f.Hindrance)));
    }

    [Fact]
    public void A_pane_that_no_agent_claims_is_stray_and_safe_to_close_only_when_its_program_has_ended()
    {
        var owner = Agent("owner") with { Pane = Pane("%1", 1), State = AgentState.Idle };
        var starting = Agent("starting") with { State = AgentState.Active };
        var found = Find([owner, starting], Seen("%1", "owner", 1), Seen("%4", "starting", 1), Seen("%5", "owner", 5) with { Generation = 0 }, Seen("%6", "nobody", 6) with { Dead = true });
        Assert.Equal(["%5", "%6"], found.Select(static f => f.Pane));
        Assert.Equal(["its program runs", null], found.Select(static f => f.Hindrance));
        Assert.All(found, static f => Assert.Equal((CleanUpKind.Stray, CleanUpAction.ClosePane), (f.Kind, f.Action)));
    }

    [Fact]
    public void Of_two_agents_on_one_pane_the_newest_is_kept()
    {
        var older = Agent("older") with { Pane = Pane("%1", 1), PaneSince = Now.AddMinutes(-2) };
        var newer = Agent("newer") with { Pane = Pane("%1", 1), PaneSince = Now.AddMinutes(-1) };
        var namesake = Agent("namesake") with { Pane = Pane("%1", 1) with { Server = new TmuxServerFact(2, 2, "/other") }, Node = "n2" };
        var found = Assert.Single(Find([newer, older, namesake], Seen("%1", "newer", 1)));
        Assert.Equal((CleanUpKind.Duplicate, "older", CleanUpAction.Release, null), (found.Kind, found.Agent, found.Action, found.Hindrance));
    }

    private static CleanUpFinding[] Find(AgentView[] agents, params InventoryPane[] panes) => [.. CleanUp.Find(agents, panes, "n1", Now, TimeSpan.FromHours(24))];

    private static AgentView Agent(string name) => new() { Name = AgentName.Parse(name), Node = "n1", Generation = new Generation(1), LastActiveAt = Now, PaneSince = Now };

    private static AgentPane Pane(string id, int pid) => new(id, "@1", pid, new TmuxServerFact(1, 1, "/socket"));

    private static InventoryPane Seen(string id, string agent, int pid) => new(id, agent, 1, pid, Dead: false);
}
