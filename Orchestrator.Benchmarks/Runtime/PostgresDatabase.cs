using Npgsql;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>Databases for one measurement each, and statements on connections of their own.</summary>
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

    /// <summary>A connection of its own.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string connection)
    {
        var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await open.OpenAsync();
        return open;
    }

    /// <summary>What a statement gives that gives one value.</summary>
    public static async Task<T> ScalarAsync<T>(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        return await ScalarAsync<T>(open, sql);
    }

    /// <inheritdoc cref="ScalarAsync{T}(string, string)"/>
    public static async Task<T> ScalarAsync<T>(NpgsqlConnection open, string sql)
    {
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a statement.</summary>
    public static async Task RunAsync(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }
}
