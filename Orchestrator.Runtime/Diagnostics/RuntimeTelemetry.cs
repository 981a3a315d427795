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
    private static readonly Histogram<double> TurnWait = Meter.CreateHistogram<double>("orchestrator.runtime.turn.wait", "s", "Time that the first command of a turn waited in the mailbox");
    private static readonly Histogram<double> TurnDecision = Meter.CreateHistogram<double>("orchestrator.runtime.turn.decision", "s", "Time in which a turn is decided and its effects are written as JSON");
    private static readonly Histogram<double> WriteWait = Meter.CreateHistogram<double>("orchestrator.runtime.write.wait", "s", "Time that a write waited for the transaction that it is in");
    private static readonly Counter<long> Rows = Meter.CreateCounter<long>("orchestrator.runtime.projection.rows", "{row}", "Rows of views written");
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

    /// <summary>Now, for <see cref="Waited"/>; 0 while nobody listens.</summary>
    internal static long Arrival() => TurnWait.Enabled || WriteWait.Enabled ? Stopwatch.GetTimestamp() : 0;

    internal static void Waited(long arrival)
    {
        if (arrival > 0)
        {
            TurnWait.Record(Stopwatch.GetElapsedTime(arrival).TotalSeconds);
        }
    }

    internal static void Decided(long began)
    {
        if (began > 0)
        {
            TurnDecision.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }

    internal static void WaitedForCommit(long arrival, long began)
    {
        if (arrival > 0)
        {
            WriteWait.Record(Stopwatch.GetElapsedTime(arrival, began).TotalSeconds);
        }
    }

    internal static void Turn(string kind, List<(Envelope Envelope, CommandWrite? Write)> commands)
    {
        if (!Turns.Enabled)
        {
            return;
        }

        var tag = new KeyValuePair<string, object?>("kind", kind);
        Turns.Add(1, tag);
        foreach (var (envelope, _) in commands)
        {
            Commands.Add(1, tag, new KeyValuePair<string, object?>("command", envelope.Command?.GetType().Name ?? "repeated"));
        }
    }

    internal static void Shown(string view, int rows)
    {
        if (rows > 0)
        {
            Rows.Add(rows, new KeyValuePair<string, object?>("view", view));
        }
    }

    internal static void Restarted(string kind) => Restarts.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal static void SetAside(string kind) => DeadLetters.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
