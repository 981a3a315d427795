using System.Globalization;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A cluster under faults by a seed: two minutes of them in the suite, as many as one likes with <c>./chaos</c>.</summary>
[Collection(nameof(Node.Scale.Alone))]
public sealed class ClusterChaosTests(ITestOutputHelper output)
{
    private const int Seed = 20_262;
    private static readonly TimeSpan LongestInTheSuite = TimeSpan.FromSeconds(12);

    [NetworkFact]
    public async Task Under_two_minutes_of_faults_nothing_is_lost_doubled_or_reordered_and_no_two_owners_act()
        => await PassesAsync(new ChaosPlan(Seed, TimeSpan.FromMinutes(2), LongestInTheSuite, [.. ChaosFault.Names.Values]), output.WriteLine);

    /// <summary>What <c>./chaos</c> runs.</summary>
    [NetworkFact]
    [Trait("Category", "Long")]
    public async Task Under_the_faults_of_the_command_nothing_is_lost_doubled_or_reordered_and_no_two_owners_act()
    {
        var minutes = int.Parse(Environment.GetEnvironmentVariable("ORC_CHAOS_MINUTES") ?? "2", CultureInfo.InvariantCulture);
        var plan = new ChaosPlan(
            int.Parse(Environment.GetEnvironmentVariable("ORC_CHAOS_SEED") ?? Seed.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            TimeSpan.FromMinutes(minutes),
            minutes <= 2 ? LongestInTheSuite : TimeSpan.FromSeconds(60),
            Environment.GetEnvironmentVariable("ORC_CHAOS_FAULTS") is { Length: > 0 } named ? [.. named.Split(',').Select(static name => ChaosFault.Names[name])] : [.. ChaosFault.Names.Values]);
        await PassesAsync(plan, line =>
        {
            output.WriteLine(line);
            if (Environment.GetEnvironmentVariable("ORC_CHAOS_LOG") is { } log)
            {
                File.AppendAllLines(log, [line]);
            }
        });
    }

    private static async Task PassesAsync(ChaosPlan plan, Action<string> say)
    {
        say(string.Create(CultureInfo.InvariantCulture, $"seed {plan.Seed}: {plan.Lasts.TotalMinutes:0} minutes of faults of up to {plan.Longest.TotalSeconds:0} s"));

        // A message of the run takes some 20 kB in the database, with all that follows from it.
        await using var cluster = await ChaosCluster.StartAsync(megabytes: 400 + (int)(40 * plan.Lasts.TotalMinutes));
        var result = await new ChaosRun(cluster, plan, say).RunAsync();
        foreach (var line in (string[])[.. result.Findings, ChaosResult.Head, result.ToString()])
        {
            say(line);
        }

        Assert.True(result.Findings.Count == 0, string.Create(CultureInfo.InvariantCulture, $"seed {plan.Seed}:\n{string.Join('\n', result.Findings)}"));
    }
}
