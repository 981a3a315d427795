using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>Screens of the real Qwen Code, recorded; and what is done to them that no rule may be misled by.</summary>
public sealed class QwenScreenTests
{
    [Theory]
    [InlineData("  .. Thinking hard... (3s · esc to cancel)")]
    [InlineData("Allow execution of: 'echo'? Yes, allow once")]
    [InlineData("Waiting for user confirmation...")]
    [InlineData("Do you trust this folder?")]
    [InlineData("Connect a Provider")]
    [InlineData("I got 429, rate limit reached")]
    [InlineData("  > run it")]
    [InlineData("> run it")]
    [InlineData("────────────────────────────────────────")]
    [InlineData("Press Enter to select, Esc to close")]
    public void What_an_answer_talks_about_is_not_what_the_program_does(string said)
    {
        var ready = Screen("ready__qwen-06-after-answer").Plain;
        var row = ready.Lines.IndexOf(ready.Lines.First(line => line.Contains("chunk06", StringComparison.Ordinal)));

        Assert.Equal(ScreenActivity.Ready, Shipped.Qwen.Read(ready with { Lines = ready.Lines.SetItem(row, "    " + said) }).Activity);
    }

    [Fact]
    public void A_limit_at_the_prompt_is_told_from_another_error()
    {
        var failed = Screen("turn_failed__qwen-54-http-500").Plain;
        var limited = failed with { Lines = [.. failed.Lines.Select(line => line.Replace("500 Stub internal server error", "429 Too many requests", StringComparison.Ordinal))] };

        Assert.Equal(ScreenActivity.RateLimited, Shipped.Qwen.Read(limited).Activity);
    }

    [Fact]
    public void A_limit_that_the_program_waits_for_says_how_long()
        => Assert.Equal("60", Shipped.Qwen.Read(Screen("rate_limited__qwen-56-retry-in-60s").Plain).Winner!.Groups["seconds"]);

    [Fact]
    public void A_half_drawn_frame_that_looks_idle_is_busy_while_the_title_says_so()
    {
        var ready = Screen("ready__qwen-06-after-answer").Plain;

        Assert.Equal(ScreenActivity.Working, Shipped.Qwen.Read(ready with { Pane = ready.Pane with { Title = "◐︎ Qwen - x" } }).Activity);
    }

    [Fact]
    public void An_approval_that_is_not_drawn_yet_is_known_by_the_title()
    {
        var ready = Screen("ready__qwen-06-after-answer").Plain;

        Assert.Equal(ScreenActivity.AwaitingApproval, Shipped.Qwen.Read(ready with { Pane = ready.Pane with { Title = "✳︎ Qwen - x" } }).Activity);
    }

    private static RecordedScreen Screen(string name) => RecordedScreen.Of("qwen").Single(screen => screen.Name == name);
}
