namespace Orchestrator.Runtime;

/// <summary>
/// What an entity of one kind is: pure functions over its state. None of them reads a clock, a random source or anything outside; an exception
/// is a defect, and the runtime restarts the entity with back-off and sets a command that keeps failing aside.
/// </summary>
/// <typeparam name="TState">The state: a sealed immutable record.</typeparam>
public abstract class Behavior<TState>
    where TState : class
{
    /// <summary>The state before the first event.</summary>
    public abstract TState Empty(EntityId id);

    /// <summary>What <paramref name="command"/> leads to.</summary>
    public abstract Effects Decide(TState state, Command command, DecisionContext context);

    /// <summary>The state after <paramref name="e"/>.</summary>
    public abstract TState Apply(TState state, Event e);

    /// <summary>The answer to a query. Reads only.</summary>
    public virtual Reply Answer(TState state, Query query, DateTimeOffset now)
        => new Refused(RefusalCodes.Invalid, $"{typeof(TState).Name} answers no {query.GetType().Name}");
}
