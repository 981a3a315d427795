using SQLitePCL;

namespace Orchestrator.Runtime;

/// <summary>A prepared statement, used by one thread at a time.</summary>
internal sealed class Statement(sqlite3 database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int index, long value)
    {
        SqliteFailure.Check(database, raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        SqliteFailure.Check(database, value is null ? raw.sqlite3_bind_null(handle, index) : raw.sqlite3_bind_text(handle, index, value));
        return this;
    }

    /// <summary>Binds JSON in UTF-8 as text.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> utf8)
    {
        SqliteFailure.Check(database, raw.sqlite3_bind_text(handle, index, utf8));
        return this;
    }

    /// <summary>Goes to the next row; false after the last, when the statement is ready for its next use.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            var failure = SqliteFailure.Of(database, code);
            _ = raw.sqlite3_reset(handle);
            throw failure;
        }

        _ = raw.sqlite3_reset(handle);
        return false;
    }

    /// <summary>Runs a statement that gives no rows; says how many rows it changed.</summary>
    public int Run()
    {
        Step();
        return raw.sqlite3_changes(database);
    }

    /// <summary>Gives up the rows that are left.</summary>
    public void Reset() => _ = raw.sqlite3_reset(handle);

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public string? OptionalText(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Text(column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public void Dispose() => handle.Dispose();
}
