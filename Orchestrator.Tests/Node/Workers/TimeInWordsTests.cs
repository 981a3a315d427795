using System.Globalization;
using Orchestrator.Node.Workers.Panes;

namespace Orchestrator.Tests.Node.Workers;

/// <summary>The words in which programs and the servers behind them say when a limit ends.</summary>
public sealed class TimeInWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 14, 30, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo OneHourEast = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(1), "east", "east");

    [Theory]
    [InlineData("34.5s.", "14:30:34.5")]
    [InlineData("7m12s", "14:37:12")]
    [InlineData("2 hours 5 minutes, or switch", "16:35:00")]
    [InlineData("3 days, 4 hours and 9 minutes.", "03-04 18:39:00")]
    [InlineData("1 week", "03-08 14:30:00")]
    [InlineData("250ms", "14:30:00.25")]
    [InlineData("2026-03-02T14:30:00Z.", "03-02 14:30:00")]
    [InlineData("2026-03-02T14:30:00.123Z", "03-02 14:30:00")]
    [InlineData("2026-03-02\n    22:30:00 +0800 CST", "03-02 14:30:00")]
    [InlineData("2026-03-02 14:30:00", "03-02 14:30:00")]
    [InlineData("Mar 2nd, 2026 5:12 PM.", "03-02 16:12:00")]
    [InlineData("March 2, 2pm (Europe/Berlin)", "03-02 13:00:00")]
    [InlineData("Mar 2 at 09:00 UTC", "03-02 09:00:00")]
    [InlineData("15:45", "14:45:00")]
    [InlineData("15:30", "03-02 14:30:00")]
    [InlineData("3:45\u202fPM UTC.", "15:45:00")]
    [InlineData("4:45 PM GMT+1.    │\n│ /stats", "15:45:00")]
    [InlineData("12 a.m. UTC", "03-02 00:00:00")]
    [InlineData("12:05 pm UTC", "03-02 12:05:00")]
    [InlineData("3", null)]
    [InlineData("5 times", null)]
    [InlineData("13 pm", null)]
    [InlineData("24:00", null)]
    [InlineData("2026-02-30T14:30:00Z", null)]
    [InlineData("Feb 30, 2026 5 PM", null)]
    [InlineData("3pm (Atlantis/Harbour)", null)]
    [InlineData("99999 weeks 99999 weeks", null)]
    [InlineData("0001-01-01T00:00:00+0800", null)]
    [InlineData("9999-12-31T23:59:59-1200", null)]
    [InlineData("the reset time", null)]
    [InlineData("", null)]
    public void A_moment_to_come_is_read_as_it_is_said(string words, string? expected)
    {
        var read = TimeInWords.Read(words, Now, OneHourEast);
        Assert.Equal(expected is null ? null : Moment(expected), read?.ToUniversalTime());
    }

    [Fact]
    public void A_day_without_a_year_is_the_next_such_day()
        => Assert.Equal(new DateTimeOffset(2027, 1, 9, 13, 0, 0, TimeSpan.Zero), TimeInWords.Read("Jan 9, 2pm", Now, OneHourEast)?.ToUniversalTime());

    private static DateTimeOffset Moment(string text)
        => DateTimeOffset.Parse(text.Contains('-', StringComparison.Ordinal) ? $"2026-{text}Z" : $"2026-03-01 {text}Z", CultureInfo.InvariantCulture);
}
