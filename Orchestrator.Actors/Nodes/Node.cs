using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Nodes;

/// <summary>A node as its events tell: when it started, which tmux server it has, which panes nobody knows.</summary>
public sealed record NodeRecord
{
    /// <summary>The kind of entity that nodes are.</summary>
    public const string Kind = "node";

    /// <summary>How often it has been started.</summary>
    public int Starts { get; init; }

    /// <summary>The tmux server that it last had.</summary>
    public TmuxServerFact? Server { get; init; }

    /// <summary>The panes that were found without an agent that claims them.</summary>
    public ImmutableSortedSet<string> StrayPanes { get; init; } = [];

    /// <summary>The entity of the node <paramref name="name"/>.</summary>
    public static EntityId Entity(string name) => new(Kind, name);
}

/// <summary>The node has started.</summary>
public sealed record ReportNodeStarted(string Version, int Pid) : Command;

/// <summary>The node is about to stop, as asked.</summary>
public sealed record ReportNodeStopping(string Reason) : Command;

/// <summary>The node has this tmux server now.</summary>
public sealed record ReportTmuxServer(TmuxServerFact Server) : Command;

/// <summary>A pane was found that no agent claims, or that is newer than the journal. It is left alone.</summary>
public sealed record ReportStrayPane(string PaneId, string? Agent, long? Generation, string Reason) : Command;

/// <summary>Which tmux server did it last have?</summary>
public sealed record LastTmuxServer : Query;

/// <summary>The server, if it has had one.</summary>
public sealed record KnownTmuxServer(TmuxServerFact? Server) : Reply;

/// <summary>The node started.</summary>
public sealed record NodeStarted(string Version, int Pid, DateTimeOffset At) : Event;

/// <summary>The node stopped as asked.</summary>
public sealed record NodeStopping(string Reason, DateTimeOffset At) : Event;

/// <summary>The node has another tmux server than before.</summary>
/// <param name="Server">The server.</param>
/// <param name="Change">first, adopted (the same as before the node was restarted), restarted (tmux or the machine was).</param>
/// <param name="At">When.</param>
public sealed record TmuxServerSeen(TmuxServerFact Server, string Change, DateTimeOffset At) : Event;

/// <summary>A pane was found that nobody claims.</summary>
public sealed record StrayPaneFound(string PaneId, string? Agent, long? Generation, string Reason, DateTimeOffset At) : Event;

/// <summary>The rules of a node.</summary>
public sealed class NodeBehavior : Behavior<NodeRecord>
{
    /// <inheritdoc/>
    public override NodeRecord Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(NodeRecord state, Command command, DecisionContext context) => command switch
    {
        ReportNodeStarted started => Effects.Persist(new NodeStarted(started.Version, started.Pid, context.Now)),
        ReportNodeStopping stopping => Effects.Persist(new NodeStopping(stopping.Reason, context.Now)),
        ReportTmuxServer tmux => Seeing(state, tmux, context),
        ReportStrayPane stray => state.StrayPanes.Contains(stray.PaneId)
            ? Effects.None
            : Effects.Persist(new StrayPaneFound(stray.PaneId, stray.Agent, stray.Generation, stray.Reason, context.Now)),
        _ => throw new UnreachableException($"a node has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override NodeRecord Apply(NodeRecord state, Event e) => e switch
    {
        NodeStarted => state with { Starts = state.Starts + 1 },
        NodeStopping => state,
        TmuxServerSeen { Change: "restarted" or "first" } seen => state with { Server = seen.Server, StrayPanes = [] },
        TmuxServerSeen seen => state with { Server = seen.Server },
        StrayPaneFound stray => state with { StrayPanes = state.StrayPanes.Add(stray.PaneId) },
        _ => throw new UnreachableException($"a node has no rule for the event {e.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Reply Answer(NodeRecord state, Query query, DateTimeOffset now)
        => query is LastTmuxServer ? new KnownTmuxServer(state.Server) : base.Answer(state, query, now);

    private static Effects Seeing(NodeRecord state, ReportTmuxServer tmux, DecisionContext context)
    {
        var change = state.Server is null ? "first"
            : state.Server.StartTime == tmux.Server.StartTime && state.Server.Pid == tmux.Server.Pid ? "adopted"
            : "restarted";
        return Effects.Persist(new TmuxServerSeen(tmux.Server, change, context.Now));
    }
}
