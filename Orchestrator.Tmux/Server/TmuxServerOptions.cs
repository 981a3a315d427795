namespace Orchestrator.Tmux;

/// <summary>How a <see cref="TmuxServer"/> is run.</summary>
public sealed record TmuxServerOptions
{
    /// <summary>Folder of the socket, made with mode 0700 if it is missing; it must be ours. One folder, one server.</summary>
    public required string Folder { get; init; }

    /// <summary>The tmux program: a path, or a name found on <c>PATH</c>.</summary>
    public string Tmux { get; init; } = "tmux";

    /// <summary>
    /// Words put before the command that starts the server, for instance <c>systemd-run --user --scope --quiet</c>, so that
    /// it does not share the fate of the node's control group. Empty by default.
    /// </summary>
    public IReadOnlyList<string> LaunchPrefix { get; init; } = [];

    /// <summary>Names of variables of our environment that the server, and so every pane, may inherit.</summary>
    public IReadOnlyList<string> InheritedVariables { get; init; } =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
        "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME",
    ];

    /// <summary>The one session in which all panes live: <c>^[a-z0-9-]{1,40}$</c>. Output events come for panes of this session only.</summary>
    public string Session { get; init; } = "agents";

    /// <summary>Size of a window for which none was asked, in columns: 20 to 1000.</summary>
    public int Columns { get; init; } = 220;

    /// <summary>Size of a window for which none was asked, in rows: 5 to 500.</summary>
    public int Rows { get; init; } = 50;

    /// <summary>Lines of history kept for each pane.</summary>
    public int HistoryLines { get; init; } = 20_000;

    /// <summary><c>TERM</c> inside panes; null takes <c>tmux-256color</c> where the machine knows it, else <c>screen-256color</c>.</summary>
    public string? Terminal { get; init; }

    /// <summary>How long one tmux command may take before it is given up.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
