using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Cluster;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Node.Cluster;

/// <summary>Where agents of a lost node go on.</summary>
public sealed class RePlacementTests
{
    [Fact]
    public void They_go_to_the_nodes_with_the_fewest_agents_one_by_one()
    {
        var running = new[] { Agent("b1", "n2"), Agent("b2", "n2"), Agent("c1", "n3") };
        var moving = new[] { Lost("a1"), Lost("a2"), Lost("a3") };
        var placed = RePlacement.Of(moving, [.. running, .. moving], Cluster(Up("n2"), Up("n3"), Member("n1", MemberState.Down)), ImmutableHashSet<string>.Empty);
        Assert.Equal("n3", placed[0].To);
        Assert.Equal(["n2", "n3"], placed.Skip(1).Select(static p => p.To).Order());
    }

    [Fact]
    public void Never_to_the_lost_node_a_drained_one_one_that_leaves_or_takes_none_or_one_without_the_labels()
    {
        var cluster = Cluster(Up("n1"), Up("n2"), Member("n3", MemberState.Leaving), new MemberRow(new Member("n4", 1, "", [], "1", 1), MemberState.Up, 1), Up("n5", "gpu"));
        var moving = new[] { Lost("a1") with { Labels = ["gpu"] }, Lost("a2") with { Labels = ["gpu", "big"] } };
        var placed = RePlacement.Of(moving, moving, cluster, new HashSet<string> { "n2" });
        Assert.Equal(["n5", null], placed.Select(static p => p.To));
    }

    private static AgentView Lost(string name) => Agent(name, "n1") with { State = AgentState.Offline, Activity = AgentActivity.NodeLost };

    private static AgentView Agent(string name, string node) => new() { Name = AgentName.Parse(name), Node = node, State = AgentState.Idle, Pane = new AgentPane("%1", "@1", 4711, new TmuxServerFact(1, 2, "/s")) };

    private static MemberRow Up(string name, params string[] labels) => Member(name, MemberState.Up, labels);

    private static MemberRow Member(string name, MemberState state, params string[] labels) => new(new Member(name, 1, string.Empty, [ClusterOptions.EntityRole, .. labels], "1", 1), state, 1);

    private static ClusterTable Cluster(params MemberRow[] members) => ClusterTable.Empty with { Members = [.. members] };
}
