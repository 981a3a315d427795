using System.Globalization;

using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// When a limit ends, as the screen says it, by the named groups of the rule that saw it: <c>reset_days</c>, <c>reset_hours</c>, <c>reset_minutes</c>, <c>reset_seconds</c> from now on,
/// or <c>reset_at</c>, a date with time or a time of day (the next such time, of this machine's time zone).
/// </summary>
internal static class LimitReset
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly (string Group, TimeSpan Unit)[] Units =
    [
        ("reset_days", TimeSpan.FromDays(1)), ("reset_hours", TimeSpan.FromHours(1)), ("reset_minutes", TimeSpan.FromMinutes(1)), ("reset_seconds", TimeSpan.FromSeconds(1)),
    ];

    private static readonly string[] Times = ["H:mm", "HH:mm", "H:mm:ss", "h:mmtt", "h:mm tt", "htt", "h tt"];

    /// <summary>That time; null if the screen does not say it, or says what cannot be.</summary>
    public static DateTimeOffset? Of(ScreenReading settled, TimeProvider time) => settled.Winner?.Groups is { } groups ? Of(groups, time) : null;

    /// <summary>The same by the groups alone.</summary>
    public static DateTimeOffset? Of(IReadOnlyDictionary<string, string> groups, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var end = groups.GetValueOrDefault("reset_at") is { Length: > 0 } at ? At(at.Trim(), now, time.LocalTimeZone) : After(groups, now);
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

    private static DateTimeOffset? At(string text, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (DateTime.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var clock))
        {
            var today = TimeZoneInfo.ConvertTime(now, zone).Date + clock.TimeOfDay;
            var end = new DateTimeOffset(today, zone.GetUtcOffset(today));
            return end > now ? end : end.AddDays(1);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
    }
}
