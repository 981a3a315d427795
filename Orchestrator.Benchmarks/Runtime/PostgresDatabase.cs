using Npgsql;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>Databases for one measurement each.</summary>
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

    private static async Task RunAsync(string connection, string sql)
    {
        await using var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await open.OpenAsync();
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }
}
