namespace Orchestrator.Node.Screens;

/// <summary>What tmux knows about a pane at the moment of a capture.</summary>
public sealed record PaneFacts
{
    /// <summary>The title the program has set (<c>pane_title</c>).</summary>
    public string Title { get; init; } = "";

    /// <summary>The command in the foreground (<c>pane_current_command</c>).</summary>
    public string CurrentCommand { get; init; } = "";

    /// <summary>Whether the cursor is drawn (<c>cursor_flag</c>).</summary>
    public bool CursorShown { get; init; } = true;

    /// <summary>The cursor's column, from 0.</summary>
    public int CursorX { get; init; }

    /// <summary>The cursor's row, from 0; below 0 if nobody knows where it stands.</summary>
    public int CursorY { get; init; }

    /// <summary>Whether it is known where the cursor stands.</summary>
    internal bool CursorIsKnown => CursorY >= 0;

    /// <summary>The width in columns; 80 if it is not known, which is narrower than panes are.</summary>
    public int Columns { get; init; } = 80;

    /// <summary>Whether the alternate screen is on (<c>alternate_on</c>).</summary>
    public bool AlternateOn { get; init; }

    /// <summary>Whether the program takes mouse events (<c>mouse_any_flag</c>).</summary>
    public bool MouseOn { get; init; }

    /// <summary>Whether the pane is in copy mode or another mode of tmux (<c>pane_in_mode</c>).</summary>
    public bool InMode { get; init; }

    /// <summary>Whether the program has ended and the pane was kept (<c>pane_dead</c>).</summary>
    public bool Dead { get; init; }

    /// <summary>The exit status of a dead pane, if there is one (<c>pane_dead_status</c>).</summary>
    public int? DeadStatus { get; init; }

    /// <summary>The signal that ended a dead pane's program, if one did (<c>pane_dead_signal</c>, from tmux 3.3 on).</summary>
    public int? DeadSignal { get; init; }
}
