using System.Diagnostics.CodeAnalysis;
using System.Globalization;

using Quartz;

namespace Orchestrator.Actors.CheckIns;

/// <summary>
/// When a cron expression is due, in a time zone. Five fields are read as crontab(5) has them (Sunday is 0 or 7), six or seven as Quartz has them (seconds first, Sunday is 1). A time that the
/// clock leaps over in spring is due when it has leapt; a time of day that it shows twice in autumn is due the first time.
/// </summary>
public static class CronTimes
{
    /// <summary>The first time after <paramref name="after"/>; null if there is none any more.</summary>
    /// <exception cref="FormatException">The expression or the time zone makes no sense; says what would.</exception>
    public static DateTimeOffset? Next(string expression, string zone, DateTimeOffset after)
        => Read(expression, zone).GetNextValidTimeAfter(after);

    /// <summary>Whether both make sense; if not, <paramref name="wrong"/> says what would.</summary>
    public static bool IsValid(string expression, string zone, [NotNullWhen(false)] out string? wrong)
    {
        try
        {
            Read(expression, zone);
            wrong = null;
        }
        catch (FormatException e)
        {
            wrong = e.Message;
        }

        return wrong is null;
    }

    private static CronExpression Read(string expression, string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
        {
            throw new FormatException($"there is no time zone '{zone}': write its name in the IANA database, for example Europe/Berlin, or UTC");
        }

        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var format = fields.Length is 6 or 7 ? CronFormat.Quartz : CronFormat.Unix;
        if (format == CronFormat.Quartz && !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new FormatException($"'{expression}' is due more than once a minute: its first field, the second, must be one number");
        }

        try
        {
            return CronExpression.Parse(expression, format).WithTimeZone(found);
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{expression}' is no cron expression ({e.Message}): write minute hour day month weekday, for example '30 9 * * 1-5'", e);
        }
    }
}
