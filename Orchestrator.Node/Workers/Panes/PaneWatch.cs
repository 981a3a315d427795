using System.Threading.Channels;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Screens;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// Watches one pane: looks when tmux says that something was written, not by the clock, derives the activity, and reports it to the agent when it has changed.
/// </summary>
internal sealed partial class PaneWatch : IAsyncDisposable
{
    // Between two looks at a pane that writes without a pause, so many times what the look took: bounds what a screen that repaints for ever costs, and where many are looked at, or the
    // machine has other work, each is looked at less often.
    private const int PaceOfLook = 8;
    private static readonly TimeSpan ShortestPace = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LongestPace = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan StoreRetry = TimeSpan.FromMilliseconds(500);

    // A pattern that runs out of its time on so many looks in a row is too slow for what is there, and not only kept waiting by other work.
    private const int MostUndecided = 5;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(50);

    // tmux may know that a program has ended before it knows how; on a loaded machine it took more than a second.
    private static readonly TimeSpan ExitKnownWithin = TimeSpan.FromSeconds(5);

    private readonly BoundPane _pane;
    private readonly WorkerContext _context;
    private readonly Func<PaneExit, ValueTask> _ended;
    private readonly ILogger _logger;
    private readonly ReadingSettler _settler = new();
    private readonly HangWatch _hang;
    private readonly LimitWatch _limit;
    private readonly DialogWatch _dialogs;
    private readonly CompactionWatch _compaction;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly Channel<byte> _touched = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _told = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private (AgentActivity Activity, string? Detail, DateTimeOffset? Until)? _reported;
    private DateTimeOffset? _deadSince;
    private DateTimeOffset? _submitted;
    private int _undecided;

    public PaneWatch(BoundPane pane, WorkerContext context, bool hasBeenReady, bool dialogOpen, KnownLimit? limit, Func<PaneExit, ValueTask> ended, ILogger logger)
    {
        _pane = pane;
        _context = context;
        _ended = ended;
        _logger = logger;
        _hang = new HangWatch(pane.Profile.Hang, context.Time.GetUtcNow(), hasBeenReady);
        Hooks = new HookFacts(pane.Profile.Hooks.YieldsAfter);
        _limit = new LimitWatch(pane.Profile.Limit, context.Time, limit);
        _dialogs = new DialogWatch(pane, context, dialogOpen);
        _compaction = new CompactionWatch(pane.Profile.Session, context.Time);
        _touched.Writer.TryWrite(0);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The last look.</summary>
    public PaneObservation? Last { get; private set; }

    /// <summary>The last look that could not be read to its end; null if there was none.</summary>
    public UndecidedLook? Undecided { get; private set; }

    /// <summary>The reading that counts: it has stood for as long as its rule demands.</summary>
    public ScreenReading? Settled => _settler.Settled;

    /// <summary>What the program has told by its hooks.</summary>
    public HookFacts Hooks { get; }

    /// <summary>Which of screen and hooks counts, as of the last look.</summary>
    public Ruling? Ruling { get; private set; }

    /// <summary>Since when the program stands at its prompt; null if it does not.</summary>
    public DateTimeOffset? AtPromptSince { get; private set; }

    /// <summary>Whether the transcript tells when the program has shortened what it remembers: then its screen is not asked.</summary>
    public bool CompactionsAreTold { get; set; }

    /// <summary>The program has told something by a hook or in its transcript: that is looked at without waiting for the pace.</summary>
    public void Tell(HookEvent told)
    {
        Hooks.Take(told);
        Touch();
        _told.Release();
    }

    /// <summary>Whether a message may be tried although a limit still stands on the screen.</summary>
    public bool MayTryAfterLimit => _limit.MayTry;

    /// <summary>Whether a turn may be about to begin that nothing on the screen shows yet: a message was submitted a moment ago, and the program has not been seen working since.</summary>
    public bool TurnMayBegin => _submitted is { } at && _context.Time.GetUtcNow() - at < _pane.Profile.Typing.TurnBeginsWithin;

    /// <summary>A message was submitted.</summary>
    public void Submitted()
    {
        _limit.Tried();
        _submitted = _context.Time.GetUtcNow();
    }

    /// <summary>Why the dialog that is open was left to a person; null if it was not, or none is open.</summary>
    public string? Asked => _dialogs.Asked;

    /// <summary>A decision about a dialog is being carried out: until this is disposed of nothing is told of dialogs, and what is on the screen then is told anew.</summary>
    public IDisposable HoldDialogs() => _dialogs.Hold(Touch);

    /// <summary>A message of ours is on its way into the input: what stands there meanwhile is nobody's draft.</summary>
    public bool DeliveryUnderWay { get; set; }

    /// <summary>Something was written, or a fact has changed: look soon.</summary>
    public void Touch() => _touched.Writer.TryWrite(0);

    /// <summary>Touches if what the inventory says is not what was seen last: titles, modes and programs change without a word.</summary>
    public void Compare(Tmux.PaneFacts facts)
    {
        if (Last is not { Facts: var seen }
            || seen.Dead != facts.Dead
            || seen.InMode != facts.InMode
            || seen.Command != facts.Command
            || seen.Title != facts.Title)
        {
            Touch();
        }
    }

    /// <summary>Looks now; null if the pane is gone.</summary>
    public async Task<PaneObservation?> LookAsync(CancellationToken cancellation)
    {
        await _looking.WaitAsync(cancellation);
        try
        {
            var observation = await DecidedAsync(cancellation);
            if (observation is not null)
            {
                _settler.Observe(observation.Reading, observation.At);
                Last = observation;
                if (observation.Reading.Activity is not (ScreenActivity.Ready or ScreenActivity.TurnFailed or ScreenActivity.UnsubmittedInput))
                {
                    _submitted = null;
                }
            }

            return observation;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>A look that could not be read to its end is not believed: it is taken again, unless that never helps.</summary>
    private async Task<PaneObservation?> DecidedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var seen = await PaneObservation.TakeAsync(_pane, _context, cancellation);
            if (seen?.Undecided is not { } why)
            {
                _undecided = 0;
                return seen;
            }

            Undecided = new UndecidedLook(seen.At, why, (Undecided?.Looks ?? 0) + 1);
            if (++_undecided >= MostUndecided)
            {
                return seen;
            }

            await Task.Delay(AgainAfter, _context.Time, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        _looking.Dispose();
        _told.Dispose();
    }

    private async Task WatchAsync()
    {
        var cancellation = _stopping.Token;
        DateTimeOffset? due = null;
        try
        {
            while (true)
            {
                await NextTouchAsync(due, cancellation);
                var began = _context.Time.GetTimestamp();
                try
                {
                    if (!await StepAsync(cancellation))
                    {
                        return;
                    }

                    due = Earliest(Earliest(Earliest(_settler.SettlesAt, _hang.DueAt), Earliest(_limit.DueAt, _dialogs.DueAt)), Hooks.DueAt);
                    await PaceAsync(_context.Time.GetElapsedTime(began) * PaceOfLook, cancellation);
                }
                catch (TmuxException exception)
                {
                    // The server is away for a moment; the inventory tells whether the pane is still there.
                    LogLookFailed(_logger, _pane.Agent.Value, exception.Message);
                    due = _context.Time.GetUtcNow() + StoreRetry;
                }
                catch (Exception exception) when (exception is StoreUnavailableException or OverloadedException)
                {
                    LogReportFailed(_logger, _pane.Agent.Value, exception.Message);
                    due = _context.Time.GetUtcNow() + StoreRetry;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // A pane that nobody watches would be shown for ever as it was.
                    LogFailed(_logger, exception, _pane.Agent.Value);
                    due = _context.Time.GetUtcNow() + StoreRetry;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_logger, _pane.Agent.Value);
        }
    }

    private async Task PaceAsync(TimeSpan pace, CancellationToken cancellation)
    {
        pace = pace < ShortestPace ? ShortestPace : pace > LongestPace ? LongestPace : pace;
        if (await _told.WaitAsync(pace, cancellation))
        {
            // All that was told by now is seen by the next look.
            while (_told.CurrentCount > 0)
            {
                await _told.WaitAsync(cancellation);
            }
        }
    }

    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (await LookAsync(cancellation) is not { } seen)
        {
            await _ended(new PaneExit(ExitCode: null, Signal: null, "its pane was closed"));
            return false;
        }

        if (seen.Facts.Dead)
        {
            if (!Exits.IsKnown(seen.Facts) && seen.At < (_deadSince ??= seen.At) + ExitKnownWithin)
            {
                Touch();
                return true;
            }

            await _ended(Exits.Of(seen.Facts));
            return false;
        }

        if (_settler.Settled is not { } settled)
        {
            return true;
        }

        _limit.Observe(settled);
        var hung = _hang.Observe(settled, seen);
        Ruling = Hooks.Weigh(settled, seen.At);
        if (AtPromptSince is null && Ruling.Activity == ScreenActivity.Ready)
        {
            // Asked once it stands there, so that its start is not slowed down.
            _pane.Version(_context.Versions);
        }

        AtPromptSince = Ruling.Activity is ScreenActivity.Ready or ScreenActivity.TurnFailed or ScreenActivity.UnsubmittedInput ? AtPromptSince ?? seen.At : null;
        await ReportAsync(settled, Ruling.Hook, hung, seen.At, cancellation);
        if (_compaction.Observe(seen.Lines) is { } compacted && !CompactionsAreTold)
        {
            await _context.System.TellAsync(_pane.Agent.Entity, new ReportCompaction(_pane.Generation, Shortened(compacted)), CommandId.New(_context.Time), _context.Sender, cancellation);
        }

        await _dialogs.ObserveAsync(seen, _limit.MayTry, cancellation);
        return true;
    }

    private async Task ReportAsync(ScreenReading settled, HookEvent? hook, string? hung, DateTimeOffset at, CancellationToken cancellation)
    {
        var (activity, detail, until) = hook is { Activity: { } told } && hung is null ? (told.ToAgentActivity(), null, null) : Shown(settled, hung);
        if (_reported == (activity, detail, until) || (activity == AgentActivity.UnsubmittedInput && DeliveryUnderWay))
        {
            return;
        }

        var fact = hung is null && hook is not null
            ? new AgentFact(hook.Source, hook.Name, $"the program told {hook.Name}; its screen still says {settled.Activity.Name()}", hook.At)
            : hung is null
            ? new AgentFact(SourceOf(settled), settled.Rule, Shortened(settled.Evidence), at)
            : new AgentFact("worker", "hang limit", hung, at);
        await _context.System.TellAsync(
            _pane.Agent.Entity, new ReportActivity(_pane.Generation, activity, detail, until, fact), CommandId.New(_context.Time), _context.Sender, cancellation);
        _reported = (activity, detail, until);
    }

    private (AgentActivity Activity, string? Detail, DateTimeOffset? Until) Shown(ScreenReading settled, string? hung) => settled.Activity switch
    {
        _ when hung is not null => (AgentActivity.Hung, hung, null),
        ScreenActivity.RateLimited when _limit.MayTry => (AgentActivity.TurnFailed, "it met a limit, which may be over: the next message is tried", null),
        ScreenActivity.RateLimited => (AgentActivity.RateLimited, _limit.Until is { } until ? $"until {until:HH:mm:ss} UTC, then it is tried again" : null, _limit.Until),
        var other => (other.ToAgentActivity(), null, null),
    };

    private static string SourceOf(ScreenReading reading)
        => reading.Evidence.StartsWith("title", StringComparison.Ordinal) ? "title" : reading.Evidence.StartsWith("command", StringComparison.Ordinal) ? "process" : "screen";

    /// <summary>Evidence as it is reported.</summary>
    public static string Shortened(string text) => text.Length <= 300 ? text : text[..299] + "…";

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) => one is null ? other : other is null || one < other ? one : other;

    private async Task NextTouchAsync(DateTimeOffset? due, CancellationToken cancellation)
    {
        if (due is null)
        {
            await _touched.Reader.ReadAsync(cancellation);
            return;
        }

        var wait = due.Value - _context.Time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            _touched.Reader.TryRead(out _);
            return;
        }

        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timed.CancelAfter(wait);
        try
        {
            await _touched.Reader.ReadAsync(timed.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It is time to look again although nothing was written.
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Agent} is not watched any more")]
    private static partial void LogStopped(ILogger logger, string agent);

    [LoggerMessage(Level = LogLevel.Information, Message = "the pane of {Agent} could not be read, and is tried again: {Reason}")]
    private static partial void LogLookFailed(ILogger logger, string agent, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "what the pane of {Agent} shows could not be stored, and is tried again: {Reason}")]
    private static partial void LogReportFailed(ILogger logger, string agent, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "watching {Agent} failed, and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string agent);
}
