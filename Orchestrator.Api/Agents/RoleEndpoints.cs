using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;

namespace Orchestrator.Api.Agents;

/// <summary><c>/api/v1/roles</c>: what an agent of each role is told and may use.</summary>
internal static class RoleEndpoints
{
    public static void MapRoles(this IEndpointRouteBuilder routes)
    {
        var roles = routes.MapGroup("/api/v1/roles").WithTags("agents");
        roles.MapGet("", List).Scope(Scopes.AgentsRead).Produces<ImmutableArray<RoleInfo>>().WithName("listRoles").WithSummary("List the roles.");
        roles.MapGet("/{name}", Get).Scope(Scopes.AgentsRead).Produces<RoleInfo>().WithName("getRole").WithSummary("Read what an agent of a role is told and may use, and which programs can be told.");
    }

    private static IResult List(RoleCatalog roles, IProfileCatalog profiles)
        => TypedResults.Json([.. roles.List().Select(r => Info(r, profiles))], ApiJson.Wire.ImmutableArrayRoleInfo);

    private static IResult Get(string name, RoleCatalog roles, IProfileCatalog profiles)
        => roles.List().FirstOrDefault(r => r.Name == name) is { } role
            ? TypedResults.Json(Info(role, profiles), ApiJson.Wire.RoleInfo)
            : throw ProblemException.NotFound($"there is no role {name}: 'orc role ls' shows those there are");

    private static RoleInfo Info(RoleDescription role, IProfileCatalog profiles) => new(
        role.Name,
        AgentRole.BuiltIn.Contains(role.Name),
        role.Prompt,
        role.Model,
        role.Temperature,
        new RoleLimitsInfo(role.Limits.QueueLength ?? MessageQueue.Capacity, role.Limits.MessageBytes ?? NewMessage.MaximumBytes, role.Limits.MessagesPerHour),
        [.. profiles.List().Select(static p => new RoleProfileInfo(p.Info.Name, p.Ways?.Prompt, p.Ways?.Model, p.Ways?.Temperature))],
        role.Permissions);
}
