using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orchestrator.Runtime;

/// <summary>What the runtime measures and traces, under the name <c>Orchestrator.Runtime</c>.</summary>
public static class RuntimeTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Orchestrator.Runtime";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Commits = Meter.CreateCounter<long>("orchestrator.runtime.commits", "{commit}", "Transactions committed");
    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>("orchestrator.runtime.batch.size", "{write}", "Writes in a transaction");
    private static readonly Histogram<double> Latency = Meter.CreateHistogram<double>("orchestrator.runtime.commit.duration", "s", "Time a transaction takes");
    private static readonly Counter<long> Turns = Meter.CreateCounter<long>("orchestrator.runtime.turns", "{turn}", "Turns of entities");
    private static readonly Counter<long> Commands = Meter.CreateCounter<long>("orchestrator.runtime.commands", "{command}", "Commands processed");
    private static readonly Counter<long> Restarts = Meter.CreateCounter<long>("orchestrator.runtime.restarts", "{restart}", "Entities restarted after a failure");
    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("orchestrator.runtime.dead_letters", "{command}", "Commands set aside");

    private static readonly ConcurrentDictionary<ActorSystem, bool> Systems = new();

    static RuntimeTelemetry()
    {
        Meter.CreateObservableGauge("orchestrator.runtime.waiting", static () => Systems.Keys.Sum(static system => (long)system.Host.Waiting), "{command}", "Callers that wait");
        Meter.CreateObservableGauge("orchestrator.runtime.inbox", static () => Systems.Keys.Sum(static system => system.Host.Cells.Sum(static cell => cell.Depth)), "{command}", "Commands that wait for their entities");
        Meter.CreateObservableGauge("orchestrator.runtime.entities", static () => Systems.Keys.Sum(static system => (long)system.Host.Count), "{entity}", "Entities in memory");
        Meter.CreateObservableGauge(
            "orchestrator.runtime.projection.lag",
            static () => Systems.Keys.SelectMany(static system => system.Lags()).Select(static lag => new Measurement<long>(lag.Lag, new KeyValuePair<string, object?>("view", lag.View))),
            "{position}",
            "Positions that a view is behind");
    }

    internal static void Watch(ActorSystem system) => Systems.TryAdd(system, true);

    internal static void Unwatch(ActorSystem system) => Systems.TryRemove(system, out _);

    internal static void Committed(int writes, TimeSpan duration)
    {
        Commits.Add(1);
        BatchSize.Record(writes);
        Latency.Record(duration.TotalSeconds);
    }

    internal static void Turn(string kind, int commands)
    {
        if (Turns.Enabled)
        {
            Turns.Add(1, new KeyValuePair<string, object?>("kind", kind));
            Commands.Add(commands, new KeyValuePair<string, object?>("kind", kind));
        }
    }

    internal static void Restarted(string kind) => Restarts.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal static void SetAside(string kind) => DeadLetters.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
