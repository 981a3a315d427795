using System.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>
/// The store of a cluster, or of a single node: a PostgreSQL database. One connection writes, some read, two carry notifications. Each batch is one transaction that first makes
/// sure that this node may still write (<see cref="Fence"/>).
/// </summary>
public sealed partial class PostgresJournal : IJournal
{
    private const int LongestConflict = 10;
    private readonly PostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PostgresSessions _sessions;
    private readonly DatabaseClock _clock;
    private readonly PostgresSignals _signals;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _writerId = Guid.NewGuid().ToString("N");
    private DataFolderLock? _folder;
    private NpgsqlConnection? _writer;
    private SeenDatabase? _seen;
    private SeenDatabase? _remembered;
    private volatile PostgresFence? _fence;
    private volatile JournalHealth _health = new(JournalState.New);
    private int _backend;
    private int _lostBackend;
    private int _failures;
    private long _retryAt;

    /// <summary>Makes the store; <see cref="OpenAsync"/> opens it.</summary>
    public PostgresJournal(PostgresOptions options, TimeProvider? time = null, ILogger<PostgresJournal>? logger = null)
    {
        _options = options;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<PostgresJournal>.Instance;
        _sessions = new PostgresSessions(options);
        _clock = new DatabaseClock(_time);
        _signals = new PostgresSignals(_sessions, options, _time, _logger) { Tick = RememberSeen };
    }

    /// <inheritdoc/>
    public IStoreClock Clock => _clock;

    /// <inheritdoc/>
    public JournalHealth Health => _health;

    /// <inheritdoc/>
    public bool CommitsLocally => false;

    /// <inheritdoc/>
    public IJournalNotifications Notifications => _signals;

    /// <summary>
    /// What this node must still be for a batch to commit. Where <see cref="PostgresOptions.Alone"/> is set the store sees to it; otherwise membership does, at each change of incarnation or shards:
    /// until it is set, and when it is set to null, nothing can be written.
    /// </summary>
    public PostgresFence? Fence
    {
        get => _fence;
        set
        {
            _fence = value;
            if (value is not null && _health.State is JournalState.Unavailable)
            {
                _health = new JournalHealth(JournalState.Open);
            }
        }
    }

    /// <summary>Where the database is, without anything secret.</summary>
    public string Place => _sessions.Place;

    internal PostgresSessions Sessions => _sessions;

    /// <summary>Called before a batch is sent; tests lose connections there.</summary>
    internal Action<int>? Sending { get; set; }

    /// <inheritdoc/>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _folder = _options.DataFolder is { } folder ? DataFolderLock.Take(folder, _options.Address, _time.GetUtcNow()) : null;
            await ConnectAsync(cancellationToken);
            await _signals.StartAsync(cancellationToken);
            _health = new JournalHealth(JournalState.Open);
            Opened(Place, _seen!.Position);
        }
        catch (Exception e)
        {
            await DropWriterAsync();
            ReleaseFolder();
            if (e is NpgsqlException or TimeoutException or ArgumentException)
            {
                throw new JournalRefusedException($"the database {Place} cannot be opened: {Reason(e)}", e);
            }

            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(IReadOnlyList<JournalWrite> batch, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            RequireUsable();
            var connection = await WriterAsync(cancellationToken);
            var fence = _fence ?? throw new StoreUnavailableException("this node has not joined the cluster: nothing is stored");
            for (var attempt = 0; ; attempt++)
            {
                var prepared = new PostgresBatch(batch, fence, _writerId, _clock.Now);
                try
                {
                    var sent = _time.GetTimestamp();
                    Sending?.Invoke(_backend);
                    prepared.Run(connection);
                    Committed(prepared, sent);
                    return;
                }
                catch (PostgresException e) when (PostgresFailure.IsConflict(e) && attempt < LongestConflict)
                {
                    Conflicted(batch.Count, e.SqlState);
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 << Math.Min(attempt, 4))), _time, cancellationToken);
                }
                catch (Exception e)
                {
                    throw await FailedAsync(prepared, connection, e);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What the time that has passed is measured with.</summary>
    public TimeProvider Elapsing => _time;

    /// <summary>Takes what the database said the time was, between <paramref name="sent"/> (a timestamp of the time provider) and now.</summary>
    public void SampleTime(DateTimeOffset database, long sent) => _clock.Sample(database, sent);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _signals.DisposeAsync();
        await _gate.WaitAsync();
        try
        {
            await LeaveAsync();
            await DropWriterAsync();
            RememberSeen();
            ReleaseFolder();
            if (_health.State is not JournalState.Broken)
            {
                _health = new JournalHealth(JournalState.Closed);
            }
        }
        finally
        {
            _gate.Release();
        }

        await _sessions.DisposeAsync();
    }

    private static string Reason(Exception e) => e.InnerException is { } inner && e is not PostgresException ? $"{e.Message} ({inner.Message})" : e is PostgresException postgres ? postgres.MessageText : e.Message;

    private void RequireUsable()
    {
        if (_health.State is JournalState.New or JournalState.Closed or JournalState.Broken)
        {
            throw new StoreUnavailableException($"the store is {_health.State}: {_health.Reason ?? "not open"}");
        }
    }

    /// <summary>The connection that writes; opened anew, after a pause that grows, where it was lost.</summary>
    private async ValueTask<NpgsqlConnection> WriterAsync(CancellationToken cancellationToken)
    {
        if (_writer is { FullState: ConnectionState.Open } writer)
        {
            if (writer.State is ConnectionState.Open)
            {
                return writer;
            }

            // It was ended while nothing was under way: whoever marks this node down does that.
            await LoseWriterAsync();
        }

        await DropWriterAsync();

        if (_failures > 0 && _time.GetTimestamp() < _retryAt)
        {
            throw new StoreUnavailableException($"the database {Place} cannot be reached: {_health.Reason}");
        }

        try
        {
            await ConnectAsync(cancellationToken);
            _failures = 0;
            _health = new JournalHealth(JournalState.Open);
            Reconnected(Place);
            return _writer!;
        }
        catch (JournalRefusedException e)
        {
            throw await BreakAsync(e);
        }
        catch (Exception e) when (PostgresFailure.IsLost(e) || e is PostgresException)
        {
            await DropWriterAsync();
            var pause = TimeSpan.FromTicks(Math.Min(_options.MaximumBackoff.Ticks, _options.MinimumBackoff.Ticks << Math.Min(_failures++, 20)));
            _retryAt = _time.GetTimestamp() + (long)(pause.TotalSeconds * _time.TimestampFrequency);
            throw Unavailable(e);
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _writer = await _sessions.OpenAsync(cancellationToken);
        _backend = _writer.ProcessID;
        await EndLostBackendAsync(_writer, cancellationToken);
        await PostgresChecks.ServerAsync(_sessions, _writer, cancellationToken);
        if (_seen is null)
        {
            await PostgresChecks.DirectAsync(_sessions, _writer, cancellationToken);
            await PostgresSchema.UpgradeAsync(_writer, cancellationToken);
        }

        var now = await PostgresChecks.LookAsync(_writer, cancellationToken);
        PostgresChecks.Compare(_sessions, now, _seen ?? SeenDatabase.Read(_options.SeenFile), _options.SeenFile);
        _seen = now;
        RememberSeen();
        await SampleAsync(_writer, cancellationToken);
        await EnterAsync(_writer, cancellationToken);

        // Tables may be small when a statement is planned and large when it runs: what writes always goes by an index.
        await PostgresSessions.RunAsync(_writer, "SET enable_seqscan = off; SET enable_mergejoin = off", cancellationToken);
    }

    /// <summary>A backend whose client is gone may still be about to commit: it is ended before anybody asks what it has done.</summary>
    private async Task EndLostBackendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_lostBackend == 0)
        {
            return;
        }

        // Asked for first and then ended: in one statement the server may end backends before it looks which they are.
        await using var find = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2", connection);
        find.Parameters.AddWithValue(_lostBackend);
        find.Parameters.AddWithValue(_sessions.ApplicationName);
        if ((long)(await find.ExecuteScalarAsync(cancellationToken))! > 0)
        {
            await using var end = new NpgsqlCommand("SELECT pg_terminate_backend($1, 5000)", connection);
            end.Parameters.AddWithValue(_lostBackend);
            if (!(bool)(await end.ExecuteScalarAsync(cancellationToken))!)
            {
                throw new TimeoutException($"the backend {_lostBackend} of the connection that was lost does not end");
            }
        }

        _lostBackend = 0;
    }

    private async Task SampleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sent = _time.GetTimestamp();
        var now = await PostgresSessions.ScalarAsync<DateTime>(connection, "SELECT clock_timestamp()", cancellationToken);
        _clock.Sample(new DateTimeOffset(now), sent);
    }

    private void Committed(PostgresBatch batch, long sent)
    {
        if (batch.Time is { } time)
        {
            _clock.Sample(time, sent);
        }

        if (batch.Position > 0)
        {
            _seen = _seen! with { Position = Math.Max(_seen.Position, batch.Position) };
        }

        _signals.Committed(batch.HasViews ? _seen!.Position : batch.Position, batch.HasWork, batch.Told);
    }

    private async ValueTask<Exception> FailedAsync(PostgresBatch batch, NpgsqlConnection connection, Exception e)
    {
        switch (e)
        {
            case PostgresException { SqlState: PostgresFailure.NodeFenced or PostgresFailure.ShardFenced } fenced:
                return await FencedAsync(fenced);
            case PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresFailure.RowGone } rejected:
                try
                {
                    // Whoever was in the way may be gone again: then the batch is tried once more.
                    return batch.Culprit(connection) ?? (Exception)new StoreUnavailableException($"another node was in the way ({rejected.MessageText}): ask again", rejected);
                }
                catch (Exception lost) when (PostgresFailure.IsLost(lost))
                {
                    await LoseWriterAsync();
                    return Unavailable(lost);
                }

            case PostgresException passing when PostgresFailure.IsPassing(passing) && !PostgresFailure.IsLost(passing):
                await LoseWriterAsync();
                return Unavailable(passing);
            case PostgresException refused when !PostgresFailure.IsLost(refused):
                return refused;
            default:
                await LoseWriterAsync();
                Unavailable(e);
                return new OutcomeUnknownException($"the connection to the database {Place} was lost during a commit: {Reason(e)}", e);
        }
    }

    private async ValueTask<Exception> FencedAsync(PostgresException e)
    {
        var fenced = new FencedException($"this node may no longer write to the database {Place}: {e.MessageText}; nothing was stored", e);
        if (_options.Alone)
        {
            await BreakAsync(fenced);
        }
        else
        {
            _health = new JournalHealth(JournalState.Unavailable, e.MessageText);
        }

        return fenced;
    }

    private async ValueTask<StoreUnavailableException> BreakAsync(Exception e)
    {
        _health = new JournalHealth(JournalState.Broken, e.Message);
        Broken(Place, e);
        await DropWriterAsync();
        return new StoreUnavailableException($"the store has closed itself: {e.Message}", e);
    }

    private StoreUnavailableException Unavailable(Exception e)
    {
        var reason = Reason(e);
        if (_health.State is JournalState.Open)
        {
            CannotWrite(Place, reason);
        }

        _health = new JournalHealth(JournalState.Unavailable, reason);
        return new StoreUnavailableException($"the database {Place} cannot be reached: {reason}", e);
    }

    private async ValueTask LoseWriterAsync()
    {
        _lostBackend = _writer is null ? _lostBackend : _backend;
        await DropWriterAsync();
    }

    private async ValueTask DropWriterAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync();
        }
    }

    private void ReleaseFolder()
    {
        _folder?.Dispose();
        _folder = null;
    }

    private void RememberSeen()
    {
        var seen = _seen;
        if (seen is null || seen == _remembered)
        {
            return;
        }

        try
        {
            seen.Write(_options.SeenFile);
            _remembered = seen;
        }
        catch (IOException e)
        {
            NotRemembered(_options.SeenFile!, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Place} is open at position {Position}")]
    private partial void Opened(string place, long position);

    [LoggerMessage(Level = LogLevel.Error, Message = "The database {Place} cannot be written to, nothing is acknowledged: {Reason}")]
    private partial void CannotWrite(string place, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Place} is reached again")]
    private partial void Reconnected(string place);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database {Place} is not to be used by this process any more")]
    private partial void Broken(string place, Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "A batch of {Count} writes met another node's ({State}) and is tried again")]
    private partial void Conflicted(int count, string state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far the database has come could not be written to {File}")]
    private partial void NotRemembered(string file, Exception e);
}
