using System.Collections.Immutable;

namespace Orchestrator.Actors.Agents;

/// <summary>Why something is on the clean-up list.</summary>
public enum CleanUpKind
{
    /// <summary>An agent to which nothing has happened for long.</summary>
    Inactive,

    /// <summary>An agent whose pane is gone.</summary>
    Orphaned,

    /// <summary>A pane of an agent's program that no agent claims.</summary>
    Stray,

    /// <summary>An agent whose pane has become that of a newer one.</summary>
    Duplicate,
}

/// <summary>What would be done about it.</summary>
public enum CleanUpAction
{
    /// <summary>The agent is ended; its history stays.</summary>
    End,

    /// <summary>The agent is shown offline. Nothing is done to any program.</summary>
    Release,

    /// <summary>The pane is closed, with the program in it.</summary>
    ClosePane,
}

/// <summary>A pane with the mark of an agent, as it is in the tmux server of a node.</summary>
/// <param name="Id">The tmux pane id, <c>%n</c>.</param>
/// <param name="Agent">The agent that it was started for.</param>
/// <param name="Generation">The placement that it was started for.</param>
/// <param name="Pid">The process that tmux started in it.</param>
/// <param name="Dead">Its program has ended.</param>
public sealed record InventoryPane(string Id, string Agent, long? Generation, int Pid, bool Dead);

/// <summary>One line of the clean-up list.</summary>
/// <param name="Kind">Why it is there.</param>
/// <param name="Agent">The agent; of a stray pane the one that it was started for.</param>
/// <param name="Generation">The placement that it was judged by.</param>
/// <param name="Pane">The pane, if there is one.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Since">When anything last happened to the agent; null for stray panes.</param>
/// <param name="Action">What would be done.</param>
/// <param name="Hindrance">Why it is done only when forced; null if it is safe.</param>
public sealed record CleanUpFinding(CleanUpKind Kind, string Agent, long? Generation, string? Pane, string Reason, DateTimeOffset? Since, CleanUpAction Action, string? Hindrance);

/// <summary>Finds what nobody needs any more. It only looks.</summary>
public static class CleanUp
{
    private const string Runs = "its program runs";

    /// <summary>The list, the surest findings first.</summary>
    /// <param name="agents">All agents.</param>
    /// <param name="panes">The marked panes of <paramref name="node"/>.</param>
    /// <param name="node">The node whose panes they are; agents placed on others are not judged by their panes.</param>
    /// <param name="now">The time.</param>
    /// <param name="inactiveFor">How long nothing must have happened to an agent.</param>
    public static ImmutableArray<CleanUpFinding> Find(IReadOnlyCollection<AgentView> agents, IReadOnlyCollection<InventoryPane> panes, string node, DateTimeOffset now, TimeSpan inactiveFor)
    {
        var duplicates = Duplicates(agents).ToList();
        var known = duplicates.Select(static d => d.Agent).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. duplicates,
            .. agents.Where(a => a.Node == node && a.Pane is not null && !known.Contains(a.Name.Value)).Where(a => !panes.Any(p => Is(a.Pane!, p))).Select(Orphaned),
            .. panes.Where(p => !agents.Any(a => Claims(a, p))).Select(p => Stray(p, agents.FirstOrDefault(a => a.Name.Value == p.Agent))),
            .. agents.Where(a => a.State != AgentState.Terminated && now - a.LastActiveAt >= inactiveFor).Select(a => Inactive(a, now)),
        ];
    }

    private static IEnumerable<CleanUpFinding> Duplicates(IEnumerable<AgentView> agents) => agents
        .Where(static a => a.Pane is not null)
        .GroupBy(static a => (a.Node, a.Pane!.Id, a.Pane.Pid, a.Pane.Server))
        .SelectMany(static same => same.OrderByDescending(static a => a.PaneSince).Skip(1).Select(older => new CleanUpFinding(
            CleanUpKind.Duplicate,
            older.Name.Value,
            older.Generation.Value,
            older.Pane!.Id,
            $"its pane {older.Pane.Id} is that of {same.MaxBy(static a => a.PaneSince)!.Name} now, which took it later",
            older.LastActiveAt,
            CleanUpAction.Release,
            Hindrance: null)));

    private static CleanUpFinding Orphaned(AgentView agent)
        => new(CleanUpKind.Orphaned, agent.Name.Value, agent.Generation.Value, agent.Pane!.Id, $"its pane {agent.Pane.Id} is gone from tmux", agent.LastActiveAt, CleanUpAction.Release, Hindrance: null);

    private static CleanUpFinding Stray(InventoryPane pane, AgentView? agent) => new(
        CleanUpKind.Stray,
        pane.Agent,
        pane.Generation,
        pane.Id,
        agent is null ? $"no agent {pane.Agent} is known" : $"{pane.Agent} is {agent.State.Words()} and claims {agent.Pane?.Id ?? "no pane"}, generation {agent.Generation}",
        Since: null,
        CleanUpAction.ClosePane,
        pane.Dead ? null : Runs);

    private static CleanUpFinding Inactive(AgentView agent, DateTimeOffset now) => new(
        CleanUpKind.Inactive,
        agent.Name.Value,
        agent.Generation.Value,
        agent.Pane?.Id,
        $"nothing has happened to it for {(int)(now - agent.LastActiveAt).TotalHours} h; it is {agent.State.Words()}",
        agent.LastActiveAt,
        CleanUpAction.End,
        agent.Pane is not null || agent.State == AgentState.Active ? Runs
            : agent.QueueLength > 0 ? $"{agent.QueueLength} messages wait for it, and would become dead letters"
            : null);

    private static bool Claims(AgentView agent, InventoryPane pane)
        => agent.State != AgentState.Terminated && agent.Pane is { } own
            ? Is(own, pane) || (agent.Name.Value == pane.Agent && agent.Generation.Value == pane.Generation)
            : agent.State == AgentState.Active && agent.Name.Value == pane.Agent && agent.Generation.Value == pane.Generation;

    private static bool Is(AgentPane own, InventoryPane pane) => own.Id == pane.Id && own.Pid == pane.Pid;
}
