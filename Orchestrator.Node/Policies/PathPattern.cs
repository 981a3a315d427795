using System.Text.RegularExpressions;

namespace Orchestrator.Node.Policies;

/// <summary>A pattern for files: <c>*</c> stands for any part of one name, <c>**</c> for any folders. Without a leading slash it begins in the agent's working folder.</summary>
internal sealed class PathPattern
{
    private const int MostLinks = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly Regex _pattern;

    private PathPattern(string text, Regex pattern)
    {
        Text = text;
        _pattern = pattern;
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none; says why.</exception>
    public static PathPattern Parse(string text)
    {
        if (text.Length == 0 || text.Split('/').Contains(".."))
        {
            throw new FormatException($"\"{text}\" is no pattern for files: write src/**, docs/*.md or /srv/shared/**, without ..");
        }

        var pattern = Regex.Escape(text).Replace(@"\*\*/", "(?:[^/]+/)*", StringComparison.Ordinal).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        return new PathPattern(text, new Regex($@"\A{pattern}\z", RegexOptions.CultureInvariant | RegexOptions.Singleline, Limit));
    }

    /// <summary>Whether a file is one that the pattern means.</summary>
    /// <param name="folder">The working folder, every link resolved.</param>
    /// <param name="file">The file, every link resolved.</param>
    public bool Means(string folder, string file)
    {
        if (Text[0] == '/')
        {
            return _pattern.IsMatch(file);
        }

        var relative = Path.GetRelativePath(folder, file);
        return !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal) && _pattern.IsMatch(relative);
    }

    /// <summary>A path with every link on its way resolved, also where its end does not exist yet.</summary>
    /// <exception cref="IOException">The links lead round in a circle.</exception>
    public static string Canonical(string path)
    {
        var left = MostLinks;
        return Canonical(path, ref left);
    }

    private static string Canonical(string path, ref int left)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var folder = Canonical(parent, ref left);
        var here = Path.Combine(folder, Path.GetFileName(path));
        FileSystemInfo entry = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        if (entry.LinkTarget is not { } target)
        {
            return here;
        }

        return left-- > 0 ? Canonical(Path.GetFullPath(target, folder), ref left) : throw new IOException($"{path} leads over too many links");
    }
}
