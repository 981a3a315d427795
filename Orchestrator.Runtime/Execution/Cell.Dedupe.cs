namespace Orchestrator.Runtime;

internal sealed partial class Cell
{
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

    /// <summary>Without the commands whose row is no longer in the inbox: they were processed.</summary>
    private async ValueTask<List<Envelope>> StillThereAsync(List<Envelope> envelopes)
    {
        var left = new List<Envelope>(envelopes.Count);
        foreach (var envelope in envelopes)
        {
            if (envelope.InboxRow == 0
                || (await _host.Journal.ReadInboxAsync(Id, envelope.InboxRow - 1, 1, _host.Stopping) is [var row] && row.Ordering == envelope.InboxRow))
            {
                left.Add(envelope);
            }
        }

        return left;
    }
}
