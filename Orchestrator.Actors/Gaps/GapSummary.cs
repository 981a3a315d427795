using System.Collections.Immutable;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Gaps;

/// <summary>How many gaps there are: the one row of the view <c>gap_summary</c>.</summary>
public sealed record GapSummary
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "gap_summary";

    /// <summary>The key of its row.</summary>
    public const string Key = "all";

    /// <summary>Those that are open, by id.</summary>
    public ImmutableSortedDictionary<string, GapKind> Open { get; init; } = ImmutableSortedDictionary.Create<string, GapKind>(StringComparer.Ordinal);

    /// <summary>How many were ever found, by kind.</summary>
    public ImmutableSortedDictionary<GapKind, long> Found { get; init; } = ImmutableSortedDictionary<GapKind, long>.Empty;

    /// <summary>How many were closed.</summary>
    public long Closed { get; init; }
}

/// <summary>Counts gaps.</summary>
public sealed class GapSummaryProjection : Projection<GapSummary>
{
    /// <inheritdoc/>
    public override string Name => GapSummary.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [Gap.EntityKind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is GapOpened or GapClosed ? [GapSummary.Key] : [];

    /// <inheritdoc/>
    public override GapSummary? Fold(string key, GapSummary? current, EventEnvelope e)
    {
        var row = current ?? new GapSummary();
        return e.Event switch
        {
            GapOpened opened => row with
            {
                Open = row.Open.SetItem(e.Entity.Id, opened.Condition.Kind),
                Found = row.Found.SetItem(opened.Condition.Kind, row.Found.GetValueOrDefault(opened.Condition.Kind) + 1),
            },
            GapClosed => row with { Open = row.Open.Remove(e.Entity.Id), Closed = row.Closed + 1 },
            _ => row,
        };
    }
}
