using System.Globalization;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>A runtime over a folder of its own.</summary>
internal sealed class OpenNode : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orc-bench-").FullName;

    public ActorSystem System { get; private set; } = null!;

    private string? _connection;

    /// <summary>Opens it over SQLite in the folder, or over a new database of the PostgreSQL that <paramref name="server"/> leads to.</summary>
    public static async Task<OpenNode> StartAsync(string? server = null)
    {
        var node = new OpenNode { _connection = server is null ? null : await PostgresDatabase.CreateAsync(server) };
        node.System = await ActorSystem.StartAsync(node.Builder());
        return node;
    }

    /// <summary>A log that grows is flushed more slowly than one that is written over, as it is most of the time: lets it reach its size first.</summary>
    public async Task GrowLogAsync()
    {
        if (_connection is not null)
        {
            return;
        }

        var log = new FileInfo(Path.Combine(_folder, "orchestrator.db-wal"));
        var sender = new Sender("client:benchmark");
        for (var i = 0; log.Length < SqliteJournal.LogSize; log.Refresh())
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => System.AskAsync(new EntityId("counter", string.Create(CultureInfo.InvariantCulture, $"log-{i++}")), new Increment(1), CommandId.New(TimeProvider.System), sender)));
        }
    }

    public async Task RestartAsync()
    {
        await System.StopAsync();
        System = await ActorSystem.StartAsync(Builder());
    }

    public async ValueTask DisposeAsync()
    {
        await System.StopAsync();
        Directory.Delete(_folder, recursive: true);
        if (_connection is not null)
        {
            await PostgresDatabase.DropAsync(_connection);
        }
    }

    private RuntimeBuilder Builder()
    {
        var builder = Counters.Builder(_folder);
        if (_connection is not null)
        {
            builder.Journal = builder => new PostgresJournal(new PostgresOptions { Connection = _connection, Node = "bench" }, builder.Time);
        }

        return builder;
    }
}
