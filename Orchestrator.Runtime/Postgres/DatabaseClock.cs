namespace Orchestrator.Runtime;

/// <summary>The time of the database as it was last asked, plus monotonic time since. It never goes back.</summary>
internal sealed class DatabaseClock(TimeProvider time) : IStoreClock
{
    private readonly Lock _gate = new();
    private DateTimeOffset _sampled;
    private long _timestamp;
    private DateTimeOffset _last;

    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                var now = _sampled + time.GetElapsedTime(_timestamp);
                return _last = now > _last ? now : _last;
            }
        }
    }

    /// <summary>Takes what the database said between <paramref name="sent"/> and now: as of the middle of the two.</summary>
    public void Sample(DateTimeOffset database, long sent)
    {
        var received = time.GetTimestamp();
        lock (_gate)
        {
            _sampled = database;
            _timestamp = sent + ((received - sent) / 2);
        }
    }
}
