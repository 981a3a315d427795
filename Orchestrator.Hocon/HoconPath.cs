using System.Collections.Immutable;
using System.Text;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>A path through nested objects: <c>orchestrator.node.port</c>. An element that holds a dot or another special character is quoted: <c>a."b.c"</c>.</summary>
public sealed class HoconPath : IEquatable<HoconPath>
{
    internal static readonly HoconPath Root = new([]);

    internal HoconPath(ImmutableArray<string> elements) => Elements = elements;

    /// <summary>The keys from the outermost to the innermost, unquoted.</summary>
    public ImmutableArray<string> Elements { get; }

    /// <summary>Reads a path expression.</summary>
    /// <param name="text">As it would be written as a key.</param>
    /// <exception cref="HoconException">The text is no path: empty, an empty element, a reserved character outside quotes.</exception>
    public static HoconPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scanner = new Scanner(text, $"path '{text}'");
        scanner.SkipBlank();
        var path = PathParser.Read(scanner, HoconOptions.Default.MaxDepth);
        scanner.SkipBlank();
        return scanner.AtEnd ? path : throw scanner.Error($"{scanner.Shown} cannot stand in a path: put the element in double quotes");
    }

    /// <summary>This path with further elements at its end.</summary>
    /// <param name="elements">The keys to add, unquoted.</param>
    public HoconPath Append(params IEnumerable<string> elements) => new(Elements.AddRange(elements));

    /// <summary>The path as one would write it, quoted where needed.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var element in Elements)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            text.Append(Rendering.Quoting.Key(element));
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(HoconPath? other) => other is not null && Elements.AsSpan().SequenceEqual(other.Elements.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HoconPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var element in Elements)
        {
            hash.Add(element, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }
}
