using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Profiles;

/// <summary>What a program itself changes in a text that it is told.</summary>
/// <param name="Name">What it does, for people.</param>
/// <param name="Versions">Beginnings of the versions of the program in which it was seen.</param>
/// <param name="Pattern">Finds what was added, in the text as the program has it; or, with <paramref name="OfTold"/>, what is going to be changed in the text that it is told.</param>
/// <param name="Replacement">What stands in its place then; the groups of <paramref name="Pattern"/> can be named.</param>
/// <param name="OfTold">Whether the change is done to what was told, because nobody could take it back, or taken back in what the program has.</param>
public sealed record TextTransform(string Name, ImmutableArray<string> Versions, Regex Pattern, string Replacement, bool OfTold)
{
    /// <summary>Compares a text with what a program has made of it.</summary>
    /// <param name="transforms">What the program is known to change, in the order in which it is done or taken back.</param>
    /// <param name="told">The text that it was told.</param>
    /// <param name="received">The text that it has.</param>
    /// <returns>Whether both are the same but for these changes, and which of them there were.</returns>
    public static (bool Same, ImmutableArray<string> Found) Compare(ImmutableArray<TextTransform> transforms, string told, string received)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var transform in transforms)
        {
            var before = transform.OfTold ? told : received;
            var after = transform.Pattern.Replace(before, transform.Replacement);
            if (string.Equals(before, after, StringComparison.Ordinal))
            {
                continue;
            }

            found.Add(transform.Name);
            (told, received) = transform.OfTold ? (after, received) : (told, after);
        }

        return (string.Equals(told, received, StringComparison.Ordinal), found.ToImmutable());
    }

    /// <summary>Takes back what can be taken back in a text that a program has.</summary>
    /// <param name="transforms">What the program is known to change.</param>
    /// <param name="received">The text that it has.</param>
    public static string Undo(ImmutableArray<TextTransform> transforms, string received)
        => transforms.Where(static transform => !transform.OfTold).Aggregate(received, static (text, transform) => transform.Pattern.Replace(text, transform.Replacement));
}
