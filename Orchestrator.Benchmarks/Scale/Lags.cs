using System.Diagnostics;
using System.Globalization;
using Orchestrator.Benchmarks.Cluster;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>How long it takes from the answer to a command until readers are shown it, while others send at a rate.</summary>
internal static class Lags
{
    private const int Senders = 50;

    /// <summary>Prints a row.</summary>
    /// <param name="what">What it is of.</param>
    /// <param name="node">Who is asked.</param>
    /// <param name="rate">Commands a second.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="shown">Waits until what is at a position is shown.</param>
    public static async Task MeasureAsync(string what, CounterNode node, int rate, TimeSpan duration, Func<JournalPosition, Task> shown)
    {
        using var over = new CancellationTokenSource(duration);
        var load = Task.WhenAll(Enumerable.Range(0, Senders).Select(i => Task.Run(async () =>
        {
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)Senders / rate));
            while (!over.IsCancellationRequested && await pace.WaitForNextTickAsync())
            {
                await Entities.IncrementAsync(node.System, Entities.Numbered(i));
            }
        })));
        List<double> lags = [];
        while (!over.IsCancellationRequested)
        {
            var answer = await Entities.IncrementAsync(node.System, Entities.Numbered(Senders));
            var began = Stopwatch.GetTimestamp();
            await shown(answer.Position);
            lags.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        await load;
        lags.Sort();
        Table.Row(what, string.Create(CultureInfo.InvariantCulture, $"p50 {lags[lags.Count / 2]:0.0} ms, p99 {lags[lags.Count * 99 / 100]:0.0} ms, longest {lags[^1]:0.0} ms of {lags.Count}"));
    }
}
