namespace Orchestrator.Cli.DemoAgent;

/// <summary>A submitted text: the envelope's id and sender, if it has one, and what was said.</summary>
internal sealed record DemoMessage(string? Id, string? From, string Body)
{
    private const string Begins = "[message ";
    private const string Between = " from ";
    private const string Sealed = "] ends with ";

    /// <summary>Takes the envelope off: <c>[message ID from X]</c> as the first line, with <c> ends with [end SEAL]</c> also that last line.</summary>
    public static DemoMessage Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var line = end < 0 ? text : text[..end];
        var body = end < 0 ? string.Empty : text[(end + 1)..];
        if (line.IndexOf(Sealed, StringComparison.Ordinal) is > 0 and var at)
        {
            var last = "\n" + line[(at + Sealed.Length)..];
            line = line[..(at + 1)];
            body = body.EndsWith(last, StringComparison.Ordinal) ? body[..^last.Length] : body;
        }

        var from = line.IndexOf(Between, StringComparison.Ordinal);
        return line.StartsWith(Begins, StringComparison.Ordinal) && line.EndsWith(']') && from > Begins.Length
            ? new DemoMessage(line[Begins.Length..from], line[(from + Between.Length)..^1], body)
            : new DemoMessage(Id: null, From: null, text);
    }
}
