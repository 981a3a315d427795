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
            await PostgresStart.OpenAsync(_options, Place, ConnectAnewAsync, _time, _logger, cancellationToken);
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
                throw new JournalRefusedException($"the database {Place} cannot be opened: {Reason(e)}; look at orchestrator.postgres.connection, and whether its server runs", e);
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

    private void RequireUsable()
    {
        if (_health.State is JournalState.New or JournalState.Closed or JournalState.Broken)
        {
            throw new StoreUnavailableException($"the store is {_health.State}: {_health.Reason ?? "not open"}");
        }
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

    [LoggerMessage(Level = LogLevel.Information, Message = "A batch of {Count} writes met another node's ({State}) and is tried again")]
    private partial void Conflicted(int count, string state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far the database has come could not be written to {File}")]
    private partial void NotRemembered(string file, Exception e);
}
