namespace Orchestrator.Runtime;

/// <summary>What waits in a mailbox: a command, with the row it is stored in or the caller that waits for its reply, or a query to an entity that is not in memory yet.</summary>
internal sealed class Envelope
{
    public CommandId Id { get; init; }

    public Sender Sender { get; init; }

    public Dedupe Dedupe { get; init; }

    /// <summary>The command; null until an entry from the store is read.</summary>
    public Command? Command { get; set; }

    public JournalEntry? Entry { get; init; }

    /// <summary>The row in the inbox; 0 for an Ask, which has none.</summary>
    public long InboxRow { get; init; }

    public TaskCompletionSource<Answer>? Asked { get; init; }

    /// <summary>A Tell that is done at once, in one commit, because nothing waits before it; if that fails it goes to the inbox after all.</summary>
    public bool IsTell { get; init; }

    public Query? Query { get; init; }

    public TaskCompletionSource<Reply>? Queried { get; init; }

    /// <summary>When it came, where that is measured; else 0.</summary>
    public long Arrival { get; } = RuntimeTelemetry.Arrival();

    /// <summary>How often it has failed.</summary>
    public int Attempts { get; set; }

    /// <summary>Why it failed last.</summary>
    public string? Failure { get; set; }

    /// <summary>The stored reply, once it is known that the command was processed before.</summary>
    public Answer? Before { get; set; }

    /// <summary>The command's effects failed to commit in company: it is tried alone.</summary>
    public bool Alone { get; set; }

    public static Envelope Of(InboxRow row) => new()
    {
        Id = row.Id,
        Sender = row.Sender,
        Dedupe = row.Dedupe,
        Command = row.Command,
        Entry = row.Entry,
        InboxRow = row.Ordering,
    };

    public void Fail(Exception e)
    {
        Asked?.TrySetException(e);
        Queried?.TrySetException(e);
    }
}
