using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Orchestrator.Runtime;

/// <summary>The store of a single node: one SQLite file (WAL, every commit flushed) in a folder that is locked for the life of the process.</summary>
public sealed partial class SqliteJournal : IJournal
{
    /// <summary>So many bytes of pages gather in the log before they are put into the file.</summary>
    internal const int LogSize = 32 * 1024 * 1024;

    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private SqliteDatabase? _connection;
    private DataFolderLock? _folder;
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;
    private StoreClock? _clock;
    private volatile bool _breaks;
    private volatile JournalHealth _health = new(JournalState.New);

    /// <summary>Makes the store; <see cref="OpenAsync"/> opens it.</summary>
    public SqliteJournal(SqliteOptions options, TimeProvider? time = null, ILogger<SqliteJournal>? logger = null)
    {
        _options = options;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<SqliteJournal>.Instance;
    }

    /// <inheritdoc/>
    public IStoreClock Clock => _clock ?? throw new InvalidOperationException("the store is not open");

    /// <inheritdoc/>
    public JournalHealth Health => _health;

    /// <inheritdoc/>
    public bool CommitsLocally => true;

    private SqliteReaders Readers => _readers ?? throw new StoreUnavailableException("the store is not open");

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        _folder = DataFolderLock.Take(_options.DataFolder, _options.Address, _time.GetUtcNow());
        try
        {
            _connection = new SqliteDatabase(_options.DatabasePath, readOnly: false);
            Prepare(_connection);
            SqliteSchema.Upgrade(_connection, _time.GetUtcNow());
            _clock = new StoreClock(_time);
            _writer = new SqliteWriter(_connection);
            _readers = new SqliteReaders(_options.DatabasePath, _options.Readers);
            _health = new JournalHealth(JournalState.Open);
            Opened(_options.DatabasePath, _writer.Committed);
            return ValueTask.CompletedTask;
        }
        catch (Exception e)
        {
            CloseAll();
            if (e is SqliteFailure)
            {
                throw new JournalRefusedException($"the database {_options.DatabasePath} cannot be opened: {e.Message}", e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(IReadOnlyList<JournalWrite> batch, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_writer is null)
            {
                throw new StoreUnavailableException($"the store is {_health.State}: {_health.Reason ?? "not open"}");
            }

            try
            {
                if (_breaks)
                {
                    throw new SqliteFailure(raw.SQLITE_IOERR, "disk I/O error");
                }

                _writer.Commit(batch, _clock!.Now);
                if (_health.State is JournalState.Unavailable)
                {
                    _health = new JournalHealth(JournalState.Open);
                    Recovered();
                }
            }
            catch (SqliteFailure e) when (e.IsBroken)
            {
                throw Broke(e);
            }
            catch (SqliteFailure e) when (e.IsPassing)
            {
                _health = new JournalHealth(JournalState.Unavailable, e.Message);
                CannotWrite(e.Message);
                throw new StoreUnavailableException($"the store cannot write: {e.Message}", e);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            CloseAll();
            if (_health.State is not JournalState.Broken)
            {
                _health = new JournalHealth(JournalState.Closed);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The next commit meets an I/O error.</summary>
    internal void BreakForTest() => _breaks = true;

    private void Prepare(SqliteDatabase database)
    {
        // What a command alone writes, a page of the journal and one of its index, is then no more than the one page of the usual size. A file that is there already keeps its own.
        database.Execute("PRAGMA page_size=2048");
        if (database.Scalar("PRAGMA journal_mode=WAL") is not "wal")
        {
            throw new JournalRefusedException($"{_options.DatabasePath} cannot be used in WAL mode: choose a folder on a local file system");
        }

        var pages = LogSize / int.Parse(database.Scalar("PRAGMA page_size")!, CultureInfo.InvariantCulture);
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint={pages}; PRAGMA temp_store=MEMORY"));
        if (database.Scalar("PRAGMA synchronous") is not "2")
        {
            throw new JournalRefusedException("SQLite does not keep synchronous=FULL: what it acknowledges would not be durable");
        }

        if (_options.MaximumPages > 0)
        {
            database.Execute($"PRAGMA max_page_count={_options.MaximumPages}");
        }
    }

    private StoreUnavailableException Broke(SqliteFailure e)
    {
        // What the file holds after an I/O error is not known: only a new process, which starts from the file, may go on.
        _health = new JournalHealth(JournalState.Broken, e.Message);
        Broken(_options.DatabasePath, e);
        CloseAll();
        return new StoreUnavailableException($"the store has closed itself: {e.Message}; restart this node", e);
    }

    private void CloseAll()
    {
        _writer = null;
        _readers?.Dispose();
        _readers = null;
        _connection?.Dispose();
        _connection = null;
        _folder?.Dispose();
        _folder = null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The store {Path} is open at position {Position}")]
    private partial void Opened(string path, long position);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store cannot write, nothing is acknowledged: {Reason}")]
    private partial void CannotWrite(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store writes again")]
    private partial void Recovered();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store {Path} has closed itself after an error of its medium")]
    private partial void Broken(string path, Exception e);
}
