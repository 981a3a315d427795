using Orchestrator.Runtime;

namespace Orchestrator.Tests.Postgres;

/// <summary>How a database is brought up to date.</summary>
public sealed class PostgresSchemaTests : IAsyncLifetime
{
    private string _connection = string.Empty;

    public async Task InitializeAsync() => _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public Task DisposeAsync() => PostgresServer.DropDatabaseAsync(_connection);

    [Fact]
    public async Task Many_nodes_that_start_at_once_make_the_tables_once()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var connection = await PostgresServer.OpenAsync(_connection);
            return await PostgresSchema.UpgradeAsync(connection, CancellationToken.None);
        }));
        Assert.All(versions, static version => Assert.Equal(PostgresSchema.Version, version));
        Assert.Equal(64, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM shards WHERE owner IS NULL AND epoch = 0"));
        Assert.Equal(PostgresSchema.Version, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM schema_version"));
    }

    [Fact]
    public async Task A_newer_schema_that_this_version_can_work_with_is_left_alone_and_another_is_refused()
    {
        await using var connection = await PostgresServer.OpenAsync(_connection);
        await PostgresSchema.UpgradeAsync(connection, CancellationToken.None);
        await PostgresServer.RunAsync(_connection, "INSERT INTO schema_version(version, needed_by) VALUES(1000, 1)");
        Assert.Equal(1000, await PostgresSchema.UpgradeAsync(connection, CancellationToken.None));

        await PostgresServer.RunAsync(_connection, "UPDATE schema_version SET needed_by = 1000 WHERE version = 1000");
        var refused = await Assert.ThrowsAsync<JournalRefusedException>(() => PostgresSchema.UpgradeAsync(connection, CancellationToken.None));
        Assert.Contains("update this node", refused.Message, StringComparison.Ordinal);
    }
}
