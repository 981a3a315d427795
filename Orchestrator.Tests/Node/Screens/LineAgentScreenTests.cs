using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>The screens of the demo agent, and of the fake agent of the tests.</summary>
public sealed class LineAgentScreenTests
{
    [Theory]
    [InlineData("demo · ready", "ready", "> hello|● told by you|||> ")]
    [InlineData("demo · ready", "unsubmitted_input", "> hello|● told by you|||> a draft")]
    [InlineData("demo · ready", "unsubmitted_input", "> hello|● told by you|||> [Pasted 2000 chars]")]
    [InlineData("demo · ready", "ready", "> hello|✕ not allowed||press Ctrl-C again to exit|> ")]
    [InlineData("demo · ready", "turn_failed", "> hello|✕ error: told to fail|||> ")]
    [InlineData("demo · ready", "ready", "> hello|✕ error: told to fail|> again|● told by you|||> ")]
    [InlineData("demo · working", "working", "> hello||(3s · esc to cancel)|> ")]
    [InlineData("demo · working", "working", "> hello||(63s · esc to cancel)|> queued|  draft")]
    [InlineData("demo · ready", "working", "> hello||(3s · esc to cancel)|> ")]
    [InlineData("demo · approval", "awaiting_approval", "> hello||The next step needs your permission.|Allow this? (y/n)")]
    [InlineData("", "starting", "")]
    [InlineData("", "working", "> hello||> ")]
    public void A_screen_of_the_demo_agent_is_read_as_what_it_shows(string title, string activity, string rows)
        => Assert.Equal(activity, Read(Shipped.Demo, "orc", title, rows).Activity.Name());

    [Theory]
    [InlineData("fake-agent", "ready", "fake agent ready|> ")]
    [InlineData("fake-agent", "ready", "fake agent ready|> hello|* took 5 bytes|> ")]
    [InlineData("fake-agent", "unsubmitted_input", "fake agent ready|> hello|* took 5 bytes|> draft|  of two rows")]
    [InlineData("fake-agent", "unsubmitted_input", "fake agent ready|> [Pasted 600 chars]")]
    [InlineData("| working", "working", "fake agent ready|> hello|* took 5 bytes|| working (esc to interrupt)")]
    [InlineData("fake-agent", "working", "fake agent ready|> hello|* took 5 bytes|done")]
    [InlineData("", "starting", "")]
    public void A_screen_of_the_fake_agent_is_read_as_what_it_shows(string title, string activity, string rows)
        => Assert.Equal(activity, Read(Shipped.Fake, "perl", title, rows).Activity.Name());

    [Fact]
    public void What_was_submitted_is_no_longer_in_the_input()
    {
        Assert.Equal(ComposerState.Absent, Read(Shipped.Fake, "perl", "", "> hello|* took 5 bytes").Composer.State);
        Assert.Equal(ComposerState.Empty, Read(Shipped.Fake, "perl", "", "> hello|* took 5 bytes|> ").Composer.State);
        Assert.True(Read(Shipped.Fake, "perl", "", "> hello|* took 5 bytes|> [message a from b]|  text").Composer.Holds("[message a from b]\ntext"));
    }

    private static ScreenReading Read(AgentProfile profile, string command, string title, string rows)
    {
        // A bar separates rows, two bars an empty row; the spinner that is a bar itself stands at the beginning of its row.
        var lines = rows.Replace("|| working", "|\u0001 working", StringComparison.Ordinal).Split('|').Select(row => row.Replace('\u0001', '|')).ToList();
        return profile.Read(ScreenSnapshot.FromCapture(
            string.Join('\n', lines) + "\n",
            new PaneFacts { CurrentCommand = command, Title = title, CursorX = lines[^1].Length, CursorY = lines.Count - 1 }));
    }
}
