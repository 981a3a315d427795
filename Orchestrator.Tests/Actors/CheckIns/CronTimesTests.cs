using System.Globalization;

using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.CheckIns;

namespace Orchestrator.Tests.Actors.CheckIns;

/// <summary>When cron expressions are due: weekdays as crontab counts them, and the days on which clocks are changed.</summary>
public sealed class CronTimesTests
{
    [Theory]
    [InlineData("30 9 * * 1-5", "UTC", "2026-03-06T09:30Z", "2026-03-09T09:30Z")]
    [InlineData("0 12 * * 0", "UTC", "2026-03-02T00:00Z", "2026-03-08T12:00Z")]
    [InlineData("0 12 * * 7", "UTC", "2026-03-02T00:00Z", "2026-03-08T12:00Z")]
    [InlineData("*/15 * * * *", "UTC", "2026-03-02T00:16Z", "2026-03-02T00:30Z")]
    [InlineData("0 30 9 ? * MON-FRI", "UTC", "2026-03-06T09:30Z", "2026-03-09T09:30Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-04-11T00:00Z", "2026-04-13T00:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T07:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T08:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T00:30Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("0 0 * * *", "Asia/Kolkata", "2026-03-02T00:00Z", "2026-03-02T18:30Z")]
    public void A_time_is_found_in_its_zone(string cron, string zone, string after, string next)
        => Assert.Equal(Time(next), CronTimes.Next(cron, zone, Time(after)));

    [Fact]
    public void What_is_never_due_again_has_no_next_time()
        => Assert.Null(CronTimes.Next("0 0 31 2 *", "UTC", Time("2026-03-02T00:00Z")));

    [Theory]
    [InlineData("61 * * * *", "UTC", "minute hour day month weekday")]
    [InlineData("every day", "UTC", "minute hour day month weekday")]
    [InlineData("", "UTC", "minute hour day month weekday")]
    [InlineData("* 0 9 ? * MON", "UTC", "more than once a minute")]
    [InlineData("0 9 * * *", "Mars/Olympus", "there is no time zone")]
    public void What_makes_no_sense_is_told_with_what_would(string cron, string zone, string says)
    {
        Assert.False(CronTimes.IsValid(cron, zone, out var wrong));
        Assert.Contains(says, wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_time_is_always_later_and_nothing_lies_between()
        => Prop.ForAll(ArbMap.Default.ArbFor<(byte Minute, byte Hour, int Seconds)>(), static x =>
        {
            var cron = string.Create(CultureInfo.InvariantCulture, $"{x.Minute % 60} {x.Hour % 24} * * *");
            var after = Time("2026-01-01T00:00Z").AddSeconds(Math.Abs((long)x.Seconds) % (365 * 86_400));
            var next = CronTimes.Next(cron, "Europe/Berlin", after)!.Value;
            return next > after && next - after <= TimeSpan.FromHours(25) && CronTimes.Next(cron, "Europe/Berlin", next.AddMilliseconds(-1)) == next;
        }).QuickCheckThrowOnFailure();

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
