using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>What a transcript has of one turn.</summary>
/// <param name="Message">The id of the message that began it; null if a person did.</param>
internal sealed record Turn(string? Message)
{
    /// <summary>What the program has said since its last tool; null if nothing.</summary>
    public StringBuilder? Said { get; set; }

    /// <summary>Tokens of its last request.</summary>
    public long? TokensIn { get; private set; }

    /// <summary>Tokens that the model wrote in all of it.</summary>
    public long? TokensOut { get; private set; }

    /// <summary>Tokens of all its requests.</summary>
    public long? TokensSent { get; private set; }

    private (string Of, long Sent, long Written)? _request;

    /// <summary>Takes the tokens of a request; those of the same one count once, as they were written last.</summary>
    public void Requested(string? request, long? sent, long? written)
    {
        var before = request is not null && _request is { } last && last.Of == request ? last : (Of: request ?? "", Sent: 0L, Written: 0L);
        TokensIn = sent ?? TokensIn;
        TokensSent = sent is null ? TokensSent : (TokensSent ?? 0) - before.Sent + sent;
        TokensOut = written is null ? TokensOut : (TokensOut ?? 0) - before.Written + written;
        _request = request is null ? null : (request, sent ?? before.Sent, written ?? before.Written);
    }

    /// <summary>The program's name for the conversation.</summary>
    public string? Session { get; set; }
}

/// <summary>Makes turns out of the lines of one transcript, as they are written. Not for use by several threads at once.</summary>
internal sealed class TurnReader(AnswerRules rules, EnvelopeRules envelope)
{
    // A program may put something of its own before what was pasted into it, but not much.
    private const int MostBeforeEnvelope = 300;

    private readonly Regex _opening = new(
        Regex.Escape(envelope.Opening).Replace(@"\{id}", "(?<id>[0-9A-Z]{26})", StringComparison.Ordinal).Replace(@"\{sender}", @"[^\]\n]*", StringComparison.Ordinal).Replace(@"\{seal}", "[0-9A-Z]+", StringComparison.Ordinal),
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromMilliseconds(250));

    /// <summary>The turn that runs, or was the last.</summary>
    public Turn? Current { get; private set; }

    /// <summary>Takes a line, and returns the turn that is over with it; null if none is.</summary>
    public Turn? Take(string line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            // No line of what is read here; a transcript may hold others.
            return null;
        }

        using (document)
        {
            return Take(document.RootElement);
        }
    }

    private Turn? Take(JsonElement line)
    {
        var step = rules.Step.Means(line);
        if (!step && rules.User.Means(line))
        {
            var before = Current;
            Current = new Turn(IdOf(line)) { Session = First(rules.Session, line) };
            return before;
        }

        if (Current is not { } turn)
        {
            return null;
        }

        if (rules.Said.Means(line) && First(rules.Said.Text, line) is { Length: > 0 } text)
        {
            turn.Said = (turn.Said?.Append('\n') ?? new StringBuilder()).Append(text);
        }

        var (sent, written) = (Sum(rules.TokensIn, line), Sum(rules.TokensOut, line));
        if (sent is not null || written is not null)
        {
            turn.Requested(First(rules.TokensOf, line), sent, written);
        }

        turn.Session = First(rules.Session, line) ?? turn.Session;
        if (step)
        {
            turn.Said = null;
        }

        if (!rules.End.Means(line))
        {
            return null;
        }

        Current = null;
        return turn;
    }

    private string? IdOf(JsonElement line)
    {
        if (First(rules.UserId, line) is { } named)
        {
            return named;
        }

        return First(rules.User.Text, line) is { } text && _opening.Match(text) is { Success: true } opening && opening.Index < MostBeforeEnvelope ? opening.Groups["id"].Value : null;
    }

    private static string? First(ImmutableArray<JsonPath> paths, JsonElement line) => paths.Select(path => path.Text(line)).FirstOrDefault(static text => text is not null);

    private static long? Sum(ImmutableArray<JsonPath> paths, JsonElement line) => paths.Select(path => path.Sum(line)).FirstOrDefault(static sum => sum is not null);
}
