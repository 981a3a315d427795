namespace Orchestrator.Runtime;

/// <summary>What became of a write.</summary>
internal enum WriteStatus
{
    Committed,

    /// <summary>It is in the store, but what the store hands back was lost with the connection.</summary>
    CommittedUnseen,

    /// <summary>A command of it had been processed before.</summary>
    Duplicate,

    /// <summary>Its entity has events that it did not know.</summary>
    Conflict,

    /// <summary>The store cannot take it, now or ever.</summary>
    Failed,

    /// <summary>The store takes nothing now.</summary>
    Unavailable,
}

/// <summary>What became of a write, and the error where it failed.</summary>
internal readonly record struct WriteOutcome(WriteStatus Status, Exception? Error = null)
{
    public bool IsCommitted => Status is WriteStatus.Committed or WriteStatus.CommittedUnseen;

    /// <summary>Throws unless it was committed.</summary>
    public void Require()
    {
        if (!IsCommitted)
        {
            throw Error as StoreUnavailableException ?? new StoreUnavailableException($"the store did not take the write: {Error?.Message ?? Status.ToString()}", Error);
        }
    }
}
