using Orchestrator.Runtime;

namespace Orchestrator.Actors.Nodes;

/// <summary>What is known of a node beside whether it is up: the row of the view <c>nodes</c>, keyed by name.</summary>
/// <param name="Name">The node.</param>
/// <param name="Drained">Nothing new is placed on it.</param>
/// <param name="RemovedIncarnation">Up to which of its starts it was removed; 0 for none.</param>
/// <param name="LostAt">Since when it is lost, as the cluster noticed it; null unless it is.</param>
/// <param name="StaysLost">It was waited for, and has not come back.</param>
public sealed record NodeView(string Name, bool Drained, long RemovedIncarnation, DateTimeOffset? LostAt = null, bool StaysLost = false)
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "nodes";
}

/// <summary>Folds the events of nodes into their rows.</summary>
public sealed class NodeProjection : Projection<NodeView>
{
    /// <inheritdoc/>
    public override string Name => NodeView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [NodeRecord.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Entity.Kind == NodeRecord.Kind ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override NodeView? Fold(string key, NodeView? current, EventEnvelope e)
    {
        var view = current ?? new NodeView(key, Drained: false, RemovedIncarnation: 0);
        return e.Event switch
        {
            NodeDrained => view with { Drained = true },
            NodeUndrained => view with { Drained = false },
            NodeLost lost => view with { LostAt = lost.At, StaysLost = false },
            NodeStaysLost => view with { StaysLost = true },
            NodeStarted => view with { LostAt = null, StaysLost = false },
            NodeRemoved removed => view with { Drained = false, RemovedIncarnation = removed.Incarnation },
            _ => view,
        };
    }
}
