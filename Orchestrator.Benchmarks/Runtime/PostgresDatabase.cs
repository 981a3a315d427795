using System.Diagnostics;
using Npgsql;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>Databases for one measurement each, and what PostgreSQL gives without us.</summary>
internal static class PostgresDatabase
{
    public static async Task<string> CreateAsync(string server)
    {
        var name = $"bench_{Guid.NewGuid():N}";
        await RunAsync(server, $"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    public static Task DropAsync(string connection)
        => RunAsync(new NpgsqlConnectionStringBuilder(connection) { Database = "postgres" }.ConnectionString, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connection).Database} WITH (FORCE)");

    /// <summary>One row and one flushed commit after the other, nothing else.</summary>
    public static async Task<double> RawCommitsAsync(string server, TimeSpan duration)
    {
        var database = await CreateAsync(server);
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, MaxAutoPrepare = 10 }.ConnectionString);
            await connection.OpenAsync();
            await using (var create = new NpgsqlCommand("CREATE TABLE rows(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text json NOT NULL)", connection))
            {
                await create.ExecuteNonQueryAsync();
            }

            await using var insert = new NpgsqlCommand("INSERT INTO rows(text) VALUES('{\"by\":1}')", connection);
            var watch = Stopwatch.StartNew();
            var count = 0L;
            for (; watch.Elapsed < duration; count++)
            {
                await insert.ExecuteNonQueryAsync();
            }

            return count / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            await DropAsync(database);
        }
    }

    private static async Task RunAsync(string connection, string sql)
    {
        await using var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await open.OpenAsync();
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }
}
