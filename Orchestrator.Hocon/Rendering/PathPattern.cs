namespace Orchestrator.Hocon.Rendering;

/// <summary>A path in which <c>*</c> stands for one element and <c>**</c> for any number of them.</summary>
internal sealed class PathPattern(IReadOnlyList<string> elements)
{
    private const string One = "*";
    private const string Any = "**";

    /// <summary>Reads a pattern: a path expression whose elements may be wildcards.</summary>
    /// <exception cref="HoconException">The pattern is no path.</exception>
    public static PathPattern Parse(string text)
    {
        // Stars are reserved outside quotes, so a wildcard is quoted before the path is read as any other.
        var quoted = string.Join('.', text.Split('.').Select(element => element.Trim() is One or Any ? $"\"{element.Trim()}\"" : element));
        return new PathPattern(HoconPath.Parse(quoted).Elements);
    }

    public bool Matches(IReadOnlyList<string> path) => Matches(0, path, 0);

    /// <summary>Whether the path, or one that it starts with, matches.</summary>
    public bool Covers(IReadOnlyList<string> path)
    {
        for (var length = 1; length <= path.Count; length++)
        {
            if (Matches([.. path.Take(length)]))
            {
                return true;
            }
        }

        return false;
    }

    private bool Matches(int element, IReadOnlyList<string> path, int position)
    {
        if (element == elements.Count)
        {
            return position == path.Count;
        }

        if (string.Equals(elements[element], Any, StringComparison.Ordinal))
        {
            return Matches(element + 1, path, position) || (position < path.Count && Matches(element, path, position + 1));
        }

        return position < path.Count
            && (string.Equals(elements[element], One, StringComparison.Ordinal) || string.Equals(elements[element], path[position], StringComparison.Ordinal))
            && Matches(element + 1, path, position + 1);
    }
}
