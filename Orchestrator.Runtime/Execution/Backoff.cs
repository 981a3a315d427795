namespace Orchestrator.Runtime;

/// <summary>How long to wait after a failure.</summary>
internal static class Backoff
{
    /// <summary>The pause after the failure number <paramref name="attempt"/> in a row, from 0.</summary>
    public static TimeSpan After(RuntimeOptions options, int attempt)
        => TimeSpan.FromTicks(Math.Min(options.MaximumBackoff.Ticks, options.MinimumBackoff.Ticks << Math.Min(attempt, 20)));
}
