using Orchestrator.Node.Screens;
using Orchestrator.Tmux;

using PaneFacts = Orchestrator.Tmux.PaneFacts;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>One look at a pane: its screen, what tmux says of it, and what the profile's rules make of it.</summary>
/// <param name="Reading">What the screen says.</param>
/// <param name="Facts">What tmux says, of the same moment.</param>
/// <param name="Lines">The screen's rows, without escapes.</param>
/// <param name="At">When.</param>
/// <param name="Dialog">The dialog that it shows.</param>
internal sealed record PaneObservation(ScreenReading Reading, PaneFacts Facts, IReadOnlyList<string> Lines, DateTimeOffset At, DialogReading? Dialog)
{
    /// <summary>What kept the screen from being read to its end: a pattern that ran out of its time, as on a machine with too much to do; null if it was read.</summary>
    public string? Undecided => Reading.IsUndecided ? string.Join("; ", Reading.Doubts) : Dialog is { IsUndecided: true } ? $"a pattern of the dialog {Dialog.Dialog.Kind} took too long" : null;

    /// <summary>Looks at a pane now; null if it is gone.</summary>
    public static async Task<PaneObservation?> TakeAsync(BoundPane pane, WorkerContext context, CancellationToken cancellation)
    {
        var capture = await context.Tmux.Panes.CaptureAsync(pane.Pane, new CaptureOptions { WithEscapes = true }, cancellation);
        if (capture is null || !pane.Is(capture.Facts))
        {
            return null;
        }

        var snapshot = ScreenSnapshot.FromCapture(string.Join('\n', capture.Screen), FactsOf(capture.Facts));
        var reading = pane.Profile.Read(snapshot);
        return new PaneObservation(reading, capture.Facts, snapshot.Lines, context.Time.GetUtcNow(), pane.Profile.ReadDialog(snapshot, reading));
    }

    private static Screens.PaneFacts FactsOf(PaneFacts facts) => new()
    {
        Title = facts.Title,
        CurrentCommand = facts.Command,
        CursorShown = facts.CursorShown,
        CursorX = facts.CursorColumn,
        CursorY = facts.CursorRow,
        AlternateOn = facts.AlternateScreen,
        InMode = facts.InMode,
        Columns = facts.Columns,
        Dead = facts.Dead,
        DeadStatus = facts.ExitStatus,
    };
}

/// <summary>A look that could not be read to its end.</summary>
/// <param name="At">When.</param>
/// <param name="Why">What kept it from that.</param>
/// <param name="Looks">How many there have been.</param>
internal sealed record UndecidedLook(DateTimeOffset At, string Why, int Looks);
