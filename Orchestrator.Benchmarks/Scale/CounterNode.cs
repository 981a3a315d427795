using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>A node that has a database to itself, with counters that a view shows.</summary>
internal sealed class CounterNode : IAsyncDisposable
{
    private readonly string _folder;

    private CounterNode(ActorSystem system, string folder) => (System, _folder) = (system, folder);

    public ActorSystem System { get; }

    /// <summary>Opens it.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="counter">How the counters behave.</param>
    /// <param name="seenFile">Where it remembers how far the history had come, and is told of a database that has lost some.</param>
    /// <param name="shown">Whether there is a view.</param>
    public static async Task<CounterNode> StartAsync(string connection, Behavior<Counter>? counter = null, string? seenFile = null, bool shown = false)
    {
        var folder = Directory.CreateTempSubdirectory("orc-bench-").FullName;
        var builder = Counters.Builder(folder, counter);
        builder.Options.DrainTimeout = TimeSpan.FromSeconds(2);
        builder.Manifests.Map<Pass>("counter.pass.v1").Map<CarryOver>("counter.carry-over.v1");
        builder.Journal = builder => new PostgresJournal(new PostgresOptions { Connection = connection, Node = "bench", SeenFile = seenFile }, builder.Time);
        if (shown)
        {
            builder.AddProjection(new CounterView());
        }

        try
        {
            return new CounterNode(await ActorSystem.StartAsync(builder), folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await System.StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed record Shown(long Count);

    private sealed class CounterView : Projection<Shown>
    {
        public override string Name => "counters";

        public override IEnumerable<string> KeysOf(EventEnvelope e) => [e.Entity.Id];

        public override Shown Fold(string key, Shown? current, EventEnvelope e) => new((current?.Count ?? 0) + ((Incremented)e.Event!).By);
    }
}
