namespace Orchestrator.Runtime;

/// <summary>A stored command for a node's worker.</summary>
/// <param name="Id">Its number; a node's commands are worked in this order per entity.</param>
/// <param name="From">The entity that wants it.</param>
/// <param name="Command">What to do.</param>
/// <param name="At">When it was stored.</param>
public sealed record PendingWorkerCommand(long Id, EntityId From, WorkerCommand Command, DateTimeOffset At);

/// <summary>The durable queue of commands for one node's worker.</summary>
public interface IWorkerQueue
{
    /// <summary>Every command for <paramref name="node"/> that is not completed: the stored ones first, in order, then new ones as they commit, until cancelled. Each is yielded once per call.</summary>
    IAsyncEnumerable<PendingWorkerCommand> FollowAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>In one transaction removes the command and, if given, stores <paramref name="report"/> in the inbox of the entity that wanted it. Completing it twice does nothing.</summary>
    Task CompleteAsync(PendingWorkerCommand command, Command? report, Sender sender, CancellationToken cancellationToken = default);
}

/// <summary>A command that could not be processed and was set aside.</summary>
/// <param name="Id">Its number.</param>
/// <param name="To">The entity that it was for.</param>
/// <param name="CommandId">Its command id.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Manifest">Its stored name.</param>
/// <param name="Payload">Its JSON.</param>
/// <param name="Reason">Why it was set aside.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="At">When it was set aside.</param>
public sealed record DeadLetter(long Id, EntityId To, CommandId CommandId, Sender Sender, string Manifest, string Payload, string Reason, int Attempts, DateTimeOffset At);

/// <summary>The commands that were set aside.</summary>
public interface IDeadLetters
{
    /// <summary>Dead letters after the number <paramref name="after"/>, oldest first, at most <paramref name="limit"/> (1 to 1,000).</summary>
    Task<IReadOnlyList<DeadLetter>> ListAsync(long after = 0, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>Puts one back into its entity's inbox, as a new command; false if there is none of this number.</summary>
    Task<bool> ResendAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Removes one for good; false if there is none of this number.</summary>
    Task<bool> DropAsync(long id, CancellationToken cancellationToken = default);
}
