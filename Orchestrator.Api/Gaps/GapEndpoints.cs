using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Tasks;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Gaps;

/// <summary><c>/api/v1/gaps</c>: what is not as it should be.</summary>
internal static class GapEndpoints
{
    private const double DefaultExpiry = 3_600;
    private const double Longest = 365 * 86_400.0;

    public static void MapGaps(this IEndpointRouteBuilder routes)
    {
        var gaps = routes.MapGroup("/api/v1/gaps").WithTags("gaps");
        gaps.MapGet("", ListAsync).Scope(Scopes.TasksRead).Produces<ImmutableArray<GapInfo>>().WithName("listGaps").WithSummary("List open gaps, and closed ones with ?closed=true.");
        gaps.MapGet("/summary", SummaryAsync).Scope(Scopes.TasksRead).Produces<GapSummaryInfo>().WithName("getGapSummary").WithSummary("Count gaps by kind and severity.");
        gaps.MapGet("/{id}", GetAsync).Scope(Scopes.TasksRead).Produces<GapInfo>().WithName("getGap").WithSummary("Read a gap.");
        gaps.MapPost("/{id}/close", CloseAsync).Scope(Scopes.TasksWrite).Accepts<CloseGapRequest>("application/json").Produces<GapInfo>().WithName("closeGap").WithSummary("Close a gap; it is not opened again for the same cause.");
        gaps.MapPost("/{id}/cures", CureAsync).Scope(Scopes.TasksWrite).Accepts<CureRequest>("application/json").Produces<GapInfo>().WithName("noteCure").WithSummary("Note what was tried against a gap.");
        gaps.MapPost("/expectations", ExpectAsync).Scope(Scopes.TasksWrite).Accepts<ExpectRequest>("application/json").Produces<ExpectationInfo>(StatusCodes.Status201Created).WithName("expectExecution").WithSummary("Expect that an agent begins a task of a chain.");
        gaps.MapPost("/expectations/{id}/forget", ForgetAsync).Scope(Scopes.TasksWrite).Produces<ExpectationInfo>().WithName("forgetExpectation").WithSummary("Expect it no more.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var (kind, task) = (context.Request.Spelled<GapKind>("kind"), context.Request.Word("task") is { } id ? TaskRules.Id(id) : (TaskId?)null);
        var agent = context.Request.Word("agent") is { } text ? RequestParts.Agent(text) : (AgentName?)null;
        var found = await TaskEndpoints.SearchAsync<Gap>(
            views,
            Gap.ViewName,
            context.Request.Flag("closed") ? null : Gap.OpenPartition,
            g => (kind is null || g.Condition!.Kind == kind) && (agent is null || g.Condition!.Agent == agent) && (task is null || g.Condition!.Task == task),
            context.Request.Word("after"),
            (int)context.Request.Number("limit", 1000, 1, 10_000),
            context.RequestAborted);
        return TypedResults.Json([.. found.Select(ToInfo)], ApiJson.Wire.ImmutableArrayGapInfo);
    }

    private static async Task<IResult> SummaryAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var row = await views.GetAsync<GapSummary>(GapSummary.ViewName, GapSummary.Key, context.RequestAborted) ?? new GapSummary();
        var summary = new GapSummaryInfo(
            row.Open.Count,
            row.Closed,
            row.Open.GroupBy(static g => Gap.SeverityOf(g.Value)).ToImmutableSortedDictionary(static g => g.Key.Words(), static g => g.Count(), StringComparer.Ordinal),
            [.. Enum.GetValues<GapKind>().Select(k => new GapKindInfo(k.Words(), row.Open.Count(g => g.Value == k), row.Found.GetValueOrDefault(k)))]);
        return TypedResults.Json(summary, ApiJson.Wire.GapSummaryInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        return TypedResults.Json(ToInfo(await FoundAsync(views, id, context.RequestAborted)), ApiJson.Wire.GapInfo);
    }

    private static async Task<IResult> CloseAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.CloseGapRequest, context.RequestAborted);
        return await CommandAsync(context, id, new CloseGap(TaskRules.Text(request.Because, "because")), views, commands);
    }

    private static async Task<IResult> CureAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.CureRequest, context.RequestAborted);
        return await CommandAsync(context, id, new NoteCure(TaskRules.Text(request.Strategy, "strategy"), TaskRules.Text(request.Outcome, "outcome")), views, commands);
    }

    private static async Task<IResult> CommandAsync(HttpContext context, string id, GapCommand command, IViews views, Commands commands)
    {
        _ = await FoundAsync(views, id, context.RequestAborted);
        var answer = await commands.AskAsync(context, Gap.Entity(id), command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json(ToInfo(await FoundAsync(views, id, context.RequestAborted)), ApiJson.Wire.GapInfo);
    }

    private static async Task<IResult> ExpectAsync(HttpContext context, TaskRules rules, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.ExpectRequest, context.RequestAborted);
        var agent = await rules.AgentAsync(RequestParts.Agent(request.Agent), context.RequestAborted);
        var chain = TaskRules.Id(request.Chain).Value;
        var id = commands.IdOf(context.Request);
        var due = commands.Now.AddSeconds(Seconds(request.InSeconds, "inSeconds"));
        var expectation = new Expectation(id.Value[^8..].ToLowerInvariant(), due, due.AddSeconds(Seconds(request.ExpiresInSeconds ?? DefaultExpiry, "expiresInSeconds")));
        await commands.AskAsync(context, WorkChain.Of(agent.Name, chain), new ExpectExecution(expectation, agent.Role), id);
        return TypedResults.Json(new ExpectationInfo($"{agent.Name}.{chain}.{expectation.Id}", agent.Name.Value, chain, expectation.Due, expectation.ExpiresAt), ApiJson.Wire.ExpectationInfo, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ForgetAsync(HttpContext context, string id, IActorSystem actors, Commands commands)
    {
        if (id.Split('.') is not [var agent, var chain, var number])
        {
            throw ProblemException.NotFound($"nothing is expected under {id}: the id is AGENT.CHAIN.NUMBER, as it was given");
        }

        var entity = WorkChain.Of(RequestParts.Agent(agent), TaskRules.Id(chain).Value);
        var known = await actors.QueryAsync(entity, new GetExpectation(number), context.RequestAborted) is KnownExpectation { Expectation: { } found } ? found : null;
        await commands.AskAsync(context, entity, new ForgetExpectation(number), commands.IdOf(context.Request));
        return TypedResults.Json(new ExpectationInfo(id, agent, chain, known?.Due ?? default, known?.ExpiresAt ?? default), ApiJson.Wire.ExpectationInfo);
    }

    private static double Seconds(double seconds, string what) => seconds is > 0 and <= Longest ? seconds : throw ProblemException.Invalid($"'{what}' is more than 0 and at most {Longest:0}");

    private static async Task<Gap> FoundAsync(IViews views, string id, CancellationToken cancellationToken)
        => await views.GetAsync<Gap>(Gap.ViewName, id, cancellationToken) ?? throw ProblemException.NotFound($"there is no gap {id}: 'orc gap ls' shows those there are");

    private static GapInfo ToInfo(Gap gap) => new(
        gap.Id,
        gap.Condition!.Kind.Words(),
        gap.Severity.Words(),
        gap.IsOpen,
        gap.Condition.Agent?.Value,
        gap.Condition.Task?.Value,
        gap.Condition.Cause,
        gap.Condition.Evidence,
        gap.Condition.Since,
        gap.OpenedAt,
        [.. gap.Cures.Select(static c => new CureInfo(c.Strategy, c.Outcome, c.By, c.At))],
        gap.ClosedBy,
        gap.ClosedBecause,
        gap.ClosedAt);
}
