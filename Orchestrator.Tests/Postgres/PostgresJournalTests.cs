using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Postgres;

/// <summary>The conformance kit on PostgreSQL, and what only PostgreSQL has.</summary>
public sealed class PostgresJournalTests : JournalConformance, IAsyncLifetime
{
    private string _connection = string.Empty;

    public async Task InitializeAsync() => _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public Task DisposeAsync() => PostgresServer.DropDatabaseAsync(_connection);

    protected override async Task<IJournal> OpenAsync() => await OpenPostgresAsync();

    private async Task<PostgresJournal> OpenPostgresAsync(Func<PostgresOptions, PostgresOptions>? change = null)
    {
        var options = new PostgresOptions { Connection = _connection, Node = "n1" };
        var journal = new PostgresJournal(change?.Invoke(options) ?? options);
        await journal.OpenAsync();
        return journal;
    }
}
