using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Cluster;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

/// <summary>Where agents run, as a placement counts them.</summary>
public sealed class RunningAgentsTests
{
    [Fact]
    public async Task What_is_kept_from_the_events_is_what_the_view_says()
    {
        await using var node = await ApiNode.StartAsync();
        await node.SpawnReadyAsync("before");
        await node.SpawnReadyAsync("stopped-before");
        await node.Client.StopAgentAsync("stopped-before");
        var running = node.Services.GetRequiredService<RunningAgents>();
        await SameAsync(["before"]);

        foreach (var name in new[] { "stays", "stops", "starts-again", "ends" })
        {
            await node.SpawnReadyAsync(name);
        }

        await SameAsync(["before", "ends", "starts-again", "stays", "stops"]);
        await node.Client.StopAgentAsync("stops");
        await node.Client.StopAgentAsync("before");
        await node.Client.RestartAgentAsync("starts-again");
        await node.Client.EndAgentAsync("ends");
        await node.Client.StartAgentAsync("stopped-before");
        await SameAsync(["starts-again", "stays", "stopped-before"]);

        // Whoever has a program is counted, on its node, and nobody else: without it there is one less.
        async Task SameAsync(string[] expected) => await Eventually.True(
            async () =>
            {
                var viewed = await node.System.Views.AllAsync<AgentView>(AgentView.ViewName).Select(static row => row.Value).ToListAsync();
                var all = await OnNodeAsync([]);
                var counted = new List<string>();
                foreach (var agent in viewed)
                {
                    if (await OnNodeAsync([agent.Name]) < all)
                    {
                        counted.Add(agent.Name.Value);
                    }
                }

                return all == expected.Length && counted.SequenceEqual(expected, StringComparer.Ordinal) && viewed.Where(Placement.HasProgram).Select(static agent => agent.Name.Value).SequenceEqual(expected, StringComparer.Ordinal);
            },
            $"those with a program are {string.Join(", ", expected)}");

        async Task<int> OnNodeAsync(AgentName[] except) => (await running.CountAsync(except, CancellationToken.None)).GetValueOrDefault(ApiNode.NodeName);
    }
}
