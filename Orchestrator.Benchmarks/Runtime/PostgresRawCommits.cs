using System.Diagnostics;
using Npgsql;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>What PostgreSQL gives: one row and one flushed commit after the other, nothing else.</summary>
internal sealed class PostgresRawCommits : IAsyncDisposable
{
    private readonly string _database;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _insert;

    private PostgresRawCommits(string database)
    {
        _database = database;
        _connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, MaxAutoPrepare = 10 }.ConnectionString);
        _insert = new NpgsqlCommand("INSERT INTO rows(text) VALUES('{\"by\":1}')", _connection);
    }

    public static async Task<PostgresRawCommits> OpenAsync(string server)
    {
        var commits = new PostgresRawCommits(await PostgresDatabase.CreateAsync(server));
        await commits._connection.OpenAsync();
        await using var create = new NpgsqlCommand("CREATE TABLE rows(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text json NOT NULL)", commits._connection);
        await create.ExecuteNonQueryAsync();
        return commits;
    }

    /// <summary>Commits for so long; returns how many a second.</summary>
    public async Task<double> MeasureAsync(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var count = 0L;
        for (; watch.Elapsed < duration; count++)
        {
            await _insert.ExecuteNonQueryAsync();
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync();
        await _connection.DisposeAsync();
        await PostgresDatabase.DropAsync(_database);
    }
}
