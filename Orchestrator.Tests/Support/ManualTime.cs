namespace Orchestrator.Tests.Support;

/// <summary>A clock that a test moves: monotonic time with its timers, and wall time that can also jump.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _wall = start;
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _wall;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _ticks;
        }
    }

    /// <summary>Whether somebody sleeps until <paramref name="elapsed"/> of all the time that has passed, to the millisecond.</summary>
    public bool IsAwaited(TimeSpan elapsed)
    {
        lock (_gate)
        {
            return _timers.Exists(timer => timer.Due != long.MaxValue && Math.Abs(timer.Due - elapsed.Ticks) <= 2 * TimeSpan.TicksPerMillisecond);
        }
    }

    /// <summary>Sets the wall clock forward or back; no time passes.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _wall += by;
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _wall += by;
            _ticks += by.Ticks;
            due = [.. _timers.Where(timer => timer.Due <= _ticks)];
            due.ForEach(timer => timer.Rearm(_ticks));
        }

        due.ForEach(static timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time._ticks + dueTime.Ticks;
                time._timers.Remove(this);
                time._timers.Add(this);
            }

            if (dueTime == TimeSpan.Zero)
            {
                Rearm(time.GetTimestamp());
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        public void Rearm(long now) => Due = _period > TimeSpan.Zero ? now + _period.Ticks : long.MaxValue;

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
