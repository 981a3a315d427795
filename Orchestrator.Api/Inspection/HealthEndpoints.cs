using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Api.Security;
using Orchestrator.Client;

namespace Orchestrator.Api.Inspection;

/// <summary>Whether the process lives, which anybody may ask, and whether it can work.</summary>
internal static class HealthEndpoints
{
    private const string Ready = "ready";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", static () => TypedResults.Json(new HealthInfo("ok"), ApiJson.Wire.HealthInfo)).AllowAnonymous().WithTags("health").Produces<HealthInfo>().WithName("isLive").WithSummary("Whether the process lives.");
        routes.MapGet("/health/ready", ReadyAsync).Scope(scope: null).WithTags("health").Produces<HealthInfo>().Produces<HealthInfo>(StatusCodes.Status503ServiceUnavailable).WithName("isReady").WithSummary("Whether the node can work.");
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, INodeStatus node)
    {
        var health = (await node.GetAsync(context.RequestAborted)).Health;
        return health == Ready
            ? TypedResults.Json(new HealthInfo("ok"), ApiJson.Wire.HealthInfo)
            : TypedResults.Json(new HealthInfo(health), ApiJson.Wire.HealthInfo, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
