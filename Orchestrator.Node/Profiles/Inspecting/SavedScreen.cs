using System.Globalization;
using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Profiles.Inspecting;

/// <summary>A screen that was saved in files: <c>X.txt</c> with the text, beside it, if they exist, <c>X.ansi</c> with colours and <c>X.vars.json</c> with the facts of the pane.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Snapshot">The screen.</param>
/// <param name="KnowsPane">Whether the facts of the pane were saved.</param>
internal sealed record SavedScreen(string File, ScreenSnapshot Snapshot, bool KnowsPane)
{
    private static readonly string[] Endings = [".txt", ".ansi", ".vars.json"];

    /// <summary>Reads a saved screen.</summary>
    /// <param name="file">One of its files, or their name without an ending.</param>
    /// <param name="profile">Without saved facts its program counts as running, and nothing else is known of the pane.</param>
    /// <exception cref="ScreenFileException">A file cannot be read.</exception>
    public static SavedScreen Load(string file, AgentProfile profile)
    {
        var stem = Endings.Where(ending => file.EndsWith(ending, StringComparison.Ordinal)).Select(ending => file[..^ending.Length]).FirstOrDefault(file);
        var text = new[] { stem + ".ansi", stem + ".txt", file }.FirstOrDefault(System.IO.File.Exists) ?? throw new ScreenFileException($"there is no screen {file}: give the .txt file of one");
        var vars = stem + ".vars.json";
        var known = System.IO.File.Exists(vars);
        return new SavedScreen(file, ScreenSnapshot.FromCapture(Read(text), known ? Facts(vars) : Unknown(profile)), known);
    }

    /// <summary>Reads it by the rules of a profile.</summary>
    public ScreenTestInfo Test(AgentProfile profile)
    {
        var reading = profile.Read(Snapshot);
        return new ScreenTestInfo(
            File,
            reading.Activity.Name(),
            reading.Rule,
            reading.Evidence,
            Snapshot.Styles is not null,
            KnowsPane,
            reading.Composer.State.ToString().ToLowerInvariant(),
            reading.Composer.Text,
            (int)reading.For.TotalMilliseconds,
            reading.Winner?.Groups ?? RuleMatch.NoGroups,
            [.. RuleReports.Of(profile.Screen.Rules, reading)],
            reading.Doubts);
    }

    private static PaneFacts Unknown(AgentProfile profile) => new()
    {
        CurrentCommand = profile.Programs.Expected is [var name, ..] ? name : Path.GetFileName(profile.Command[0]),
        CursorY = -1,
    };

    private static PaneFacts Facts(string file)
    {
        try
        {
            using var vars = JsonDocument.Parse(Read(file));
            string Text(string name) => vars.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "";
            bool Flag(string name) => Text(name) is "1" or "True" or "true";
            int Number(string name, int otherwise) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
            return new PaneFacts
            {
                Title = Text("pane_title"),
                CurrentCommand = Text("pane_current_command"),
                CursorShown = Text("cursor_flag").Length == 0 || Flag("cursor_flag"),
                CursorX = Number("cursor_x", 0),
                CursorY = Number("cursor_y", -1),
                AlternateOn = Flag("alternate_on"),
                MouseOn = Flag("mouse_any_flag"),
                InMode = Number("pane_in_mode", 0) > 0,
                Dead = Flag("pane_dead"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ScreenFileException($"{file} holds no JSON object of tmux variables: {e.Message}", e);
        }
    }

    private static string Read(string file)
    {
        try
        {
            return System.IO.File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScreenFileException($"cannot read {file}: {e.Message}", e);
        }
    }
}

/// <summary>A saved screen cannot be read; the message says which and why.</summary>
public sealed class ScreenFileException(string message, Exception? inner = null) : Exception(message, inner);
