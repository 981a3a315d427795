using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;

namespace Orchestrator.Node.Profiles;

/// <summary>The transcript files of a program, and how whole lines are read from them while it writes.</summary>
internal sealed class TranscriptFiles(TranscriptRules rules, LaunchContext context)
{
    private const int MostRead = 8 * 1024 * 1024;

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

        var lines = new List<(long, string)>();
        using var stream = Open(path);
        if (stream is null || stream.Length <= offset)
        {
            return null;
        }

        stream.Position = offset;
        var buffer = new byte[Math.Min(stream.Length - offset, MostRead)];
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var start = 0;
        while (Array.IndexOf(buffer, (byte)'\n', start, read - start) is >= 0 and var end)
        {
            lines.Add((offset + start, Encoding.UTF8.GetString(buffer, start, end - start)));
            start = end + 1;
        }

        // A line longer than any message may be is passed over in pieces.
        return (lines, start == 0 && read == MostRead ? offset + read : offset + start);
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
