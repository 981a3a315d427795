using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Benchmarks.Node;

/// <summary>What a process has used up to a moment, as <c>/proc/PID/stat</c> says.</summary>
/// <param name="Used">Processor time, its own, children not counted.</param>
/// <param name="ChildFaults">Page faults of children that have ended and were waited for: whoever starts a process, however short, raises it.</param>
/// <param name="Resident">Memory in bytes.</param>
/// <param name="At">When, as a timestamp.</param>
public sealed record ProcessTime(TimeSpan Used, long ChildFaults, long Resident, long At)
{
    private const double TicksPerSecond = 100;

    /// <summary>Reads it now.</summary>
    public static ProcessTime Of(int process)
    {
        var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));

        // The name, in brackets, may hold anything; the third field comes after it.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        return new ProcessTime(TimeSpan.FromSeconds((Field(14) + Field(15)) / TicksPerSecond), Field(11), Field(24) * Environment.SystemPageSize, Stopwatch.GetTimestamp());
    }

    /// <summary>How much of one core it has used since <paramref name="before"/>, in percent.</summary>
    public double PercentSince(ProcessTime before) => 100 * (Used - before.Used) / Stopwatch.GetElapsedTime(before.At, At);
}
