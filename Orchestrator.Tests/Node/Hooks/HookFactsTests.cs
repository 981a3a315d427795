using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Node.Hooks;
using Orchestrator.Node.Screens;

namespace Orchestrator.Tests.Node.Hooks;

/// <summary>Which of hook and screen counts.</summary>
public sealed class HookFactsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly HookFacts _facts = new(TimeSpan.FromSeconds(1));

    [Fact]
    public void A_hook_knows_first_and_yields_to_a_screen_that_goes_on_to_contradict_it()
    {
        Assert.Equal(ScreenActivity.Ready, Weigh(ScreenActivity.Ready, 0));
        Tell("Begun", ScreenActivity.Working, 10);
        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Ready, 10.1));
        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Working, 10.5));

        // The screen has changed since: a half-drawn frame is outlived, what stays is believed.
        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Ready, 20));
        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Working, 20.5));
        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Ready, 21));
        Assert.Equal(Start.AddSeconds(22), _facts.DueAt);
        Assert.Equal(ScreenActivity.Ready, Weigh(ScreenActivity.Ready, 22));

        // For good: what was missed once is not believed again.
        Weigh(ScreenActivity.Working, 23);
        Assert.Equal(ScreenActivity.Ready, Weigh(ScreenActivity.Ready, 24));
        Assert.Null(_facts.DueAt);
    }

    [Fact]
    public void What_only_goes_before_the_screen_is_over_once_the_screen_has_said_it()
    {
        Weigh(ScreenActivity.Ready, 0);
        var meaning = new HookMeaning("begun", "begun", ImmutableDictionary<string, Regex>.Empty, ScreenActivity.Working) { UntilSeen = true };
        _facts.Take(new HookEvent("begun", meaning, Start.AddSeconds(10), ImmutableDictionary<string, string>.Empty));

        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Ready, 10.1));
        Assert.Equal(ScreenActivity.Working, Weigh(ScreenActivity.Working, 10.2));
        Assert.Equal(ScreenActivity.Ready, Weigh(ScreenActivity.Ready, 10.3));
    }

    [Theory]
    [InlineData(ScreenActivity.Exited)]
    [InlineData(ScreenActivity.CopyMode)]
    [InlineData(ScreenActivity.AuthRequired)]
    [InlineData(ScreenActivity.Starting)]
    [InlineData(ScreenActivity.RateLimited)]
    public void What_a_hook_cannot_know_it_does_not_contradict(ScreenActivity screen)
    {
        Tell("Begun", ScreenActivity.Working, 10);
        Assert.Equal(screen, Weigh(screen, 10.1));
    }

    [Fact]
    public void A_draft_is_more_than_the_end_of_a_turn_and_an_event_that_comes_late_is_no_news()
    {
        Tell("Stop", ScreenActivity.Ready, 10);
        Assert.Equal(ScreenActivity.UnsubmittedInput, Weigh(ScreenActivity.UnsubmittedInput, 10.1));
        Tell("Begun", ScreenActivity.Working, 9);
        Assert.Equal(ScreenActivity.Ready, Weigh(ScreenActivity.Ready, 10.2));
        Assert.Equal(["Begun", "Stop"], _facts.Last.Select(static told => told.Name));
        Tell("End", activity: null, 11);
        Assert.Null(_facts.Current);
    }

    private void Tell(string name, ScreenActivity? activity, double at)
        => _facts.Take(new HookEvent(name, new HookMeaning(name, name, ImmutableDictionary<string, Regex>.Empty, activity), Start.AddSeconds(at), ImmutableDictionary<string, string>.Empty));

    private ScreenActivity Weigh(ScreenActivity screen, double at)
        => _facts.Weigh(new ScreenReading(screen, Winner: null, [], ComposerReading.None, []), Start.AddSeconds(at)).Activity;
}
