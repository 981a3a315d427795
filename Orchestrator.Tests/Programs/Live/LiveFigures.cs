using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>What a run of one program has shown.</summary>
internal sealed record LiveFigures
{
    public const string Header =
        """
        | program | received | doubled | in order | first Enter | probes agree | of those not just after a change | longest wrong state | idle to proved, p50 / p99 | the same without the declared settle |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """;

    /// <summary>After a change the node may still be looking: a screen is read as ready when it has stood for 400 ms.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public required string Program { get; init; }

    public required int Sent { get; init; }

    /// <summary>How many reached the model byte for byte, but for what the profile says that the program changes.</summary>
    public required int Received { get; init; }

    public required int Doubled { get; init; }

    public required bool InOrder { get; init; }

    public required int FirstEnter { get; init; }

    public required ImmutableArray<LiveProbe> Probes { get; init; }

    /// <summary>The looks that were wrong.</summary>
    public required ImmutableArray<WrongLook> Wrong { get; init; }

    public TimeSpan LongestWrong => Wrong.IsEmpty ? TimeSpan.Zero : Wrong.Max(static wrong => wrong.Lasted);

    /// <summary>From accepted while idle to proved, of each message that was sent to an idle agent.</summary>
    public required ImmutableArray<TimeSpan> Latencies { get; init; }

    /// <summary>The settle time that the profile declares.</summary>
    public required TimeSpan Settle { get; init; }

    /// <summary>Everything that went wrong, in words.</summary>
    public required ImmutableArray<string> Problems { get; init; }

    public double Agreeing => Share(Probes);

    public double AgreeingWhenSettled => Share([.. Probes.Where(static probe => probe.At - probe.Since >= Settling)]);

    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Program} | {Received}/{Sent} | {Doubled} | {(InOrder ? "yes" : "no")} | {100.0 * FirstEnter / Sent:0.0} % | {100 * Agreeing:0.0} % of {Probes.Length} | {100 * AgreeingWhenSettled:0.0} % of {Probes.Count(static probe => probe.At - probe.Since >= Settling)} | {LongestWrong.TotalSeconds:0.00} s | {Milliseconds(0.5, TimeSpan.Zero)} / {Milliseconds(0.99, TimeSpan.Zero)} ms | {Milliseconds(0.5, Settle)} / {Milliseconds(0.99, Settle)} ms |");

    public double Milliseconds(double quantile, TimeSpan without)
    {
        var ordered = Latencies.Order().ToList();
        return ordered.Count == 0 ? double.NaN : Math.Round((ordered[(int)Math.Ceiling(quantile * ordered.Count) - 1] - without).TotalMilliseconds);
    }

    private static double Share(IReadOnlyCollection<LiveProbe> probes)
        => probes.Count == 0 ? 1 : (double)probes.Count(static probe => probe.Agrees) / probes.Count;
}
