using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>
/// A screen as rules read it: without invisible characters, scroll bars and blanks at the end of rows, and without the
/// empty rows below the last drawn one. Row numbers stay those of the screen.
/// </summary>
internal sealed class ScreenText
{
    public ScreenText(ScreenSnapshot snapshot, ImmutableArray<Regex> noise)
    {
        Snapshot = snapshot;
        Title = Visible(snapshot.Pane.Title).Trim();
        Lines = [.. snapshot.Lines.Select(line => Clean(line, noise))];
        var used = Lines.Length;
        while (used > 0 && Lines[used - 1].Length == 0)
        {
            used--;
        }

        Lines = Lines[..used];
    }

    public ScreenSnapshot Snapshot { get; }

    public string Title { get; }

    public ImmutableArray<string> Lines { get; }

    /// <summary>How a character of <see cref="Lines"/> is drawn; null if the capture was without attributes.</summary>
    public Drawing? DrawingOf(int row, int column)
    {
        if (Snapshot.Styles is not { } styles)
        {
            return null;
        }

        var line = Snapshot.Lines[row];
        var at = 0;
        for (var visible = -1; at < line.Length; at++)
        {
            visible += IsInvisible(line[at]) ? 0 : 1;
            if (visible == column)
            {
                break;
            }
        }

        return styles[row].Last(run => run.Start <= at).IsPlain ? Drawing.Plain : Drawing.Aside;
    }

    private static string Clean(string line, ImmutableArray<Regex> noise)
        => noise.Aggregate(Visible(line), static (clean, pattern) => pattern.Replace(clean, "")).TrimEnd();

    private static string Visible(string text)
    {
        var clean = true;
        foreach (var character in text)
        {
            clean &= !IsInvisible(character) && character != '\u00a0';
        }

        if (clean)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var character in text.Where(character => !IsInvisible(character)))
        {
            result.Append(character == '\u00a0' ? ' ' : character);
        }

        return result.ToString();
    }

    // Zero-width characters and variation selectors, with which programs mark the cursor or choose between glyphs.
    private static bool IsInvisible(char character)
        => character is (>= '\u200b' and <= '\u200f') or '\u2060' or '\ufe0e' or '\ufe0f' or '\ufeff';
}
