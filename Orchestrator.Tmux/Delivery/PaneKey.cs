namespace Orchestrator.Tmux;

/// <summary>A key that may be pressed in a pane: no other text can get into <c>send-keys</c>.</summary>
public sealed record PaneKey
{
    private static readonly Dictionary<string, PaneKey> All = new(StringComparer.Ordinal);

    private PaneKey(string name) => Name = name;

    /// <summary>Submits.</summary>
    public static PaneKey Enter { get; } = Add("Enter");

    /// <summary>Dismisses or interrupts.</summary>
    public static PaneKey Escape { get; } = Add("Escape");

    /// <summary>Completes, or queues in some programs.</summary>
    public static PaneKey Tab { get; } = Add("Tab");

    /// <summary>Tab the other way.</summary>
    public static PaneKey BackTab { get; } = Add("BTab");

    /// <summary>A blank; also ticks a box.</summary>
    public static PaneKey Space { get; } = Add("Space");

    /// <summary>Deletes to the left.</summary>
    public static PaneKey Backspace { get; } = Add("BSpace");

    /// <summary>Clears the line in most editors.</summary>
    public static PaneKey ControlU { get; } = Add("C-u");

    /// <summary>Interrupts, or quits.</summary>
    public static PaneKey ControlC { get; } = Add("C-c");

    /// <summary>Arrow up.</summary>
    public static PaneKey Up { get; } = Add("Up");

    /// <summary>Arrow down.</summary>
    public static PaneKey Down { get; } = Add("Down");

    /// <summary>Arrow left.</summary>
    public static PaneKey Left { get; } = Add("Left");

    /// <summary>Arrow right.</summary>
    public static PaneKey Right { get; } = Add("Right");

    /// <summary>The letter y.</summary>
    public static PaneKey Yes { get; } = Add("y");

    /// <summary>The letter n.</summary>
    public static PaneKey No { get; } = Add("n");

    private static readonly PaneKey[] Further = [.. "0123456789".Select(digit => Add($"{digit}")), .. ((string[])["C-a", "C-d", "C-e", "C-k", "C-q", "C-w", "C-y", "Home", "End", "PPage", "NPage", "DC"]).Select(Add)];

    /// <summary>tmux's name for it.</summary>
    public string Name { get; }

    /// <summary>Every key there is.</summary>
    public static IReadOnlyCollection<PaneKey> Known => All.Values;

    /// <summary>A digit, as it answers a numbered menu.</summary>
    /// <param name="digit">0 to 9.</param>
    public static PaneKey Digit(int digit) => Further[digit is >= 0 and <= 9 ? digit : throw new ArgumentOutOfRangeException(nameof(digit), digit, "0 to 9")];

    /// <summary>Finds a key by tmux's name for it, such as <c>Enter</c>, <c>C-u</c> or <c>7</c>.</summary>
    public static bool TryParse(string name, out PaneKey? key) => All.TryGetValue(name, out key);

    /// <summary>tmux's name for it.</summary>
    public override string ToString() => Name;

    private static PaneKey Add(string name) => All[name] = new PaneKey(name);
}
