using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;

namespace Orchestrator.Api.Agents;

/// <summary>The roles that agents may have: the built-in ones, and those that are configured.</summary>
internal sealed class RoleCatalog(IOptions<ApiOptions> options)
{
    /// <summary>All, in the order of their names.</summary>
    public IReadOnlyList<RoleDescription> List()
        => [.. AgentRole.BuiltIn.Union(options.Value.Roles.Select(static r => r.Name)).Order(StringComparer.Ordinal).Select(Described)];

    /// <summary>The role <paramref name="name"/>.</summary>
    /// <exception cref="ProblemException">There is none; names those there are.</exception>
    public RoleDescription Find(string name)
        => List().FirstOrDefault(r => r.Name == name)
            ?? throw ProblemException.Invalid($"there is no role '{name}': use one of {string.Join(", ", List().Select(static r => r.Name))}, or configure it in orchestrator.roles");

    private RoleDescription Described(string name) => options.Value.Roles.FirstOrDefault(r => r.Name == name) ?? RoleDescription.Bare(name);
}
