using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Inspection;

/// <summary>Kinds of entities as regions: what of them is in memory where.</summary>
internal static class ShardingEndpoints
{
    private const int MostRows = 1000;

    public static void MapSharding(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/sharding").WithTags("cluster");
        api.MapGet("/regions", RegionsAsync).Scope(Scopes.SystemRead).Produces<RegionsInfo>().WithName("listRegions").WithSummary("List the kinds of entities, with what is in memory of them.");
        api.MapGet("/regions/{name}", StatsAsync).Scope(Scopes.SystemRead).Produces<RegionStatsInfo>().WithName("getRegionStats").WithSummary("Read the shards of a kind of entity, with what is in memory there.");
        api.MapGet("/entity", EntityAsync).Scope(Scopes.SystemRead).Produces<EntityInfo>().WithName("getEntity").WithSummary("Read where an entity is, how it is, and its state. Looking brings it to memory.");
    }

    private static async Task<IResult> RegionsAsync(HttpContext context, ActorLook look, RuntimeInspection runtime)
    {
        var all = await look.ActorsAsync(onNode: null, kind: null, shard: null, context.RequestAborted);
        var live = all.Actors.ToLookup(static a => a.Kind, StringComparer.Ordinal);
        return TypedResults.Json(new RegionsInfo([.. runtime.Kinds.Select(kind => Region(kind, [.. live[kind]]))], all.Unanswered), ApiJson.Wire.RegionsInfo);
    }

    private static async Task<IResult> StatsAsync(HttpContext context, string name, ActorLook look, RuntimeInspection runtime)
    {
        if (!runtime.Kinds.Contains(name, StringComparer.Ordinal))
        {
            throw ProblemException.NotFound($"there is no kind of entity {name}: known are {string.Join(", ", runtime.Kinds)}");
        }

        var all = await look.ActorsAsync(onNode: null, name, shard: null, context.RequestAborted);
        var live = all.Actors.ToLookup(static a => a.Shard);
        return TypedResults.Json(
            new RegionStatsInfo(name, [.. look.Shards().Select(s => new RegionShardInfo(s.Shard, s.State, s.Owner, s.Epoch, live[s.Shard].Count(), live[s.Shard].Sum(static a => (long)a.MailboxLength)))], all.Unanswered),
            ApiJson.Wire.RegionStatsInfo);
    }

    private static async Task<IResult> EntityAsync(HttpContext context, ActorSystem system, ActorLook look)
    {
        var entity = context.Request.Entity() ?? throw ProblemException.Invalid("say which: ?entity=kind/id, for example agent/a1");
        if (!system.Inspection.Kinds.Contains(entity.Kind, StringComparer.Ordinal))
        {
            throw ProblemException.NotFound($"there is no kind of entity {entity.Kind}: known are {string.Join(", ", system.Inspection.Kinds)}");
        }

        var live = (await look.ActorsAsync(onNode: null, entity.Kind, entity.Shard, context.RequestAborted)).Actors.FirstOrDefault(a => a.Entity == entity.ToString());
        var rows = await system.Inspection.InboxAsync(entity, limit: MostRows, cancellationToken: context.RequestAborted);
        var (state, failure) = await StateAsync(system, entity, context.RequestAborted);
        return TypedResults.Json(
            new EntityInfo(entity.ToString(), look.Shards()[entity.Shard], live, state?.Version ?? live?.Version ?? 0, rows.Count, state?.State, failure),
            ApiJson.Wire.EntityInfo);
    }

    private static async Task<(StateRead? State, string? Failure)> StateAsync(ActorSystem system, EntityId entity, CancellationToken cancellationToken)
    {
        try
        {
            return (await system.QueryAsync(entity, new ReadState(), cancellationToken) as StateRead, null);
        }
        catch (Exception e) when (e is EntityQuarantinedException or StoreUnavailableException or OverloadedException)
        {
            return (null, e.Message);
        }
    }

    private static RegionInfo Region(string kind, IReadOnlyList<ActorInfo> live) => new(
        kind,
        live.Count,
        live.Select(static a => a.Shard).Distinct().Count(),
        live.Select(static a => a.Node).Distinct(StringComparer.Ordinal).Count(),
        live.Sum(static a => (long)a.MailboxLength),
        live.Sum(static a => (long)a.Restarts),
        live.Count(static a => a.Condition == "quarantined"));
}
