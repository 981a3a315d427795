using Npgsql;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>Statements on connections of their own.</summary>
internal static class Database
{
    public static async Task<NpgsqlConnection> OpenAsync(string connection)
    {
        var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await open.OpenAsync();
        return open;
    }

    public static async Task<T> ScalarAsync<T>(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        return await ScalarAsync<T>(open, sql);
    }

    public static async Task<T> ScalarAsync<T>(NpgsqlConnection open, string sql)
    {
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task RunAsync(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }
}
