namespace Orchestrator.Tmux;

/// <summary>
/// Cuts what came between a command line and the marker after it into answers. Text from panes can hold lines that look like <c>%end</c> or <c>%begin</c>, so
/// the last answer of a list ends at the last line that closes it, not at the first.
/// </summary>
internal static class ReplyParser
{
    private const byte LineFeed = (byte)'\n';

    /// <param name="region">Lines, each ended by a line feed.</param>
    /// <param name="expected">Answers if nothing fails, or null if not known.</param>
    public static IReadOnlyList<CommandAnswer> Parse(ReadOnlyMemory<byte> region, int? expected)
    {
        var answers = new List<CommandAnswer>();
        var position = 0;
        while (NextBegin(region, ref position) is { } suffix)
        {
            var from = position;
            var last = expected is { } count && answers.Count + 1 == count;
            if (FindEnd(region, from, suffix.Span, last) is not { } end)
            {
                throw new TmuxException("tmux's answer has no end: the control connection is out of step.");
            }

            answers.Add(new CommandAnswer(end.Succeeded, region[from..Math.Max(from, end.Start - 1)]));
            position = end.Next;
            if (last || !end.Succeeded)
            {
                break;
            }
        }

        return answers;
    }

    /// <summary>The part of a <c>%begin</c>, <c>%end</c> or <c>%error</c> line after its first word.</summary>
    public static ReadOnlySpan<byte> Suffix(ReadOnlySpan<byte> line) => line[(line.IndexOf((byte)' ') + 1)..];

    /// <summary>Whether this line opens an answer to a command of ours (its flags end in 1).</summary>
    public static bool IsOwnBegin(ReadOnlySpan<byte> line) => line.StartsWith("%begin "u8) && line.EndsWith(" 1"u8);

    /// <summary>Whether this line closes the answer with that suffix.</summary>
    public static bool Closes(ReadOnlySpan<byte> line, ReadOnlySpan<byte> suffix)
        => (line.StartsWith("%end "u8) || line.StartsWith("%error "u8)) && Suffix(line).SequenceEqual(suffix);

    private static ReadOnlyMemory<byte>? NextBegin(ReadOnlyMemory<byte> region, ref int position)
    {
        while (position < region.Length)
        {
            var line = LineAt(region.Span, position);
            var start = position;
            position += line.Length + 1;
            if (IsOwnBegin(line))
            {
                return region.Slice(start + "%begin ".Length, line.Length - "%begin ".Length);
            }
        }

        return null;
    }

    private static (bool Succeeded, int Start, int Next)? FindEnd(ReadOnlyMemory<byte> region, int from, ReadOnlySpan<byte> suffix, bool furthest)
    {
        (bool, int, int)? found = null;
        for (var position = from; position < region.Length;)
        {
            var line = LineAt(region.Span, position);
            var next = position + line.Length + 1;
            if (line.Length > 0 && line[0] == (byte)'%' && Closes(line, suffix))
            {
                found = (line.StartsWith("%end "u8), position, next);
                if (!furthest)
                {
                    return found;
                }
            }

            position = next;
        }

        return found;
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> region, int position)
    {
        var rest = region[position..];
        var end = rest.IndexOf(LineFeed);
        return end < 0 ? rest : rest[..end];
    }
}
