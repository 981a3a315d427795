using System.Collections.Immutable;

namespace Orchestrator.Actors.Agents;

/// <summary>The roles that an agent may have. What each is told and may do is configured in <c>orchestrator.roles</c>.</summary>
public static class AgentRole
{
    /// <summary>The role of an agent for which none was said.</summary>
    public const string Default = "developer";

    /// <summary>The roles that are always there.</summary>
    public static readonly ImmutableArray<string> BuiltIn =
        ["orchestrator", "project_manager", "developer", "qa", "devops", "code_reviewer", "researcher", "documentation", "temporary"];
}
