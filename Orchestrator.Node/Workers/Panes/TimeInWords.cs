using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// A moment to come, in the English words of programs and of the servers behind them: how long from now (<c>2 hours 5 minutes</c>, <c>34.5s</c>), a date with time
/// (<c>2026-03-02T14:30:00Z</c>, <c>2026-03-02 22:30:00 +0800</c>, <c>Mar 2nd, 2026 5:12 PM</c>), or a time of day (<c>15:45</c>, <c>3 PM UTC</c>, <c>3pm (Europe/Berlin)</c>: the next such time). Words behind it
/// are passed over. Where no zone is said, a date in figures is in UTC, as servers write it, all else in the zone of this machine.
/// </summary>
internal static partial class TimeInWords
{
    private static readonly Dictionary<char, TimeSpan> Units = new()
    {
        ['w'] = TimeSpan.FromDays(7),
        ['d'] = TimeSpan.FromDays(1),
        ['h'] = TimeSpan.FromHours(1),
        ['m'] = TimeSpan.FromMinutes(1),
        ['s'] = TimeSpan.FromSeconds(1),
    };

    // Nobody waits longer, and sums stay within what can be counted.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>That moment; null if the words do not begin with one.</summary>
    public static DateTimeOffset? Read(string words, DateTimeOffset now, TimeZoneInfo local)
    {
        // Also blanks that do not break, and the ends of rows.
        var text = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (Figures().Match(text) is { Success: true } figures)
        {
            return At(Date(figures, month: Number(figures, "month"), Number(figures, "year")), figures, Zone(figures, TimeZoneInfo.Utc));
        }

        if (FromNow().Match(text) is { Success: true } wait)
        {
            var length = wait.Groups["part"].Captures.Zip(wait.Groups["unit"].Captures, static (part, unit) => Length(part.Value, unit.Value)).Aggregate(static (sum, part) => sum + part);
            return length < Longest ? now + length : null;
        }

        if (Named().Match(text) is { Success: true } named && Zone(named, local) is { } there)
        {
            var month = DateTime.ParseExact(named.Groups["month"].Value[..3], "MMM", CultureInfo.InvariantCulture).Month;
            var year = TimeZoneInfo.ConvertTime(now, there).Year;
            return named.Groups["year"].Success
                ? At(Date(named, month, Number(named, "year")), named, there)
                : At(Date(named, month, year), named, there) is { } thisYear && thisYear > now ? thisYear : At(Date(named, month, year + 1), named, there);
        }

        if (OfTheDay().Match(text) is { Success: true } clock && Zone(clock, local) is { } zone)
        {
            var today = TimeZoneInfo.ConvertTime(now, zone).Date;
            return At(today, clock, zone) is { } end && end > now ? end : At(today.AddDays(1), clock, zone);
        }

        return null;
    }

    private static TimeSpan Length(string part, string unit)
        => double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number * (unit.Equals("ms", StringComparison.OrdinalIgnoreCase) ? TimeSpan.FromMilliseconds(1) : Units[char.ToLowerInvariant(unit[0])])
            : TimeSpan.Zero;

    private static DateTime? Date(Match match, int month, int year)
        => month is >= 1 and <= 12 && year is >= 2000 and < 2200 && Number(match, "day") is >= 1 and var day && day <= DateTime.DaysInMonth(year, month) ? new DateTime(year, month, day) : null;

    private static DateTimeOffset? At(DateTime? date, Match match, TimeZoneInfo? zone)
    {
        var (hour, half) = (Number(match, "hour"), match.Groups["half"].Value.ToLowerInvariant());
        hour = half.Length == 0 ? hour : hour > 12 ? 24 : (hour % 12) + (half[0] == 'p' ? 12 : 0);
        if (date is not { } day || zone is null || hour > 23 || Number(match, "minute") is > 59 or < 0 || Number(match, "second") is > 59 or < 0)
        {
            return null;
        }

        var at = day + new TimeSpan(hour, Number(match, "minute"), Number(match, "second"));
        return new DateTimeOffset(at, zone.GetUtcOffset(at));
    }

    /// <summary>The zone that is said; <paramref name="otherwise"/> if none is, null if nobody here knows it.</summary>
    private static TimeZoneInfo? Zone(Match match, TimeZoneInfo otherwise)
    {
        if (match.Groups["offset"] is { Success: true, Value: var offset })
        {
            var digits = offset[1..].Replace(":", "", StringComparison.Ordinal);
            var (hours, minutes) = digits.Length > 2 ? (digits[..^2], digits[^2..]) : (digits, "0");
            var span = new TimeSpan(int.Parse(hours, CultureInfo.InvariantCulture), int.Parse(minutes, CultureInfo.InvariantCulture), 0);
            return span <= TimeSpan.FromHours(14) ? TimeZoneInfo.CreateCustomTimeZone(offset, offset[0] == '-' ? -span : span, offset, offset) : null;
        }

        return match.Groups["utc"].Success
            ? TimeZoneInfo.Utc
            : match.Groups["place"] is not { Success: true, Value: var place } ? otherwise : TimeZoneInfo.TryFindSystemTimeZoneById(place, out var zone) ? zone : null;
    }

    private static int Number(Match match, string group) => match.Groups[group] is { Success: true, Value: var text } ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    private const string Clock = @"(?<hour>\d{1,2})(?::(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d+)?)?)?(?: ?(?<half>[ap])\.?m\b\.?)?";
    private const string InZone = @"(?: ?(?:(?:UTC|GMT)?(?<offset>[+-]\d{1,2}(?::?\d\d)?)\b|(?<utc>Z|UTC|GMT)\b)| \((?<place>[A-Za-z]+(?:/[A-Za-z_+-]+)*)\))?";
    private const RegexOptions Plain = RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"\A(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ]" + Clock + InZone, Plain, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Figures();

    [GeneratedRegex(@"\A(?:(?<part>\d{1,5}(?:\.\d+)?) ?(?<unit>ms|w(?:eeks?)?|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?![a-z])(?:,? and |,? ?))+", Plain, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FromNow();

    [GeneratedRegex(@"\A(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>\d{4}))?(?:,| at|, at)? " + Clock + InZone, Plain, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    // A number alone is no time.
    [GeneratedRegex(@"\A(?=\d{1,2}(?::\d\d| ?[ap]\.?m\b))" + Clock + InZone, Plain, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfTheDay();
}
