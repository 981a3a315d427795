using SQLitePCL;

namespace Orchestrator.Runtime;

/// <summary>One connection with its prepared statements, used by one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    static SqliteDatabase() => Batteries_V2.Init();

    public SqliteDatabase(string path, bool readOnly)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READWRITE : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out _handle, flags, vfs: null);
        if (code != raw.SQLITE_OK)
        {
            var failure = SqliteFailure.Of(_handle, code);
            _handle.Dispose();
            throw failure;
        }

        SqliteFailure.Check(_handle, raw.sqlite3_busy_timeout(_handle, 5000));
        if (readOnly)
        {
            Execute("PRAGMA query_only=ON");
        }
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>The statement for <paramref name="sql"/>, prepared once.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
        {
            return statement;
        }

        SqliteFailure.Check(_handle, raw.sqlite3_prepare_v2(_handle, sql, out var handle));
        return _statements[sql] = new Statement(_handle, handle);
    }

    /// <summary>Runs statements that are needed once.</summary>
    public void Execute(string sql) => SqliteFailure.Check(_handle, raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row, as text.</summary>
    public string? Scalar(string sql)
    {
        SqliteFailure.Check(_handle, raw.sqlite3_prepare_v2(_handle, sql, out var handle));
        using var statement = new Statement(_handle, handle);
        return statement.Step() ? statement.OptionalText(0) : null;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _handle.Dispose();
    }
}
