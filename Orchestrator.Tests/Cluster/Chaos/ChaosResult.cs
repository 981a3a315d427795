using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>What a run has shown.</summary>
/// <param name="Plan">What it was to be.</param>
/// <param name="Findings">Everything that is wrong, a line each, with its kind before the colon.</param>
internal sealed record ChaosResult(ChaosPlan Plan, IReadOnlyList<string> Findings)
{
    public TimeSpan Lasted { get; init; }

    /// <summary>How long it took after the last fault until everything had arrived.</summary>
    public TimeSpan Drained { get; init; }

    public ImmutableArray<ChaosFault> Faults { get; init; } = [];

    public int Acknowledged { get; init; }

    /// <summary>How many nodes have acknowledged something.</summary>
    public long Through { get; init; }

    /// <summary>Messages of which nobody can tell whether they arrived, because their pane was ended under them.</summary>
    public int Undecidable { get; init; }

    /// <summary>How often an agent was started elsewhere.</summary>
    public int Moves { get; init; }

    /// <summary>Events that were written.</summary>
    public long Writes { get; init; }

    public const string Head = """
        | seed | time | faults | acknowledged | a second | lost | doubled | reordered | written by a fenced owner | two owners' hands | undecidable | anything else wrong | agents moved | all there after |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """;

    /// <summary>A row of a Markdown table below <see cref="Head"/>.</summary>
    public override string ToString()
    {
        var kinds = string.Join(", ", Faults.GroupBy(static fault => fault.Kind).OrderBy(static group => group.Key).Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {ChaosFault.Names.Single(name => name.Value == group.Key).Key}")));
        var (lost, doubled, order, fenced, hands) = (Count("lost"), Count("doubled"), Count("order"), Count("fenced"), Count("hands"));
        var other = Findings.Count(static finding => !finding.StartsWith(' ')) - lost - doubled - order - fenced - hands;
        return string.Create(CultureInfo.InvariantCulture, $"| {Plan.Seed} | {Lasted.TotalMinutes:0.0} min | {Faults.Length}: {kinds} | {Acknowledged} through {Through} nodes | {Acknowledged / Lasted.TotalSeconds:0.0} | {lost} | {doubled} | {order} | {fenced} of {Writes} events | {hands} | {Undecidable} | {other} | {Moves} | {Drained.TotalSeconds:0} s |");
    }

    private int Count(string kind) => Findings.Count(finding => finding.StartsWith($"{kind}:", StringComparison.Ordinal));
}
