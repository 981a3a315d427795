namespace Orchestrator.Tmux;

/// <summary>Cuts a stream into lines without making strings of them.</summary>
internal sealed class LineReader(Stream stream)
{
    private const int LongestLine = 16 * 1024 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>The next line that is already here; false if more has to be read first.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var from = _start + _searched;
        var at = _buffer.AsSpan(from, _end - from).IndexOf((byte)'\n');
        if (at < 0)
        {
            _searched = _end - _start;
            line = default;
            return false;
        }

        line = _buffer.AsSpan(_start, _searched + at);
        _start = from + at + 1;
        _searched = 0;
        return true;
    }

    /// <summary>Waits for more bytes; false at the end of the stream.</summary>
    public bool Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
            {
                throw new TmuxException("tmux wrote a line of more than 16 MB.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += count;
        return count > 0;
    }
}
