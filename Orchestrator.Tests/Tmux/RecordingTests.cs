using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class RecordingTests
{
    [Fact]
    public async Task A_reader_that_is_too_slow_is_told_what_is_left_out_and_then_sees_the_screen_as_it_is()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("sh", "-c", "read go; yes a line that is long enough to fill the room soon | head -c 4000000; echo; echo THE-END; read stay");
        var recording = new PaneRecording(own.Server, own.Options.Session, TimeProvider.System);
        await using var steps = recording.RecordAsync(pane.Pane, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await steps.MoveNextAsync());
        Assert.Equal(PaneStepKind.Size, steps.Current.Kind);

        await own.TmuxAsync("send-keys", "-t", pane.Pane.ToString(), "Enter");
        await Eventually.True(() => recording.LeftOut > 0, "output is left out");
        await Eventually.True(async () => (await own.TmuxAsync("capture-pane", "-p", "-t", pane.Pane.ToString())).Contains("THE-END", StringComparison.Ordinal), "the flood is over");
        var read = new List<PaneStep>();
        var last = TimeSpan.Zero;
        while (!read.Exists(static s => s.Kind == PaneStepKind.Marker) || !steps.Current.Data.Contains("THE-END", StringComparison.Ordinal))
        {
            Assert.True(await steps.MoveNextAsync());
            Assert.True(steps.Current.After >= last);
            last = steps.Current.After;
            read.Add(steps.Current);
        }

        var gap = read.FindIndex(static s => s.Kind == PaneStepKind.Marker);
        Assert.Matches("^[0-9]+ characters left out: the reader was too slow$", read[gap].Data);
        Assert.Equal((PaneStepKind.Size, PaneStepKind.Output), (read[gap + 1].Kind, read[gap + 2].Kind));
        Assert.Contains("\e[2J", read[gap + 2].Data, StringComparison.Ordinal);
        Assert.True(read[..gap].Sum(static s => s.Data.Length) <= RecordingBacklog.Room);
        Assert.Equal(0, recording.LeftOut);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_the_screen_is_asked_for_once_when_half_of_it_is_taken()
    {
        var asked = 0;
        var backlog = new RecordingBacklog(10 * (RecordingBacklog.StepCost + 1), () => asked++);
        await using var taken = backlog.TakeAllAsync(CancellationToken.None).GetAsyncEnumerator();
        foreach (var step in Enumerable.Range(0, 15))
        {
            backlog.Add(Output(step, "x"));
        }

        Assert.Equal(5, backlog.LeftOut);
        await TakeAsync(4);
        backlog.Add(Output(15, "yz"));
        Assert.Equal((7, 0), (backlog.LeftOut, asked));
        await TakeAsync(6);
        Assert.Equal(1, asked);
        backlog.Drawn(TimeSpan.FromSeconds(16), Output(16, "screen"));
        backlog.Add(Output(17, "after"));
        Assert.Equal(0, backlog.LeftOut);
        Assert.Equal(["7 characters left out: the reader was too slow", "screen", "after"], await TakeAsync(3));

        async Task<List<string>> TakeAsync(int count)
        {
            var data = new List<string>();
            while (data.Count < count && await taken.MoveNextAsync())
            {
                data.Add(taken.Current.Data);
            }

            return data;
        }
    }

    [Fact]
    public async Task A_recording_that_ends_in_a_gap_says_so()
    {
        var backlog = new RecordingBacklog(RecordingBacklog.StepCost + 1, static () => { });
        backlog.Add(Output(0, "x"));
        backlog.Add(Output(1, "lost"));
        backlog.Complete(failure: null);
        var taken = await backlog.TakeAllAsync(CancellationToken.None).ToListAsync();
        Assert.Equal([Output(0, "x"), new PaneStep(TimeSpan.FromSeconds(1), PaneStepKind.Marker, "4 characters left out: the reader was too slow")], taken);
    }

    private static PaneStep Output(int second, string data) => new(TimeSpan.FromSeconds(second), PaneStepKind.Output, data);
}
