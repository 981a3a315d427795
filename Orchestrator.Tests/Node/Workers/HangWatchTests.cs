using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Tests.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Workers;

public sealed class HangWatchTests
{
    private const string Phrase = "  .  Finding a suitable loading screen pun... (18s · esc to cancel)";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly HangWatch _watch = new(new HangLimits(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(20), TimeSpan.Zero), Start, hasBeenReady: true);

    [Fact]
    public void Another_phrase_in_the_row_that_says_that_it_works_is_no_sign_of_life()
    {
        Assert.Null(Look(0, Phrase));
        Assert.Null(Look(1, Phrase));
        Assert.Null(Look(15, "  .. My other process is a TARDIS... (15s · esc to cancel)"));
        Assert.Null(Look(16, "  .  My other process is a TARDIS... (16s · esc to cancel)"));
        Assert.Equal(Start.AddSeconds(20), _watch.DueAt);

        Assert.Contains("20 s", Look(20, "  .. Caching the essentials... (20s · esc to cancel)"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_half_drawn_frame_is_no_sign_of_life_but_text_that_comes_and_stays_is()
    {
        Look(0, Phrase);
        Look(1, Phrase);
        Look(10, "  .  Finding a sui");
        Look(11, Phrase);
        Assert.NotNull(Look(20, Phrase));

        Look(21, "  ◆ an answer", Phrase);
        Assert.Null(Look(22, "  ◆ an answer", Phrase));
        Assert.Equal(Start.AddSeconds(41), _watch.DueAt);
    }

    private string? Look(int second, params string[] above)
    {
        var ready = RecordedScreen.Of("qwen").Single(static screen => screen.Name == "ready__qwen-06-after-answer").Plain;
        var input = ready.Lines.ToList().FindIndex(static line => line.StartsWith("──────────", StringComparison.Ordinal));
        var snapshot = ready with { Lines = [.. above, .. ready.Lines.Skip(input)], Pane = ready.Pane with { Title = "◐︎ Qwen - x", CursorY = above.Length + 1 } };
        var reading = Shipped.Qwen.Read(snapshot);
        Assert.Equal(ScreenActivity.Working, reading.Activity);
        return _watch.Observe(reading, new PaneObservation(reading, null!, snapshot.Lines, Start.AddSeconds(second), Dialog: null));
    }
}
