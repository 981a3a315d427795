using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Nodes;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>On which node an agent is started: the one that was named, else the one with the fewest agents of those that are up, take agents, and have the labels.</summary>
internal sealed class Placement(ActorSystem system, INodeStatus here, IViews views, RunningAgents agents, TimeProvider time)
{
    // The views do not show at once what was just placed: agents that are started together must not all go to one node.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<AgentName, (string Node, long At)> _recent = new();

    /// <summary>Whether an agent that is started on <paramref name="node"/> runs elsewhere than here.</summary>
    public bool IsElsewhere(string? node) => system.Self is not null && node != here.Name;

    /// <summary>Where a new agent goes, or one that leaves its node.</summary>
    /// <exception cref="ProblemException">There is no such node, or none that it can be started on.</exception>
    public async Task<string> ChooseAsync(AgentName agent, string? node, ImmutableArray<string> labels, CancellationToken cancellationToken)
    {
        if (system.Self is null)
        {
            return labels.IsDefaultOrEmpty && (node is null || node == here.Name)
                ? here.Name
                : throw ProblemException.Invalid($"this node, {here.Name}, is in no cluster: agents are started here, and there are no labels");
        }

        var drained = await DrainedAsync(cancellationToken);
        if (node is not null)
        {
            return Named(node, drained);
        }

        var candidates = system.Cluster.Members.Where(row => Takes(row) && !drained.Contains(row.Member.Name) && labels.All(label => row.Member.Roles.Contains(label, StringComparer.Ordinal))).Select(static row => row.Member.Name).ToList();
        if (candidates.Count == 0)
        {
            throw Impossible(labels.IsDefaultOrEmpty ? "no node is up that takes agents: 'orc node ls' shows the nodes" : $"no node with the labels {string.Join(", ", labels)} is up and takes agents: 'orc node ls' shows the nodes and their labels");
        }

        var chosen = await LeastLoadedAsync(agent, candidates, cancellationToken);
        _recent[agent] = (chosen, time.GetTimestamp());
        return chosen;
    }

    /// <summary>Where an agent is started again: where it was, for there lie its worktree and its conversation.</summary>
    /// <exception cref="ProblemException">That node is not there now, and nobody has named another.</exception>
    public async Task<string> AgainAsync(AgentName agent, CancellationToken cancellationToken)
    {
        var view = await views.GetAsync<AgentView>(AgentView.ViewName, agent.Value, cancellationToken);
        if (system.Self is null || view?.Node is not { } before)
        {
            return await ChooseAsync(agent, node: null, [], cancellationToken);
        }

        // An agent whose node is down says itself what is to be done about it.
        return view.Activity == AgentActivity.NodeLost || system.Cluster.Members.Any(row => Takes(row) && row.Member.Name == before)
            ? before
            : throw Impossible($"{agent} was on the node {before}, which is not up: wait for it, or start it elsewhere with 'orc agent move {agent} NODE'; what it left there, worktree and conversation, stays there");
    }

    private string Named(string node, ImmutableHashSet<string> drained)
    {
        if (system.Cluster.Members.FirstOrDefault(row => row.Member.Name == node) is not { } row)
        {
            throw ProblemException.Invalid($"there is no node {node}: there are {string.Join(", ", system.Cluster.Members.Where(static r => r.IsLive).Select(static r => r.Member.Name))}");
        }

        return !Takes(row) ? throw Impossible($"the node {node} is {row.State.ToString().ToLowerInvariant()} or takes no agents: 'orc node ls' shows the nodes")
            : drained.Contains(node) ? throw Impossible($"the node {node} is drained: 'orc node undrain {node}' lets it take agents again")
            : node;
    }

    private async Task<string> LeastLoadedAsync(AgentName agent, List<string> candidates, CancellationToken cancellationToken)
    {
        foreach (var (name, (_, at)) in _recent)
        {
            if (time.GetElapsedTime(at) > Remembered)
            {
                _recent.TryRemove(name, out _);
            }
        }

        // Those that were just placed count where they were placed, whatever is known of them.
        var recent = _recent.ToList();
        var running = await agents.CountAsync(recent.Select(static pair => pair.Key), cancellationToken);
        var load = candidates.ToDictionary(static node => node, node => running.GetValueOrDefault(node), StringComparer.Ordinal);
        foreach (var (name, (node, _)) in recent)
        {
            if (name != agent && load.TryGetValue(node, out var count))
            {
                load[node] = count + 1;
            }
        }

        // Of those that have the fewest each agent prefers another.
        return load.OrderBy(static pair => pair.Value).ThenByDescending(pair => Rendezvous.Weight(agent.Entity.Shard, pair.Key)).First().Key;
    }

    /// <summary>Whether a program of it runs, or is being started, as far as is known.</summary>
    public static bool HasProgram(AgentView agent) => agent.Node is not null && (agent.Pane is not null || agent.State == AgentState.Active || agent.Activity == AgentActivity.NodeLost);

    private static bool Takes(MemberRow row) => row.State is MemberState.Up && row.Member.Roles.Contains(ClusterOptions.EntityRole, StringComparer.Ordinal);

    private static ProblemException Impossible(string why) => new(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, why);

    private async Task<ImmutableHashSet<string>> DrainedAsync(CancellationToken cancellationToken)
        => [.. await views.AllAsync<NodeView>(NodeView.ViewName, cancellationToken: cancellationToken).Where(static row => row.Value.Drained).Select(static row => row.Key).ToListAsync(cancellationToken)];
}
