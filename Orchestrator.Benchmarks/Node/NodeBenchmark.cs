using System.Globalization;

namespace Orchestrator.Benchmarks.Node;

/// <summary>200 agents on one node, 50 of them repainting. Prints Markdown with what was asked for beside it.</summary>
internal static class NodeBenchmark
{
    private static readonly ScaleSize Full = new(Agents: 200, Painters: 50, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));

    public static async Task<int> RunAsync(string[] args)
    {
        var program = args is ["--program", var path, ..] ? Path.GetFullPath(path) : NodeProcess.BuiltProgram;
        var figures = await NodeScale.RunAsync(program, Full, static stage => Console.Error.WriteLine(stage));
        var table = new List<(string What, string Here, string Asked)>
        {
            ($"spawn {Full.Agents} agents, all idle", Invariant($"{figures.Spawned.TotalSeconds:0.0} s"), "60 s"),
            ($"{Full.Agents} idle agents, processor time of the node", Invariant($"{figures.IdleNode:0.0} % of one core"), "3 %"),
            ("the same, of its tmux server", Invariant($"{figures.IdleTmux:0.0} %"), string.Empty),
            ("processes started meanwhile", figures.IdleChildFaults == 0 ? "none" : "some", "none"),
            ($"{Full.Painters} of them repainting at 10 Hz (6 KB/s each), node", Invariant($"{figures.BusyNode:0} % of one core"), "recorded"),
            ("the same, of its tmux server", Invariant($"{figures.BusyTmux:0} %"), "recorded"),
            ("processes started meanwhile", figures.BusyChildFaults == 0 ? "none" : "some", "none"),
            ($"change on a screen to event at a client, p50 of {figures.Latencies.Length}", Milliseconds(figures.Latency(0.5)), string.Empty),
            ("the same, p99", Milliseconds(figures.Latency(0.99)), "300 ms"),
            ("the same, longest", Milliseconds(figures.Latency(1)), string.Empty),
            ($"kill -9 of the node to all {Full.Agents} adopted again, every process the same", Invariant($"{figures.BackAfter.TotalSeconds:0.0} s"), "10 s"),
            ("memory of the node at the end", Invariant($"{figures.Resident / 1e6:0} MB"), string.Empty),
        };
        Console.WriteLine("| what | here | asked |\n| --- | --- | --- |");
        foreach (var (what, here, asked) in table)
        {
            Console.WriteLine($"| {what} | {here} | {asked} |");
        }

        return 0;
    }

    private static string Milliseconds(TimeSpan time) => Invariant($"{time.TotalMilliseconds:0} ms");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
