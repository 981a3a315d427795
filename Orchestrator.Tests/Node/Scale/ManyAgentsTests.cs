using Orchestrator.Benchmarks.Node;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Scale;

/// <summary>Two hundred agents on one node. Asserts five times what is asked for; the benchmark <c>node</c> measures longer and writes down what it finds.</summary>
[Collection(nameof(Alone))]
public sealed class ManyAgentsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_hundred_agents_cost_next_to_nothing_when_idle_and_a_change_on_any_screen_is_known_at_once()
    {
        var figures = await NodeScale.RunAsync(NodeProcess.BuiltProgram, new ScaleSize(Agents: 200, Painters: 50, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)), output.WriteLine);
        output.WriteLine($"spawned in {figures.Spawned.TotalSeconds:0.0} s; idle {figures.IdleNode:0.0} % of one core, tmux {figures.IdleTmux:0.0} %; "
            + $"50 repainting {figures.BusyNode:0} %, tmux {figures.BusyTmux:0} %; {figures.Latencies.Length} changes known after {figures.Latency(0.5).TotalMilliseconds:0} ms (p50), {figures.Latency(0.99).TotalMilliseconds:0} ms (p99); {figures.Resident / 1e6:0} MB; back {figures.BackAfter.TotalSeconds:0.0} s after kill -9");
        Assert.True(figures.Spawned < TimeSpan.FromSeconds(60), $"200 agents took {figures.Spawned} to start");
        Assert.True(figures.IdleNode < 15, $"the idle node takes {figures.IdleNode:0.0} % of one core");
        Assert.Equal((0, 0), (figures.IdleChildFaults, figures.BusyChildFaults));
        Assert.True(figures.BusyNode < 100, $"with 50 screens repainting the node takes {figures.BusyNode:0} % of one core");
        Assert.True(figures.BackAfter < TimeSpan.FromSeconds(50), $"after kill -9 the node was back only after {figures.BackAfter}");
        Assert.True(figures.Latencies.Length > 100, $"only {figures.Latencies.Length} changes were seen");
        Assert.True(figures.Latency(0.99) < TimeSpan.FromSeconds(1.5), $"p99 from a change to its event is {figures.Latency(0.99)}");
    }
}

/// <summary>Tests that measure how soon something is known, or need the machine for themselves, run when no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
