using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;

namespace Orchestrator.Node.Profiles;

/// <summary>The transcript files of a program, and how whole lines are read from them while it writes.</summary>
internal sealed class TranscriptFiles(TranscriptRules rules, LaunchContext context)
{
    /// <summary>How much is read at once, in bytes.</summary>
    public const int MostRead = 8 * 1024 * 1024;

    private readonly ImmutableArray<string> _patterns = [.. rules.Files.Select(file => Placeholders.Fill(file, context))];

    /// <summary>The transcript files there are now, the newest first.</summary>
    public List<FileInfo> List()
        => [.. _patterns.SelectMany(Matching).Select(path => new FileInfo(path)).Where(file => file.Exists).OrderByDescending(file => file.LastWriteTimeUtc)];

    private static IEnumerable<string> Matching(string pattern)
    {
        IEnumerable<string> found = ["/"];
        var names = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (index, name) in names.Index())
        {
            var last = index == names.Length - 1;
            found = name.Contains('*', StringComparison.Ordinal)
                ? found.SelectMany(folder => Entries(folder, name, last))
                : found.Select(folder => Path.Combine(folder, name)).Where(path => last || Directory.Exists(path));
        }

        return found;
    }

    private static IEnumerable<string> Entries(string folder, string name, bool files)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var options = new EnumerationOptions { IgnoreInaccessible = true };
        return new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                entry.IsDirectory != files && FileSystemName.MatchesSimpleExpression(name, entry.FileName, ignoreCase: false),
        };
    }

    /// <summary>Whole lines from an offset on, and the offset behind them.</summary>
    public static (List<(long Start, string Text)> Lines, long Next)? ReadLines(string path, long offset)
    {
        // Asked for every few milliseconds: nothing is opened for it.
        if (new FileInfo(path) is not { Exists: true } file || file.Length <= offset)
        {
            return null;
        }

        var bytes = Read(path, offset, MostRead);
        if (bytes.Length == 0)
        {
            return null;
        }

        var (lines, end) = LinesIn(bytes, 0);
        return (lines.ConvertAll(line => (offset + line.Start, line.Text)), offset + end);
    }

    /// <summary>The bytes of a file from an offset on, at most <paramref name="most"/>; none if it is shorter or has gone.</summary>
    public static byte[] Read(string path, long offset, int most)
    {
        using var stream = Open(path);
        if (stream is null || stream.Length <= offset)
        {
            return [];
        }

        stream.Position = offset;
        var bytes = new byte[Math.Min(stream.Length - offset, most)];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The whole lines in <paramref name="bytes"/> from <paramref name="start"/> on, and where they end.</summary>
    public static (List<(int Start, string Text)> Lines, int End) LinesIn(byte[] bytes, int start)
    {
        var (lines, first) = (new List<(int, string)>(), start);
        while (Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and var end)
        {
            lines.Add((start, Encoding.UTF8.GetString(bytes, start, end - start)));
            start = end + 1;
        }

        // A line longer than any message may be is passed over in pieces.
        return (lines, start == first && bytes.Length == MostRead ? bytes.Length : start);
    }

    /// <summary>Where the last line of a file begins; what stands before it is whole.</summary>
    public static long LastLineStart(string path)
    {
        using var stream = Open(path);
        for (var position = (stream?.Length ?? 0) - 1; position >= 0; position--)
        {
            stream!.Position = position;
            if (stream.ReadByte() == '\n')
            {
                return position + 1;
            }
        }

        return 0;
    }

    /// <summary>Null if the file has gone since it was listed: programs clear their old transcripts away.</summary>
    internal static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
