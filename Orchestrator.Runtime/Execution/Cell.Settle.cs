namespace Orchestrator.Runtime;

internal sealed partial class Cell
{
    private async ValueTask SettleAsync(Turn turn, WriteOutcome outcome)
    {
        if (outcome.Status is WriteStatus.Committed)
        {
            _host.FailPoints.Hit(FailPoints.Committed);
            RuntimeTelemetry.Turn(_type.Name, turn.Commands);
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
                // Nothing is let go of before all reads have succeeded.
                var left = await StillThereAsync(envelopes);
                await FindProcessedAsync(left, all: true);
                envelopes.Except(left).ToList().ForEach(Finish);
                turn.Left = [.. left, .. turn.Left];
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
