using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Scale;

/// <summary>Has a counter tell another one to count.</summary>
internal sealed record Pass(EntityId To) : Command;

/// <summary>Has the carrier tell a counter of another database to count.</summary>
internal sealed record CarryOver(EntityId To) : WorkerCommand;

/// <summary>Which of several databases an entity belongs to: each has a range of shards.</summary>
/// <param name="Databases">How many there are; a power of two, at most 64.</param>
internal sealed record ShardRanges(int Databases)
{
    public int Of(EntityId entity) => entity.Shard * Databases / EntityId.ShardCount;
}

/// <summary>A counter that tells others, in the same transaction where they are in its own database, else by an order for the carrier that commits with it.</summary>
internal sealed class PassingBehavior(ShardRanges ranges, int own) : Behavior<Counter>
{
    public const string Carrier = "carrier";
    private readonly CounterBehavior _counter = new();

    public override Counter Empty(EntityId id) => _counter.Empty(id);

    public override Effects Decide(Counter state, Command command, DecisionContext context) => command switch
    {
        Pass pass when ranges.Of(pass.To) == own => Effects.Persist(new Incremented(0)).ThenTell(pass.To, new Increment(1)),
        Pass pass => Effects.Persist(new Incremented(0)).ThenWorker(Carrier, new CarryOver(pass.To)),
        _ => _counter.Decide(state, command, context),
    };

    public override Counter Apply(Counter state, Event e) => _counter.Apply(state, e);

    public override Reply Answer(Counter state, Query query, DateTimeOffset now) => _counter.Answer(state, query, now);
}
