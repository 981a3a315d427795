using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary>Agents looked up together: <c>GET agents</c> lists them, <c>GET registry</c> counts them.</summary>
internal static class AgentListEndpoints
{
    private const int MostAgents = 10_000;

    public static void MapAgentLists(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/agents", ListAsync).WithTags("agents").Scope(Scopes.AgentsRead, AgentPermissions.ListTeam).Produces<ImmutableArray<AgentInfo>>().WithName("listAgents").WithSummary("List agents by name.");
        routes.MapGet("/api/v1/registry", CountAsync).WithTags("agents").Scope(Scopes.AgentsRead, AgentPermissions.ListTeam).Produces<RegistryInfo>().WithName("countAgents").WithSummary("Count agents by state.");
    }

    /// <summary>Which agents the sender of a request may see. An agent sees its team: those of the same name of a team, or all if it is in none; and whom it reports to.</summary>
    public static async Task<Func<AgentView, bool>> SeenByAsync(HttpContext context, IViews views)
    {
        if (context.LimitedTo() is not { } agent || await views.GetAsync<AgentView>(AgentView.ViewName, agent.Value, context.RequestAborted) is not { } own)
        {
            return static _ => true;
        }

        var team = own.Team;
        return other => team is null || other.Name == agent || other.Name == own.ReportsTo || other.Team == team;
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        var limit = (int)context.Request.Number("limit", MostAgents, 1, MostAgents);
        var found = await (await FindAsync(context, views, commands, context.Request.Word("after"))).Take(limit).ToListAsync(context.RequestAborted);
        return TypedResults.Json([.. found.Select(a => a.ToInfo(commands.Now))], ApiJson.Wire.ImmutableArrayAgentInfo);
    }

    private static async Task<IResult> CountAsync(HttpContext context, IViews views, Commands commands)
    {
        var counts = Enum.GetValues<AgentState>().ToDictionary(static state => state, static _ => 0);
        await foreach (var agent in await FindAsync(context, views, commands, after: null))
        {
            counts[agent.State]++;
        }

        return TypedResults.Json(new RegistryInfo(counts.Values.Sum(), counts.ToImmutableSortedDictionary(static c => c.Key.Words(), static c => c.Value, StringComparer.Ordinal)), ApiJson.Wire.RegistryInfo);
    }

    private static async Task<IAsyncEnumerable<AgentView>> FindAsync(HttpContext context, IViews views, Commands commands, string? after)
    {
        await commands.SeenAsync(context);
        var request = context.Request;
        var (state, role, profile) = (request.Spelled<AgentState>("state"), request.Word("role"), request.Word("profile"));
        var (team, project) = (request.Word(Addressee.TeamKey), request.Word(Addressee.ProjectKey));
        var sees = await SeenByAsync(context, views);
        return views.AllAsync<AgentView>(AgentView.ViewName, afterKey: after, cancellationToken: context.RequestAborted)
            .Select(static row => row.Value)
            .Where(a => sees(a) && (state is null || a.State == state) && (role is null || a.Role == role) && (profile is null || a.Profile == profile)
                && (team is null || a.Team == team) && (project is null || a.Metadata.GetValueOrDefault(Addressee.ProjectKey) == project));
    }
}
