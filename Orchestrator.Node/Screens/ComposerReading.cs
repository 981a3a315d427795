using System.Text;

namespace Orchestrator.Node.Screens;

/// <summary>What the input of a program holds.</summary>
public enum ComposerState
{
    /// <summary>No input is drawn: a dialog, another view, a half-drawn frame.</summary>
    Absent,

    /// <summary>Nothing, or its placeholder.</summary>
    Empty,

    /// <summary>A grey suggestion of the program; nobody has written it.</summary>
    Suggestion,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A paste that is shown by its size only.</summary>
    Paste,

    /// <summary>A special input mode, with or without text.</summary>
    Mode,
}

/// <summary>The input of a program, as it stands on the screen.</summary>
/// <param name="State">What it holds.</param>
/// <param name="Text">The text as drawn: rows joined by line feeds, without prompt and indentation.</param>
/// <param name="PastedCharacters">The size of a paste in characters (a surrogate pair counts as one), if it is shown.</param>
/// <param name="PastedLines">The number of lines of a paste, if it is shown.</param>
/// <param name="FirstRow">The first row of the input, from 0; -1 if it is absent.</param>
/// <param name="LastRow">The last row of the input, from 0; -1 if it is absent.</param>
public sealed record ComposerReading(ComposerState State, string Text, int? PastedCharacters, int? PastedLines, int FirstRow, int LastRow)
{
    private const int LeastTail = 8;

    /// <summary>No input on the screen.</summary>
    public static ComposerReading None { get; } = new(ComposerState.Absent, "", null, null, -1, -1);

    /// <summary>Whether something can be typed into it that will stand there alone.</summary>
    public bool IsFree => State is ComposerState.Empty or ComposerState.Suggestion;

    /// <summary>Whether something that was typed, pasted or begun stands in it.</summary>
    public bool IsOccupied => State is ComposerState.Text or ComposerState.Paste or ComposerState.Mode;

    /// <summary>
    /// Whether it holds this message and nothing else, as far as the screen can show: a paste of the same size, the
    /// same text, or, where the input shows only its last rows, the same end. Breaks and blanks are not compared,
    /// because the program wraps rows.
    /// </summary>
    /// <param name="message">The text as it was typed or pasted.</param>
    public bool Holds(string message)
    {
        if (State == ComposerState.Paste)
        {
            var sameCharacters = PastedCharacters is not { } characters || characters == message.EnumerateRunes().Count();
            var sameLines = PastedLines is not { } lines || lines == message.Split('\n').Length;
            return sameCharacters && sameLines && (PastedCharacters ?? PastedLines) is not null;
        }

        if (State != ComposerState.Text)
        {
            return false;
        }

        var shown = Squeezed(Text);
        var whole = Squeezed(message);
        return shown.Count > 0
            && shown.Count <= whole.Count
            && (shown.Count == whole.Count || shown.Count >= LeastTail)
            && shown.Zip(whole.Skip(whole.Count - shown.Count)).All(static pair => IsSame(pair.First, pair.Second));
    }

    // Terminals draw joined emoji, marks and symbols each in their own way, or not at all: what stays is enough to know a text by.
    private static List<Rune> Squeezed(string text)
        => [.. text.EnumerateRunes().Where(static rune => Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || (rune.IsAscii && !Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune)))];

    // A program may compose a letter with the mark that followed it.
    private static bool IsSame(Rune one, Rune other)
        => one == other || ((MayBeComposed(one) || MayBeComposed(other)) && Rune.IsLetter(one) && Rune.IsLetter(other));

    // Latin with its extensions, Greek, Cyrillic, and Latin and Greek with several marks.
    private static bool MayBeComposed(Rune rune) => rune.Value is (>= 0xC0 and <= 0x24F) or (>= 0x370 and <= 0x4FF) or (>= 0x1E00 and <= 0x1FFF);
}
