using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>A runtime of counters that neither bounds what is sent to it nor lets an entity go.</summary>
internal static class Counters
{
    /// <summary>Begins one; the store is still to be chosen.</summary>
    /// <param name="folder">Its data folder.</param>
    /// <param name="behavior">How the counters behave; as <see cref="CounterBehavior"/> unless said.</param>
    public static RuntimeBuilder Builder(string folder, Behavior<Counter>? behavior = null)
    {
        var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = folder, MinimumFreeDisk = 0, NodeCapacity = 1_000_000, MailboxCapacity = 100_000 } };
        builder.AddEntity(new EntityKind<Counter>("counter", behavior ?? new CounterBehavior()) { SnapshotEvery = 0, PassivateAfter = TimeSpan.FromHours(1) });
        builder.Manifests.Map<Increment>("counter.increment.v1").Map<Incremented>("counter.incremented.v1").Map<GetCount>("counter.get.v1").Map<Count>("counter.count.v1");
        return builder;
    }
}
