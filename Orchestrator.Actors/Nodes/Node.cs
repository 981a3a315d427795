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

    /// <summary>Nothing new is placed on it.</summary>
    public bool Drained { get; init; }

    /// <summary>It said that it stops, and has not started since.</summary>
    public bool Stopping { get; init; }

    /// <summary>The last of its starts that the cluster has given up, by the number of its incarnation; 0 for none.</summary>
    public long LostIncarnation { get; init; }

    /// <summary>Up to which of its starts it was removed; 0 for none.</summary>
    public long RemovedIncarnation { get; init; }

    /// <summary>Its guard runs, as far as it has said.</summary>
    public bool Guarded { get; init; }

    /// <summary>The entity of the node <paramref name="name"/>.</summary>
    public static EntityId Entity(string name) => new(Kind, name);
}

/// <summary>The node has started.</summary>
public sealed record ReportNodeStarted(string Version, int Pid) : Command;

/// <summary>The node is about to stop, as asked.</summary>
public sealed record ReportNodeStopping(string Reason) : Command;

/// <summary>The guard of the node runs, or does not.</summary>
/// <param name="Pid">Its process; null if it does not run.</param>
/// <param name="Reason">Why it does not.</param>
public sealed record ReportGuard(int? Pid, string? Reason = null) : Command;

/// <summary>The node has this tmux server now.</summary>
public sealed record ReportTmuxServer(TmuxServerFact Server) : Command;

/// <summary>A pane was found that no agent claims, or that is newer than the journal. It is left alone.</summary>
public sealed record ReportStrayPane(string PaneId, string? Agent, long? Generation, string Reason) : Command;

/// <summary>Place nothing new on this node; what runs there goes on.</summary>
public sealed record DrainNode : Command;

/// <summary>Place agents on this node again.</summary>
public sealed record UndrainNode : Command;

/// <summary>A start of this node is down: the cluster has marked it, or it has left. The reply is <see cref="NodeLoss"/>, the same however often this is told.</summary>
/// <param name="Incarnation">The number of that start.</param>
/// <param name="AlertAfter">For how long it is waited for before it is said that it stays away.</param>
public sealed record ReportNodeLost(long Incarnation, TimeSpan AlertAfter) : Command;

/// <summary>The node has not come back for a while (a reminder).</summary>
/// <param name="Incarnation">The start that was lost.</param>
public sealed record AlertNodeLost(long Incarnation) : Command;

/// <summary>This node does not come back: it is shown no more until it joins again.</summary>
/// <param name="Incarnation">The last of its starts.</param>
public sealed record RemoveNode(long Incarnation) : Command;

/// <summary>An authority has taken from this node what it had given it.</summary>
/// <param name="By">Who wanted it.</param>
/// <param name="Reason">Why; may be empty.</param>
public sealed record ReportNodeRevoked(string By, string Reason) : Command;

/// <summary>How a node was lost.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Guarded">Its guard was running when it was last heard of.</param>
public sealed record NodeLoss(string Reason, bool Guarded = false) : Reply;

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

/// <summary>The guard of the node runs.</summary>
public sealed record GuardSeen(int Pid, DateTimeOffset At) : Event;

/// <summary>The guard of the node does not run: agents are not re-placed until it does.</summary>
public sealed record GuardMissed(string Reason, DateTimeOffset At) : Event;

/// <summary>A pane was found that nobody claims.</summary>
public sealed record StrayPaneFound(string PaneId, string? Agent, long? Generation, string Reason, DateTimeOffset At) : Event;

/// <summary>Nothing new is placed on the node.</summary>
public sealed record NodeDrained(string By, DateTimeOffset At) : Event;

/// <summary>Agents are placed on the node again.</summary>
public sealed record NodeUndrained(string By, DateTimeOffset At) : Event;

/// <summary>A start of the node is down.</summary>
/// <param name="Incarnation">The number of that start.</param>
/// <param name="Stopped">It had said that it stops.</param>
/// <param name="At">When.</param>
public sealed record NodeLost(long Incarnation, bool Stopped, DateTimeOffset At) : Event;

/// <summary>The node was lost and has not come back for as long as it was to be waited for.</summary>
public sealed record NodeStaysLost(long Incarnation, DateTimeOffset At) : Event;

/// <summary>The node was removed.</summary>
public sealed record NodeRemoved(long Incarnation, string By, DateTimeOffset At) : Event;

/// <summary>The node was revoked: nobody believes its certificates, and its role in the database is gone.</summary>
public sealed record NodeRevoked(string By, string Reason, DateTimeOffset At) : Event;

/// <summary>The rules of a node.</summary>
public sealed class NodeBehavior : Behavior<NodeRecord>
{
    private const string AlertReminder = "alert";

    /// <inheritdoc/>
    public override NodeRecord Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(NodeRecord state, Command command, DecisionContext context) => command switch
    {
        ReportNodeStarted started => Effects.Persist(new NodeStarted(started.Version, started.Pid, context.Now)).ThenForget(AlertReminder),
        ReportNodeStopping stopping => Effects.Persist(new NodeStopping(stopping.Reason, context.Now)),
        ReportTmuxServer tmux => Seeing(state, tmux, context),
        ReportGuard { Pid: { } pid } => Effects.Persist(new GuardSeen(pid, context.Now)),
        ReportGuard missed => state.Guarded ? Effects.Persist(new GuardMissed(missed.Reason ?? "it does not run", context.Now)) : Effects.None,
        ReportStrayPane stray => state.StrayPanes.Contains(stray.PaneId)
            ? Effects.None
            : Effects.Persist(new StrayPaneFound(stray.PaneId, stray.Agent, stray.Generation, stray.Reason, context.Now)),
        DrainNode => state.Drained ? Effects.None : Effects.Persist(new NodeDrained(context.Sender.Value, context.Now)),
        UndrainNode => state.Drained ? Effects.Persist(new NodeUndrained(context.Sender.Value, context.Now)) : Effects.None,
        ReportNodeLost lost => Losing(state, lost, context),
        AlertNodeLost alert => alert.Incarnation == state.LostIncarnation ? Effects.Persist(new NodeStaysLost(alert.Incarnation, context.Now)) : Effects.None,
        RemoveNode remove => state.RemovedIncarnation >= remove.Incarnation ? Effects.None : Effects.Persist(new NodeRemoved(remove.Incarnation, context.Sender.Value, context.Now)).ThenForget(AlertReminder),
        ReportNodeRevoked revoked => Effects.Persist(new NodeRevoked(revoked.By, revoked.Reason, context.Now)),
        _ => throw new UnreachableException($"a node has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override NodeRecord Apply(NodeRecord state, Event e) => e switch
    {
        NodeStarted => state with { Starts = state.Starts + 1, Stopping = false },
        NodeStopping => state with { Stopping = true },
        GuardSeen => state with { Guarded = true },
        GuardMissed => state with { Guarded = false },
        NodeStaysLost or NodeRevoked => state,
        NodeDrained => state with { Drained = true },
        NodeUndrained => state with { Drained = false },
        NodeLost lost => state with { LostIncarnation = lost.Incarnation },
        NodeRemoved removed => state with { RemovedIncarnation = removed.Incarnation, Drained = false },
        TmuxServerSeen { Change: "restarted" or "first" } seen => state with { Server = seen.Server, StrayPanes = [] },
        TmuxServerSeen seen => state with { Server = seen.Server },
        StrayPaneFound stray => state with { StrayPanes = state.StrayPanes.Add(stray.PaneId) },
        _ => throw new UnreachableException($"a node has no rule for the event {e.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Reply Answer(NodeRecord state, Query query, DateTimeOffset now)
        => query is LastTmuxServer ? new KnownTmuxServer(state.Server) : base.Answer(state, query, now);

    private static Effects Losing(NodeRecord state, ReportNodeLost lost, DecisionContext context)
    {
        var loss = new NodeLoss(state.Stopping ? $"its node {context.Self.Id} was stopped" : $"its node {context.Self.Id} is lost: its heart beats no more", state.Guarded);
        return lost.Incarnation <= state.LostIncarnation
            ? Effects.Answer(loss)
            : Effects.Persist(new NodeLost(lost.Incarnation, state.Stopping, context.Now)).ThenRemind(AlertReminder, context.Now + lost.AlertAfter, new AlertNodeLost(lost.Incarnation)).ThenReply(loss);
    }

    private static Effects Seeing(NodeRecord state, ReportTmuxServer tmux, DecisionContext context)
    {
        var change = state.Server is null ? "first"
            : state.Server.StartTime == tmux.Server.StartTime && state.Server.Pid == tmux.Server.Pid ? "adopted"
            : "restarted";
        return Effects.Persist(new TmuxServerSeen(tmux.Server, change, context.Now));
    }
}
