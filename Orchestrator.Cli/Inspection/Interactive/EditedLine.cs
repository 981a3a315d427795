namespace Orchestrator.Cli.Inspection.Interactive;

/// <summary>A line that is being typed, and where in it the cursor stands.</summary>
/// <param name="Text">What has been typed.</param>
/// <param name="Cursor">How many characters stand before the cursor.</param>
internal readonly record struct EditedLine(string Text, int Cursor)
{
    /// <summary>Nothing typed yet.</summary>
    public static readonly EditedLine Empty = new(string.Empty, 0);

    /// <summary>Where the word begins that the cursor stands in or behind.</summary>
    public int WordStart
    {
        get
        {
            var start = Cursor;
            while (start > 0 && !char.IsWhiteSpace(Text[start - 1]))
            {
                start--;
            }

            return start;
        }
    }

    public static EditedLine Of(string text) => new(text, text.Length);

    /// <summary>The line after a key that edits it; null if the key does something else.</summary>
    public EditedLine? After(ConsoleKeyInfo key) => (key.Key, key.Modifiers.HasFlag(ConsoleModifiers.Control)) switch
    {
        (ConsoleKey.Home, _) or (ConsoleKey.A, true) => this with { Cursor = 0 },
        (ConsoleKey.End, _) or (ConsoleKey.E, true) => this with { Cursor = Text.Length },
        (ConsoleKey.LeftArrow, _) or (ConsoleKey.B, true) => this with { Cursor = Math.Max(0, Cursor - 1) },
        (ConsoleKey.RightArrow, _) or (ConsoleKey.F, true) => this with { Cursor = Math.Min(Text.Length, Cursor + 1) },
        (ConsoleKey.U, true) => new(Text[Cursor..], 0),
        (ConsoleKey.K, true) => new(Text[..Cursor], Cursor),
        (ConsoleKey.W, true) => WithoutWord(),
        (ConsoleKey.Backspace, _) or (ConsoleKey.H, true) => Cursor == 0 ? this : new(Text.Remove(Cursor - 1, 1), Cursor - 1),
        (ConsoleKey.Delete, _) => Cursor == Text.Length ? this : this with { Text = Text.Remove(Cursor, 1) },
        _ when !char.IsControl(key.KeyChar) => new(Text.Insert(Cursor, key.KeyChar.ToString()), Cursor + 1),
        _ => null,
    };

    /// <summary>The line with <paramref name="word"/> in place of the one at the cursor.</summary>
    public EditedLine Completed(string word) => new(string.Concat(Text.AsSpan(0, WordStart), word, Text.AsSpan(Cursor)), WordStart + word.Length);

    private EditedLine WithoutWord()
    {
        var end = Cursor;
        while (end > 0 && char.IsWhiteSpace(Text[end - 1]))
        {
            end--;
        }

        var start = new EditedLine(Text, end).WordStart;
        return new(Text.Remove(start, Cursor - start), start);
    }
}
