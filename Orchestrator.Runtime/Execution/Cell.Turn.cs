namespace Orchestrator.Runtime;

internal sealed partial class Cell
{
    /// <summary>Takes turns until nothing waits; on the thread of a caller (<paramref name="here"/>) only the one for its command, so that it is not held for those of others.</summary>
    private async Task RunAsync(bool here)
    {
        for (var turns = 0; ; turns++)
        {
            if (here && turns > 0 && !TryRest())
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            List<Envelope>? batch = null;
            try
            {
                batch = Take();
                if (batch is null)
                {
                    return;
                }

                if (batch.Count == 0)
                {
                    await ReadBacklogAsync();
                    continue;
                }

                await TurnAsync(batch, here);
            }
            catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
            {
                await GiveUpAsync(batch ?? [], e as StoreUnavailableException ?? new StoreUnavailableException("this node is stopping; ask again with the same id", e));
            }
            catch (Exception e)
            {
                Defect(_host.Logger, Id, e);
                await GiveUpAsync(batch ?? [], new StoreUnavailableException($"{Id} met an error that the runtime does not know: {e.Message}", e));
            }
        }
    }

    private async ValueTask TurnAsync(List<Envelope> batch, bool here)
    {
        if (!await ActivateAsync())
        {
            await QuarantinedAsync(batch);
            return;
        }

        var commands = AnswerQueries(batch);
        if (commands.Count == 0)
        {
            return;
        }

        await FindProcessedAsync(commands, all: false);
        var turn = new Turn(Id, PersistenceId, _memory!.Version, _host.Shards.Epoch(Shard));
        RuntimeTelemetry.Waited(commands[0].Arrival);
        var began = RuntimeTelemetry.Arrival();
        Decide(commands, turn);
        RuntimeTelemetry.Decided(began);
        if (turn.Write.Commands.Count > 0)
        {
            _host.FailPoints.Hit(FailPoints.Decided);
            await SettleAsync(turn, await _host.Writer.SubmitTurnAsync(turn.Write, now: here));
        }
        else
        {
            Acknowledge(turn);
        }

        if (turn.Unknown is not null)
        {
            _quarantine = turn.Unknown.Message;
            QuarantinedNow(_host.Logger, Id, turn.Unknown.Message);
        }

        await StoreFailedTellsAsync(turn);
        PutBack(turn.Left);
        if (turn.Failed)
        {
            await RestartAsync();
        }
    }

    private async ValueTask<bool> ActivateAsync()
    {
        if (_quarantine is not null)
        {
            return false;
        }

        try
        {
            _memory ??= await _type.ActivateAsync(Id, _host.Journal, _host.Stopping);
            return true;
        }
        catch (ReplayException e)
        {
            _quarantine = e.Message;
            QuarantinedNow(_host.Logger, Id, e.Message);
            return false;
        }
    }

    private List<Envelope> AnswerQueries(List<Envelope> batch)
    {
        if (!batch.Exists(static envelope => envelope.Query is not null))
        {
            return batch;
        }

        foreach (var envelope in batch.Where(static envelope => envelope.Query is not null))
        {
            try
            {
                envelope.Queried?.TrySetResult(_memory!.Answer(envelope.Query!, _host.Clock.Now));
            }
            catch (Exception e)
            {
                envelope.Queried?.TrySetException(e);
            }

            Finish(envelope);
        }

        // What fails from here on fails for the commands only.
        batch.RemoveAll(static envelope => envelope.Query is not null);
        return batch;
    }

    private void Decide(List<Envelope> commands, Turn turn)
    {
        var memory = _memory!;
        var (now, format) = (_host.Clock.Now, _host.Format());
        for (var i = 0; i < commands.Count; i++)
        {
            var envelope = commands[i];
            if (envelope.Before is not null || (_host.Protections.Dedupe && envelope.Dedupe is Dedupe.Mark && memory.Marks?.GetValueOrDefault(envelope.Sender.Value) >= envelope.InboxRow))
            {
                turn.AddRepeated(envelope, _host.Effects.Entry(Done.Instance));
                continue;
            }

            if (!turn.TryBegin(envelope))
            {
                // The same id twice in one turn: the second finds the reply of the first in the next.
                turn.Left = commands[i..];
                return;
            }

            if (envelope.Attempts >= _host.Options.MaximumAttempts)
            {
                turn.Add(envelope, SetAside(envelope));
                continue;
            }

            try
            {
                envelope.Command ??= (Command)_host.Manifests.Read(envelope.Entry!.Manifest, envelope.Entry.Payload.Span);
                turn.Add(envelope, memory.Decide(envelope, new DecisionContext(Id, now, envelope.Id, envelope.Sender, memory.Version) { Format = format }));
            }
            catch (UnknownManifestException e) when (envelope.Command is null)
            {
                turn.Unknown = e;
                turn.Left = commands[i..];
                return;
            }
            catch (Exception e)
            {
                CommandFailed(envelope, e);
                turn.Failed = true;
                turn.Left = commands[i..];
                return;
            }
        }

        turn.Write.Snapshot = memory.TakeSnapshot();
    }
}
