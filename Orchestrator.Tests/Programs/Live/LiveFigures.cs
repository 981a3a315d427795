using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Client;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>What one message took, from its acceptance on.</summary>
/// <param name="Typed">Until it was known to be in the program's input, or in its channel.</param>
/// <param name="Proved">Until it was proved that it was submitted: by what the program says, or by its transcript.</param>
/// <param name="Confirmed">Until the last proof: that of its transcript, where it has one.</param>
internal sealed record LiveLatency(TimeSpan Typed, TimeSpan Proved, TimeSpan Confirmed)
{
    public static LiveLatency Of(MessageInfo message)
        => new(After(message, "typed"), After(message, "submitted", "confirmed"), message.Steps[^1].At - message.AcceptedAt);

    private static TimeSpan After(MessageInfo message, params string[] states) => message.Steps.First(step => states.Contains(step.State)).At - message.AcceptedAt;
}

/// <summary>What a run of one program has shown.</summary>
internal sealed record LiveFigures
{
    public const string Header =
        """
        | program | received | doubled | in order | first Enter | probes agree | of those not just after a change | with hasty turns | longest wrong state | idle to proved without the declared settle, p50 / p99 | until confirmed, p50 | until typed, p50 | settle |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
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

    /// <summary>The looks while turns took a second at most, if there was such a part.</summary>
    public required ImmutableArray<LiveProbe> HastyProbes { get; init; }

    /// <summary>The looks that were wrong.</summary>
    public required ImmutableArray<WrongLook> Wrong { get; init; }

    public TimeSpan LongestWrong => Wrong.IsEmpty ? TimeSpan.Zero : Wrong.Max(static wrong => wrong.Lasted);

    /// <summary>What each message that was sent to an idle agent took.</summary>
    public required ImmutableArray<LiveLatency> Latencies { get; init; }

    /// <summary>The settle time that the profile declares.</summary>
    public required TimeSpan Settle { get; init; }

    /// <summary>Everything that went wrong, in words.</summary>
    public required ImmutableArray<string> Problems { get; init; }

    public double Agreeing => Share(Probes);

    public double AgreeingWhenSettled => Share([.. Probes.Where(static probe => probe.At - probe.Since >= Settling)]);

    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Program} | {Received}/{Sent} | {Doubled} | {(InOrder ? "yes" : "no")} | {100.0 * FirstEnter / Sent:0.0} % | {100 * Agreeing:0.0} % of {Probes.Length} | {100 * AgreeingWhenSettled:0.0} % of {Probes.Count(static probe => probe.At - probe.Since >= Settling)} | {100 * Share(HastyProbes):0.0} % of {HastyProbes.Length} | {LongestWrong.TotalSeconds:0.00} s | {Milliseconds(0.5, Proved)} / {Milliseconds(0.99, Proved)} ms | {Milliseconds(0.5, latency => latency.Confirmed - Settle)} ms | {Milliseconds(0.5, static latency => latency.Typed)} ms | {Settle.TotalMilliseconds:0} ms |");

    private TimeSpan Proved(LiveLatency latency) => latency.Proved - Settle;

    private double Milliseconds(double quantile, Func<LiveLatency, TimeSpan> of)
    {
        var ordered = Latencies.Select(of).Order().ToList();
        return ordered.Count == 0 ? double.NaN : Math.Round(ordered[(int)Math.Ceiling(quantile * ordered.Count) - 1].TotalMilliseconds);
    }

    private static double Share(IReadOnlyCollection<LiveProbe> probes)
        => probes.Count == 0 ? 1 : (double)probes.Count(static probe => probe.Agrees) / probes.Count;
}
