namespace Orchestrator.Node.Profiles;

/// <summary>
/// How far a transcript was read, and what stood just before. A program may write its file anew instead of at its end (the last fifty lines of it, for example): then something else stands there, and all
/// of the file is new.
/// </summary>
internal sealed class TranscriptPlace
{
    private const int Compared = 64;

    private readonly string _file;
    private byte[] _before = [];
    private long _offset;
    private (long Length, DateTime Written) _seen;

    private TranscriptPlace(string file) => _file = file;

    /// <summary>The beginning of a file.</summary>
    public static TranscriptPlace Beginning(string file) => new(file);

    /// <summary>Where the last line of a file begins; what stands before it is whole.</summary>
    public static TranscriptPlace LastLine(string file)
    {
        var place = new TranscriptPlace(file) { _offset = TranscriptFiles.LastLineStart(file) };
        place._before = TranscriptFiles.Read(file, Math.Max(0, place._offset - Compared), (int)Math.Min(place._offset, Compared));
        return place;
    }

    /// <summary>The next whole lines; null at the end. A look at a file that nothing was written to opens nothing.</summary>
    public List<TranscriptLine>? ReadOn()
    {
        var file = new FileInfo(_file);
        var now = file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
        if (now == _seen && now.Length <= _offset)
        {
            return null;
        }

        // In one go with what stood before: nobody can write the file anew in between.
        _seen = now;
        var bytes = TranscriptFiles.Read(_file, _offset - _before.Length, TranscriptFiles.MostRead);
        if (!bytes.AsSpan().StartsWith(_before))
        {
            (_offset, _before) = (0, []);
            bytes = TranscriptFiles.Read(_file, 0, TranscriptFiles.MostRead);
        }

        var (lines, end) = TranscriptFiles.LinesIn(bytes, _before.Length);
        if (end == _before.Length)
        {
            return null;
        }

        var first = _offset - _before.Length;
        (_offset, _before) = (first + end, bytes[Math.Max(0, end - Compared)..end]);
        return lines.ConvertAll(line => new TranscriptLine(_file, first + line.Start, line.Text));
    }
}
