using System.Globalization;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Transcripts;

/// <summary>
/// Follows the transcript of one program while messages of it are unanswered, and reports what it answers. Reads only what was written since the look before, and nothing while nobody waits.
/// </summary>
internal sealed partial class AnswerWatch : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    // A program may stand at its prompt before it has written down the end of its answer.
    private static readonly TimeSpan WrittenWithin = TimeSpan.FromMilliseconds(600);

    // At its prompt for so long, with nothing said: the turn was cut off, or failed.
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(5);

    // Of a program that was adopted: how old the beginning of a turn may be that has not been answered yet.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromDays(1);

    private readonly BoundPane _pane;
    private readonly WorkerContext _context;
    private readonly AnswerRules _rules;
    private readonly Func<DateTimeOffset?> _atPromptSince;
    private readonly ILogger _logger;
    private readonly ITranscriptLines _lines;
    private readonly Dictionary<string, TurnReader> _readers = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<MessageId> _expected = [];
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private string? _file;
    private DateTimeOffset _grown;

    private AnswerWatch(BoundPane pane, AnswerRules rules, TranscriptRules files, IEnumerable<MessageId> unanswered, bool fresh, Func<DateTimeOffset?> atPromptSince, WorkerContext context, ILogger logger)
    {
        (_pane, _rules, _context, _atPromptSince, _logger) = (pane, rules, context, atPromptSince, logger);
        _grown = context.Time.GetUtcNow();
        _lines = files.Database is { } database ? new DatabaseLines(database, pane.Launch, fresh ? _grown : _grown - LongestTurn) : new TranscriptLines(files, pane.Launch, fromNow: fresh);
        _expected.AddRange(unanswered);
        _wanted.Release();
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Begins to follow; null if the profile does not say how.</summary>
    /// <param name="pane">The pane of the program.</param>
    /// <param name="unanswered">What it was given and has not answered yet.</param>
    /// <param name="fresh">It was started just now: what the transcripts hold already is of others.</param>
    /// <param name="atPromptSince">Since when it stands at its prompt; null if it does not.</param>
    /// <param name="context">The worker.</param>
    /// <param name="logger">Gets what fails.</param>
    public static AnswerWatch? Over(BoundPane pane, IEnumerable<MessageId> unanswered, bool fresh, Func<DateTimeOffset?> atPromptSince, WorkerContext context, ILogger logger)
        => pane.Profile is { Answers: { } rules, Transcript: { } files } ? new AnswerWatch(pane, rules, files, unanswered, fresh, atPromptSince, context, logger) : null;

    /// <summary>The transcript in which a message was answered last; null before the first.</summary>
    public string? File => _file;

    /// <summary>A message has reached the program: its answer is waited for.</summary>
    public void Expect(MessageId message)
    {
        lock (_lock)
        {
            _expected.Add(message);
        }

        _wanted.Release();
    }

    /// <summary>The program is gone: what it has written is read to the end.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await LookAsync(ended: true, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        _wanted.Dispose();
        _reading.Dispose();
    }

    private async Task WatchAsync()
    {
        var cancellation = _stopping.Token;
        try
        {
            while (true)
            {
                if (!Waits())
                {
                    await _wanted.WaitAsync(cancellation);
                }

                try
                {
                    await LookAsync(ended: false, cancellation);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    LogFailed(_logger, exception, _pane.Agent.Value);
                }

                await Task.Delay(LookEvery, _context.Time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_logger, _pane.Agent.Value);
        }
    }

    private async Task LookAsync(bool ended, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            foreach (var (file, line) in _lines.New(_file))
            {
                if (!_readers.TryGetValue(file, out var reader))
                {
                    _readers[file] = reader = new TurnReader(_rules, _pane.Profile.Envelope);
                }

                if (reader.Take(line.Text) is { } over)
                {
                    await ReportAsync(over, $"transcript {file}, byte {line.Offset}, ends the turn", cancellation);
                }

                if (reader.Current is { Message: { } id } && IsExpected(id))
                {
                    _file = file;
                }

                _grown = _context.Time.GetUtcNow();
            }

            if (_file is { } current && _readers[current].Current is { } turn && (ended || IsOver(turn)))
            {
                await ReportAsync(turn, $"transcript {current}, and the program is {(ended ? "gone" : "at its prompt")}", cancellation);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool IsOver(Turn turn)
    {
        if (_atPromptSince() is not { } since)
        {
            return false;
        }

        var still = _context.Time.GetUtcNow() - (since > _grown ? since : _grown);
        return still >= (turn.Said is null ? SilentFor : WrittenWithin);
    }

    private async Task ReportAsync(Turn turn, string evidence, CancellationToken cancellation)
    {
        if (turn.Message is not { } id || !MessageId.TryParse(id, out var message) || !IsExpected(id))
        {
            return;
        }

        var answer = turn.Said is { } said
            ? AnswerText.Of(said.ToString(), turn.TokensIn, turn.TokensOut, turn.Session, evidence)
            : AnswerText.None($"its turn ended without an answer: it was cut off, or failed ({evidence})");
        await _context.System.TellAsync(_pane.Agent.Entity, new ReportAnswer(message, _pane.Generation, answer, turn.TokensSent), CommandId.New(_context.Time), _context.Sender, cancellation);
        LogAnswered(_logger, message.Value, _pane.Agent.Value, answer.Text?.Length.ToString(CultureInfo.InvariantCulture) ?? "no");
        lock (_lock)
        {
            _expected.Remove(message);
        }
    }

    private bool Waits()
    {
        lock (_lock)
        {
            return _expected.Count > 0;
        }
    }

    private bool IsExpected(string id)
    {
        lock (_lock)
        {
            return _expected.Exists(message => message.Value == id);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "the answers of {Agent} are not followed any more")]
    private static partial void LogStopped(ILogger logger, string agent);

    [LoggerMessage(Level = LogLevel.Information, Message = "message {Message} was answered by {Agent} with {Length} characters")]
    private static partial void LogAnswered(ILogger logger, string message, string agent, string length);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the transcript of {Agent} could not be followed, and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string agent);
}
