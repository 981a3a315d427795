using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Quotas;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Transcripts;

/// <summary>
/// Follows the transcript of the conversation for what the program writes down of itself: that a turn begins or ends, that it has compacted what it remembers, what it knows of the limits of its account. Which file that is, is known once it
/// carries a message of ours, or by the id of the conversation; until then it tells nothing.
/// </summary>
internal sealed partial class TranscriptWatch : IAsyncDisposable
{
    // A look is one question for the length of a file. What ends a turn is awaited; what begins one shows on the screen as well.
    private static readonly TimeSpan WhileItWorks = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AtItsPrompt = TimeSpan.FromMilliseconds(200);

    private readonly BoundPane _pane;
    private readonly PaneWatch _watch;
    private readonly WorkerContext _context;
    private readonly ILogger _logger;
    private readonly ImmutableArray<TranscriptFact> _facts;
    private readonly LineRule? _compacted;
    private readonly Dictionary<string, (double Percent, DateTimeOffset? Resets)> _used = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private volatile TranscriptLine? _followed;

    private TranscriptWatch(BoundPane pane, PaneWatch watch, WorkerContext context, ILogger logger)
    {
        (_pane, _watch, _context, _logger) = (pane, watch, context, logger);
        _facts = pane.Profile.TranscriptFacts;
        _compacted = pane.Profile.Answers?.Compacted is { Where.IsEmpty: false } rule ? rule : null;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Begins to follow; null if the profile's transcript tells nothing of the kind.</summary>
    /// <param name="pane">The pane of the program.</param>
    /// <param name="watch">Gets what is told.</param>
    /// <param name="session">The id of the conversation, if it is known already.</param>
    /// <param name="context">The worker.</param>
    /// <param name="logger">Gets what fails.</param>
    public static TranscriptWatch? Over(BoundPane pane, PaneWatch watch, string? session, WorkerContext context, ILogger logger)
    {
        if (pane.Profile is not { Transcript: { } files } profile || (profile.TranscriptFacts.IsEmpty && profile.TranscriptLimits.IsEmpty && profile.Answers is not { Compacted.Where.IsEmpty: false }))
        {
            return null;
        }

        var following = new TranscriptWatch(pane, watch, context, logger);
        if (session is not null && new TranscriptFiles(files, pane.Launch).List().Find(file => profile.Session.IdIn(file.FullName) == session) is { } known)
        {
            following.Follow(new TranscriptLine(known.FullName, TranscriptFiles.LastLineStart(known.FullName), Text: ""));
        }

        return following;
    }

    /// <summary>The conversation is written down in the file of this line, which carries a message of ours.</summary>
    public void Follow(TranscriptLine line)
    {
        if (_followed?.File != line.File)
        {
            _followed = line;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        var cancellation = _stopping.Token;
        (string? File, long Read) at = default;
        try
        {
            while (true)
            {
                if (_followed is { } followed)
                {
                    at = at.File == followed.File ? at : (followed.File, followed.Offset);
                    try
                    {
                        while (TranscriptFiles.ReadLines(followed.File, at.Read) is (var lines, var next) && next > at.Read)
                        {
                            foreach (var (_, text) in lines)
                            {
                                await TakeAsync(text, followed.File, cancellation);
                            }

                            at.Read = next;
                        }
                    }
                    catch (Exception exception) when (exception is not OperationCanceledException)
                    {
                        LogFailed(_logger, exception, _pane.Agent.Value);
                    }
                }

                await Task.Delay(_followed is not null && (_watch.AtPromptSince is null || _watch.DeliveryUnderWay) ? WhileItWorks : AtItsPrompt, _context.Time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_logger, _pane.Agent.Value);
        }
    }

    private async Task TakeAsync(string text, string file, CancellationToken cancellation)
    {
        JsonDocument line;
        try
        {
            line = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            // No line of what is read here; a transcript may hold others.
            return;
        }

        using (line)
        {
            if (_facts.FirstOrDefault(fact => fact.Line.Means(line.RootElement)) is { } fact)
            {
                var meaning = new HookMeaning(fact.Name, fact.Name, ImmutableDictionary<string, Regex>.Empty, fact.Activity) { UntilSeen = fact.UntilSeen };
                _watch.Tell(new HookEvent(fact.Name, meaning, _context.Time.GetUtcNow(), ImmutableDictionary<string, string>.Empty) { Source = "transcript" });
            }

            foreach (var limit in _pane.Profile.TranscriptLimits)
            {
                await TakeAsync(limit, line.RootElement, file, cancellation);
            }

            if (_compacted?.Means(line.RootElement) == true)
            {
                // From now on it is known that the transcript tells of them: the screen need not be asked too.
                _watch.CompactionsAreTold = true;
                await _context.System.TellAsync(_pane.Agent.Entity, new ReportCompaction(_pane.Generation, $"transcript {file} says so"), CommandId.New(_context.Time), _context.Sender, cancellation);
            }
        }
    }

    private async Task TakeAsync(LimitLine limit, JsonElement line, string file, CancellationToken cancellation)
    {
        if (limit.Of(line, _context.Time) is not var (percent, resets))
        {
            return;
        }

        // Told with every request: only another part that is used, in whole percent, is news.
        var reached = limit.Used.IsEmpty;
        var news = (Math.Floor(percent), resets);
        if (!reached && _used.TryGetValue(limit.Name, out var known) && known == news)
        {
            return;
        }

        _used[limit.Name] = news;

        // Nobody knows when it ends: tried again after the profile's time, like one on the screen.
        var again = _pane.Profile.Limit.TryAgain;
        var use = new LimitUse(limit.Name, percent, resets ?? (reached && again > TimeSpan.Zero ? _context.Time.GetUtcNow() + again : null));
        await _context.System.TellAsync(_pane.Agent.Entity, new ReportLimitUse(_pane.Generation, use, reached, $"transcript {file} says so ({limit.Name})"), CommandId.New(_context.Time), _context.Sender, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "the transcript of {Agent} is not followed any more")]
    private static partial void LogStopped(ILogger logger, string agent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the transcript of {Agent} could not be followed, and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string agent);
}
