using System.Globalization;

using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Tmux;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A fake agent of the run. What it wrote down itself is the truth.</summary>
/// <param name="Fake">Its name and its log.</param>
/// <param name="Node">The node that it was started on.</param>
/// <param name="Pulses">Where it writes twenty times a second that it acts; null: it does not, and stays on its node whatever happens.</param>
internal sealed record ChaosAgent(FakeAgentOnNode Fake, string Node, string? Pulses)
{
    /// <summary>Whether it is started elsewhere when its node is lost.</summary>
    public bool Moves => Pulses is not null;

    /// <summary>What it was, generation by generation: one program each, and nothing of one after the first act of the next.</summary>
    public IReadOnlyList<string> Findings(out int generations)
    {
        List<(int Pid, int Generation, double At)> acts = [.. Fake.Log().Select(static submitted => (submitted.Pid, GenerationOf(submitted), submitted.Time)), .. PulsesOf()];
        var runs = acts.GroupBy(static act => act.Generation).OrderBy(static run => run.Key).ToList();
        generations = runs.Count == 0 ? 1 : runs[^1].Key;
        var findings = runs.Where(static run => run.Select(static act => act.Pid).Distinct().Count() > 1)
            .Select(run => string.Create(CultureInfo.InvariantCulture, $"hands: generation {run.Key} of {Fake.Name} was {run.Select(static act => act.Pid).Distinct().Count()} programs")).ToList();
        foreach (var (before, after) in runs.Zip(runs.Skip(1)))
        {
            var (last, first) = (before.Max(static act => act.At), after.Min(static act => act.At));
            if (last >= first)
            {
                findings.Add(string.Create(CultureInfo.InvariantCulture, $"hands: generation {before.Key} of {Fake.Name} acted {last - first:0.000} s after generation {after.Key} had begun to"));
            }
        }

        if (!Moves && generations > 1)
        {
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"hands: {Fake.Name} was to stay where it was, and has come to generation {generations}"));
        }

        return findings;
    }

    private static int GenerationOf(Submitted submitted) => int.Parse(submitted.Generation!, CultureInfo.InvariantCulture);

    private IEnumerable<(int Pid, int Generation, double At)> PulsesOf() => Pulses is null || !File.Exists(Pulses)
        ? []
        : File.ReadLines(Pulses).Select(static line => line.Split(' ')).Select(static words => (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture), double.Parse(words[2], CultureInfo.InvariantCulture)));
}
