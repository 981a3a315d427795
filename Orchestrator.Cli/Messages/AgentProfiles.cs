using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary>What is known of the programs of agents before anything is sent to them.</summary>
internal static class AgentProfiles
{
    /// <summary>The profile of the agent <paramref name="name"/>; null if the node knows it no more.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such agent.</exception>
    public static async Task<ProfileInfo?> OfAsync(OrchestratorClient client, string name, CancellationToken cancellationToken)
    {
        var agent = await client.GetAgentAsync(name, cancellationToken);
        return (await client.ListProfilesAsync(cancellationToken)).FirstOrDefault(p => p.Name == agent.Profile);
    }
}
