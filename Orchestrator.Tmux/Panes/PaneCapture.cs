namespace Orchestrator.Tmux;

/// <summary>What part of a pane to read, and how.</summary>
public sealed record CaptureOptions
{
    /// <summary>Lines of history above the screen: 0 (default) the screen alone, <see cref="WholeHistory"/> all of it.</summary>
    public int HistoryLines { get; init; }

    /// <summary>Whether colours and attributes come along as escape sequences.</summary>
    public bool WithEscapes { get; init; }

    /// <summary>Whether lines that were wrapped at the edge are joined again (blanks at their ends are kept then).</summary>
    public bool JoinWrapped { get; init; }

    /// <summary>For <see cref="HistoryLines"/>: everything that is kept.</summary>
    public const int WholeHistory = int.MaxValue;
}

/// <summary>A pane's text and facts, both of the same moment.</summary>
/// <param name="Facts">The facts.</param>
/// <param name="Lines">The text from top to bottom: history first, then as many lines as the pane has rows. Written by the program: untrusted.</param>
public sealed record PaneCapture(PaneFacts Facts, IReadOnlyList<string> Lines)
{
    /// <summary>The lines of the screen, without history.</summary>
    public IReadOnlyList<string> Screen => Lines.Count <= Facts.Rows ? Lines : [.. Lines.TakeLast(Facts.Rows)];
}
