using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Tasks;
using Orchestrator.Api.Teams;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.CheckIns;

/// <summary><c>/api/v1/checkins</c>: what agents are told at its time.</summary>
internal static class CheckInEndpoints
{
    private const double Longest = 365 * 86_400.0;

    public static void MapCheckIns(this IEndpointRouteBuilder routes)
    {
        var checkIns = routes.MapGroup("/api/v1/checkins").WithTags("checkins");
        checkIns.MapPost("", AddAsync).Scope(Scopes.TasksWrite, AgentPermissions.CheckIn).Accepts<AddCheckInRequest>("application/json").Produces<CheckInInfo>(StatusCodes.Status201Created).WithName("addCheckIn").WithSummary("Tell an agent, a role or a team something at its time: in so many seconds, at a time, or by a cron expression.");
        checkIns.MapGet("", ListAsync).Scope(Scopes.TasksRead, AgentPermissions.CheckIn).Produces<ImmutableArray<CheckInInfo>>().WithName("listCheckIns").WithSummary("List check-ins, those that are over with ?closed=true.");
        checkIns.MapGet("/{id}", GetAsync).Scope(Scopes.TasksRead, AgentPermissions.CheckIn).Produces<CheckInInfo>().WithName("getCheckIn").WithSummary("Read a check-in.");
        checkIns.MapDelete("/{id}", RemoveAsync).Scope(Scopes.TasksWrite, AgentPermissions.CheckIn).Produces<CheckInInfo>().WithName("removeCheckIn").WithSummary("Take a check-in back.");
    }

    private static async Task<IResult> AddAsync(HttpContext context, TaskRules rules, TeamRequests teams, Addressees addressees, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AddCheckInRequest, context.RequestAborted);
        var key = commands.IdOf(context.Request);
        var id = request.Id is { Length: > 0 } given ? Id(given) : CheckInId.Parse($"c-{key.Value[^8..].ToLowerInvariant()}");
        var target = await TargetAsync(request, rules, teams, context.RequestAborted);
        target = await WithinTeamAsync(context, target, teams, addressees);
        context.MustBeOwn(own => target.Agent == own || context.Has(AgentPermissions.AssignTasks), "its role lets it make check-ins for itself only");
        var add = new AddCheckIn(
            target,
            TaskRules.Text(request.Note, "note"),
            Schedule(request, commands.Now),
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        var answer = await commands.AskAsync(context, id.Entity, add, key);
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        context.Response.Headers.Location = $"/api/v1/checkins/{id}";
        return TypedResults.Json(ToInfo(await FoundAsync(views, id, context.RequestAborted)), ApiJson.Wire.CheckInInfo, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<CheckInTarget> TargetAsync(AddCheckInRequest request, TaskRules rules, TeamRequests teams, CancellationToken cancellationToken)
    {
        if (new[] { request.Agent, request.Role, request.Team }.Count(static name => name is not null) != 1)
        {
            throw ProblemException.Invalid("say whom it is for: one of 'agent', 'role' and 'team'");
        }

        if (request.Team is { } team)
        {
            return new CheckInTarget(Agent: null, Role: null, (await teams.FoundAsync(TeamRequests.Name(team), cancellationToken)).Name.Value);
        }

        var assignee = (await rules.AssigneeAsync(request.Agent, request.Role, cancellationToken))!;
        return new CheckInTarget(assignee.Agent, assignee.Role);
    }

    // What an agent of a team has said to a role at its time reaches those of its own team, as its messages do.
    private static async Task<CheckInTarget> WithinTeamAsync(HttpContext context, CheckInTarget target, TeamRequests teams, Addressees addressees)
    {
        if (target.Agent is not null || Speaker.Of(context).Agent is not { } name || (await addressees.FindAsync(name, context.RequestAborted))?.Team is not { } own)
        {
            return target;
        }

        return (target.Team is null || target.Team == own) && TeamName.TryParse(own, out var team) && await teams.FindAsync(team, context.RequestAborted) is not null
            ? target with { Team = own }
            : throw OwnAffairs.Forbidden($"{name} is in the team {own}, and makes check-ins for members of it only: name one of them, or ask a person");
    }

    private static CheckInSchedule Schedule(AddCheckInRequest request, DateTimeOffset now)
    {
        if (request.TimeZone is not null && request.Cron is null)
        {
            throw ProblemException.Invalid("'timeZone' is for 'cron': a time says its own");
        }

        var zone = request.TimeZone ?? "UTC";
        return (request.InSeconds, request.At, request.Cron) switch
        {
            ({ } seconds, null, null) when seconds is > 0 and <= Longest => new CheckInSchedule(now.AddSeconds(seconds), Cron: null, Zone: null),
            ({ }, null, null) => throw ProblemException.Invalid($"'inSeconds' is more than 0 and at most {Longest:0}"),
            (null, { } at, null) => new CheckInSchedule(at, Cron: null, Zone: null),
            (null, null, { Length: > 0 and <= 200 } cron) => CronTimes.IsValid(cron, zone, out var wrong) ? new CheckInSchedule(At: null, cron, zone) : throw ProblemException.Invalid(wrong),
            _ => throw ProblemException.Invalid("say when: one of 'inSeconds', 'at' and 'cron'"),
        };
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var (agent, role, team) = (context.Request.Word("agent") is { } text ? RequestParts.Agent(text) : (AgentName?)null, context.Request.Word("role"), context.Request.Word("team"));
        var found = await TaskEndpoints.SearchAsync<CheckIn>(
            views,
            CheckIn.ViewName,
            context.Request.Flag("closed") ? null : CheckIn.OpenPartition,
            c => IsSeenBy(context.LimitedTo(), c) && (agent is null || c.Target!.Agent == agent) && (role is null || (c.Target!.Agent is null && c.Target.Role == role)) && (team is null || c.Audience()!.Team == team),
            context.Request.Word("after"),
            (int)context.Request.Number("limit", 1000, 1, 10_000),
            context.RequestAborted);
        return TypedResults.Json([.. found.Select(ToInfo)], ApiJson.Wire.ImmutableArrayCheckInInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var found = await FoundAsync(views, Id(id), context.RequestAborted);
        context.MustBeOwn(own => IsSeenBy(own, found), "it reads its own check-ins only");
        return TypedResults.Json(ToInfo(found), ApiJson.Wire.CheckInInfo);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        if (context.LimitedTo() is not null)
        {
            var by = (await FoundAsync(views, Id(id), context.RequestAborted)).By;
            context.MustBeOwn(_ => by == Commands.SenderOf(context).Value, $"{id} was made by {by}");
        }

        var answer = await commands.AskAsync(context, Id(id).Entity, new RemoveCheckIn(), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json(ToInfo(await FoundAsync(views, Id(id), context.RequestAborted)), ApiJson.Wire.CheckInInfo);
    }

    private static bool IsSeenBy(AgentName? limited, CheckIn c) => limited is not { } own || c.Target!.Agent == own || c.By == $"client:{AgentPermissions.TokenName(own.Value)}";

    private static CheckInId Id(string text) => CheckInId.TryParse(text, out var id) ? id : throw ProblemException.Invalid($"'{text}' is not the id of a check-in: {TaskId.Rule}");

    private static async Task<CheckIn> FoundAsync(IViews views, CheckInId id, CancellationToken cancellationToken)
        => await views.GetAsync<CheckIn>(CheckIn.ViewName, id.Value, cancellationToken) ?? throw ProblemException.NotFound($"there is no check-in {id}: 'orc checkin ls' shows those there are");

    private static CheckInInfo ToInfo(CheckIn c) => new(
        c.Id.Value,
        c.Target!.Agent?.Value,
        c.Target.Agent is null ? c.Target.Role : null,
        c.Note,
        c.Schedule!.At,
        c.Schedule.Cron,
        c.Schedule.Zone,
        c.NextDue,
        c.IsOpen,
        c.Fired,
        c.Delivered,
        c.Missed,
        [.. (c.Last?.Waiting.Values ?? []).Select(static a => a.Value)],
        c.Last?.Missed,
        c.LastDeliveredAt,
        c.By,
        c.CreatedAt,
        c.Audience()!.Team);
}
