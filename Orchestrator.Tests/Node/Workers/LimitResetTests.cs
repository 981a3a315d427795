using Orchestrator.Node.Screens;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Tests.Node.Profiles;

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
        Assert.Equal(minutes is { } wait ? Now.AddMinutes(wait) : null, LimitReset.Of(reading, new InUtc()));
    }

    private sealed class InUtc : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
