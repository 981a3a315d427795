using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>
/// The one writer: takes whatever waits, commits it as one transaction, then says so. While a commit is on its way the next batch gathers, so it adapts
/// to the load without waiting for company.
/// </summary>
internal sealed partial class GroupCommit
{
    // How long the writer looks for more work before it sleeps: waking it costs about as much, and whoever asks one thing after the other waits for that each time.
    private static readonly long LookTicks = Stopwatch.Frequency / 10_000;

    // How many commits in a row callers may make themselves before a hand-over shows again whether somebody would wait meanwhile: one who asks for many things at once without waiting for the first.
    private const int MostByCallers = 96;

    // A slower commit is worth sharing, and waking a thread costs little beside it.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(1);

    private readonly object _gate = new();
    private readonly IJournal _journal;
    private readonly RuntimeOptions _options;
    private readonly FailPoints _failPoints;
    private readonly Protections _protections;
    private readonly IWriterEvents _events;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly List<Pending> _waiting = [];
    private volatile int _waitingCount;
    private volatile bool _stopping;
    private volatile bool _hurrying;
    private bool _awake;
    private volatile bool _committing;
    private int _byCallers;

    public GroupCommit(IJournal journal, RuntimeOptions options, FailPoints failPoints, Protections protections, IWriterEvents events, ILogger logger)
    {
        _journal = journal;
        _options = options;
        _failPoints = failPoints;
        _protections = protections;
        _events = events;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "orchestrator writer" };
    }

    /// <summary>How many writes wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>
    /// Whether whoever brings a command may decide and commit it on its own thread, with no hand-over at all: nobody else commits or waits, and the last commits were quick and had
    /// one command each. It is asked for once per command.
    /// </summary>
    public bool TryLetCallerCommit() => !_committing && _waitingCount == 0 && Volatile.Read(ref _byCallers) > 0 && Interlocked.Decrement(ref _byCallers) >= 0;

    /// <summary>Hands in a write; the task says what became of it and never fails.</summary>
    public Task<WriteOutcome> SubmitAsync(JournalWrite write) => SubmitAsync(new Pending(write, direct: false), now: false);

    /// <summary>
    /// Hands in the turn of an entity: what follows is short and the runtime's own. While the writer sleeps and the store commits without waiting for others, it is committed at once
    /// on this thread, which saves waking two.
    /// </summary>
    /// <param name="turn">The turn.</param>
    /// <param name="now">The caller itself takes this turn (<see cref="TryLetCallerCommit"/>): the writer need not sleep, it is enough that it does not commit.</param>
    public Task<WriteOutcome> SubmitTurnAsync(TurnWrite turn, bool now) => SubmitAsync(new Pending(turn, direct: true), now);

    private Task<WriteOutcome> SubmitAsync(Pending pending, bool now)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return Task.FromResult(new WriteOutcome(WriteStatus.Unavailable, new StoreUnavailableException("this node is stopping; nothing was stored")));
            }

            if (!pending.IsDirect || !_journal.CommitsLocally || !_protections.DurableCommit || (_awake && !now) || _committing || _waiting.Count > 0)
            {
                _waiting.Add(pending);
                _waitingCount = _waiting.Count;
                if (_waiting.Count == 1 && !_committing)
                {
                    Monitor.PulseAll(_gate);
                }

                return pending.Task;
            }

            _committing = true;
        }

        pending.ByCaller = now;
        TryCommit([pending]);
        return pending.Task;
    }

    /// <summary>Starts to commit.</summary>
    public void Start() => _thread.Start();

    /// <summary>This node ends: what cannot be looked up now is not waited for. Whoever waits is told that it is not known, as after a crash.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _hurrying = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Commits what waits and takes no more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        var batch = new List<Pending>();
        while (Take(batch))
        {
            TryCommit(batch);
        }
    }

    private void TryCommit(List<Pending> batch)
    {
        try
        {
            Commit(batch);
        }
        catch (Exception e)
        {
            // Nothing is expected here; whoever waits must hear of it all the same.
            Defect(e);
            Complete(batch, new WriteOutcome(WriteStatus.Failed, e));
        }
        finally
        {
            lock (_gate)
            {
                _committing = false;
                if (_waiting.Count > 0 || _stopping)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private bool Take(List<Pending> batch)
    {
        batch.Clear();
        LookForWork();
        lock (_gate)
        {
            while (_committing || _waiting.Count == 0)
            {
                if (_stopping && !_committing)
                {
                    return false;
                }

                _awake = false;
                Monitor.Wait(_gate);
            }

            _awake = _committing = true;
            var count = Math.Min(_waiting.Count, _options.BatchSize);
            batch.AddRange(_waiting[..count]);
            _waiting.RemoveRange(0, count);
            _waitingCount = _waiting.Count;
            return true;
        }
    }

    private void LookForWork()
    {
        var until = Stopwatch.GetTimestamp() + LookTicks;
        while (_waitingCount == 0 && !_stopping && Stopwatch.GetTimestamp() < until)
        {
            Thread.SpinWait(10);
        }
    }

    private void Commit(List<Pending> batch)
    {
        while (batch.Count > 0)
        {
            try
            {
                var started = Stopwatch.GetTimestamp();
                if (!_protections.DurableCommit)
                {
                    Complete(batch, new WriteOutcome(WriteStatus.Committed));
                }

                _failPoints.Hit(FailPoints.BeforeCommit);
                Wait(_journal.CommitAsync(batch.ConvertAll(static pending => pending.Write)));
                var duration = Stopwatch.GetElapsedTime(started);
                RuntimeTelemetry.Committed(batch.Count, duration);
                batch.ForEach(pending => RuntimeTelemetry.WaitedForCommit(pending.Arrival, started));
                _failPoints.Hit(FailPoints.AfterCommit);
                LookForCompany(batch, duration);
                Complete(batch, new WriteOutcome(WriteStatus.Committed));
                return;
            }
            catch (WriteRejectedException e)
            {
                var rejected = batch[e.Index];
                batch.RemoveAt(e.Index);
                rejected.TrySetResult(e.Reason switch
                {
                    RejectionReason.Duplicate => new WriteOutcome(WriteStatus.Duplicate, e),
                    RejectionReason.NotOwner => new WriteOutcome(WriteStatus.Unavailable, new FencedException("the shard has another owner now; nothing was stored", e)),
                    _ => new WriteOutcome(WriteStatus.Conflict, e),
                });
            }
            catch (StoreUnavailableException e)
            {
                Complete(batch, new WriteOutcome(WriteStatus.Unavailable, e));
                return;
            }
            catch (OutcomeUnknownException e)
            {
                OutcomeUnknown(batch.Count, e);
                if (FindOutcome(batch) is not { } outcome)
                {
                    continue;
                }

                Complete(batch, outcome);
                return;
            }
            catch (Exception e) when (batch.Count == 1)
            {
                WriteFailed(batch[0].Write.GetType().Name, e);
                Complete(batch, new WriteOutcome(WriteStatus.Failed, e));
                return;
            }
            catch (Exception e)
            {
                BatchFailed(batch.Count, e);
                var half = batch.Count / 2;
                Commit(batch[..half]);
                Commit(batch[half..]);
                return;
            }
        }
    }

    /// <summary>
    /// Learns from a commit whether a caller is alone: if so it makes the next ones itself, until this is looked at again. Only a commit that it does not make itself, and so could be overtaken in, shows
    /// that. Views and beats are no company.
    /// </summary>
    private void LookForCompany(List<Pending> batch, TimeSpan duration)
    {
        var commands = batch.Sum(static pending => pending.Commands);
        if (commands == 0 || !_journal.CommitsLocally)
        {
            return;
        }

        if (commands > 1 || duration > Quick || CommandsWait())
        {
            Volatile.Write(ref _byCallers, 0);
        }
        else if (batch is [{ ByCaller: false }, ..] && Volatile.Read(ref _byCallers) <= 0)
        {
            Volatile.Write(ref _byCallers, MostByCallers);
        }
    }

    private bool CommandsWait()
    {
        if (_waitingCount == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _waiting.Exists(static pending => pending.Commands > 0);
        }
    }

    /// <summary>Looks an unknown batch up, for as long as it takes; null: it is not in the store, so it can be tried again.</summary>
    private WriteOutcome? FindOutcome(List<Pending> batch)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                // One trace is not enough: a repeated command was there before. What is not there says for sure that the batch is not.
                var traces = batch.ConvertAll(pending => Wait(_journal.WasCommittedAsync(pending.Write)));
                return traces.Contains(false) || !traces.Contains(true) ? null : new WriteOutcome(WriteStatus.CommittedUnseen);
            }
            catch (StoreUnavailableException e)
            {
                lock (_gate)
                {
                    if (_stopping || _hurrying)
                    {
                        return new WriteOutcome(WriteStatus.Unavailable, e);
                    }

                    Monitor.Wait(_gate, Backoff.After(_options, attempt));
                }
            }
        }
    }

    private void Complete(List<Pending> batch, WriteOutcome outcome)
    {
        if (outcome.IsCommitted)
        {
            foreach (var pending in batch)
            {
                _events.Committed(pending.Write, outcome.Status);
            }

            _events.BatchCommitted();
        }
        else if (_journal.Health.State is JournalState.Broken)
        {
            _events.StoreBroke();
        }

        var alone = batch.Count == 1 && _waitingCount == 0;
        foreach (var pending in batch)
        {
            pending.Complete(outcome, alone);
        }
    }

#pragma warning disable VSTHRD002 // This thread exists to wait for commits: a store that works synchronously then runs on it without a hop.
    private static void Wait(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    [LoggerMessage(Level = LogLevel.Critical, Message = "The writer met an error that it does not know")]
    private partial void Defect(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "It is not known whether a batch of {Count} writes was committed; looking it up")]
    private partial void OutcomeUnknown(int count, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store does not take a {Write}")]
    private partial void WriteFailed(string write, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Count} writes failed; trying it in halves")]
    private partial void BatchFailed(int count, Exception e);

    private sealed class Pending(JournalWrite write, bool direct)
        : TaskCompletionSource<WriteOutcome>(direct ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public JournalWrite Write { get; } = write;

        public bool IsDirect => direct;

        public long Arrival { get; } = RuntimeTelemetry.Arrival();

        /// <summary>Whoever brought the command commits it on its own thread.</summary>
        public bool ByCaller { get; set; }

        /// <summary>How many commands of callers and entities it holds.</summary>
        public int Commands => Write switch
        {
            TurnWrite turn => turn.Commands.Count,
            InboxWrite => 1,
            _ => 0,
        };

        public void Complete(WriteOutcome outcome, bool alone)
        {
            if (alone || !direct)
            {
                TrySetResult(outcome);
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(static item => item.Pending.TrySetResult(item.Outcome), (Pending: this, Outcome: outcome), preferLocal: false);
            }
        }
    }
}
