using System.Runtime.InteropServices;

namespace Orchestrator.Runtime;

/// <summary>
/// Until when this node may act in the world and answer queries: three seconds after it sent its last beat that the store confirmed. A node that was paused, or whose
/// store is away, finds the time over and keeps its hands still; tmux checks the same moment in the guard of every step.
/// </summary>
public sealed class ActionDeadline(TimeProvider time)
{
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(3);
    private long _confirmed = long.MinValue;

    /// <summary>Whether the hands may act now.</summary>
    public bool MayAct => Remaining > TimeSpan.Zero;

    /// <summary>The moment by the wall clock, which is what tmux compares with; in the past if the time is over.</summary>
    public DateTimeOffset Moment => time.GetUtcNow() + Remaining;

    /// <summary>The store has confirmed a beat that was sent at <paramref name="sentAt"/> (from <see cref="Boottime"/>).</summary>
    public void Confirmed(long sentAt) => Interlocked.Exchange(ref _confirmed, sentAt);

    /// <summary>When the last beat that the store has confirmed was sent (from <see cref="Boottime"/>); null before the first.</summary>
    public long? ConfirmedAt => Interlocked.Read(ref _confirmed) is var confirmed && confirmed == long.MinValue ? null : confirmed;

    /// <summary>Nanoseconds since the machine was started, time in which it slept included (<c>CLOCK_BOOTTIME</c>).</summary>
    public static long Boottime()
    {
        const int ClockBoottime = 7;
        return GetTime(ClockBoottime, out var now) == 0
            ? (now.Seconds * 1_000_000_000L) + now.Nanoseconds
            : throw new InvalidOperationException("CLOCK_BOOTTIME cannot be read");
    }

    private TimeSpan Remaining
    {
        get
        {
            var confirmed = Interlocked.Read(ref _confirmed);
            return confirmed == long.MinValue ? TimeSpan.FromSeconds(-1) : Allowance - TimeSpan.FromTicks((Boottime() - confirmed) / 100);
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
