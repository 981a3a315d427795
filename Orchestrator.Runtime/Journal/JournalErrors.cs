namespace Orchestrator.Runtime;

/// <summary>The store cannot be opened; the message says why and what to do.</summary>
public sealed class JournalRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Why one write of a batch cannot be.</summary>
public enum RejectionReason
{
    /// <summary>A command of it was processed before.</summary>
    Duplicate,

    /// <summary>Its entity has events that the writer has not seen.</summary>
    SequenceConflict,

    /// <summary>This node does not own its shard in the epoch of the decision.</summary>
    NotOwner,
}

/// <summary>One write of a batch cannot be; nothing of the batch was committed.</summary>
/// <param name="index">Which write of the batch.</param>
/// <param name="reason">Why.</param>
public sealed class WriteRejectedException(int index, RejectionReason reason) : Exception($"write {index} of the batch was rejected: {reason}")
{
    /// <summary>Which write of the batch.</summary>
    public int Index { get; } = index;

    /// <summary>Why.</summary>
    public RejectionReason Reason { get; } = reason;
}

/// <summary>This node has been marked down, or a shard has another owner: nothing was committed, and nothing of what this node has in memory counts any more.</summary>
public sealed class FencedException(string message, Exception? inner = null) : StoreUnavailableException(message, inner);

/// <summary>It is not known whether a batch was committed.</summary>
public sealed class OutcomeUnknownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A command was not taken; <see cref="Refusal"/> says why. Nothing was stored.</summary>
public sealed class CommandRefusedException(Refused refusal) : Exception(refusal.Reason)
{
    /// <summary>The code and the reason.</summary>
    public Refused Refusal { get; } = refusal;
}

/// <summary>The entity cannot be brought to life by this version: it is left as it is, its inbox is kept, all others go on.</summary>
public sealed class EntityQuarantinedException(EntityId entity, string reason)
    : Exception($"{entity} is quarantined: {reason}")
{
    /// <summary>The entity.</summary>
    public EntityId Entity { get; } = entity;
}
