using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>How the input of a program is found on its screen and read.</summary>
public sealed record ComposerRules
{
    /// <summary>The row above the input, such as a horizontal rule; null if nothing is drawn there.</summary>
    public Regex? Top { get; init; }

    /// <summary>The row below the input; null if the input reaches to the last drawn row.</summary>
    public Regex? Bottom { get; init; }

    /// <summary>How the first row of the input begins; what it matches is not part of the text.</summary>
    public required Regex Prompt { get; init; }

    /// <summary>How the first row begins in a special input mode (a shell mode, a search), which must be left before typing.</summary>
    public Regex? ModePrompt { get; init; }

    /// <summary>Rows that the input never holds: if one is among them, no input is drawn, and what looks like one is something older.</summary>
    public Regex? Never { get; init; }

    /// <summary>Rows below the input that show that no input is drawn: what looks like one is something older, such as a message of the conversation.</summary>
    public Regex? NeverBelow { get; init; }

    /// <summary>Whether <see cref="Bottom"/> is the last row below the prompt that matches, not the first: for a blank row, which drafts may hold too.</summary>
    public bool BottomIsLast { get; init; }

    /// <summary>How many rows above <see cref="Bottom"/> belong to the frame of the input and not to its text; 0 to 10.</summary>
    public int BottomMargin { get; init; }

    /// <summary>What the cursor says about the input.</summary>
    public ComposerCursor Cursor { get; init; }

    /// <summary>What stands in the empty input.</summary>
    public ImmutableArray<Regex> Placeholders { get; init; } = [];

    /// <summary>What stands for a long paste; the groups <c>chars</c> (characters, a surrogate pair as one) and <c>lines</c> give its size.</summary>
    public Regex? Paste { get; init; }

    /// <summary>What a paste's <c>lines</c> counts: all lines of it, or those after the first.</summary>
    public bool PasteCountsLinesAfterFirst { get; init; }

    /// <summary>Whether the program shows grey suggestions in the empty input: text that is not drawn plainly while the cursor stands before it.</summary>
    public bool Suggestions { get; init; }

    /// <summary>In how many rows, counted from the last drawn one, the input may begin; 1 or more.</summary>
    public int Within { get; init; } = 40;
}

/// <summary>What the cursor says about the input of a program.</summary>
public enum ComposerCursor
{
    /// <summary>A shown cursor stands where the next character will; a hidden one says nothing.</summary>
    Any,

    /// <summary>It is shown in the input, always: without it there is no input, only what looks like one.</summary>
    Shown,

    /// <summary>The program hides it and draws one of its own, but leaves it where the next character will stand.</summary>
    Parked,
}
