using System.Collections.Immutable;

using Orchestrator.Actors.Identity;

namespace Orchestrator.Actors.Agents;

/// <summary>What an agent of a role may have at most; null is no limit beside those of the profile and the product.</summary>
/// <param name="QueueLength">Messages that wait for it.</param>
/// <param name="MessageBytes">The largest message, in bytes of UTF-8.</param>
/// <param name="MessagesPerHour">Messages that are typed to it within any hour; further ones wait.</param>
public sealed record RoleLimits(int? QueueLength, int? MessageBytes, int? MessagesPerHour)
{
    /// <summary>The most that <see cref="MessagesPerHour"/> can be.</summary>
    public const int MostPerHour = 1000;

    /// <summary>No limits.</summary>
    public static readonly RoleLimits None = new(null, null, null);
}

/// <summary>What an agent of a role is told and may use, as configured.</summary>
/// <param name="Name">The role.</param>
/// <param name="Prompt">What it is told, with <c>{agent}</c> and <c>{role}</c>; empty for nothing.</param>
/// <param name="Model">The model; null leaves it to the program.</param>
/// <param name="Temperature">The temperature, 0 to 2; null leaves it to the program.</param>
/// <param name="Limits">What it may have at most.</param>
public sealed record RoleDescription(string Name, string Prompt, string? Model, double? Temperature, RoleLimits Limits)
{
    /// <summary>What it may do with the token of its own: of <see cref="AgentPermissions.All"/> and <see cref="Scopes.All"/>.</summary>
    public ImmutableArray<string> Permissions { get; init; } = AgentPermissions.Default;

    /// <summary>A role of which nothing is configured.</summary>
    public static RoleDescription Bare(string name) => new(name, string.Empty, Model: null, Temperature: null, RoleLimits.None);

    /// <summary>What the agent <paramref name="agent"/> is told; null for nothing.</summary>
    public string? PromptFor(string agent) => Prompt.Length == 0
        ? null
        : Prompt.Replace("{agent}", agent, StringComparison.Ordinal).Replace("{role}", Name, StringComparison.Ordinal);
}

/// <summary>The roles that an agent may have. What each is told and may do is configured in <c>orchestrator.roles</c>.</summary>
public static class AgentRole
{
    /// <summary>The role of an agent for which none was said.</summary>
    public const string Default = "developer";

    /// <summary>The roles that are always there.</summary>
    public static readonly ImmutableArray<string> BuiltIn =
        ["orchestrator", "project_manager", "developer", "qa", "devops", "code_reviewer", "researcher", "documentation", "temporary"];
}
