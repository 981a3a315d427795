using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Teams;
using Orchestrator.Api.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Teams;

/// <summary><c>/api/v1/teams</c>: agents that are made, changed and ended together.</summary>
internal static class TeamEndpoints
{
    private const int MostTeams = 1000;
    private const int LongestTag = 80;
    private const int LongestReason = 500;

    public static void MapTeams(this IEndpointRouteBuilder routes)
    {
        var teams = routes.MapGroup("/api/v1/teams").WithTags("teams");
        teams.MapGet("", ListAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<TeamInfo>>().WithName("listTeams").WithSummary("List teams by name.");
        teams.MapPost("", DeployAsync).Scope(Scopes.AgentsWrite).Accepts<TeamFileRequest>("application/json").Produces<TeamChangesInfo>(StatusCodes.Status202Accepted).WithName("deployTeam").WithSummary("Deploy a team as a file says; what is there already as it says stays as it is.");
        teams.MapPost("/diff", DiffAsync).Scope(Scopes.AgentsWrite).Accepts<TeamFileRequest>("application/json").Produces<TeamChangesInfo>().WithName("diffTeam").WithSummary("Say what lies between a team and a file.");
        teams.MapPost("/apply", ApplyAsync).Scope(Scopes.AgentsWrite).Accepts<TeamFileRequest>("application/json").Produces<TeamChangesInfo>(StatusCodes.Status202Accepted).WithName("applyTeam").WithSummary("Make a team as a file says: new members, those that are gone, those that are others.");
        teams.MapGet("/{name}", GetAsync).Scope(Scopes.AgentsRead).Produces<TeamInfo>().WithName("getTeam").WithSummary("Read a team.");
        teams.MapPost("/{name}/stop", StopAsync).Scope(Scopes.AgentsWrite).Produces<TeamInfo>(StatusCodes.Status202Accepted).WithName("stopTeam").WithSummary("Stop the programs of a team's members; their messages wait.");
        teams.MapDelete("/{name}", RemoveAsync).Scope(Scopes.AgentsWrite).Produces<TeamInfo>(StatusCodes.Status202Accepted).WithName("removeTeam").WithSummary("End the members of a team for good.");
        teams.MapPost("/{name}/tags", TagAsync).Scope(Scopes.AgentsWrite).Accepts<TagStableRequest>("application/json").Produces<TeamInfo>(StatusCodes.Status202Accepted).WithName("tagStable").WithSummary("Tag the target branch of a team as a state that is known to work.");
        routes.MapPost("/api/v1/agents/{name}/blocked", BlockedAsync).Scope(Scopes.MessagesWrite, AgentPermissions.OwnTasks).WithTags("agents").Accepts<BlockedRequest>("application/json").Produces<AgentInfo>().WithName("reportBlocked").WithSummary("Say that an agent cannot go on, or, without a reason, that it can.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var rows = await views.ListAsync<Team>(Team.ViewName, limit: MostTeams, cancellationToken: context.RequestAborted);
        return TypedResults.Json([.. rows.Select(static row => row.Value).Where(static team => team.Exists).Select(TeamMapping.ToInfo)], ApiJson.Wire.ImmutableArrayTeamInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string name, TeamRequests requests, Commands commands)
    {
        await commands.SeenAsync(context);
        return TypedResults.Json((await requests.FoundAsync(TeamRequests.Name(name), context.RequestAborted)).ToInfo(), ApiJson.Wire.TeamInfo);
    }

    private static async Task<IResult> DeployAsync(HttpContext context, TeamRequests requests, Commands commands)
    {
        var (request, read) = await ReadAsync(context, requests);
        if (request.DryRun)
        {
            return await ComparedAsync(context, read, requests);
        }

        return await OrderAsync(context, read, new DeployTeam(read.Plan, read.Placements, Secret()), commands);
    }

    private static async Task<IResult> ApplyAsync(HttpContext context, TeamRequests requests, Commands commands)
    {
        var (request, read) = await ReadAsync(context, requests);
        return request.DryRun ? await ComparedAsync(context, read, requests) : await OrderAsync(context, read, new ApplyTeam(read.Plan, read.Placements, request.Restart), commands);
    }

    private static async Task<IResult> DiffAsync(HttpContext context, TeamRequests requests)
        => await ComparedAsync(context, (await ReadAsync(context, requests)).Read, requests);

    private static async Task<IResult> ComparedAsync(HttpContext context, ReadTeam read, TeamRequests requests)
    {
        var diff = TeamDiff.Between((await requests.FindAsync(read.Plan.Name, context.RequestAborted))?.Plan, read.Plan);
        return TypedResults.Json(diff.ToInfo(read.Plan.Name, done: false, [], read.Warnings), ApiJson.Wire.TeamChangesInfo);
    }

    private static async Task<(TeamFileRequest Request, ReadTeam Read)> ReadAsync(HttpContext context, TeamRequests requests)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.TeamFileRequest, context.RequestAborted);
        return (request, await requests.ReadAsync(request, context.RequestAborted));
    }

    private static async Task<IResult> OrderAsync(HttpContext context, ReadTeam read, TeamCommand command, Commands commands)
    {
        var answer = await commands.AskAsync(context, read.Plan.Name.Entity, command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var ordered = answer.Reply as TeamOrdered ?? throw new InvalidOperationException($"a team answered {answer.Reply.GetType().Name}");
        context.Response.Headers.Location = $"/api/v1/teams/{read.Plan.Name}";
        return TypedResults.Json(ordered.Diff.ToInfo(read.Plan.Name, done: true, ordered.Left, read.Warnings), ApiJson.Wire.TeamChangesInfo, statusCode: StatusCodes.Status202Accepted);
    }

    private static Task<IResult> StopAsync(HttpContext context, string name, IViews views, Commands commands) => CommandAsync(context, name, new StopTeam(), views, commands);

    private static Task<IResult> RemoveAsync(HttpContext context, string name, IViews views, Commands commands) => CommandAsync(context, name, new RemoveTeam(), views, commands);

    private static async Task<IResult> TagAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.TagStableRequest, context.RequestAborted);
        var given = request.Name is { Length: > 0 } text && text.StartsWith("stable-", StringComparison.Ordinal) ? text["stable-".Length..] : request.Name;
        var end = given ?? commands.Now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return end.Length is > 0 and <= LongestTag && end.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? await CommandAsync(context, name, new TagStable($"stable-{end}"), views, commands)
            : throw ProblemException.Invalid($"'{request.Name}' is no name for a tag: use 1 to {LongestTag} letters, digits, dashes and underscores after stable-");
    }

    private static async Task<IResult> CommandAsync(HttpContext context, string name, TeamCommand command, IViews views, Commands commands)
    {
        var team = TeamRequests.Name(name);
        var answer = await commands.AskAsync(context, team.Entity, command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var view = await views.GetAsync<Team>(Team.ViewName, team.Value, context.RequestAborted) ?? throw new InvalidOperationException($"the team {team} has answered and is not in its view");
        return TypedResults.Json(view.ToInfo(), ApiJson.Wire.TeamInfo, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> BlockedAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.BlockedRequest, context.RequestAborted);
        var speaker = Messages.Speaker.Of(context);
        return speaker.Agent is { } agent && agent.Value != name ? throw OwnAffairs.Forbidden($"{agent} may not do this: an agent says it of itself only")
            : request.Reason is { Length: > LongestReason } ? throw ProblemException.Invalid($"'reason' has at most {LongestReason} characters")
            : await AgentEndpoints.CommandAsync(context, name, new ReportBlocked(request.Reason is { Length: > 0 } reason ? reason : null), views, commands, StatusCodes.Status200OK);
    }

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
