using Orchestrator.Actors.Agents;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Tests.Node.Screens;
using Orchestrator.Tests.Support;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Workers;

public sealed class LimitWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManualTime _time = new(Start);

    private static ScreenReading Waiting => Read("rate_limited__qwen-56-retry-in-60s", "", "");

    private static ScreenReading GivenUp => Read("turn_failed__qwen-54-http-500", "500 Stub internal server error", "429 Too many requests");

    private static ScreenReading Ready => Read("ready__qwen-06-after-answer", "", "");

    [Fact]
    public void A_program_that_waits_by_itself_is_left_alone_and_its_time_is_told()
    {
        var watch = new LimitWatch(new LimitRules(TimeSpan.FromSeconds(5)), _time);

        watch.Observe(Waiting);
        Assert.Equal(Start.AddSeconds(60), watch.Until);
        _time.Advance(TimeSpan.FromSeconds(100));
        watch.Observe(Waiting);

        Assert.False(watch.MayTry);
    }

    [Fact]
    public void A_program_that_has_given_up_is_tried_once_each_time_the_profile_says()
    {
        var watch = new LimitWatch(new LimitRules(TimeSpan.FromSeconds(5)), _time);
        watch.Observe(GivenUp);
        Assert.Equal(Start.AddSeconds(5), watch.DueAt);
        Assert.False(watch.MayTry);

        _time.Advance(TimeSpan.FromSeconds(5));
        watch.Observe(GivenUp);
        Assert.True(watch.MayTry);
        Assert.Null(watch.DueAt);

        watch.Tried();
        watch.Observe(GivenUp);
        Assert.False(watch.MayTry);
        Assert.Equal(Start.AddSeconds(10), watch.Until);
    }

    [Fact]
    public void A_limit_that_is_gone_is_forgotten_and_one_that_is_never_tried_again_has_no_end()
    {
        var watch = new LimitWatch(new LimitRules(TimeSpan.FromSeconds(5)), _time);
        watch.Observe(GivenUp);
        watch.Observe(Ready);
        Assert.Null(watch.Until);

        var never = new LimitWatch(new LimitRules(TimeSpan.Zero), _time);
        never.Observe(GivenUp);
        _time.Advance(TimeSpan.FromDays(1));
        never.Observe(GivenUp);
        Assert.False(never.MayTry);
        Assert.Null(never.DueAt);
    }

    [Fact]
    public void After_a_restart_of_the_node_the_words_that_still_stand_there_count_from_when_they_were_first_seen()
    {
        var shown = Shown(AgentActivity.RateLimited, Start.AddMinutes(5), since: Start);
        _time.Advance(TimeSpan.FromMinutes(2));

        var same = new LimitWatch(new LimitRules(TimeSpan.FromMinutes(5)), _time, KnownLimit.Of(shown));
        same.Observe(GivenUp);
        Assert.Equal((false, Start.AddMinutes(5)), (same.MayTry, same.DueAt));

        var other = new LimitWatch(new LimitRules(TimeSpan.FromMinutes(5)), _time, KnownLimit.Of(shown with { Fact = shown.Fact! with { Evidence = "another limit" } }));
        other.Observe(GivenUp);
        Assert.Equal(Start.AddMinutes(7), other.DueAt);

        var went = new LimitWatch(new LimitRules(TimeSpan.FromMinutes(5)), _time, KnownLimit.Of(shown));
        went.Observe(Ready);
        went.Observe(GivenUp);
        Assert.Equal(Start.AddMinutes(7), went.DueAt);
    }

    [Fact]
    public void A_limit_that_ended_before_or_during_a_restart_of_the_node_is_not_waited_for_again()
    {
        _time.Advance(TimeSpan.FromMinutes(6));
        foreach (var shown in (AgentView[])[Shown(AgentActivity.RateLimited, Start.AddMinutes(5), since: Start), Shown(AgentActivity.TurnFailed, until: null, since: Start.AddMinutes(5))])
        {
            var watch = new LimitWatch(new LimitRules(TimeSpan.FromMinutes(5)), _time, KnownLimit.Of(shown));
            watch.Observe(GivenUp);
            Assert.True(watch.MayTry);
        }
    }

    [Fact]
    public void A_dialog_that_is_closed_after_its_limit_leaves_words_that_are_no_new_limit_until_something_was_tried()
    {
        var time = new ManualTime(new DateTimeOffset(2026, 11, 29, 9, 40, 0, TimeSpan.Zero));
        var watch = new LimitWatch(new LimitRules(TimeSpan.FromSeconds(5)), time);
        watch.Observe(Gemini("rate_limited__gemini-100-resets-at"));
        Assert.Equal(new DateTimeOffset(2026, 11, 29, 11, 40, 0, TimeSpan.Zero), watch.Until);
        time.Advance(TimeSpan.FromHours(2));
        watch.Observe(Gemini("rate_limited__gemini-100-resets-at"));
        Assert.True(watch.MayTry);

        // Working for a moment, then back at its prompt: "Suggested retry after 7200s."
        watch.Observe(Gemini("working__gemini-103-silent-retries"));
        watch.Observe(Gemini("rate_limited__gemini-102-dialog-closed"));
        Assert.True(watch.MayTry);

        watch.Tried();
        watch.Observe(Gemini("working__gemini-103-silent-retries"));
        watch.Observe(Gemini("rate_limited__gemini-102-dialog-closed"));
        Assert.Equal((false, time.GetUtcNow().AddHours(2)), (watch.MayTry, watch.Until));
    }

    private static AgentView Shown(AgentActivity activity, DateTimeOffset? until, DateTimeOffset since)
        => new() { Name = AgentName.Parse("a"), Activity = activity, Until = until, Since = since, Fact = new AgentFact("screen", GivenUp.Rule, GivenUp.Evidence, since) };

    private static ScreenReading Gemini(string name) => Shipped.All["gemini"].Read(RecordedScreen.Named("gemini", name).Plain);

    private static ScreenReading Read(string name, string from, string to)
    {
        var screen = RecordedScreen.Of("qwen").Single(screen => screen.Name == name).Plain;
        return Shipped.Qwen.Read(from.Length == 0 ? screen : screen with { Lines = [.. screen.Lines.Select(line => line.Replace(from, to, StringComparison.Ordinal))] });
    }
}
