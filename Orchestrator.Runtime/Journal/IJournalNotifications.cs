namespace Orchestrator.Runtime;

/// <summary>Says what other nodes have committed to the store that they share with this one. Nothing is missed for longer than the store's poll interval, and much is said twice.</summary>
public interface IJournalNotifications
{
    /// <summary>Whether other nodes write to the store while this one does.</summary>
    bool IsShared { get; }

    /// <summary>Who hears it; set once the store is open.</summary>
    IJournalListener? Listener { get; set; }
}

/// <summary>Hears what other nodes have committed. Its members are called one after the other.</summary>
public interface IJournalListener
{
    /// <summary>Readers may see further events.</summary>
    void EventsVisible();

    /// <summary>There may be new worker commands, or reminders to look at.</summary>
    void WorkStored();

    /// <summary>Inboxes of these shards may have new rows; null: of any.</summary>
    ValueTask InboxStoredAsync(IReadOnlyCollection<int>? shards, CancellationToken cancellationToken);
}
