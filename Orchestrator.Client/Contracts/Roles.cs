using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>What an agent of a role is told and may use.</summary>
/// <param name="Name">The role.</param>
/// <param name="BuiltIn">It is always there.</param>
/// <param name="Prompt">What it is told when its program starts; empty for nothing. <c>{agent}</c> and <c>{role}</c> are replaced.</param>
/// <param name="Model">Its model; null leaves it to the program.</param>
/// <param name="Temperature">Its temperature, 0 to 2; null leaves it to the program.</param>
/// <param name="Limits">What it may have at most.</param>
/// <param name="Profiles">Which programs can be told what of it.</param>
/// <param name="Permissions">What it may do with the token of its own.</param>
public sealed record RoleInfo(string Name, bool BuiltIn, string Prompt, string? Model, double? Temperature, RoleLimitsInfo Limits, ImmutableArray<RoleProfileInfo> Profiles, ImmutableArray<string> Permissions);

/// <summary>What an agent of a role may have at most.</summary>
/// <param name="QueueLength">Messages that wait for it.</param>
/// <param name="MessageBytes">The largest message, in bytes of UTF-8; its profile may allow less.</param>
/// <param name="MessagesPerHour">Messages that are typed to it within any hour; null is no limit.</param>
public sealed record RoleLimitsInfo(int QueueLength, int MessageBytes, int? MessagesPerHour);

/// <summary>How the program of a profile is told what a role says; null what it is not told.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Prompt">The arguments or variables for the prompt.</param>
/// <param name="Model">Those for the model.</param>
/// <param name="Temperature">Those for the temperature.</param>
public sealed record RoleProfileInfo(string Profile, string? Prompt, string? Model, string? Temperature);
