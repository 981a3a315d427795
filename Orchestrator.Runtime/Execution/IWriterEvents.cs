namespace Orchestrator.Runtime;

/// <summary>Hears of commits, on the writer's thread, before anybody is told that they happened.</summary>
internal interface IWriterEvents
{
    /// <summary>One write of a batch is in the store.</summary>
    void Committed(JournalWrite write, WriteStatus status);

    /// <summary>All writes of a batch were named.</summary>
    void BatchCommitted();

    /// <summary>The store has closed itself for good.</summary>
    void StoreBroke();
}
