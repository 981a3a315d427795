using System.Globalization;

using Orchestrator.Node.Screens;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Tests.Node.Profiles;
using Orchestrator.Tests.Node.Screens;

namespace Orchestrator.Tests.Node.Workers;

public sealed class LimitResetTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 14, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("resets in 2h 5m", 125.0)]
    [InlineData("resets in 90m", 90.0)]
    [InlineData("resets at 15:45", 75.0)]
    [InlineData("resets at 3:45pm", 75.0)]
    [InlineData("resets at 3 PM", 30.0)]
    [InlineData("resets at 14:00", 23.5 * 60)]
    [InlineData("resets at 2026-03-02T14:30:00Z", 24 * 60.0)]
    [InlineData("resets at 2025-03-02T14:30:00Z", null)]
    [InlineData("resets at noon", null)]
    [InlineData("resets soon", null)]
    public void The_time_is_read_as_the_screen_says_it(string line, double? minutes)
    {
        var profile = Written.Profile("""
            screen.rules {
              limit { activity = rate_limited, priority = 800, when { regex = "^resets (?:in (?:(?<reset_hours>\\d+)h ?)?(?:(?<reset_minutes>\\d+)m)?|at (?<reset_at>.+)|soon)$" } }
            }
            """);
        var reading = profile.Read(ScreenSnapshot.FromCapture(line + "\n", new PaneFacts { CurrentCommand = "program" }));
        Assert.Equal(ScreenActivity.RateLimited, reading.Activity);
        Assert.Equal(minutes is { } wait ? Now.AddMinutes(wait) : null, LimitReset.Of(reading, new InUtc(Now)));
    }

    [Theory]
    [InlineData("qwen", "rate_limited__qwen-100-quota-resets-at-utc", "14:39:28")]
    [InlineData("qwen", "rate_limited__qwen-101-quota-resets-at-offset", "14:39:28")]
    [InlineData("qwen", "rate_limited__qwen-102-quota-resets-at-clock", "15:45:00")]
    [InlineData("gemini", "rate_limited__gemini-100-resets-at", "11:40:00")]
    [InlineData("gemini", "rate_limited__gemini-102-dialog-closed", "11:00:00")]
    [InlineData("gemini", "rate_limited__gemini-101-daily", null)]
    [InlineData("gemini", "rate_limited__gemini-104-daily-closed", null)]
    [InlineData("gemini", "rate_limited__gemini-10", "15:00:00")]
    [InlineData("claude", "rate_limited__claude-06", "14:00:00")]
    [InlineData("claude", "rate_limited__claude-07", "15:00:00")]
    [InlineData("claude", "rate_limited__claude-08", "22:00:00")]
    [InlineData("codex", "rate_limited__codex-06", "15:05:00")]
    public void The_programs_say_it_on_their_screens(string program, string name, string? expected)
    {
        var day = new DateTimeOffset(2026, 11, 29, 9, 0, 0, TimeSpan.Zero);
        var screen = RecordedScreen.Named(program, name, name.Count(static letter => letter == '-') > 1 ? RecordedScreen.Recorded : RecordedScreen.ByHand);
        var reading = Profiles.Profiles.All[program].Read(screen.Plain);
        Assert.Equal(ScreenActivity.RateLimited, reading.Activity);
        Assert.Equal(expected is null ? null : day.Date + TimeSpan.Parse(expected, CultureInfo.InvariantCulture), LimitReset.Of(reading, new InUtc(day))?.UtcDateTime);
    }

    private sealed class InUtc(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
