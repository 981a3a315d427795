using System.Globalization;
using System.Text.Json;
using Orchestrator.Node.Screens;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>A recorded screen of a real program; the part of its name before the two underscores is what the program was doing.</summary>
internal sealed record RecordedScreen(string Name, string Folder)
{
    public string TrueActivity => Name[..Name.IndexOf("__", StringComparison.Ordinal)];

    /// <summary>The folder of recorded screens.</summary>
    public const string Recorded = "screens";

    /// <summary>The folder of screens that were written by hand.</summary>
    public const string ByHand = "screens-by-hand";

    public static RecordedScreen Named(string program, string name, string folder = Recorded)
        => new(name, Path.Combine(AppContext.BaseDirectory, "Fixtures", folder, program));

    public static IEnumerable<RecordedScreen> Of(string program, string folder = Recorded)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", folder, program);
        return Directory.EnumerateFiles(path, "*.vars.json")
            .Select(file => new RecordedScreen(Path.GetFileName(file)[..^".vars.json".Length], path))
            .OrderBy(screen => screen.Name, StringComparer.Ordinal);
    }

    /// <summary>Program and name of every screen of a folder.</summary>
    public static TheoryData<string, string> All(string folder)
    {
        var data = new TheoryData<string, string>();
        foreach (var program in Directory.EnumerateDirectories(Path.Combine(AppContext.BaseDirectory, "Fixtures", folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            foreach (var screen in Of(program, folder))
            {
                data.Add(program, screen.Name);
            }
        }

        return data;
    }

    public ScreenSnapshot Plain => ScreenSnapshot.FromCapture(File.ReadAllText(Path.Combine(Folder, Name + ".txt")), Pane());

    public ScreenSnapshot Styled => ScreenSnapshot.FromCapture(File.ReadAllText(Path.Combine(Folder, Name + ".ansi")), Pane());

    private PaneFacts Pane()
    {
        using var vars = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, Name + ".vars.json")));
        string Text(string name) => vars.RootElement.TryGetProperty(name, out var value) ? value.GetString()! : "";
        bool Flag(string name) => Text(name) == "1";
        int Number(string name, int otherwise) => Text(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        return new PaneFacts
        {
            Title = Text("pane_title"),
            CurrentCommand = Text("pane_current_command"),
            CursorShown = Flag("cursor_flag"),
            CursorX = Number("cursor_x", 0),
            CursorY = Number("cursor_y", -1),
            AlternateOn = Flag("alternate_on"),
            MouseOn = Flag("mouse_any_flag"),
            Columns = 120,
            InMode = Flag("pane_in_mode"),
            Dead = Flag("pane_dead"),
        };
    }
}
