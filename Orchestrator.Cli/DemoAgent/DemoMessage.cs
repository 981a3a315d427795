namespace Orchestrator.Cli.DemoAgent;

/// <summary>A submitted text: the envelope's id and sender, if it has one, and what was said.</summary>
internal sealed record DemoMessage(string? Id, string? From, string Body)
{
    private const string Begins = "[message ";
    private const string Between = " from ";

    /// <summary>Reads <c>[message ID from X]</c> off the first line.</summary>
    public static DemoMessage Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var line = end < 0 ? text : text[..end];
        var from = line.IndexOf(Between, StringComparison.Ordinal);
        return line.StartsWith(Begins, StringComparison.Ordinal) && line.EndsWith(']') && from > Begins.Length
            ? new DemoMessage(line[Begins.Length..from], line[(from + Between.Length)..^1], end < 0 ? string.Empty : text[(end + 1)..])
            : new DemoMessage(Id: null, From: null, text);
    }
}
