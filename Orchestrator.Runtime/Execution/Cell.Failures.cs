using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

internal sealed partial class Cell
{
    /// <summary>Nothing could be stored: callers that wait are told so, what lies in the inbox is tried again.</summary>
    private async ValueTask GiveUpAsync(List<Envelope> envelopes, StoreUnavailableException e)
    {
        Forget();
        foreach (var envelope in envelopes.Where(static envelope => envelope.InboxRow == 0))
        {
            Finish(envelope);
            envelope.Fail(e);
        }

        PutBack([.. envelopes.Where(static envelope => envelope.InboxRow > 0)]);
        await PauseAsync();
    }

    private async ValueTask RestartAsync()
    {
        Forget();
        Restarts++;
        RuntimeTelemetry.Restarted(_type.Name);
        await PauseAsync();
    }

    private async ValueTask PauseAsync()
    {
        if (!_host.Stopping.IsCancellationRequested)
        {
            // Real time, whatever time the store has: a pause is for the machine.
            await Task.Delay(Backoff.After(_host.Options, _failures++), _host.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            lock (_gate)
            {
                LeaveRows();
            }
        }
    }

    private void Forget()
    {
        _memory = null;
        _recent = null;
    }

    private async ValueTask QuarantinedAsync(List<Envelope> batch)
    {
        foreach (var envelope in batch)
        {
            if (envelope.IsTell)
            {
                await StoreTellAsync(envelope);
                continue;
            }

            Finish(envelope);
            envelope.Fail(new EntityQuarantinedException(Id, _quarantine!));
            if (envelope.InboxRow > 0)
            {
                lock (_gate)
                {
                    FallBehind(1);
                }
            }
        }
    }

    /// <summary>A Tell whose command fails is acknowledged all the same: it waits in the inbox, where it is tried again.</summary>
    private async ValueTask StoreFailedTellsAsync(Turn turn)
    {
        if (turn.Left.Count == 0)
        {
            return;
        }

        foreach (var envelope in turn.Left.Where(static envelope => envelope is { IsTell: true, Attempts: > 0 }).ToList())
        {
            turn.Left.Remove(envelope);
            await StoreTellAsync(envelope);
        }
    }

    private async ValueTask StoreTellAsync(Envelope envelope)
    {
        var outcome = await _host.Writer.SubmitAsync(new InboxWrite(Id, envelope.Id, envelope.Sender, envelope.Command!, envelope.Entry!));
        Finish(envelope);
        if (outcome.IsCommitted)
        {
            envelope.Asked!.TrySetResult(new Answer(Done.Instance, JournalPosition.Start, Repeated: false));
        }
        else
        {
            envelope.Fail(outcome.Error as StoreUnavailableException ?? new StoreUnavailableException($"{Id} could not store the command", outcome.Error));
        }
    }

    private void CommandFailed(Envelope envelope, Exception e)
    {
        envelope.Attempts++;
        envelope.Failure = $"{e.GetType().Name}: {e.Message}";
        CommandFailed(_host.Logger, Id, envelope.Command?.GetType().Name ?? envelope.Entry!.Manifest, envelope.Attempts, e);
    }

    private CommandWrite SetAside(Envelope envelope)
    {
        var refusal = new Refused(RefusalCodes.Poison, $"{Id} failed {envelope.Attempts} times on it and set it aside: {envelope.Failure}");
        SetAside(_host.Logger, Id, envelope.Id.Value, envelope.Failure!);
        return new CommandWrite
        {
            Id = envelope.Id,
            Sender = envelope.Sender,
            Dedupe = envelope.Dedupe,
            InboxRow = envelope.InboxRow,
            Reply = _host.Effects.Entry(Storable(refusal)),
            Outcome = refusal,
            DeadLetter = new DeadLetterWrite(envelope.Entry!, envelope.Failure!, envelope.Attempts),
        };
    }

    // The reason quotes an exception, which may quote the very text that could not be stored.
    private static Refused Storable(Refused refusal)
        => refusal with { Reason = new string([.. refusal.Reason.Select(static c => c == '\0' || char.IsSurrogate(c) ? '?' : c)]) };

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Entity} met an error that the runtime does not know")]
    private static partial void Defect(ILogger logger, EntityId entity, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Entity} is quarantined, its inbox is kept: {Reason}")]
    private static partial void QuarantinedNow(ILogger logger, EntityId entity, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity} failed on {Command} (attempt {Attempt}) and starts again")]
    private static partial void CommandFailed(ILogger logger, EntityId entity, string command, int attempt, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Entity} set the command {CommandId} aside: {Reason}")]
    private static partial void SetAside(ILogger logger, EntityId entity, string commandId, string reason);
}
