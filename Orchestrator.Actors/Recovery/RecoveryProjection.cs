using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>Folds the events of supervisors into their rows.</summary>
public sealed class RecoveryProjection : Projection<AgentRecovery>
{
    /// <inheritdoc/>
    public override string Name => AgentRecovery.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [AgentRecovery.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is RecoveryEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override AgentRecovery? Fold(string key, AgentRecovery? current, EventEnvelope e)
        => e.Event is RecoveryEvent recovery ? (current ?? new AgentRecovery { Agent = AgentName.Parse(e.Entity.Id) }).Apply(recovery) : current;
}
