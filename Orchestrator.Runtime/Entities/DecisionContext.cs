namespace Orchestrator.Runtime;

/// <summary>All that a decision may know beside state and command.</summary>
/// <param name="Self">The entity that decides.</param>
/// <param name="Now">The time of the store (see <see cref="IStoreClock"/>).</param>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Version">The sequence number of the entity's last event; the next event gets this plus one. Never falls, so it can number things that must never be numbered twice.</param>
public sealed record DecisionContext(EntityId Self, DateTimeOffset Now, CommandId CommandId, Sender Sender, long Version)
{
    /// <summary>The <c>cluster.format</c> in force: what a newer one brings is refused, so a behaviour that knows an older way takes that.</summary>
    public int Format { get; init; } = int.MaxValue;
}
