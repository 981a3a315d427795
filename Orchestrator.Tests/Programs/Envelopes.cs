using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Tests.Programs;

/// <summary>Opens the envelope of a message as it reached a model.</summary>
internal static partial class Envelopes
{
    /// <summary>The id, and the text between the lines of the envelope; without an id the whole text.</summary>
    /// <param name="whole">What reached the model.</param>
    /// <param name="transforms">What the program is known to change.</param>
    public static (string Id, string Text) Open(string whole, ImmutableArray<TextTransform> transforms)
    {
        var text = TextTransform.Undo(transforms, whole);
        var opening = Opening().Match(text);
        var closing = $"\n[end {opening.Groups["seal"].Value}]";
        return opening.Success && text.EndsWith(closing, StringComparison.Ordinal)
            ? (opening.Groups["id"].Value, text[opening.Length..^closing.Length])
            : ("", text);
    }

    [GeneratedRegex(@"\A\[message (?<id>[0-9A-Z]{26}) from [^\]\n]+\] ends with \[end (?<seal>[0-9A-Z]{6})\]\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Opening();
}
