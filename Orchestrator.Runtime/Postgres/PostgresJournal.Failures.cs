using Microsoft.Extensions.Logging;
using Npgsql;

namespace Orchestrator.Runtime;

/// <content>What a failed commit means, and what follows from it.</content>
public sealed partial class PostgresJournal
{
    private async ValueTask<Exception> FailedAsync(PostgresBatch batch, NpgsqlConnection connection, Exception e)
    {
        switch (e)
        {
            case PostgresException { SqlState: PostgresFailure.NodeFenced or PostgresFailure.ShardFenced } fenced:
                return await FencedAsync(fenced);
            case PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresFailure.RowGone } rejected:
                try
                {
                    // Whoever was in the way may be gone again: then the batch is tried once more.
                    return batch.Culprit(connection) ?? (Exception)new StoreUnavailableException($"another node was in the way ({rejected.MessageText}): ask again", rejected);
                }
                catch (Exception lost) when (PostgresFailure.IsLost(lost))
                {
                    await LoseWriterAsync();
                    return Unavailable(lost);
                }

            case PostgresException passing when PostgresFailure.IsPassing(passing) && !PostgresFailure.IsLost(passing):
                await LoseWriterAsync();
                return Unavailable(passing);
            case PostgresException refused when !PostgresFailure.IsLost(refused):
                return refused;
            default:
                await LoseWriterAsync();
                Unavailable(e);
                return new OutcomeUnknownException($"the connection to the database {Place} was lost during a commit: {Reason(e)}", e);
        }
    }

    private async ValueTask<Exception> FencedAsync(PostgresException e)
    {
        var fenced = new FencedException($"this node may no longer write to the database {Place}: {e.MessageText}; nothing was stored", e);
        if (_options.Alone)
        {
            await BreakAsync(fenced);
        }
        else
        {
            _health = new JournalHealth(JournalState.Unavailable, e.MessageText);
        }

        return fenced;
    }

    private async ValueTask<StoreUnavailableException> BreakAsync(Exception e)
    {
        _health = new JournalHealth(JournalState.Broken, e.Message);
        Broken(Place, e);
        await DropWriterAsync();
        return new StoreUnavailableException($"the store has closed itself: {e.Message}", e);
    }

    private StoreUnavailableException Unavailable(Exception e)
    {
        var reason = Reason(e);
        if (_health.State is JournalState.Open)
        {
            CannotWrite(Place, reason);
        }

        _health = new JournalHealth(JournalState.Unavailable, reason);
        return new StoreUnavailableException($"the database {Place} {(e is PostgresException ? "cannot be written to now" : "cannot be reached")}: {reason}", e);
    }

    private static string Reason(Exception e) => e.InnerException is { } inner && e is not PostgresException ? $"{e.Message} ({inner.Message})" : e is PostgresException postgres ? postgres.MessageText : e.Message;

    [LoggerMessage(Level = LogLevel.Error, Message = "The database {Place} cannot be written to, nothing is acknowledged: {Reason}")]
    private partial void CannotWrite(string place, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database {Place} is not to be used by this process any more")]
    private partial void Broken(string place, Exception e);
}
