namespace Orchestrator.Runtime;

/// <summary>An event as it is stored.</summary>
/// <param name="Position">Its place in the order for readers.</param>
/// <param name="PersistenceId">Whose it is: <c>kind/id</c>.</param>
/// <param name="SequenceNumber">Its number within the entity, from 1.</param>
/// <param name="Created">When it was committed.</param>
/// <param name="Entry">Manifest and JSON.</param>
public sealed record JournalRow(long Position, string PersistenceId, long SequenceNumber, DateTimeOffset Created, JournalEntry Entry);

/// <summary>What an entity is brought to life from.</summary>
/// <param name="SnapshotVersion">The sequence number of the snapshot; 0 without one.</param>
/// <param name="Snapshot">The snapshot, if there is one.</param>
/// <param name="Events">The first events after it.</param>
/// <param name="Marks">For each entity that sent it commands, the number of the last one processed; null if there is none.</param>
public sealed record EntityHistory(long SnapshotVersion, JournalEntry? Snapshot, IReadOnlyList<JournalRow> Events, Dictionary<string, long>? Marks);

/// <summary>How a command is kept from running twice.</summary>
public enum Dedupe
{
    /// <summary>By its inbox row alone, which was stored once and goes with its effects (reminders, reports of workers).</summary>
    Row = 0,

    /// <summary>By its id among the processed ones, kept with the reply.</summary>
    Id = 1,

    /// <summary>By the number of the last command from the same entity.</summary>
    Mark = 2,
}

/// <summary>A command that waits for its entity.</summary>
/// <param name="Ordering">Its number, unique for ever; rows are processed in this order.</param>
/// <param name="To">The entity.</param>
/// <param name="Id">The command id.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Dedupe">How it is kept from running twice.</param>
/// <param name="Created">When it was stored.</param>
/// <param name="Entry">Manifest and JSON.</param>
public sealed record InboxRow(long Ordering, EntityId To, CommandId Id, Sender Sender, Dedupe Dedupe, DateTimeOffset Created, JournalEntry Entry)
{
    /// <summary>The command, where the row has just been stored by this process.</summary>
    public Command? Command { get; init; }
}

/// <summary>How much waits for an entity.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Count">The number of rows.</param>
/// <param name="Oldest">When the oldest was stored.</param>
public sealed record InboxSummary(EntityId Entity, long Count, DateTimeOffset Oldest);

/// <summary>A command that was processed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Position">The position of its last event; 0 if it had none.</param>
/// <param name="Reply">The reply.</param>
public sealed record ProcessedRow(CommandId Id, long Position, JournalEntry Reply);

/// <summary>A reminder that is set.</summary>
/// <param name="Entity">Whose it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Due">When it fires, in whole milliseconds.</param>
/// <param name="Entry">The command.</param>
public sealed record ReminderRow(EntityId Entity, string Name, DateTimeOffset Due, JournalEntry Entry);

/// <summary>A command for a worker.</summary>
/// <param name="Id">Its number.</param>
/// <param name="From">The entity that wants it.</param>
/// <param name="Created">When it was stored.</param>
/// <param name="Entry">Manifest and JSON.</param>
public sealed record WorkerRow(long Id, EntityId From, DateTimeOffset Created, JournalEntry Entry);

/// <summary>How far a projection has come.</summary>
/// <param name="Version">The version of the fold that made its rows.</param>
/// <param name="Position">The last event that it has seen.</param>
public sealed record ProjectionOffset(int Version, long Position)
{
    /// <summary>That of a projection that has written nothing yet. Versions count from 1.</summary>
    public static readonly ProjectionOffset None = new(0, 0);
}

/// <summary>A row of a view as it is stored.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Value">Its JSON.</param>
public sealed record StoredView(string Key, string Partition, byte[] Value);

/// <summary>Which rows of a view to list; see <see cref="IViews.ListAsync"/>.</summary>
public sealed record ViewQuery(string View, string? Partition, string? AfterKey, int Limit, bool Descending);
