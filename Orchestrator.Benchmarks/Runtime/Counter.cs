using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>The smallest entity: it counts.</summary>
internal sealed record Counter(long Count);

internal sealed record Increment(long By) : Command;

internal sealed record Incremented(long By) : Event;

internal sealed record GetCount : Query;

internal sealed record Count(long Value) : Reply;

internal sealed class CounterBehavior : Behavior<Counter>
{
    public override Counter Empty(EntityId id) => new(0);

    public override Effects Decide(Counter state, Command command, DecisionContext context) => Effects.Persist(new Incremented(((Increment)command).By));

    public override Counter Apply(Counter state, Event e) => new(state.Count + ((Incremented)e).By);

    public override Reply Answer(Counter state, Query query, DateTimeOffset now) => new Count(state.Count);
}
