namespace Orchestrator.Tmux;

/// <summary>A program to start in a pane of its own.</summary>
public sealed record PaneSpawn
{
    /// <summary>Working folder, an absolute path; it has to exist.</summary>
    public required string Folder { get; init; }

    /// <summary>The program and its arguments, run as they are, without a shell.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Variables added to what the server was started with. Values without control characters.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the pane is for, set as <c>@agent</c> together with its creation: 1 to 128 of letters, digits and <c>. _ / : -</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>Which start of that agent this is, set as <c>@generation</c>.</summary>
    public required long Generation { get; init; }

    /// <summary>Further marks, set together with the pane: names such as <c>@node</c>, values without control characters.</summary>
    public IReadOnlyDictionary<string, string> Marks { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Name of the window as people see it: <c>^[a-z0-9-]{1,40}$</c>.</summary>
    public string WindowName { get; init; } = "agent";

    /// <summary>Width in columns, 20 to 1000; null takes the server's.</summary>
    public int? Columns { get; init; }

    /// <summary>Height in rows, 5 to 500; null takes the server's.</summary>
    public int? Rows { get; init; }
}

/// <summary>A pane that has just been made.</summary>
/// <param name="Pane">The pane.</param>
/// <param name="Window">Its window.</param>
/// <param name="ProcessId">Process id of the program, leader of its session and process group.</param>
public sealed record SpawnedPane(PaneId Pane, WindowId Window, int ProcessId);

/// <summary>A pane cannot be started as asked, found out before tmux was: nothing happened.</summary>
public sealed class PaneRefusedException(string message) : TmuxException(message);
