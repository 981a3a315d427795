namespace Orchestrator.Tests.Postgres;

/// <summary>
/// A server for the tests of one class, on which nothing else happens: transactions of all databases of a server hold back the horizon of readers, so on a busy one an event may become visible
/// a moment after its commit.
/// </summary>
public sealed class QuietPostgres : IAsyncLifetime
{
    /// <summary>The server.</summary>
    public PostgresServer Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync("autovacuum=off");

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Server.DisposeAsync();
}
