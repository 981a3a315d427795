using System.Globalization;
using System.Text.Json;
using Orchestrator.Node.Screens;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>A recorded screen of a real program; the part of its name before the two underscores is what the program was doing.</summary>
internal sealed record RecordedScreen(string Name, string Folder)
{
    public string TrueActivity => Name[..Name.IndexOf("__", StringComparison.Ordinal)];

    public static IReadOnlyList<string> Programs { get; } = ["claude", "codex", "gemini", "opencode", "qwen"];

    public static RecordedScreen Named(string program, string name)
        => new(name, Path.Combine(AppContext.BaseDirectory, "Fixtures", "screens", program));

    public static IEnumerable<RecordedScreen> Of(string program)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "screens", program);
        return Directory.EnumerateFiles(folder, "*.vars.json")
            .Select(file => new RecordedScreen(Path.GetFileName(file)[..^".vars.json".Length], folder))
            .OrderBy(screen => screen.Name, StringComparer.Ordinal);
    }

    public ScreenSnapshot Plain => ScreenSnapshot.FromCapture(File.ReadAllText(Path.Combine(Folder, Name + ".txt")), Pane());

    public ScreenSnapshot Styled => ScreenSnapshot.FromCapture(File.ReadAllText(Path.Combine(Folder, Name + ".ansi")), Pane());

    private PaneFacts Pane()
    {
        using var vars = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, Name + ".vars.json")));
        string Text(string name) => vars.RootElement.GetProperty(name).GetString()!;
        bool Flag(string name) => Text(name) == "1";
        return new PaneFacts
        {
            Title = Text("pane_title"),
            CurrentCommand = Text("pane_current_command"),
            CursorShown = Flag("cursor_flag"),
            CursorX = int.Parse(Text("cursor_x"), CultureInfo.InvariantCulture),
            CursorY = int.Parse(Text("cursor_y"), CultureInfo.InvariantCulture),
            AlternateOn = Flag("alternate_on"),
            MouseOn = Flag("mouse_any_flag"),
            InMode = Flag("pane_in_mode"),
            Dead = Flag("pane_dead"),
        };
    }
}
