namespace Orchestrator.Runtime;

/// <summary>One part of a batch that commits as a whole. Properties that say "filled by the store" are valid after the commit.</summary>
public abstract class JournalWrite
{
    /// <summary>The inbox rows that it stored, in order. Filled by the store.</summary>
    public List<InboxRow>? Stored { get; set; }

    /// <summary>The position of its last event; 0 if it has none. Filled by the store.</summary>
    public long Position { get; set; }

    /// <summary>Whether what it was to remove or move was still there. Filled by the store.</summary>
    public bool Applied { get; set; }
}

/// <summary>What one entity does in one go: the effects of one or more commands.</summary>
public sealed class TurnWrite(EntityId entity, string persistenceId, long version) : JournalWrite
{
    /// <summary>The entity.</summary>
    public EntityId Entity { get; } = entity;

    /// <summary>Its persistence id.</summary>
    public string PersistenceId { get; } = persistenceId;

    /// <summary>The sequence number of the last event that the decisions saw.</summary>
    public long Version { get; } = version;

    /// <summary>The epoch of the shard under which the decisions were made; 0 without a cluster.</summary>
    public long Epoch { get; init; }

    /// <summary>The commands, in the order of their processing.</summary>
    public List<CommandWrite> Commands { get; } = [];

    /// <summary>A snapshot after the last command, if it is time for one.</summary>
    public SnapshotWrite? Snapshot { get; set; }
}

/// <summary>A snapshot to be stored.</summary>
/// <param name="Version">The sequence number of the last event in it.</param>
/// <param name="Entry">Manifest and JSON.</param>
public sealed record SnapshotWrite(long Version, JournalEntry Entry);

/// <summary>The effects of one command, and the mark that it is done.</summary>
public sealed class CommandWrite
{
    /// <summary>The command's id.</summary>
    public required CommandId Id { get; init; }

    /// <summary>Who sent it.</summary>
    public required Sender Sender { get; init; }

    /// <summary>How it is marked as done.</summary>
    public required Dedupe Dedupe { get; init; }

    /// <summary>Its row in the inbox, removed with the commit; 0 if it has none.</summary>
    public long InboxRow { get; init; }

    /// <summary>The reply, stored where <see cref="Dedupe"/> is by id.</summary>
    public required JournalEntry Reply { get; init; }

    /// <summary>The same as an object, for the caller that waits.</summary>
    internal Reply? Outcome { get; init; }

    /// <summary>Its events, in order.</summary>
    public IReadOnlyList<JournalEntry> Events { get; init; } = [];

    /// <summary>Its commands for other entities, in order.</summary>
    public IReadOnlyList<MessageWrite> Messages { get; init; } = [];

    /// <summary>Its changes of reminders, in order.</summary>
    public IReadOnlyList<ReminderWrite> Reminders { get; init; } = [];

    /// <summary>Its commands for workers, in order.</summary>
    public IReadOnlyList<WorkerWrite> WorkerCommands { get; init; } = [];

    /// <summary>Where the command is set aside instead of done.</summary>
    public DeadLetterWrite? DeadLetter { get; init; }

    /// <summary>The position of its last event; 0 if it has none. Filled by the store.</summary>
    public long Position { get; set; }
}

/// <summary>A command for another entity.</summary>
/// <param name="To">The entity.</param>
/// <param name="Command">The command.</param>
/// <param name="Entry">The same, as it is stored.</param>
public sealed record MessageWrite(EntityId To, Command Command, JournalEntry Entry);

/// <summary>A reminder set, or dropped where there is no entry.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Due">When it fires, in whole milliseconds.</param>
/// <param name="Entry">The command.</param>
public sealed record ReminderWrite(string Name, DateTimeOffset Due, JournalEntry? Entry);

/// <summary>A command for a worker.</summary>
/// <param name="Node">The worker's node.</param>
/// <param name="Entry">The command.</param>
public sealed record WorkerWrite(string Node, JournalEntry Entry);

/// <summary>A command to be set aside.</summary>
/// <param name="Entry">The command.</param>
/// <param name="Reason">Why.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record DeadLetterWrite(JournalEntry Entry, string Reason, int Attempts);

/// <summary>Stores a command in an inbox; does nothing if the same id waits there already.</summary>
public sealed class InboxWrite(EntityId to, CommandId id, Sender sender, Command command, JournalEntry entry) : JournalWrite
{
    /// <summary>The entity.</summary>
    public EntityId To { get; } = to;

    /// <summary>The command's id.</summary>
    public CommandId Id { get; } = id;

    /// <summary>Who sent it.</summary>
    public Sender Sender { get; } = sender;

    /// <summary>The command.</summary>
    public Command Command { get; } = command;

    /// <summary>The same, as it is stored.</summary>
    public JournalEntry Entry { get; } = entry;
}

/// <summary>Removes a reminder, if it is still set to this time, and stores <c>reminder/NAME/DUE</c> in the inbox of its entity.</summary>
public sealed class ReminderFiring(ReminderRow reminder) : JournalWrite
{
    /// <summary>The reminder.</summary>
    public ReminderRow Reminder { get; } = reminder;
}

/// <summary>Removes a worker command, if it is still there, and then stores the report in the inbox of the entity that wanted it.</summary>
public sealed class WorkerCompletion(long id, EntityId from, Sender sender, Command? report, JournalEntry? entry) : JournalWrite
{
    /// <summary>The number of the worker command.</summary>
    public long Id { get; } = id;

    /// <summary>The entity that wanted it.</summary>
    public EntityId From { get; } = from;

    /// <summary>The worker.</summary>
    public Sender Sender { get; } = sender;

    /// <summary>The report, if any.</summary>
    public Command? Report { get; } = report;

    /// <summary>The same, as it is stored.</summary>
    public JournalEntry? Entry { get; } = entry;
}

/// <summary>Moves a projection on: its changed rows and its offset.</summary>
public sealed class ViewWrite(string view, ProjectionOffset offset, bool reset, IReadOnlyList<ViewChange> changes) : JournalWrite
{
    /// <summary>The view.</summary>
    public string View { get; } = view;

    /// <summary>The new offset.</summary>
    public ProjectionOffset Offset { get; } = offset;

    /// <summary>What the offset must still be, <see cref="ProjectionOffset.None"/> before the first write: else another runner is at work, and this write changes nothing. Null: whatever it is.</summary>
    public ProjectionOffset? Expected { get; init; }

    /// <summary>Removes all rows of the view first.</summary>
    public bool Reset { get; } = reset;

    /// <summary>The changed rows.</summary>
    public IReadOnlyList<ViewChange> Changes { get; } = changes;
}

/// <summary>A changed row of a view; removed where there is no value.</summary>
public sealed record ViewChange(string Key, string Partition, byte[]? Value, long Position);

/// <summary>Removes a dead letter, if it is still there, and if so told puts it back into its inbox as a new command.</summary>
public sealed class DeadLetterRemoval(long id, EntityId to, bool resend) : JournalWrite
{
    /// <summary>The entity that it was for.</summary>
    public EntityId To { get; } = to;

    /// <summary>The number of the dead letter.</summary>
    public long Id { get; } = id;

    /// <summary>Whether it goes back into the inbox.</summary>
    public bool Resend { get; } = resend;
}

/// <summary>Gives a shard up, if this node still owns it in this epoch. Nothing of the shard is written by this node after it.</summary>
public sealed class ShardRelease(int shard, long epoch) : JournalWrite
{
    /// <summary>The shard, 0 to 63.</summary>
    public int Shard { get; } = shard;

    /// <summary>The epoch in which this node took it.</summary>
    public long Epoch { get; } = epoch;
}

/// <summary>Forgets processed command ids that are older than the dedupe window.</summary>
public sealed class ProcessedPurge(DateTimeOffset before) : JournalWrite
{
    /// <summary>Ids from before this time are refused anyway.</summary>
    public DateTimeOffset Before { get; } = before;
}

/// <summary>Says that a node lives.</summary>
public sealed class BeatWrite(string node, string address, Guid incarnation) : JournalWrite
{
    /// <summary>The node.</summary>
    public string Node { get; } = node;

    /// <summary>Where it can be reached; may be empty.</summary>
    public string Address { get; } = address;

    /// <summary>This start of it.</summary>
    public Guid Incarnation { get; } = incarnation;
}
