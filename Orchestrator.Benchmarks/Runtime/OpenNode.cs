using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>A runtime over a folder of its own.</summary>
internal sealed class OpenNode : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orc-bench-").FullName;

    public ActorSystem System { get; private set; } = null!;

    public static async Task<OpenNode> StartAsync()
    {
        var node = new OpenNode();
        node.System = await ActorSystem.StartAsync(node.Builder());
        return node;
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
    }

    private RuntimeBuilder Builder()
    {
        var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = _folder, MinimumFreeDisk = 0, NodeCapacity = 1_000_000, MailboxCapacity = 100_000 } };
        builder.AddEntity(new EntityKind<Counter>("counter", new CounterBehavior()) { SnapshotEvery = 0, PassivateAfter = TimeSpan.FromHours(1) });
        builder.Manifests.Map<Increment>("counter.increment.v1").Map<Incremented>("counter.incremented.v1");
        return builder;
    }
}
