namespace Orchestrator.Cli.Inspection.Interactive;

/// <summary>Reads lines from a terminal: cursor keys and those of Emacs, the history with the arrows, completion with Tab.</summary>
/// <param name="prompt">What stands before the line.</param>
/// <param name="history">The lines that were typed before.</param>
/// <param name="complete">What the word at the end of the text could become.</param>
internal sealed class LineEditor(string prompt, CommandHistory history, Func<string, IReadOnlyList<string>> complete)
{
    private const int DefaultWidth = 80;

    /// <summary>The next line; null at its end (Ctrl-D).</summary>
    public string? Read()
    {
        // Else Ctrl-C would end the program instead of the line.
        Console.TreatControlCAsInput = true;
        try
        {
            return Edit();
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string? Edit()
    {
        var line = EditedLine.Empty;
        var (at, typed) = (history.Lines.Count, string.Empty);
        while (true)
        {
            Draw(line);
            var key = Console.ReadKey(intercept: true);
            switch (key.Key, key.Modifiers.HasFlag(ConsoleModifiers.Control))
            {
                case (ConsoleKey.Enter, _):
                    Console.Out.WriteLine();
                    return line.Text;
                case (ConsoleKey.C, true):
                    Console.Out.WriteLine("^C");
                    line = EditedLine.Empty;
                    break;
                case (ConsoleKey.D, true) when line.Text.Length == 0:
                    Console.Out.WriteLine();
                    return null;
                case (ConsoleKey.L, true):
                    Console.Out.Write("\e[H\e[2J");
                    break;
                case (ConsoleKey.Tab, _):
                    line = Complete(line);
                    break;
                case (ConsoleKey.UpArrow, _) or (ConsoleKey.P, true) when at > 0:
                    typed = at == history.Lines.Count ? line.Text : typed;
                    line = EditedLine.Of(history.Lines[--at]);
                    break;
                case (ConsoleKey.DownArrow, _) or (ConsoleKey.N, true) when at < history.Lines.Count:
                    line = EditedLine.Of(++at == history.Lines.Count ? typed : history.Lines[at]);
                    break;
                default:
                    line = line.After(key) ?? line;
                    break;
            }
        }
    }

    private EditedLine Complete(EditedLine line)
    {
        var word = line.Text[line.WordStart..line.Cursor];
        var found = complete(line.Text[..line.Cursor]).Where(w => w.StartsWith(word, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        if (found.Count == 0)
        {
            return line;
        }

        if (found.Count == 1)
        {
            return line.Completed($"{found[0]} ");
        }

        var common = found.Aggregate(static (a, b) => a[..Enumerable.Range(0, Math.Min(a.Length, b.Length) + 1).Last(length => a.AsSpan(0, length).SequenceEqual(b.AsSpan(0, length)))]);
        if (common.Length > word.Length)
        {
            return line.Completed(common);
        }

        Console.Out.WriteLine($"\n{string.Join("  ", found)}");
        return line;
    }

    private void Draw(EditedLine line)
    {
        // A line that is longer than the terminal is shown around the cursor.
        var width = Math.Max(10, (Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth) - prompt.Length - 1);
        var from = Math.Max(0, line.Cursor - width);
        var shown = line.Text.Substring(from, Math.Min(width, line.Text.Length - from));
        var back = shown.Length - (line.Cursor - from);
        Console.Out.Write($"\r{prompt}{Output.SafeText.Of(shown)}\e[K{(back > 0 ? $"\e[{back}D" : string.Empty)}");
    }
}
