namespace Orchestrator.Runtime;

/// <summary>The time of the store: wall time when the store was opened (or last asked) plus monotonic time since, so that a jump of this machine's clock moves no reminder.</summary>
public interface IStoreClock
{
    /// <summary>Now.</summary>
    DateTimeOffset Now { get; }
}
