namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>Each protection of a cluster is needed: without it, a directed scenario does the damage that the run of faults looks for, and is seen.</summary>
public sealed class ProtectionTests
{
    public static TheoryData<string> Names => [.. ProtectionScenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_it_damage_is_done_and_seen_and_with_it_none(string protection)
    {
        var (damage, run) = ProtectionScenarios.All[protection];
        var (with, without) = (run(true), run(false));
        Assert.Empty(await with);
        Assert.Contains(await without, finding => finding.StartsWith($"{damage}:", StringComparison.Ordinal));
    }

    /// <summary>What <c>./chaos --without</c> runs: it fails.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task Without_the_protection_of_the_command_the_scenario_passes()
    {
        if (Environment.GetEnvironmentVariable("ORC_CHAOS_WITHOUT") is { Length: > 0 } protection)
        {
            var findings = await ProtectionScenarios.All[protection].RunAsync(false);
            await File.AppendAllLinesAsync(Environment.GetEnvironmentVariable("ORC_CHAOS_LOG")!, [$"without {protection}:", .. findings]);
            Assert.Empty(findings);
        }
    }
}
