using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>Finds the input of a program on a screen and reads it.</summary>
internal static class ComposerReader
{
    public static ComposerReading Read(ScreenText screen, ComposerRules? rules)
        => rules is not null && Find(screen, rules) is var (first, last, prompt, mode) ? Read(screen, rules, first, last, prompt, mode) : ComposerReading.None;

    private static (int First, int Last, int Prompt, bool Mode)? Find(ScreenText screen, ComposerRules rules)
    {
        var lines = screen.Lines;
        var pane = screen.Snapshot.Pane;
        if (rules.Cursor == ComposerCursor.Shown && !pane.CursorShown)
        {
            return null;
        }

        for (var row = lines.Length - 1; row >= 0 && row >= lines.Length - rules.Within; row--)
        {
            if (rules.Top is not null && (row == 0 || !rules.Top.IsMatch(lines[row - 1])))
            {
                continue;
            }

            var prompt = rules.Prompt.Match(lines[row]);
            var mode = prompt.Success ? null : rules.ModePrompt?.Match(lines[row]);
            if (!prompt.Success && mode is not { Success: true })
            {
                continue;
            }

            var last = rules.Bottom is null ? lines.Length - 1 : LastRow(lines, row, rules) - rules.BottomMargin;
            if (last >= row
                && !Any(rules.Never, lines, row, last)
                && !Any(rules.NeverBelow, lines, last + 1 + rules.BottomMargin + (rules.Bottom is null ? 0 : 1), lines.Length - 1)
                && !(rules.Cursor == ComposerCursor.Shown && pane.CursorIsKnown && (pane.CursorY < row || pane.CursorY > last)))
            {
                return (row, last, prompt.Success ? prompt.Length : mode!.Length, !prompt.Success);
            }
        }

        return null;
    }

    private static bool Any(Regex? pattern, ImmutableArray<string> lines, int first, int last)
    {
        for (var row = first; pattern is not null && row <= last; row++)
        {
            if (pattern.IsMatch(lines[row]))
            {
                return true;
            }
        }

        return false;
    }

    private static int LastRow(ImmutableArray<string> lines, int first, ComposerRules rules)
    {
        var below = Enumerable.Range(first + 1, lines.Length - first - 1);
        return (rules.BottomIsLast ? below.Reverse() : below).FirstOrDefault(row => rules.Bottom!.IsMatch(lines[row]), rules.BottomIsLast ? lines.Length : 0) - 1;
    }

    private static ComposerReading Read(ScreenText screen, ComposerRules rules, int first, int last, int prompt, bool mode)
    {
        var rows = Enumerable.Range(first, last - first + 1)
            .Select(row => row == first ? screen.Lines[row][prompt..] : Unindented(screen.Lines[row], rules.Prompt, prompt));
        var text = string.Join('\n', rows).TrimEnd();
        var reading = new ComposerReading(ComposerState.Text, text, null, null, first, last);
        if (mode)
        {
            return reading with { State = ComposerState.Mode };
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return reading with { State = ComposerState.Empty, Text = "" };
        }

        var pane = screen.Snapshot.Pane;
        var tells = pane.CursorIsKnown && (pane.CursorShown || rules.Cursor == ComposerCursor.Parked);
        var cursorBefore = !tells || (pane.CursorY == first && pane.CursorX <= prompt);
        if (cursorBefore && rules.Placeholders.Any(placeholder => placeholder.IsMatch(text)))
        {
            return reading with { State = ComposerState.Empty, Text = "" };
        }

        if (rules.Suggestions && cursorBefore && tells && IsDrawnAside(screen.Snapshot, first, prompt))
        {
            return reading with { State = ComposerState.Suggestion };
        }

        if (rules.Paste?.Match(text) is { Success: true } paste && paste.Length == text.Trim().Length)
        {
            var lines = Number(paste.Groups["lines"]);
            return reading with
            {
                State = ComposerState.Paste,
                PastedCharacters = Number(paste.Groups["chars"]),
                PastedLines = rules.PasteCountsLinesAfterFirst ? lines + 1 : lines,
            };
        }

        return reading;
    }

    /// <summary>Whether what follows the cell under the cursor is not drawn as text that somebody typed is. Without attributes nobody can tell: then it is a draft.</summary>
    private static bool IsDrawnAside(ScreenSnapshot snapshot, int row, int prompt)
    {
        if (snapshot.Styles is not { } styles)
        {
            return false;
        }

        var text = snapshot.Lines[row];
        var rest = Enumerable.Range(prompt + 1, Math.Max(0, text.Length - prompt - 1)).Where(i => !char.IsWhiteSpace(text[i])).ToList();
        return rest.Count > 0 && rest.TrueForAll(i => !styles[row].Last(run => run.Start <= i).IsPlain);
    }

    // The frame of the input, or blanks in its place.
    private static string Unindented(string line, Regex prompt, int indent)
    {
        if (prompt.Match(line) is { Success: true, Index: 0 } frame)
        {
            return line[frame.Length..];
        }

        var blanks = line.TakeWhile(character => character == ' ').Take(indent).Count();
        return line[blanks..];
    }

    private static int? Number(Group group)
        => group.Success && int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
