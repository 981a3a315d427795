namespace Orchestrator.Runtime;

internal sealed partial class Cell
{
    /// <summary>What is next: commands and queries for a turn, an empty list where rows are to be read first, null where nothing waits.</summary>
    private List<Envelope>? Take()
    {
        lock (_gate)
        {
            if (_host.Draining || !_host.Shards.Accepts(Shard))
            {
                LeaveRows();
            }

            if (_backlog && _rows == 0 && _quarantine is null)
            {
                return [];
            }

            var count = Math.Min(_host.Options.TurnSize, (_again?.Count ?? 0) + _queue.Count);
            if (count == 0)
            {
                Rest();
                return null;
            }

            var batch = new List<Envelope>(count);
            if (_again is { Count: > 0 })
            {
                var alone = _again.FindIndex(static envelope => envelope.Alone);
                var first = alone == 0 ? 1 : Math.Min(count, alone < 0 ? _again.Count : alone);
                batch.AddRange(_again[..first]);
                _again.RemoveRange(0, first);
                if (_again.Count > 0 || alone >= 0)
                {
                    return batch;
                }

                _again = null;
            }

            while (batch.Count < count)
            {
                batch.Add(_queue.Dequeue());
            }

            return batch;
        }
    }

    /// <summary>Ends the turns if nothing waits.</summary>
    private bool TryRest()
    {
        lock (_gate)
        {
            if (_backlog || (_again?.Count ?? 0) + _queue.Count > 0)
            {
                return false;
            }

            Rest();
            return true;
        }
    }

    private void Rest()
    {
        _running = false;
        Volatile.Write(ref _lastActivity, _host.Clock.Now.UtcTicks);
    }

    /// <summary>Lets go of what is stored: it is there again at the next start.</summary>
    private void LeaveRows()
    {
        var asked = (_again ?? []).Concat(_queue).Where(static envelope => envelope.InboxRow == 0).ToList();
        _again = null;
        _queue.Clear();
        asked.ForEach(_queue.Enqueue);
        (_waiting, _rows, _backlog) = (asked.Count, 0, false);
    }

    private void PutBack(IReadOnlyCollection<Envelope> envelopes)
    {
        lock (_gate)
        {
            (_again ??= []).InsertRange(0, envelopes);
        }
    }

    private void Finish(Envelope envelope)
    {
        lock (_gate)
        {
            _waiting--;
            _rows -= envelope.InboxRow > 0 ? 1 : 0;
        }

        if (envelope.InboxRow == 0)
        {
            _host.Left();
        }
    }

    private async ValueTask ReadBacklogAsync()
    {
        const int Page = 500;
        var changes = _backlogChanges;

        // Where several nodes write to one inbox, a row may appear below one that was seen before. None is in memory here, and what was processed is gone.
        var rows = await _host.Journal.ReadInboxAsync(Id, _host.IsShared ? 0 : _lastRow, Page, _host.Stopping);
        lock (_gate)
        {
            // A row that commits while this reads is announced after it is there, so an unchanged count means that nothing was missed.
            _backlog = rows.Count == Page || changes != _backlogChanges;
            _behind = _backlog ? Math.Max(0, _behind - rows.Count) : 0;
            foreach (var row in rows)
            {
                (_again ??= []).Add(Envelope.Of(row));
                _lastRow = row.Ordering;
                _waiting++;
                _rows++;
            }
        }
    }
}
