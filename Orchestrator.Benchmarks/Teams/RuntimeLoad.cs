using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Teams;

/// <summary>What the runtime says of itself while a load runs: turns, commands, commits, rows and times, from its meter.</summary>
internal sealed class RuntimeLoad : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Times> _times = new(StringComparer.Ordinal);
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _processor = Process.GetCurrentProcess().TotalProcessorTime;
    private readonly TimeSpan _paused = GC.GetTotalPauseDuration();
    private readonly int[] _collections = Collections();
    private readonly long _allocated = GC.GetTotalAllocatedBytes();

    public RuntimeLoad()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == RuntimeTelemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Time(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Time(instrument, value));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>What there was since it was made, a second.</summary>
    public IEnumerable<(string What, string Figure)> Rows()
    {
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        yield return ("processor time, of one core", Text($"{(process.TotalProcessorTime - _processor).TotalSeconds / seconds:0 %}"));
        var collections = Collections();
        yield return ("collections of each generation", string.Join(", ", collections.Select((count, i) => Text($"{(count - _collections[i]) / seconds:0.0}/s"))));
        yield return ("garbage collection: pauses, allocated", Text($"{(GC.GetTotalPauseDuration() - _paused).TotalSeconds / seconds:0.0 %} of the time, {(GC.GetTotalAllocatedBytes() - _allocated) / seconds / 1e6:0} MB/s"));
        foreach (var (name, count) in _counts.OrderByDescending(static pair => pair.Value))
        {
            yield return (name, Text($"{count / seconds:#,0.0}/s"));
        }

        foreach (var (name, times) in _times.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            yield return (name, times.Text(name.EndsWith("size", StringComparison.Ordinal) ? 1 : 1000));
        }
    }

    // A collection of an older generation is one of the younger ones, too.
    private static int[] Collections() => [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.IsObservable)
        {
            return;
        }

        var name = instrument.Name[(RuntimeTelemetry.Name.Length + 1)..];
        foreach (var tag in tags)
        {
            name += $" {tag.Value}";
        }

        _counts.AddOrUpdate(name, value, (_, old) => old + value);
    }

    private void Time(Instrument instrument, double value) => _times.GetOrAdd(instrument.Name[(RuntimeTelemetry.Name.Length + 1)..], static _ => new Times()).Add(value);

    private sealed class Times
    {
        private readonly List<float> _all = [];

        public void Add(double value)
        {
            lock (_all)
            {
                _all.Add((float)value);
            }
        }

        public string Text(int factor)
        {
            lock (_all)
            {
                _all.Sort();
                return RuntimeLoad.Text($"p50 {At(0.5) * factor:0.##}, p90 {At(0.9) * factor:0.##}, p99 {At(0.99) * factor:0.##}, longest {At(1) * factor:0.##}{(factor == 1 ? string.Empty : " ms")}, {_all.Count} times");
            }
        }

        private float At(double share) => _all[Math.Min(_all.Count - 1, (int)(_all.Count * share))];
    }
}
