using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>Waits on conditions: the only way a test here waits for anything.</summary>
internal static class Eventually
{
    /// <summary>Returns once <paramref name="condition"/> holds; fails with <paramref name="what"/> after <paramref name="within"/> (default 90 s).</summary>
    public static async Task True(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(90);
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > limit)
            {
                Assert.Fail($"not within {limit.TotalSeconds:0.#} s: {what}");
            }

            await Task.Delay(20);
        }
    }

    /// <inheritdoc cref="True(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task True(Func<bool> condition, string what, TimeSpan? within = null)
        => True(() => Task.FromResult(condition()), what, within);

    /// <summary>Polls <paramref name="read"/> until <paramref name="accept"/> takes its value, and returns that value.</summary>
    public static async Task<T> Value<T>(Func<Task<T>> read, Func<T, bool> accept, string what, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(90);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (accept(value))
            {
                return value;
            }

            if (watch.Elapsed > limit)
            {
                Assert.Fail($"not within {limit.TotalSeconds:0.#} s: {what} (last: {value})");
            }

            await Task.Delay(20);
        }
    }
}
