using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Profiles;

/// <summary>What a program itself changes in a text that it is told, and how that is taken back.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Versions">Beginnings of the versions of the program in which it was seen.</param>
/// <param name="Changed">Finds what was changed, in the text as the program has it.</param>
/// <param name="Original">What stood there before; the groups of <paramref name="Changed"/> can be named.</param>
public sealed record TextTransform(string Name, ImmutableArray<string> Versions, Regex Changed, string Original)
{
    /// <summary>Takes the changes of a program back, and says which there were.</summary>
    /// <param name="transforms">What the program is known to change, in the order in which it is taken back.</param>
    /// <param name="text">The text as the program has it.</param>
    public static (string Text, ImmutableArray<string> Found) Undo(ImmutableArray<TextTransform> transforms, string text)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var transform in transforms)
        {
            var before = transform.Changed.Replace(text, transform.Original);
            if (!string.Equals(before, text, StringComparison.Ordinal))
            {
                found.Add(transform.Name);
                text = before;
            }
        }

        return (text, found.ToImmutable());
    }
}
