namespace Orchestrator.Runtime;

/// <summary>
/// A place in the history of all entities. Later events have greater positions; 0 is before the first. On SQLite it is the number of the event; on PostgreSQL the
/// number of the transaction and that of the event within it, <c>(xid + base) &lt;&lt; 20 | n</c>: see docs/adr/0004.
/// </summary>
public readonly record struct JournalPosition(long Value)
{
    /// <summary>Before the first event.</summary>
    public static readonly JournalPosition Start;

    /// <summary>After every event.</summary>
    public static readonly JournalPosition End = new(long.MaxValue);
}

/// <summary>The answer to a command.</summary>
/// <param name="Reply">The reply that is stored under the command's id.</param>
/// <param name="Position">The position of the last event of its commit, for reads that must see it (0: it had none).</param>
/// <param name="Repeated">The command had been processed before; this is its stored reply.</param>
public sealed record Answer(Reply Reply, JournalPosition Position, bool Repeated);

/// <summary>The entities of this node, as other code talks to them.</summary>
public interface IActorSystem
{
    /// <summary>The store's time.</summary>
    IStoreClock Clock { get; }

    /// <summary>Stores a command in the inbox of <paramref name="to"/>; when the task completes it is durable and will be processed once, whatever happens.</summary>
    /// <exception cref="OverloadedException">Too much waits for this entity or node; nothing was stored.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was stored, or it cannot be known: send it again with the same id.</exception>
    Task TellAsync(EntityId to, Command command, CommandId id, Sender sender, CancellationToken cancellationToken = default);

    /// <summary>Sends a command and waits for its reply, which is stored: asking again with the same id gives the same reply. Cancelling stops the wait, not the command.</summary>
    /// <exception cref="OverloadedException">Too much waits for this entity or node; it was not run.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be known whether it was done: ask again with the same id.</exception>
    Task<Answer> AskAsync(EntityId to, Command command, CommandId id, Sender sender, CancellationToken cancellationToken = default);

    /// <summary>Asks something of the committed state. Commits nothing.</summary>
    Task<Reply> QueryAsync(EntityId to, Query query, CancellationToken cancellationToken = default);
}

/// <summary>Bounded queues are full: nothing was accepted; try again after a while.</summary>
public sealed class OverloadedException(string message) : Exception(message);

/// <summary>The store does not answer or has refused to write; nothing is acknowledged until it does.</summary>
public class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
