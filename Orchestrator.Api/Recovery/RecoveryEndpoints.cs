using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Recovery;
using Orchestrator.Api.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Recovery;

/// <summary><c>/api/v1/recoveries</c>: what is done about agents that crash.</summary>
internal static class RecoveryEndpoints
{
    private const int Most = 10_000;

    public static void MapRecoveries(this IEndpointRouteBuilder routes)
    {
        var recoveries = routes.MapGroup("/api/v1/recoveries").WithTags("recoveries");
        recoveries.MapGet("", ListAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<RecoveryInfo>>().WithName("listRecoveries").WithSummary("List the supervisors that have had anything to do.");
        recoveries.MapGet("/{name}", GetAsync).Scope(Scopes.AgentsRead).Produces<RecoveryInfo>().WithName("getRecovery").WithSummary("Read what was done about an agent.");
        recoveries.MapPost("/{name}/pause", PauseAsync).Scope(Scopes.AgentsWrite).Produces<RecoveryInfo>().WithName("pauseRecovery").WithSummary("Do nothing about an agent until somebody says so.");
        recoveries.MapPost("/{name}/resume", ResumeAsync).Scope(Scopes.AgentsWrite).Produces<RecoveryInfo>().WithName("resumeRecovery").WithSummary("Go on, with a new budget; an agent that is down is recovered now.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var rows = await views.ListAsync<AgentRecovery>(AgentRecovery.ViewName, limit: Most, cancellationToken: context.RequestAborted);
        return TypedResults.Json([.. rows.Select(r => ToInfo(r.Value, commands.Now))], ApiJson.Wire.ImmutableArrayRecoveryInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string name, IViews views, Commands commands)
        => await AnswerAsync(context, (await AgentEndpoints.FindAsync(context, views, commands, name)).Name, views, commands);

    private static Task<IResult> PauseAsync(HttpContext context, string name, IViews views, Commands commands) => CommandAsync(context, name, new PauseRecovery(), views, commands);

    private static Task<IResult> ResumeAsync(HttpContext context, string name, IViews views, Commands commands) => CommandAsync(context, name, new ResumeRecovery(), views, commands);

    private static async Task<IResult> CommandAsync(HttpContext context, string name, RecoveryCommand command, IViews views, Commands commands)
    {
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        var answer = await commands.AskAsync(context, AgentRecovery.Of(agent.Name), command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return await AnswerAsync(context, agent.Name, views, commands);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, AgentName agent, IViews views, Commands commands)
    {
        var row = await views.GetAsync<AgentRecovery>(AgentRecovery.ViewName, agent.Value, context.RequestAborted) ?? new AgentRecovery { Agent = agent };
        return TypedResults.Json(ToInfo(row, commands.Now), ApiJson.Wire.RecoveryInfo);
    }

    private static RecoveryInfo ToInfo(AgentRecovery r, DateTimeOffset now) => new(
        r.Agent.Value,
        r switch
        {
            { PausedBy: not null } => "paused",
            { Live: not null } => "recovering",
            { Down: not null, OpenUntil: { } until } when until > now => "open",
            { Down: not null } => "down",
            _ => "watching",
        },
        r.Down,
        r.PausedBy,
        r.OpenUntil > now ? r.OpenUntil : null,
        [.. r.Figures.Select(static f => new StrategyInfo(f.Key.Words(), f.Value.Succeeded, f.Value.Failed, (double)f.Value.Succeeded / (f.Value.Succeeded + f.Value.Failed)))],
        [.. r.Attempts.Select(static a => new RecoveryAttemptInfo(a.Number, a.Strategy.Words(), a.Cause, a.Due, a.Outcome.Words(), a.Note, a.At))]);
}
