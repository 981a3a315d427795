using SQLitePCL;

namespace Orchestrator.Runtime;

/// <summary>SQLite said no.</summary>
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite error {code & 0xFF} ({code}): {message}")
{
    /// <summary>The primary result code.</summary>
    public int Code { get; } = code & 0xFF;

    /// <summary>The medium or the file is not to be trusted any more.</summary>
    public bool IsBroken => Code is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CANTOPEN;

    /// <summary>It may work later.</summary>
    public bool IsPassing => Code is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_READONLY;

    public bool IsConstraint => Code is raw.SQLITE_CONSTRAINT;

    public static SqliteFailure Of(sqlite3 database, int code)
    {
        var extended = raw.sqlite3_extended_errcode(database);
        return new SqliteFailure((extended & 0xFF) == (code & 0xFF) ? extended : code, raw.sqlite3_errmsg(database).utf8_to_string());
    }

    public static void Check(sqlite3 database, int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Of(database, code);
        }
    }
}
