namespace Orchestrator.Benchmarks.Teams;

/// <summary>How often each delay was seen, in steps of a tenth of a millisecond up to a minute: as large after ten minutes as at the beginning, so that it is not taken for a leak.</summary>
public sealed class Delays
{
    private const double StepMilliseconds = 0.1;
    private readonly int[] _counts = new int[600_000];
    private readonly Lock _gate = new();

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The longest.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>One more.</summary>
    public void Add(TimeSpan delay)
    {
        lock (_gate)
        {
            _counts[(int)Math.Clamp(delay.TotalMilliseconds / StepMilliseconds, 0, _counts.Length - 1)]++;
            Count++;
            Longest = delay > Longest ? delay : Longest;
        }
    }

    /// <summary>The delay that a share of all, 0 to 1, do not exceed; the longest there can be if there are none.</summary>
    public TimeSpan At(double share)
    {
        lock (_gate)
        {
            var wanted = Math.Max(1, (int)Math.Ceiling(Count * share));
            for (int step = 0, seen = 0; step < _counts.Length && Count > 0; step++)
            {
                seen += _counts[step];
                if (seen >= wanted)
                {
                    return TimeSpan.FromMilliseconds(Math.Min((step + 1) * StepMilliseconds, Longest.TotalMilliseconds));
                }
            }

            return TimeSpan.MaxValue;
        }
    }
}
