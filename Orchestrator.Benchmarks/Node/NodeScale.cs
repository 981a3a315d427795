using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

using Orchestrator.Client;

namespace Orchestrator.Benchmarks.Node;

/// <summary>How many agents, and how long they are looked at.</summary>
/// <param name="Agents">How many in all.</param>
/// <param name="Painters">How many of them repaint.</param>
/// <param name="Idle">How long the idle node is measured.</param>
/// <param name="Busy">How long it is measured with the painters at work.</param>
public sealed record ScaleSize(int Agents, int Painters, TimeSpan Idle, TimeSpan Busy);

/// <summary>What was measured; processor time in percent of one core.</summary>
/// <param name="Spawned">From the first request until every agent was shown as idle.</param>
/// <param name="IdleNode">The node with nothing going on.</param>
/// <param name="IdleTmux">Its tmux server meanwhile.</param>
/// <param name="IdleChildFaults">Page faults of processes that the node started meanwhile: 0 if it started none.</param>
/// <param name="BusyNode">The node with the painters at work.</param>
/// <param name="BusyTmux">Its tmux server meanwhile.</param>
/// <param name="BusyChildFaults">As when idle.</param>
/// <param name="Resident">Memory of the node at the end, in bytes.</param>
/// <param name="BackAfter">From <c>kill -9</c> of the node until it is ready again and has adopted every agent, each in its old process, with the painters at work.</param>
/// <param name="Latencies">From each change on a screen to its event at a client, shortest first.</param>
public sealed record ScaleFigures(
    TimeSpan Spawned, double IdleNode, double IdleTmux, long IdleChildFaults, double BusyNode, double BusyTmux, long BusyChildFaults, long Resident, TimeSpan BackAfter, ImmutableArray<TimeSpan> Latencies)
{
    /// <summary>The latency that a share of all, 0 to 1, do not exceed.</summary>
    public TimeSpan Latency(double share) => Latencies.IsEmpty ? TimeSpan.MaxValue : Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * share))];
}

/// <summary>Many agents on one node: what they cost when nothing happens, what when many screens change all the time, and how soon a change is known.</summary>
public static partial class NodeScale
{
    private const int AtOnce = 16;
    private const int RepaintsPerSecond = 10;
    private const int BytesPerRepaint = 600;
    private const int SecondsBetweenChanges = 2;
    private static readonly TimeSpan SpawnsWithin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(5);

    /// <summary>Runs it on a node of its own.</summary>
    /// <param name="program">The node program.</param>
    /// <param name="size">How large.</param>
    /// <param name="say">Told of each stage.</param>
    public static async Task<ScaleFigures> RunAsync(string program, ScaleSize size, Action<string> say)
    {
        await using var node = await NodeProcess.StartAsync(program);
        say($"spawning {size.Agents} agents");
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, size.Agents), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await SpawnAsync(node, i, size));
        var painters = await AllIdleAsync(node, size, watch);
        var spawned = watch.Elapsed;
        await Task.Delay(Settles);

        say($"idle for {size.Idle.TotalSeconds:0} s");
        var (idle, idleTmux) = (node.Time, node.TmuxTime);
        if (idle.ChildFaults == 0)
        {
            throw new InvalidOperationException("the node has started tmux, and yet no page fault of a child is counted: on this machine nobody can tell whether it starts processes");
        }

        await Task.Delay(size.Idle);
        var (idleEnd, idleTmuxEnd) = (node.Time, node.TmuxTime);

        say($"{size.Painters} repaint {RepaintsPerSecond} times a second for {size.Busy.TotalSeconds:0} s");
        foreach (var painter in painters)
        {
            using var kill = Process.Start("kill", ["-USR1", painter.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        await Task.Delay(Settles);
        var (busy, busyTmux) = (node.Time, node.TmuxTime);
        var latencies = await LatenciesAsync(node.Client, size.Busy);
        var (busyEnd, busyTmuxEnd) = (node.Time, node.TmuxTime);
        return new ScaleFigures(
            spawned,
            idleEnd.PercentSince(idle),
            idleTmuxEnd.PercentSince(idleTmux),
            idleEnd.ChildFaults - idle.ChildFaults,
            busyEnd.PercentSince(busy),
            busyTmuxEnd.PercentSince(busyTmux),
            busyEnd.ChildFaults - busy.ChildFaults,
            busyEnd.Resident,
            await BackAfterAsync(node),
            latencies);
    }

    private static async Task<TimeSpan> BackAfterAsync(NodeProcess node)
    {
        var before = (await node.Client.ListAgentsAsync()).ToDictionary(static a => a.Name, static a => a.Pane, StringComparer.Ordinal);
        var watch = Stopwatch.StartNew();
        await node.KillAndStartAgainAsync();
        var after = await node.Client.ListAgentsAsync();
        var back = watch.Elapsed;
        return after.Length == before.Count && after.All(a => a.Pane is not null && a.Pane == before[a.Name])
            ? back
            : throw new InvalidOperationException($"these have another pane than before the node was killed: {string.Join(", ", after.Where(a => a.Pane is null || a.Pane != before[a.Name]).Select(static a => a.Name))}");
    }

    private static async Task SpawnAsync(NodeProcess node, int number, ScaleSize size)
    {
        var painter = Path.Combine(AppContext.BaseDirectory, "Node", "Fixtures", "painter.pl");
        var paints = number < size.Painters;
        await node.Client.SpawnAsync(new SpawnRequest
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{(paints ? "painter" : "quiet")}-{number}"),
            Profile = paints ? "painter" : "shell",
            Folder = node.Work,
            Command = paints ? ["perl", painter, $"{RepaintsPerSecond}", $"{BytesPerRepaint}", $"{SecondsBetweenChanges}"] : ["cat"],
        });
    }

    /// <summary>Waits until all are idle; the process ids of those that paint.</summary>
    private static async Task<List<int>> AllIdleAsync(NodeProcess node, ScaleSize size, Stopwatch watch)
    {
        while (true)
        {
            var agents = await node.Client.ListAgentsAsync();
            if (agents.Length == size.Agents && agents.All(static a => a is { State: "idle", Pane: not null }))
            {
                return [.. agents.Where(static a => a.Profile == "painter").Select(static a => a.Pane!.Pid)];
            }

            if (watch.Elapsed > SpawnsWithin)
            {
                throw new InvalidOperationException($"after {watch.Elapsed} these are not idle: {string.Join(", ", agents.Where(static a => a.State != "idle").Select(static a => $"{a.Name} {a.State} {a.Detail}"))}");
            }

            await Task.Delay(200);
        }
    }

    private static async Task<ImmutableArray<TimeSpan>> LatenciesAsync(OrchestratorClient client, TimeSpan during)
    {
        var found = new ConcurrentBag<TimeSpan>();
        using var ending = new CancellationTokenSource(during);
        try
        {
            await foreach (var e in client.FollowEventsAsync(kind: "agent", cancellationToken: ending.Token))
            {
                var received = DateTimeOffset.UtcNow;
                if (e.Type == "agent.activity_changed.v1" && Since().Match(e.Data.GetProperty("fact").GetProperty("evidence").GetString() ?? string.Empty) is { Success: true } change)
                {
                    found.Add(received - DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(change.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture)));
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The time is over.
        }

        return [.. found.Order()];
    }

    [GeneratedRegex(@"(?:RESTS|WORKS) since (?<seconds>[0-9.]+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Since();
}
