namespace Orchestrator.Runtime;

/// <summary>Wall time when the store was opened plus monotonic time since.</summary>
internal sealed class StoreClock(TimeProvider time) : IStoreClock
{
    private readonly DateTimeOffset _opened = time.GetUtcNow();
    private readonly long _timestamp = time.GetTimestamp();

    public DateTimeOffset Now => _opened + time.GetElapsedTime(_timestamp);

    /// <summary>How far this machine's clock has moved away since the store was opened.</summary>
    public TimeSpan Drift => time.GetUtcNow() - Now;
}
