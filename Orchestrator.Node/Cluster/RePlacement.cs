using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Cluster;

/// <summary>Where the agents of a lost node go on: each on the node with the fewest agents of those that are up, take agents, are not drained, and have its labels.</summary>
internal static class RePlacement
{
    /// <summary>The new node of each of <paramref name="moving"/>; null where there is none.</summary>
    /// <param name="moving">The agents that go on elsewhere.</param>
    /// <param name="all">All agents.</param>
    /// <param name="cluster">The cluster as it is.</param>
    /// <param name="drained">The nodes on which nothing new is placed.</param>
    public static IReadOnlyList<(AgentView Agent, string? To)> Of(IEnumerable<AgentView> moving, IEnumerable<AgentView> all, ClusterTable cluster, IReadOnlySet<string> drained)
    {
        var takes = cluster.Members.Where(row => row.State is MemberState.Up && row.Member.Roles.Contains(ClusterOptions.EntityRole, StringComparer.Ordinal) && !drained.Contains(row.Member.Name)).ToList();
        var load = takes.ToDictionary(static row => row.Member.Name, static _ => 0, StringComparer.Ordinal);
        foreach (var agent in all.Where(static agent => agent.Pane is not null || agent.State == AgentState.Active))
        {
            if (agent.Node is { } node && load.TryGetValue(node, out var count))
            {
                load[node] = count + 1;
            }
        }

        var chosen = new List<(AgentView, string?)>();
        foreach (var agent in moving)
        {
            var to = takes
                .Where(row => row.Member.Name != agent.Node && agent.Labels.All(label => row.Member.Roles.Contains(label, StringComparer.Ordinal)))
                .Select(static row => row.Member.Name)
                .OrderBy(node => load[node])
                .ThenByDescending(node => Rendezvous.Weight(agent.Name.Entity.Shard, node))
                .FirstOrDefault();
            if (to is not null)
            {
                load[to]++;
            }

            chosen.Add((agent, to));
        }

        return chosen;
    }
}
