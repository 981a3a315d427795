namespace Orchestrator.Tmux;

/// <summary>The marks that deliveries leave on a pane. Programs in panes run as the same user and could change them: they guard against accidents, not against malice.</summary>
/// <param name="Writer">Number of the writer that adopted the pane (<c>@writer</c>); null if none did.</param>
/// <param name="Sequence">How many messages have been typed (<c>@n</c>); null before the first adoption.</param>
/// <param name="Last">Id of the message typed last (<c>@last</c>).</param>
/// <param name="Sent">Id of the message for which Enter was pressed last (<c>@sent</c>).</param>
public sealed record PaneMarks(long? Writer, long? Sequence, string? Last, string? Sent)
{
    /// <summary>Id of the decision about a dialog for which the deciding key was pressed last (<c>@decided</c>).</summary>
    public string? Decided { get; init; }
}

/// <summary>What tmux knows of a pane at one moment.</summary>
public sealed record PaneFacts
{
    /// <summary>The pane.</summary>
    public required PaneId Pane { get; init; }

    /// <summary>Its window.</summary>
    public required WindowId Window { get; init; }

    /// <summary>Process id of the program started in it, also after its end.</summary>
    public required int ProcessId { get; init; }

    /// <summary>
    /// Whether that program has ended, or has let go of its terminal. tmux may know this a moment before it knows how: <see cref="ExitStatus"/> and
    /// <see cref="ExitSignal"/> are both null then.
    /// </summary>
    public required bool Dead { get; init; }

    /// <summary>Its exit code, if it has ended by itself.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>The signal that ended it, if one did (tmux 3.3 and later).</summary>
    public int? ExitSignal { get; init; }

    /// <summary>Whether the pane shows copy mode or another mode: keys do not reach the program then.</summary>
    public bool InMode { get; init; }

    /// <summary>Whether input to the pane is switched off.</summary>
    public bool InputOff { get; init; }

    /// <summary>Whether the program uses the alternate screen.</summary>
    public bool AlternateScreen { get; init; }

    /// <summary>Column of the cursor, from 0.</summary>
    public int CursorColumn { get; init; }

    /// <summary>Row of the cursor, from 0.</summary>
    public int CursorRow { get; init; }

    /// <summary>Whether the program shows its cursor.</summary>
    public bool CursorShown { get; init; }

    /// <summary>Width in columns.</summary>
    public int Columns { get; init; }

    /// <summary>Height in rows.</summary>
    public int Rows { get; init; }

    /// <summary>Lines of history above the screen.</summary>
    public int HistoryLines { get; init; }

    /// <summary>Name of the program in the foreground, as it calls itself (untrusted).</summary>
    public string Command { get; init; } = "";

    /// <summary>Title that the program has set (untrusted).</summary>
    public string Title { get; init; } = "";

    /// <summary>What the pane was started for (<c>@agent</c>); null for panes that are not ours, such as the keeper.</summary>
    public string? Agent { get; init; }

    /// <summary>Which start of that agent it is (<c>@generation</c>).</summary>
    public long? Generation { get; init; }

    /// <summary>The marks of deliveries.</summary>
    public required PaneMarks Marks { get; init; }
}

/// <summary>Signals that may be sent to the program of a pane.</summary>
public enum PaneSignal
{
    /// <summary>SIGHUP.</summary>
    HangUp = 1,

    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT.</summary>
    Quit = 3,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,
}
