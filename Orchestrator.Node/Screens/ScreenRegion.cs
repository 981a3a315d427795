using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>The part of a screen that a condition looks at.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Rows">How many rows of it, for the kinds that count; else 0.</param>
/// <param name="Anchor">The name of an anchor of the profile, for <see cref="RegionKind.After"/>; else empty.</param>
public sealed partial record ScreenRegion(RegionKind Kind, int Rows = 0, string Anchor = "")
{
    /// <summary>The whole screen.</summary>
    public static ScreenRegion Whole { get; } = new(RegionKind.Whole);

    /// <summary>The forms in which a region may be written.</summary>
    public const string Forms =
        "whole, title, command, bottom N, last-non-empty N, prompt-box, above-prompt, above-prompt N, below-prompt, after-last-rule, after ANCHOR";

    /// <summary>Reads one of <see cref="Forms"/>.</summary>
    /// <param name="text">Such as <c>last-non-empty 3</c>.</param>
    /// <param name="region">The region, if the text is one.</param>
    public static bool TryParse(string text, out ScreenRegion region)
    {
        var form = Form().Match(text);
        var count = form.Groups["rows"].Success ? int.Parse(form.Groups["rows"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        ScreenRegion? found = (form.Groups["name"].Value, count, form.Groups["anchor"].Value) switch
        {
            ("whole", 0, "") => Whole,
            ("title", 0, "") => new(RegionKind.Title),
            ("command", 0, "") => new(RegionKind.Command),
            ("prompt-box", 0, "") => new(RegionKind.PromptBox),
            ("below-prompt", 0, "") => new(RegionKind.BelowPrompt),
            ("after-last-rule", 0, "") => new(RegionKind.AfterLastRule),
            ("above-prompt", _, "") => new(RegionKind.AbovePrompt, count),
            ("bottom", > 0, "") => new(RegionKind.Bottom, count),
            ("last-non-empty", > 0, "") => new(RegionKind.LastNonEmpty, count),
            ("after", 0, { Length: > 0 } anchor) => new(RegionKind.After, 0, anchor),
            _ => null,
        };
        region = found ?? Whole;
        return found is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        RegionKind.Whole => "whole",
        RegionKind.Title => "title",
        RegionKind.Command => "command",
        RegionKind.Bottom => $"bottom {Rows}",
        RegionKind.LastNonEmpty => $"last-non-empty {Rows}",
        RegionKind.PromptBox => "prompt-box",
        RegionKind.AbovePrompt when Rows == 0 => "above-prompt",
        RegionKind.AbovePrompt => $"above-prompt {Rows}",
        RegionKind.BelowPrompt => "below-prompt",
        RegionKind.AfterLastRule => "after-last-rule",
        RegionKind.After => $"after {Anchor}",
        _ => throw new InvalidOperationException($"no name for {Kind}"),
    };

    [GeneratedRegex(@"^(?<name>[a-z-]+)(?: (?:(?<rows>[0-9]{1,4})|(?<anchor>[a-z][a-z0-9-]*)))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}

/// <summary>The kinds of <see cref="ScreenRegion"/>.</summary>
public enum RegionKind
{
    /// <summary>All rows.</summary>
    Whole,

    /// <summary>The pane's title.</summary>
    Title,

    /// <summary>The command in the foreground.</summary>
    Command,

    /// <summary>The last rows, counted from the last drawn one.</summary>
    Bottom,

    /// <summary>The last rows that are not empty.</summary>
    LastNonEmpty,

    /// <summary>The rows of the input; nothing if there is none.</summary>
    PromptBox,

    /// <summary>The rows above the input, or the last so many of them that are not empty; without an input all rows count as above it.</summary>
    AbovePrompt,

    /// <summary>The rows below the input; nothing if there is none.</summary>
    BelowPrompt,

    /// <summary>The rows after the last horizontal rule.</summary>
    AfterLastRule,

    /// <summary>From the last row above the input that matches an anchor of the profile (itself included) to the input; nothing if no row does.</summary>
    After,
}
