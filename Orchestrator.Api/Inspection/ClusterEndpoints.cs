using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Inspection;

/// <summary>The members of the cluster and its shards. A change is answered with the table as it was read after it; the members carry it out.</summary>
internal static class ClusterEndpoints
{
    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/cluster").WithTags("cluster");
        api.MapGet("/", static async (HttpContext context, ActorLook look) => TypedResults.Json(await look.ClusterAsync(context.RequestAborted), ApiJson.Wire.ClusterInfo))
            .Scope(Scopes.SystemRead).Produces<ClusterInfo>().WithName("getCluster").WithSummary("Read the members of the cluster, as this node sees them.");
        api.MapGet("/shards", static (ActorLook look) => TypedResults.Json(look.Shards(), ApiJson.Wire.ImmutableArrayShardInfo))
            .Scope(Scopes.SystemRead).Produces<ImmutableArray<ShardInfo>>().WithName("listShards").WithSummary("List the shards with their owners.");
        Map(api, "leave", "leaveCluster", "Have a member hand over its shards and take none.", static (cluster, name, token) => cluster.LeaveAsync(name, token));
        Map(api, "join", "joinCluster", "Have a member that was told to leave take part again.", static (cluster, name, token) => cluster.JoinAsync(name, token));
        Map(api, "down", "markDown", "Mark a member down: this incarnation of it never commits again.", static (cluster, name, token) => cluster.DownAsync(name, token));
        api.MapPost("/format", RaiseFormatAsync).Scope(Scopes.ClusterWrite).Produces<ClusterInfo>().WithName("raiseFormat").WithSummary("Raise cluster.format, for ever: once every member can read what a newer version writes.");
        api.MapPost("/down-unreachable", DownUnreachableAsync).Scope(Scopes.ClusterWrite).Produces<MarkedDownInfo>().WithName("markUnreachableDown").WithSummary("Mark those members down whose beat stands still.");
    }

    private static async Task<IResult> RaiseFormatAsync(HttpContext context, ActorSystem system, ActorLook look)
    {
        const int Most = 1_000_000;
        var wanted = context.Request.Word("to") is null ? (int?)null : (int)context.Request.Number("to", 0, ManifestTable.FirstFormat, Most);
        return await Administration(system).RaiseFormatAsync(wanted, context.RequestAborted) is Refused refused
            ? throw ProblemException.Of(refused)
            : TypedResults.Json(await look.ClusterAsync(context.RequestAborted), ApiJson.Wire.ClusterInfo);
    }

    private static void Map(RouteGroupBuilder api, string verb, string name, string summary, Func<ClusterAdministration, string, CancellationToken, Task<Reply>> act) => api
        .MapPost($"/members/{{name}}/{verb}", async (HttpContext context, string name, ActorSystem system, ActorLook look) =>
        {
            if (await act(Administration(system), name, context.RequestAborted) is Refused refused)
            {
                throw ProblemException.Of(refused);
            }

            return TypedResults.Json(await look.ClusterAsync(context.RequestAborted), ApiJson.Wire.ClusterInfo);
        })
        .Scope(Scopes.ClusterWrite).Produces<ClusterInfo>().WithName(name).WithSummary(summary);

    private static async Task<IResult> DownUnreachableAsync(HttpContext context, ActorSystem system)
        => TypedResults.Json(new MarkedDownInfo([.. await Administration(system).DownUnreachableAsync(context.RequestAborted)]), ApiJson.Wire.MarkedDownInfo);

    private static ClusterAdministration Administration(ActorSystem system) => system.Administration
        ?? throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, "this node is on its own: it is the one member there is, and can neither leave, join nor be marked down");
}
