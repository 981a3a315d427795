using System.Collections.Immutable;

namespace Orchestrator.Node.Screens;

/// <summary>A screen at one moment: its rows from the top, how they were drawn if that is known, and what tmux knows.</summary>
/// <param name="Lines">The text of each row.</param>
/// <param name="Styles">How each row is drawn, row by row; null if the capture was without attributes.</param>
/// <param name="Pane">The pane's facts.</param>
public sealed record ScreenSnapshot(ImmutableArray<string> Lines, ImmutableArray<ImmutableArray<StyleRun>>? Styles, PaneFacts Pane)
{
    /// <summary>From the output of <c>capture-pane -p</c>, or better <c>capture-pane -e -p</c>: only the latter tells a grey suggestion from a draft.</summary>
    /// <param name="capture">Rows that end in line feeds, escape sequences allowed.</param>
    /// <param name="pane">The facts, read together with the capture.</param>
    public static ScreenSnapshot FromCapture(string capture, PaneFacts pane)
    {
        var rows = capture.EndsWith('\n') ? capture[..^1].Split('\n') : capture.Split('\n');
        if (!capture.Contains('\e', StringComparison.Ordinal))
        {
            return new ScreenSnapshot([.. rows], null, pane);
        }

        var parsed = AnsiRows.Parse(rows);
        return new ScreenSnapshot([.. parsed.Select(row => row.Text)], parsed.Select(row => row.Runs).ToImmutableArray(), pane);
    }
}
