using System.Collections.Immutable;
using System.Text;

using Orchestrator.Actors.Identity;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>The last lines of a transcript, without tokens of this product.</summary>
/// <param name="From">Where they were read.</param>
/// <param name="LeftOut">How many bytes before them were left out.</param>
/// <param name="Lines">The lines, each whole.</param>
internal sealed record TranscriptEnd(string From, long LeftOut, ImmutableArray<string> Lines)
{
    /// <summary>The lines of the last <paramref name="most"/> bytes of a file; null if it is not there. A last line without an end counts: its program may be gone.</summary>
    public static TranscriptEnd? OfFile(string path, long most)
    {
        using var stream = TranscriptFiles.Open(path);
        if (stream is null)
        {
            return null;
        }

        // With the byte before, which tells whether a line begins there. What is written meanwhile is left for the next time.
        var length = stream.Length;
        var start = Math.Max(0, length - most - 1);
        stream.Position = start;
        var bytes = new byte[length - start];
        var text = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (length > most)
        {
            var whole = text.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : text.Length;
            start += whole;
            text = text[whole..];
        }

        return new TranscriptEnd(path, start, Split(text));
    }

    /// <summary>The last of <paramref name="lines"/> that are <paramref name="most"/> bytes together.</summary>
    public static TranscriptEnd OfLines(string from, IEnumerable<string> lines, long most)
    {
        var kept = new Queue<string>();
        var (bytes, leftOut) = (0L, 0L);
        foreach (var line in lines)
        {
            kept.Enqueue(Secret.Redact(line));
            bytes += Size(line);
            while (bytes > most && kept.TryDequeue(out var first))
            {
                bytes -= Size(first);
                leftOut += Size(first);
            }
        }

        return new TranscriptEnd(from, leftOut, [.. kept]);

        static int Size(string line) => Encoding.UTF8.GetByteCount(line) + 1;
    }

    private static ImmutableArray<string> Split(ReadOnlySpan<byte> text)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n') is >= 0 and var found ? found : text.Length;
            lines.Add(Secret.Redact(Encoding.UTF8.GetString(text[..end])));
            text = text[Math.Min(end + 1, text.Length)..];
        }

        return lines.ToImmutable();
    }
}
