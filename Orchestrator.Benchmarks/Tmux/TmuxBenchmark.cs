using System.Diagnostics;
using Orchestrator.Tmux;

namespace Orchestrator.Benchmarks.Tmux;

/// <summary>
/// Figures of the tmux driver against a real server of its own, which is gone afterwards: reads over control mode, the steps of a delivery, the
/// time from a change on a screen to its signal, and what fifty repainting panes cost.
/// </summary>
internal static class TmuxBenchmark
{
    private const string Painter = """
        $| = 1; my ($hz, $w) = @ARGV; while (1) { printf "\e[1;1H\e[2K\e[32mclock %.3f\e[0m%s", time, "x" x $w; select undef, undef, undef, 1 / $hz }
        """;

    /// <summary>Runs everything, about half a minute, and writes one line a figure.</summary>
    public static async Task<int> RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("orc-bench-");
        await using var server = new TmuxServer(new TmuxServerOptions { Folder = Path.Combine(folder.FullName, "t") });
        try
        {
            var watch = Stopwatch.StartNew();
            var start = await server.EnsureStartedAsync();
            await output.WriteLineAsync($"tmux {start.Version}, start to usable: {watch.Elapsed.TotalMilliseconds:0} ms");
            await MeasureAsync(server, folder.FullName, output);
        }
        finally
        {
            await server.KillAsync();
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(TmuxServer server, string folder, TextWriter output)
    {
        var panes = new List<SpawnedPane>();
        panes.Add(await SpawnAsync(server, folder, "cat"));
        await Report(output, "capture (1 pane, 220x50, with facts), one at a time", 2000, () => server.Panes.CaptureAsync(panes[0].Pane));
        await Report(output, "list (2 panes), one at a time", 2000, () => server.Panes.ListAsync());
        await Pipelined(output, "capture, 64 at a time", 20_000, () => server.Panes.CaptureAsync(panes[0].Pane));
        await ChangesAsync(server, panes[0], output);
        await DeliveriesAsync(server, panes[0], output);

        while (panes.Count < 200)
        {
            panes.Add(await SpawnAsync(server, folder, "sleep", "600"));
        }

        await Report(output, "list (201 panes), one at a time", 500, () => server.Panes.ListAsync());
        await IdleAsync(server, "200 idle panes, list once a second", output);
        for (var i = 0; i < 50; i++)
        {
            await SpawnAsync(server, folder, "/usr/bin/perl", "-e", Painter.Trim(), "10", "560");
        }

        await IdleAsync(server, "the same and 50 panes at 10 Hz with 600 bytes", output);
        await Report(output, "capture beside the 50 repainting panes, one at a time", 2000, () => server.Panes.CaptureAsync(panes[0].Pane));
        await ChangesAsync(server, panes[0], output);
    }

    private static async Task DeliveriesAsync(TmuxServer server, SpawnedPane pane, TextWriter output)
    {
        var deliveries = new TmuxDeliveries(server);
        await deliveries.AdoptAsync(pane.Pane, 1);
        var guard = Guard(pane);
        var id = DeliveryId.Parse("BENCH");
        var text = TerminalText.Sanitize(new string('x', 1000));
        var loaded = await deliveries.LoadAsync(id, text);
        await Report(output, "delivery: load 1 KB", 200, async () => loaded = await deliveries.LoadAsync(id, text));
        await Report(output, "delivery: load, type and submit 1 KB", 200, async () =>
        {
            loaded = await deliveries.LoadAsync(id, text);
            Expect(await deliveries.TypeAsync(guard, loaded));
            guard = guard.AfterTyping();
            Expect(await deliveries.SubmitAsync(guard, id));
        });
        await deliveries.DiscardStaleAsync(TimeSpan.Zero);
    }

    private static async Task ChangesAsync(TmuxServer server, SpawnedPane pane, TextWriter output)
    {
        var deliveries = new TmuxDeliveries(server);
        await deliveries.AdoptAsync(pane.Pane, 2);
        var marks = await deliveries.ReadMarksAsync(pane.Pane);
        var guard = Guard(pane) with { Writer = 2, Sequence = marks!.Sequence!.Value };
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var changes = server.Control.WatchAsync(cancellation: enough.Token).GetAsyncEnumerator(enough.Token);
        await changes.MoveNextAsync();
        await Report(output, "from a key to the signal that its echo changed the screen", 200, async () =>
        {
            Expect(await deliveries.SendKeyAsync(guard, PaneKey.Yes));
            do
            {
                await changes.MoveNextAsync();
            }
            while (!changes.Current.Output.Contains(pane.Pane));
        });
    }

    private static async Task IdleAsync(TmuxServer server, string what, TextWriter output)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(6));
        var us = Process.GetCurrentProcess();
        var tmux = CpuOf(server.Identity!.Pid);
        var own = us.TotalProcessorTime;
        var signals = 0;
        var watch = Stopwatch.StartNew();
        var counting = Task.Run(
            async () =>
            {
                await foreach (var change in server.Control.WatchAsync(TimeSpan.FromMilliseconds(50), stop.Token))
                {
                    signals += change.Output.Count;
                }
            },
            CancellationToken.None);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (watch.Elapsed < TimeSpan.FromSeconds(5) && await timer.WaitForNextTickAsync(stop.Token))
        {
            await server.Panes.ListAsync(stop.Token);
        }

        us.Refresh();
        var seconds = watch.Elapsed.TotalSeconds;
        await output.WriteLineAsync(
            $"{what}: {signals / seconds:0} signals/s, CPU of this process {(us.TotalProcessorTime - own).TotalSeconds / seconds:0.0%}, of tmux {(CpuOf(server.Identity!.Pid) - tmux).TotalSeconds / seconds:0.0%} of one core");
        await stop.CancelAsync();
        try
        {
            await counting;
        }
        catch (OperationCanceledException)
        {
            // Watching ends only this way.
        }
    }

    private static async Task Report(TextWriter output, string what, int count, Func<Task> act)
    {
        for (var i = 0; i < count / 10; i++)
        {
            await act();
        }

        var times = new double[count];
        var all = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            var one = Stopwatch.GetTimestamp();
            await act();
            times[i] = Stopwatch.GetElapsedTime(one).TotalMilliseconds;
        }

        all.Stop();
        Array.Sort(times);
        await output.WriteLineAsync($"{what}: p50 {times[count / 2]:0.00} ms, p99 {times[count * 99 / 100]:0.00} ms, {count / all.Elapsed.TotalSeconds:0} a second");
    }

    private static async Task Pipelined(TextWriter output, string what, int count, Func<Task> act)
    {
        var all = Stopwatch.StartNew();
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await act();
            }
        }));
        await output.WriteLineAsync($"{what}: {count / all.Elapsed.TotalSeconds:0} a second");
    }

    private static Task<SpawnedPane> SpawnAsync(TmuxServer server, string folder, params string[] command)
        => server.Panes.SpawnAsync(new PaneSpawn { Folder = folder, Command = command, Agent = "bench", Generation = 1 });

    private static DeliveryGuard Guard(SpawnedPane pane) => new()
    {
        Pane = pane.Pane,
        Writer = 1,
        Sequence = 0,
        ProcessId = pane.ProcessId,
        Commands = ["cat"],
        Deadline = DateTimeOffset.UtcNow.AddMinutes(5),
    };

    private static void Expect(DeliveryOutcome outcome)
    {
        if (outcome is not DeliveryOutcome.Done)
        {
            throw new InvalidOperationException($"a step of the benchmark did not happen: {outcome}");
        }
    }

    private static TimeSpan CpuOf(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }
}
