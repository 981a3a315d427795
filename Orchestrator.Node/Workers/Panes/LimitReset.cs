using System.Globalization;

using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// When a limit ends, as the screen says it, by the named groups of the rule that saw it: <c>reset_days</c>, <c>reset_hours</c>, <c>reset_minutes</c>, <c>reset_seconds</c> from now on,
/// or <c>reset_at</c>, the words that say it (<see cref="TimeInWords"/>).
/// </summary>
internal static class LimitReset
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly (string Group, TimeSpan Unit)[] Units =
    [
        ("reset_days", TimeSpan.FromDays(1)), ("reset_hours", TimeSpan.FromHours(1)), ("reset_minutes", TimeSpan.FromMinutes(1)), ("reset_seconds", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>That time; null if the screen does not say it, or says what cannot be.</summary>
    public static DateTimeOffset? Of(ScreenReading settled, TimeProvider time) => settled.Winner?.Groups is { } groups ? Of(groups, time) : null;

    /// <summary>The same by the groups alone.</summary>
    public static DateTimeOffset? Of(IReadOnlyDictionary<string, string> groups, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var end = groups.GetValueOrDefault("reset_at") is { Length: > 0 } words ? TimeInWords.Read(words, now, time.LocalTimeZone) : After(groups, now);
        return end > now && end - now <= Longest ? end : null;
    }

    private static DateTimeOffset? After(IReadOnlyDictionary<string, string> groups, DateTimeOffset now)
    {
        TimeSpan? sum = null;
        foreach (var (group, unit) in Units)
        {
            if (groups.GetValueOrDefault(group) is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 100_000)
            {
                sum = (sum ?? TimeSpan.Zero) + (number * unit);
            }
        }

        return sum is { } wait ? now + wait : null;
    }
}
