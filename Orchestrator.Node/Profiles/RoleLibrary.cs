using System.Collections.Immutable;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Node.Profiles;

/// <summary>The roles of this node.</summary>
internal sealed class RoleLibrary(ImmutableSortedDictionary<string, RoleDescription> roles)
{
    /// <summary>The role, or one of which nothing is configured.</summary>
    public RoleDescription Find(string name) => roles.GetValueOrDefault(name) ?? RoleDescription.Bare(name);

    /// <summary>What the role of an agent comes to; what the agent itself says comes first.</summary>
    public LaunchRole For(AgentName agent, string role, string? model, double? temperature)
    {
        var found = Find(role);
        return new LaunchRole(role, found.PromptFor(agent.Value), model ?? found.Model, temperature ?? found.Temperature);
    }
}
