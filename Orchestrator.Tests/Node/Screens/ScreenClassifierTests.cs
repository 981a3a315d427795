using Orchestrator.Node.Screens;
using Orchestrator.Tests.Node.Profiles;

namespace Orchestrator.Tests.Node.Screens;

public sealed class ScreenClassifierTests
{
    // It looks around, so it is matched by trying, and on this row it tries nearly for ever.
    private const string Slow = "^(?=a)(a|aa)+b?$";
    private static readonly string Hard = new string('a', 100) + "!";

    [Fact]
    public void The_highest_priority_wins_and_all_that_held_are_told()
    {
        var reading = Read("a { activity = ready, priority = 1, when { text = one } }, b { activity = turn_failed, priority = 2, when { text = two } }", "one", "two");

        Assert.Equal(ScreenActivity.TurnFailed, reading.Activity);
        Assert.Equal("b", reading.Rule);
        Assert.Equal("whole: \"two\" (row 1)", reading.Evidence);
        Assert.Equal(["b", "a"], reading.Matches.Select(match => match.Rule.Name));
    }

    [Fact]
    public void Of_equal_rules_the_one_that_holds_lowest_on_the_screen_wins()
    {
        const string Rules = "a { activity = ready, priority = 1, when { text = one } }, b { activity = turn_failed, priority = 1, when { text = two } }";

        Assert.Equal("b", Read(Rules, "one", "two").Rule);
        Assert.Equal("a", Read(Rules, "two", "one").Rule);
    }

    [Fact]
    public void A_screen_that_no_rule_knows_is_busy_and_says_so()
    {
        var reading = Read("a { activity = ready, priority = 1, when { text = one } }", "something else");

        Assert.Equal(ScreenActivity.Working, reading.Activity);
        Assert.Equal("(none)", reading.Rule);
        Assert.Single(reading.Doubts);
    }

    [Fact]
    public void A_pattern_that_takes_too_long_is_left_out_and_the_screen_is_undecided()
    {
        var reading = Read($"bad {{ activity = working, priority = 2, when {{ regex = \"{Slow}\" }} }}, a {{ activity = turn_failed, priority = 1, when {{ text = one }} }}", "one", Hard);

        Assert.True(reading.IsUndecided);
        Assert.Equal(ScreenActivity.Working, reading.Activity);
        Assert.Contains(reading.Doubts, doubt => doubt.StartsWith("rule bad was left out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pattern_that_takes_too_long_changes_nothing_where_a_rule_holds_that_counts_for_more()
    {
        var reading = Read($"bad {{ activity = working, priority = 1, when {{ regex = \"{Slow}\" }} }}, a {{ activity = ready, priority = 2, when {{ text = one }} }}", "one", Hard);

        Assert.False(reading.IsUndecided);
        Assert.Equal(ScreenActivity.Ready, reading.Activity);
        Assert.Contains(reading.Doubts, doubt => doubt.StartsWith("rule bad was left out", StringComparison.Ordinal));
    }

    [Fact]
    public void An_input_that_cannot_be_looked_for_in_time_is_not_taken_for_absent()
    {
        var reading = Written.Profile($"screen {{ composer {{ prompt = \"{Slow}\" }}, rules.menu {{ activity = unsubmitted_input, priority = 1, when {{ composer = absent }} }} }}")
            .Read(ScreenSnapshot.FromCapture(Hard + "\n", new PaneFacts { CurrentCommand = "program" }));

        Assert.True(reading.IsUndecided);
        Assert.Equal(ScreenActivity.Working, reading.Activity);
    }

    [Fact]
    public void A_pattern_that_does_not_look_around_needs_no_limit_of_time()
    {
        var reading = Read("""bad { activity = working, priority = 2, when { regex = "^(a|aa)+b?$" } }, a { activity = ready, priority = 1, when { text = one } }""", "one", Hard);

        Assert.Equal(ScreenActivity.Ready, reading.Activity);
        Assert.Empty(reading.Doubts);
    }

    [Fact]
    public void A_text_is_found_however_the_program_has_wrapped_it()
        => Assert.Equal(ScreenActivity.AwaitingApproval, Read("a { activity = awaiting_approval, priority = 1, when { text = \"Waiting for user confirmation\" } }", "… Waiting for", "  user confirmation").Activity);

    [Fact]
    public void Named_groups_of_a_pattern_are_kept()
        => Assert.Equal("57", Read("""a { activity = rate_limited, priority = 1, when { regex = "Retrying in (?<seconds>[0-9]+)" } }""", "Retrying in 57 s").Winner!.Groups["seconds"]);

    [Theory]
    [InlineData("whole", "one two three four")]
    [InlineData("bottom 2", "three four")]
    [InlineData("last-non-empty 4", "two three four")]
    [InlineData("after-last-rule", "three four")]
    [InlineData("after two", "two three four")]
    [InlineData("title", "title")]
    [InlineData("command", "program")]
    public void A_region_holds_its_rows_and_no_others(string region, string words)
    {
        string[] lines = ["one", "two", "", "──────────────", "", "three", "four", "", ""];

        foreach (var word in (string[])["one", "two", "three", "four", "title", "program"])
        {
            var reading = Read($"a {{ activity = ready, priority = 1, when {{ in = \"{region}\", text = {word} }} }}", lines);
            Assert.Equal(words.Split(' ').Contains(word), reading.Rule == "a");
        }
    }

    [Fact]
    public void What_concerns_the_pane_counts_more_than_anything_printed()
    {
        const string Rules = "a { activity = ready, priority = 300, when { text = one } }";
        ScreenReading With(PaneFacts pane) => Written.Profile($"screen.rules {{ {Rules} }}").Read(ScreenSnapshot.FromCapture("one\n", pane));
        var pane = new PaneFacts { CurrentCommand = "program" };

        Assert.Equal(ScreenActivity.Ready, With(pane).Activity);
        Assert.Equal(ScreenActivity.Exited, With(pane with { Dead = true }).Activity);
        Assert.Equal(ScreenActivity.Exited, With(pane with { CurrentCommand = "bash" }).Activity);
        Assert.Equal(ScreenActivity.Exited, With(pane with { CurrentCommand = "-zsh" }).Activity);
        Assert.Equal(ScreenActivity.Working, With(pane with { CurrentCommand = "less" }).Activity);
        Assert.Equal(ScreenActivity.CopyMode, With(pane with { InMode = true }).Activity);
        Assert.Equal(ScreenActivity.CopyMode, With(pane with { InMode = true, CurrentCommand = "bash" }).Activity);
        Assert.Equal(ScreenActivity.Exited, With(pane with { InMode = true, Dead = true }).Activity);
    }

    [Fact]
    public void Escape_sequences_change_nothing_in_what_is_read()
    {
        const string Drawn = "\e[1mo\e[0m\e]8;;http://x\e\\n\e]8;;\e\\e\u200b\ufe0f\e[38;2;1;2;3m two\e(B\e[0m";
        var reading = Read("a { activity = ready, priority = 1, when { regex = \"^one two$\" } }", Drawn);

        Assert.Equal(ScreenActivity.Ready, reading.Activity);
    }

    [Fact]
    public void An_activity_counts_once_it_was_read_for_as_long_as_its_rule_demands()
    {
        const string Rules = "ready { activity = ready, priority = 1, for = 400ms, when { text = idle } }, busy { activity = working, priority = 2, when { text = busy } }";
        var settler = new ReadingSettler();
        var start = DateTimeOffset.UnixEpoch;
        bool Observe(string line, int milliseconds) => settler.Observe(Read(Rules, line), start.AddMilliseconds(milliseconds));

        Assert.True(Observe("busy", 0));
        Assert.False(Observe("idle", 100));
        Assert.Equal(ScreenActivity.Working, settler.Settled!.Activity);
        Assert.Equal(start.AddMilliseconds(500), settler.SettlesAt);
        Assert.False(Observe("busy", 200));
        Assert.False(Observe("idle", 300));
        Assert.False(Observe("idle", 600));
        Assert.True(Observe("idle", 700));
        Assert.Equal(ScreenActivity.Ready, settler.Settled!.Activity);
        Assert.Null(settler.SettlesAt);
    }

    private static ScreenReading Read(string rules, params string[] lines)
        => Written.Profile($$"""screen { anchors { two = "^two" }, rules { {{rules}} } }""")
            .Read(ScreenSnapshot.FromCapture(string.Join('\n', lines) + "\n", new PaneFacts { CurrentCommand = "program", Title = "title" }));
}
