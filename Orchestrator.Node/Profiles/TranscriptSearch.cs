using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;

namespace Orchestrator.Node.Profiles;

/// <summary>A line of a transcript that carries the id of a message.</summary>
/// <param name="File">The transcript.</param>
/// <param name="Offset">Where the line begins, in bytes.</param>
/// <param name="Text">The line.</param>
public sealed record TranscriptLine(string File, long Offset, string Text);

/// <summary>
/// Looks for messages in the transcripts of a program. Each look reads only what was written since the one before, so
/// it may be repeated every few milliseconds. Not for use by several threads at once.
/// </summary>
public sealed class TranscriptSearch
{
    private const int MostRead = 8 * 1024 * 1024;

    private readonly TranscriptRules _rules;
    private readonly ImmutableArray<string> _patterns;
    private readonly DateTimeOffset _since;
    private readonly Dictionary<string, long> _read = new(StringComparer.Ordinal);

    private TranscriptSearch(TranscriptRules rules, LaunchContext context, DateTimeOffset since)
    {
        _rules = rules;
        _since = since;
        _patterns = [.. rules.Files.Select(file => Placeholders.Fill(file, context))];
    }

    /// <summary>A search in what is written from now on. Begin it before the message is submitted.</summary>
    public static TranscriptSearch FromNow(TranscriptRules rules, LaunchContext context)
    {
        var search = new TranscriptSearch(rules, context, DateTimeOffset.MinValue);
        foreach (var file in search.Files())
        {
            search._read[file.FullName] = LastLineStart(file);
        }

        return search;
    }

    /// <summary>A search in everything the transcripts hold that were written to at or after <paramref name="since"/>: for after a crash.</summary>
    public static TranscriptSearch FromTheBeginning(TranscriptRules rules, LaunchContext context, DateTimeOffset since)
        => new(rules, context, since);

    /// <summary>The first new line that carries the id, if it has been written. Lines before it will not be looked at again.</summary>
    /// <param name="id">The message's id, which must look the same in the transcript's format (letters, digits, hyphens).</param>
    /// <param name="seal">The seal of its envelope, looked for too where the transcript carries it: another message, to this agent or to one beside it, may speak of the id.</param>
    public TranscriptLine? Find(string id, string seal)
    {
        foreach (var file in Files().Where(file => file.LastWriteTimeUtc >= _since.UtcDateTime))
        {
            var offset = _read.GetValueOrDefault(file.FullName);
            while (ReadLines(file.FullName, offset) is (var lines, var next) && next > offset)
            {
                foreach (var (start, line) in lines)
                {
                    if (line.Contains(id, StringComparison.Ordinal) && (!_rules.CarriesSeal || line.Contains(seal, StringComparison.Ordinal)) && (_rules.Line?.IsMatch(line) ?? true))
                    {
                        _read[file.FullName] = start;
                        return new TranscriptLine(file.FullName, start, line);
                    }
                }

                offset = next;
                _read[file.FullName] = offset;
            }
        }

        return null;
    }

    /// <summary>The transcript files there are now, the newest first.</summary>
    private List<FileInfo> Files()
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
    private static (List<(long Start, string Text)> Lines, long Next)? ReadLines(string path, long offset)
    {
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

    private static long LastLineStart(FileInfo file)
    {
        using var stream = Open(file.FullName);
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
    private static FileStream? Open(string path)
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
