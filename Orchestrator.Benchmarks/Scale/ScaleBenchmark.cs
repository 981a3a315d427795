using System.Globalization;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>What limits one PostgreSQL, and what the ways beyond it give: several databases by range of shards, standbys. On servers of its own. Prints Markdown.</summary>
internal static class ScaleBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var duration = TimeSpan.FromSeconds(double.Parse(Arguments.Option(args, "--seconds", "3"), CultureInfo.InvariantCulture));
        var rounds = int.Parse(Arguments.Option(args, "--rounds", "10"), CultureInfo.InvariantCulture);
        var part = Arguments.Option(args, "--part", string.Empty);
        if (part is "" or "limits")
        {
            await Limits.MeasureAsync(duration);
        }

        if (part is "" or "split")
        {
            await Split.MeasureAsync(duration);
        }

        if (part is "" or "standby")
        {
            await Standby.MeasureAsync(rounds, duration);
        }

        return 0;
    }
}
