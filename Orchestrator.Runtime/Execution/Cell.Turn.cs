namespace Orchestrator.Runtime;

internal sealed partial class Cell
{
    /// <summary>Takes turns until nothing waits.</summary>
    private async Task RunAsync()
    {
        while (true)
        {
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

                await TurnAsync(batch);
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

    private async ValueTask TurnAsync(List<Envelope> batch)
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
        var turn = new Turn(Id, PersistenceId, _memory!.Version);
        Decide(commands, turn);
        if (turn.Write.Commands.Count > 0)
        {
            _host.FailPoints.Hit(FailPoints.Decided);
            await SettleAsync(turn, await _host.Writer.SubmitAsync(turn.Write));
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

        return [.. batch.Where(static envelope => envelope.Query is null)];
    }

    /// <summary>Looks up replies of commands whose id carries a time before this activation; a younger one that was processed all the same is found by the store.</summary>
    private async ValueTask FindProcessedAsync(List<Envelope> commands, bool all)
    {
        if (!_host.Protections.Dedupe)
        {
            return;
        }

        List<CommandId>? ids = null;
        foreach (var envelope in commands)
        {
            if (envelope is { Dedupe: Dedupe.Id, Before: null } && (envelope.Before = _recent?.Find(envelope.Id)) is null
                && (all || (Ulid.TryGetTime(envelope.Id.Value, out var time) && time <= _memory!.Activated)))
            {
                (ids ??= []).Add(envelope.Id);
            }
        }

        if (ids is null)
        {
            return;
        }

        foreach (var row in await _host.Journal.FindProcessedAsync(Id, ids, _host.Stopping))
        {
            var reply = (Reply)_host.Manifests.Read(row.Reply.Manifest, row.Reply.Payload.Span);
            foreach (var envelope in commands.Where(envelope => envelope.Dedupe is Dedupe.Id && envelope.Id == row.Id))
            {
                envelope.Before = new Answer(reply, new JournalPosition(row.Position), Repeated: true);
            }
        }
    }

    private void Decide(List<Envelope> commands, Turn turn)
    {
        var memory = _memory!;
        var now = _host.Clock.Now;
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
                turn.Add(envelope, memory.Decide(envelope, new DecisionContext(Id, now, envelope.Id, envelope.Sender, memory.Version)));
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

    private async ValueTask SettleAsync(Turn turn, WriteOutcome outcome)
    {
        if (outcome.Status is WriteStatus.Committed)
        {
            _host.FailPoints.Hit(FailPoints.Committed);
            RuntimeTelemetry.Turn(_type.Name, turn.Commands.Count);
            Acknowledge(turn);
            return;
        }

        // What the turn worked on is not what is stored: the next one starts from the store.
        Forget();
        var envelopes = turn.Commands.ConvertAll(static command => command.Envelope);
        switch (outcome.Status)
        {
            case WriteStatus.CommittedUnseen:
                // Replies are read from the store as for any repeated command.
                envelopes.Where(static envelope => envelope.Asked is null).ToList().ForEach(Finish);
                turn.Left = [.. envelopes.Where(static envelope => envelope.Asked is not null), .. turn.Left];
                break;
            case WriteStatus.Duplicate:
                turn.Left = [.. envelopes, .. turn.Left];
                await FindProcessedAsync(turn.Left, all: true);
                break;
            case WriteStatus.Conflict:
                turn.Left = [.. envelopes, .. turn.Left];
                turn.Failed = true;
                break;
            case WriteStatus.Unavailable:
                PutBack(turn.Left);
                turn.Left = [];
                await GiveUpAsync(envelopes, (StoreUnavailableException)outcome.Error!);
                break;
            default:
                if (envelopes is [var culprit])
                {
                    CommandFailed(culprit, outcome.Error!);
                }

                envelopes.ForEach(static envelope => envelope.Alone = true);
                turn.Left = [.. envelopes, .. turn.Left];
                turn.Failed = true;
                break;
        }
    }

    private void Acknowledge(Turn turn)
    {
        _memory!.Publish();
        if (!turn.Failed)
        {
            _failures = 0;
        }

        foreach (var (envelope, write) in turn.Commands)
        {
            var answer = envelope.Before ?? new Answer(write?.Outcome ?? Done.Instance, new JournalPosition(write?.Position ?? 0), Repeated: false);
            if (write?.DeadLetter is not null)
            {
                RuntimeTelemetry.SetAside(_type.Name);
            }

            if (envelope.Before is null && envelope.Dedupe is Dedupe.Id && _host.Protections.Dedupe)
            {
                (_recent ??= new RecentReplies()).Add(envelope.Id, answer with { Repeated = true });
            }
            else if (envelope.Before is null && envelope.Dedupe is Dedupe.Mark)
            {
                (_memory.Marks ??= new Dictionary<string, long>(StringComparer.Ordinal))[envelope.Sender.Value] = envelope.InboxRow;
            }

            Finish(envelope);
            envelope.Asked?.TrySetResult(answer);
        }
    }
}
