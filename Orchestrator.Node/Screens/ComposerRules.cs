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
