using System.Collections.Concurrent;

namespace Orchestrator.Runtime;

/// <summary>The connections that read, lent to one caller at a time. They never wait for the writer.</summary>
internal sealed class SqliteReaders(string path, int count) : IDisposable
{
    private readonly ConcurrentBag<SqliteDatabase> _idle = [];
    private readonly SemaphoreSlim _free = new(count);
    private volatile bool _closed;

    /// <summary>Lends a connection to <paramref name="read"/>.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteDatabase, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var database = _idle.TryTake(out var idle) ? idle : new SqliteDatabase(path, readOnly: true);
            T result;
            try
            {
                result = read(database);
            }
            catch
            {
                // A statement may still stand on a row: a new connection is cheaper than finding out which.
                database.Dispose();
                throw;
            }

            _idle.Add(database);
            return result;
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < count; i++)
        {
            _free.Wait(TimeSpan.FromSeconds(5));
        }

        while (_idle.TryTake(out var database))
        {
            database.Dispose();
        }

        _free.Dispose();
    }
}
