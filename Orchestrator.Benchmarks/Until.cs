using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>Waits for what must come.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Looks again and again.</summary>
    /// <exception cref="TimeoutException">It has not come after a minute.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        for (var watch = Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"it is not so: {what}");
            }
        }
    }
}
