using System.Globalization;

namespace Orchestrator.Benchmarks.Teams;

/// <summary>Many agents in teams that talk to each other. Prints Markdown with what was asked for beside it.</summary>
internal static class TeamsBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (minutes, agents, perSecond) = (10.0, 1000, 100);
        var counts = args.Contains("--counts");
        args = [.. args.Where(static word => word != "--counts")];
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--minutes": minutes = double.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
                case "--agents": agents = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
                case "--rate": perSecond = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
                default: await Console.Error.WriteLineAsync($"{args[i]} is unknown: use --minutes N, --agents N, --rate N, --counts"); return 2;
            }
        }

        var size = new TeamsSize(agents, AgentsPerTeam: 10, perSecond, TimeSpan.FromMinutes(minutes));
        List<(string What, string Figure)> load = [];
        var figures = await TeamsScale.RunAsync(size, static stage => Console.Error.WriteLine(stage), counts ? (what, figure) => load.Add((what, figure)) : null);
        Console.WriteLine(Invariant($"\n{size.Agents} agents in {size.Agents / size.AgentsPerTeam} teams, {size.PerSecond} messages a second into the conversations of the teams for {size.During.TotalMinutes:0.#} min: {figures.Said} said, {figures.Said / figures.Took.TotalSeconds:0.0} a second, {figures.Prompts} prompts.\n"));
        Console.WriteLine("| what | here | asked |\n| --- | --- | --- |");
        Row("said to stored in the inbox of an agent and seen by a reader, p50", Milliseconds(figures.Inbox.At(0.5)), string.Empty);
        Row("the same, p99", Milliseconds(figures.Inbox.At(0.99)), "100 ms");
        Row("the same, longest", Milliseconds(figures.Inbox.Longest), string.Empty);
        Row("said to acknowledged, p50", Milliseconds(figures.Acknowledged.At(0.5)), string.Empty);
        Row("the same, p99", Milliseconds(figures.Acknowledged.At(0.99)), string.Empty);
        Row(Invariant($"planted gap to its being seen, after its threshold, p50 of {figures.Gaps.Count}"), Milliseconds(figures.Gaps.At(0.5)), string.Empty);
        Row("the same, longest", Milliseconds(figures.Gaps.Longest), "2 s");
        Row("planted gaps that were not found", Invariant($"{figures.GapsMissed}"), "0");
        Row("messages that some agent was not told of", Invariant($"{figures.Untold}"), "0");
        Row("memory of the process: when all were there, after each minute (or half), at rest", string.Join(", ", figures.Memory.Select(static m => Invariant($"{m / 1e6:0} MB"))), "flat");
        Row("of that on the managed heap after a collection", string.Join(", ", figures.Heap.Select(static m => Invariant($"{m / 1e6:0} MB"))), "flat");
        if (counts)
        {
            Console.WriteLine("\n| of the runtime meanwhile | |\n| --- | --- |");
            load.ForEach(static row => Console.WriteLine($"| {row.What} | {row.Figure} |"));
        }

        return 0;
    }

    private static void Row(string what, string here, string asked) => Console.WriteLine($"| {what} | {here} | {asked} |");

    private static string Milliseconds(TimeSpan time) => Invariant($"{time.TotalMilliseconds:0} ms");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
