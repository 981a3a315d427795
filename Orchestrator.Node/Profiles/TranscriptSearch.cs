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
    // Nothing is read where nothing was written: a look asks for the length of the file.
    private static readonly TimeSpan LikelyEvery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan AllEvery = TimeSpan.FromMilliseconds(40);

    private readonly TranscriptRules _rules;
    private readonly TranscriptFiles _files;
    private readonly DateTimeOffset _since;
    private readonly Dictionary<string, TranscriptPlace> _read = new(StringComparer.Ordinal);
    private readonly string? _session;
    private List<string> _likely = [];
    private (string Id, TranscriptLine Line)? _found;

    private TranscriptSearch(TranscriptRules rules, LaunchContext context, DateTimeOffset since)
    {
        _rules = rules;
        _session = context.Session;
        _since = since;
        _files = new TranscriptFiles(rules, context);
    }

    /// <summary>A search in what is written from now on. Begin it before the message is submitted.</summary>
    public static TranscriptSearch FromNow(TranscriptRules rules, LaunchContext context)
    {
        var search = new TranscriptSearch(rules, context, DateTimeOffset.MinValue);
        foreach (var file in search._files.List())
        {
            search._read[file.FullName] = TranscriptPlace.LastLine(file.FullName);
        }

        return search;
    }

    /// <summary>A search in everything the transcripts hold that were written to at or after <paramref name="since"/>: for after a crash.</summary>
    public static TranscriptSearch FromTheBeginning(TranscriptRules rules, LaunchContext context, DateTimeOffset since)
        => new(rules, context, since);

    /// <summary>The first new line that carries the id, if it has been written. What was read for one id is not looked at again for another.</summary>
    /// <param name="id">The message's id, which must look the same in the transcript's format (letters, digits, hyphens).</param>
    /// <param name="seal">The seal of its envelope, looked for too where the transcript carries it: another message, to this agent or to one beside it, may speak of the id.</param>
    public TranscriptLine? Find(string id, string seal)
    {
        if (_found?.Id == id)
        {
            return _found.Value.Line;
        }

        var files = _files.List().Where(file => file.LastWriteTimeUtc >= _since.UtcDateTime).Select(static file => file.FullName).ToList();
        _likely = [.. files.Where((file, index) => index == 0 || (_session is not null && file.Contains(_session, StringComparison.Ordinal)))];
        return files.Select(file => FindIn(file, id, seal)).FirstOrDefault(static line => line is not null);
    }

    /// <summary>The same, waiting for it: the file that was written to last, and that of the agent's own conversation, are looked at every few milliseconds, the others, and whether there are new ones, every 40 ms.</summary>
    /// <param name="id">The message's id.</param>
    /// <param name="seal">The seal of its envelope.</param>
    /// <param name="within">For how long.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<TranscriptLine?> FindWithinAsync(string id, string seal, TimeSpan within, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var listed = started;
        var found = Find(id, seal);
        while (found is null && time.GetElapsedTime(started) < within)
        {
            await Task.Delay(LikelyEvery, time, cancellation);
            if (time.GetElapsedTime(listed) < AllEvery)
            {
                found = _likely.Select(file => FindIn(file, id, seal)).FirstOrDefault(static line => line is not null);
            }
            else
            {
                listed = time.GetTimestamp();
                found = Find(id, seal);
            }
        }

        return found;
    }

    private TranscriptLine? FindIn(string file, string id, string seal)
    {
        if (!_read.TryGetValue(file, out var place))
        {
            _read[file] = place = TranscriptPlace.Beginning(file);
        }

        while (place.ReadOn() is { } lines)
        {
            if (lines.Find(line => line.Text.Contains(id, StringComparison.Ordinal) && (!_rules.CarriesSeal || line.Text.Contains(seal, StringComparison.Ordinal)) && (_rules.Line?.IsMatch(line.Text) ?? true)) is { } found)
            {
                _found = (id, found);
                return found;
            }
        }

        return null;
    }
}
