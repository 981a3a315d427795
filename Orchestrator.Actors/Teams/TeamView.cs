using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>Folds the events of teams into their rows.</summary>
public sealed class TeamProjection : Projection<Team>
{
    /// <inheritdoc/>
    public override string Name => Team.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [TeamName.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is TeamEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override Team? Fold(string key, Team? current, EventEnvelope e)
        => e.Event is TeamEvent team ? (current ?? Team.Empty(e.Entity)).Apply(team) : current;
}

/// <summary>Folds the events of merge requests into their rows, listed by team.</summary>
public sealed class MergeProjection : Projection<MergeRequest>
{
    /// <inheritdoc/>
    public override string Name => MergeRequest.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [MergeRequest.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is MergeEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, MergeRequest value) => value.Team.Value;

    /// <inheritdoc/>
    public override MergeRequest? Fold(string key, MergeRequest? current, EventEnvelope e)
        => e.Event is MergeEvent merge ? (current ?? MergeRequest.Empty(e.Entity)).Apply(merge) : current;
}
