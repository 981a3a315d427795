using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>Finds the input of a program on a screen and reads it.</summary>
internal static class ComposerReader
{
    public static ComposerReading Read(ScreenText screen, ComposerRules? rules)
    {
        if (rules is null)
        {
            return ComposerReading.None;
        }

        try
        {
            return Find(screen.Lines, rules) is var (first, last, prompt, mode) ? Read(screen, rules, first, last, prompt, mode) : ComposerReading.None;
        }
        catch (RegexMatchTimeoutException)
        {
            // Not found is the careful answer: nothing is typed into what cannot be read.
            return ComposerReading.None;
        }
    }

    private static (int First, int Last, int Prompt, bool Mode)? Find(ImmutableArray<string> lines, ComposerRules rules)
    {
        var end = lines.Length;
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

            var last = rules.Bottom is null ? end - 1 : LastRow(lines, row, rules.Bottom);
            if (last >= row && !(rules.Never is { } never && Enumerable.Range(row, last - row + 1).Any(inside => never.IsMatch(lines[inside]))))
            {
                return (row, last, prompt.Success ? prompt.Length : mode!.Length, !prompt.Success);
            }
        }

        return null;
    }

    private static int LastRow(ImmutableArray<string> lines, int first, Regex bottom)
    {
        for (var row = first + 1; row < lines.Length; row++)
        {
            if (bottom.IsMatch(lines[row]))
            {
                return row - 1;
            }
        }

        return -1;
    }

    private static ComposerReading Read(ScreenText screen, ComposerRules rules, int first, int last, int prompt, bool mode)
    {
        var rows = Enumerable.Range(first, last - first + 1)
            .Select(row => row == first ? screen.Lines[row][prompt..] : Unindented(screen.Lines[row], prompt));
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

        var cursorBefore = !screen.Snapshot.Pane.CursorShown
            || (screen.Snapshot.Pane.CursorY == first && screen.Snapshot.Pane.CursorX <= prompt);
        if (cursorBefore && rules.Placeholders.Any(placeholder => placeholder.IsMatch(text)))
        {
            return reading with { State = ComposerState.Empty, Text = "" };
        }

        if (rules.Suggestions && cursorBefore && screen.Snapshot.Pane.CursorShown && IsDrawnAside(screen.Snapshot, first, prompt))
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

    private static string Unindented(string line, int indent)
    {
        var blanks = line.TakeWhile(character => character == ' ').Take(indent).Count();
        return line[blanks..];
    }

    private static int? Number(Group group)
        => group.Success && int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
