namespace Orchestrator.Runtime;

public sealed partial class ActorSystem
{
    /// <summary>What follows from a commit of another node.</summary>
    private sealed class Others(ActorSystem system) : IJournalListener
    {
        public void EventsVisible() => system._events.Committed.Raise();

        public void WorkStored()
        {
            system._workers.Stored.Raise();
            system._reminders.NoteSet(DateTimeOffset.MinValue);
        }

        public async ValueTask InboxStoredAsync(IReadOnlyCollection<int>? shards, CancellationToken cancellationToken)
        {
            foreach (var inbox in await system._host.Journal.ReadInboxesAsync(shards, cancellationToken))
            {
                // How many of them the entity holds already is not known: it counts when it reads.
                system._host.Wake(inbox.Entity, rows: 0);
            }
        }
    }
}
