using System.Buffers.Text;

namespace Orchestrator.Tmux;

/// <summary>
/// Reads the notifications of control mode. They are hints: a pane can print lines that look like some, so nothing is ever done for one that would not
/// be harmless at any time.
/// </summary>
internal static class Notifications
{
    /// <summary>Notes the change that a line speaks of.</summary>
    /// <returns>The pane whose output tmux holds back until it is told to go on, if that is what the line says.</returns>
    public static PaneId? Read(ReadOnlySpan<byte> line, ChangeFeed changes)
    {
        if (line.StartsWith("%output "u8))
        {
            Output(line["%output "u8.Length..], changes);
        }
        else if (line.StartsWith("%extended-output "u8))
        {
            Output(line["%extended-output "u8.Length..], changes);
        }
        else if (line.StartsWith("%pause "u8) && Pane(line["%pause "u8.Length..]) is { } paused)
        {
            changes.Output(paused);
            return paused;
        }
        else if (line.StartsWith("%window-"u8) || line.StartsWith("%unlinked-window-"u8) || line.StartsWith("%pane-mode-changed "u8)
            || line.StartsWith("%layout-change "u8) || line.StartsWith("%sessions-changed"u8) || line.StartsWith("%subscription-changed "u8))
        {
            changes.Note(panes: true);
        }

        return null;
    }

    private static void Output(ReadOnlySpan<byte> rest, ChangeFeed changes)
    {
        if (Pane(rest) is { } pane)
        {
            changes.Output(pane);
        }
    }

    private static PaneId? Pane(ReadOnlySpan<byte> text)
        => text.Length > 1 && text[0] == (byte)'%' && Utf8Parser.TryParse(text[1..], out int number, out _) && number >= 0 ? new PaneId(number) : null;
}
