namespace Orchestrator.Runtime;

/// <summary>
/// The newest events, read from the store and decoded once for all who follow the history. Whoever is far behind, as a view that is built anew, reads for itself until it has come up to them.
/// </summary>
internal sealed class RecentEvents(Func<JournalPosition, int, CancellationToken, Task<EventEnvelope[]>> read)
{
    private const int Most = 4096;
    private const long MostBytes = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<EventEnvelope> _events = [];
    private JournalPosition _after = JournalPosition.End;
    private JournalPosition _last = JournalPosition.End;
    private long _commits;
    private long _seenAt = -1;
    private long _bytes;
    private Task? _reading;

    /// <summary>There may be more than was there when the end was last reached.</summary>
    public void NoteCommitted() => Interlocked.Increment(ref _commits);

    /// <summary>Whether what follows <paramref name="after"/> is at hand.</summary>
    public bool Covers(JournalPosition after)
    {
        lock (_gate)
        {
            return after.Value >= _after.Value && after.Value <= _last.Value;
        }
    }

    /// <summary>Events after <paramref name="after"/>, in order, at most <paramref name="limit"/>; none if the end is reached.</summary>
    public async Task<IReadOnlyList<EventEnvelope>> ReadAsync(JournalPosition after, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (done, reading) = ((TaskCompletionSource?)null, (Task?)null);
            lock (_gate)
            {
                if (Covers(after))
                {
                    if (TryTake(after, limit, out var page))
                    {
                        return page;
                    }

                    reading = _reading;
                    if (reading is null)
                    {
                        done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        _reading = done.Task;
                    }
                }
            }

            if (reading is not null)
            {
                // What it began to read may be older than what this reader was woken for: it looks again.
                await reading.WaitAsync(cancellationToken);
                continue;
            }

            try
            {
                var commits = Volatile.Read(ref _commits);
                var page = await read(after, limit, cancellationToken);
                Keep(after, page, page.Length < limit ? commits : -1);
                return page;
            }
            finally
            {
                if (done is not null)
                {
                    lock (_gate)
                    {
                        _reading = null;
                    }

                    done.SetResult();
                }
            }
        }
    }

    /// <summary>False: whether more follows is to be asked of the store.</summary>
    private bool TryTake(JournalPosition after, int limit, out IReadOnlyList<EventEnvelope> page)
    {
        var first = after == _last ? _events.Count : FirstAfter(after);
        page = _events.GetRange(first, Math.Min(limit, _events.Count - first));
        return page.Count > 0 || _seenAt == Volatile.Read(ref _commits);
    }

    private int FirstAfter(JournalPosition after)
    {
        var (low, high) = (0, _events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Position.Value > after.Value ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Keep(JournalPosition after, EventEnvelope[] page, long seenAt)
    {
        lock (_gate)
        {
            if (after == _last)
            {
                Append(page);
                _seenAt = seenAt;
            }
            else if (page.Length > 0 && (after.Value > _last.Value || _last == JournalPosition.End))
            {
                // The foremost reader decides which events are the newest. Where nothing follows, its position may be one that there never was.
                _events.Clear();
                (_after, _last, _bytes) = (after, after, 0);
                Append(page);
                _seenAt = seenAt;
            }
        }
    }

    private void Append(EventEnvelope[] page)
    {
        if (page.Length == 0)
        {
            return;
        }

        _events.AddRange(page);
        _last = page[^1].Position;
        _bytes += page.Sum(static e => (long)e.Bytes);
        if (_events.Count < 2 * Most && _bytes < 2 * MostBytes)
        {
            return;
        }

        // The last page stays, however large: others are about to read it.
        var dropped = 0;
        for (; dropped < _events.Count - page.Length && (_events.Count - dropped > Most || _bytes > MostBytes); dropped++)
        {
            _bytes -= _events[dropped].Bytes;
            _after = _events[dropped].Position;
        }

        _events.RemoveRange(0, dropped);
    }
}
