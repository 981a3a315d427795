using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Recovery;
using Orchestrator.Api.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Recovery;

/// <summary><c>/api/v1/recoveries</c> and <c>/api/v1/recovery</c>: what is done when something is wrong with agents and teams.</summary>
internal static class RecoveryEndpoints
{
    private const int Most = 10_000;

    public static void MapRecoveries(this IEndpointRouteBuilder routes)
    {
        var recoveries = routes.MapGroup("/api/v1/recoveries").WithTags("recoveries");
        recoveries.MapGet("", ListAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<RecoveryInfo>>().WithName("listRecoveries").WithSummary("List the supervisors that have had anything to do.");
        recoveries.MapGet("/{name}", GetAsync).Scope(Scopes.AgentsRead).Produces<RecoveryInfo>().WithName("getRecovery").WithSummary("Read what was done about an agent, or about team:NAME.");
        recoveries.MapGet("/{name}/forecast", ForecastAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<RecoveryForecastInfo>>().WithName("forecastRecovery").WithSummary("What would be done now and why, or with ?kind= as if that were wrong; nothing is done.");
        recoveries.MapPost("/{name}/pause", PauseAsync).Scope(Scopes.AgentsWrite).Produces<RecoveryInfo>().WithName("pauseRecovery").WithSummary("Do nothing about an agent or team until somebody says so.");
        recoveries.MapPost("/{name}/resume", ResumeAsync).Scope(Scopes.AgentsWrite).Produces<RecoveryInfo>().WithName("resumeRecovery").WithSummary("Go on, with a new budget; what is wrong is recovered now.");

        var all = routes.MapGroup("/api/v1/recovery").WithTags("recoveries");
        all.MapGet("/history", HistoryAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<RecoveryHistoryInfo>>().WithName("listRecoveryHistory").WithSummary("List what was tried, the newest first; ?agent= and ?limit=.");
        all.MapGet("/stats", StatsAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<StrategyInfo>>().WithName("getRecoveryStats").WithSummary("How each strategy has done.");
        all.MapGet("/policies", Policies).Scope(Scopes.AgentsRead).Produces<ImmutableArray<RecoveryPolicyInfo>>().WithName("listRecoveryPolicies").WithSummary("List the policies in force.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
        => TypedResults.Json(await AllAsync(context, views, commands), ApiJson.Wire.ImmutableArrayRecoveryInfo);

    private static async Task<IResult> GetAsync(HttpContext context, string name, IViews views, Commands commands)
        => await AnswerAsync(context, await FoundAsync(context, name, views, commands), views, commands);

    private static async Task<IResult> ForecastAsync(HttpContext context, string name, IViews views, Commands commands, IActorSystem actors)
    {
        var kind = context.Request.Spelled<TroubleKind>("kind");
        var supervisor = await FoundAsync(context, name, views, commands);
        var role = supervisor.Kind == AgentRecovery.Kind ? (await AgentEndpoints.FindAsync(context, views, commands, name)).Role : null;
        var forecast = await actors.QueryAsync(supervisor, new ForecastRecovery(kind, role), context.RequestAborted) as RecoveryForecast
            ?? throw new InvalidOperationException($"{supervisor} answers no forecast");
        return TypedResults.Json([.. forecast.Steps.Select(static s => new RecoveryForecastInfo(s.Kind.Words(), s.Cause, s.Strategy, s.At, s.Why))], ApiJson.Wire.ImmutableArrayRecoveryForecastInfo);
    }

    private static Task<IResult> PauseAsync(HttpContext context, string name, IViews views, Commands commands) => CommandAsync(context, name, new PauseRecovery(), views, commands);

    private static Task<IResult> ResumeAsync(HttpContext context, string name, IViews views, Commands commands) => CommandAsync(context, name, new ResumeRecovery(), views, commands);

    private static async Task<IResult> CommandAsync(HttpContext context, string name, RecoveryCommand command, IViews views, Commands commands)
    {
        var supervisor = await FoundAsync(context, name, views, commands);
        var answer = await commands.AskAsync(context, supervisor, command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return await AnswerAsync(context, supervisor, views, commands);
    }

    private static async Task<IResult> HistoryAsync(HttpContext context, IViews views, Commands commands)
    {
        var (agent, limit) = (context.Request.Word("agent"), (int)context.Request.Number("limit", 100, 1, Most));
        var all = await AllAsync(context, views, commands);
        return TypedResults.Json(
            [.. all.Where(r => agent is null || r.Agent == agent).SelectMany(static r => r.Attempts.Select(a => new RecoveryHistoryInfo(r.Agent, a))).OrderByDescending(static h => h.Attempt.At).Take(limit)],
            ApiJson.Wire.ImmutableArrayRecoveryHistoryInfo);
    }

    private static async Task<IResult> StatsAsync(HttpContext context, IViews views, Commands commands)
    {
        var all = await AllAsync(context, views, commands);
        var sums = all.SelectMany(static r => r.Strategies).GroupBy(static s => s.Strategy, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal);
        return TypedResults.Json([.. sums.Select(static g => Figures(g.Key, g.Sum(static s => s.Succeeded), g.Sum(static s => s.Failed)))], ApiJson.Wire.ImmutableArrayStrategyInfo);
    }

    private static IResult Policies(IOptions<ApiOptions> options)
    {
        var settings = options.Value.Recovery;
        return TypedResults.Json([ToInfo(role: null, settings.Defaults), .. settings.Roles.Select(static r => ToInfo(r.Key, r.Value))], ApiJson.Wire.ImmutableArrayRecoveryPolicyInfo);
    }

    private static async Task<ImmutableArray<RecoveryInfo>> AllAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var agents = await views.ListAsync<AgentRecovery>(AgentRecovery.ViewName, limit: Most, cancellationToken: context.RequestAborted);
        var teams = await views.ListAsync<TeamRecovery>(TeamRecovery.ViewName, limit: Most, cancellationToken: context.RequestAborted);
        return [.. agents.Where(static r => r.Value.HasHistory).Select(r => ToInfo(r.Value, commands.Now)), .. teams.Where(static r => r.Value.PausedBy is not null || !r.Value.Attempts.IsEmpty).Select(static r => ToInfo(r.Value))];
    }

    private static async Task<EntityId> FoundAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        if (!name.StartsWith(TeamRecovery.Prefix, StringComparison.Ordinal))
        {
            return AgentRecovery.Of((await AgentEndpoints.FindAsync(context, views, commands, name)).Name);
        }

        await commands.SeenAsync(context);
        var team = name[TeamRecovery.Prefix.Length..];
        return TeamRecovery.TryOf(team, out var supervisor) && await views.GetAsync<TeamRecovery>(TeamRecovery.ViewName, team, context.RequestAborted) is not null
            ? supervisor
            : throw ProblemException.NotFound($"there is no team {team}: a team is what agents have as 'team' in their metadata");
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, EntityId supervisor, IViews views, Commands commands)
    {
        var info = supervisor.Kind == TeamRecovery.Kind
            ? ToInfo(await views.GetAsync<TeamRecovery>(TeamRecovery.ViewName, supervisor.Id, context.RequestAborted) ?? new TeamRecovery { Team = supervisor.Id })
            : ToInfo(await views.GetAsync<AgentRecovery>(AgentRecovery.ViewName, supervisor.Id, context.RequestAborted) ?? new AgentRecovery { Agent = AgentName.Parse(supervisor.Id) }, commands.Now);
        return TypedResults.Json(info, ApiJson.Wire.RecoveryInfo);
    }

    private static RecoveryInfo ToInfo(AgentRecovery r, DateTimeOffset now) => new(
        r.Agent.Value,
        r switch
        {
            { PausedBy: not null } => "paused",
            { Live: not null, HalfOpen: true } => "half_open",
            { Live: not null } => "recovering",
            { OpenUntil: { } until } when until > now => "open",
            _ when r.Troubles.Values.Any(static t => t.Left is not null) || r.Down is not null => "down",
            _ => "watching",
        },
        r.Down,
        r.PausedBy,
        r.OpenUntil > now ? r.OpenUntil : null,
        [.. r.Troubles.Values.OrderBy(static t => t.Kind).Select(static t => new TroubleInfo(t.Kind.Words(), t.Cause, t.Since, t.Task?.Value, t.Gap, t.Step, t.Left))],
        [.. r.Figures.Select(static f => Figures(f.Key.Words(), f.Value.Succeeded, f.Value.Failed))],
        [.. r.Attempts.Select(static a => new RecoveryAttemptInfo(a.Number, a.Kind.Words(), a.Step.ToString(), a.Cause, a.Due, a.Outcome.Words(), a.Note, a.At, a.Asks ? "asked" : a.HandOver))]);

    private static RecoveryInfo ToInfo(TeamRecovery r) => new(
        TeamRecovery.Prefix + r.Team,
        r switch { { PausedBy: not null } => "paused", { Live: not null } => "recovering", { IdleSince: not null } => "idle", _ => "watching" },
        Down: null,
        r.PausedBy,
        OpenUntil: null,
        r.IdleSince is { } since ? [new TroubleInfo(TroubleKind.IdleTeam.Words(), $"nobody of team {r.Team} is at work", since, Task: null, Gap: null, r.Attempts.Count(a => a.At >= since), Left: null)] : [],
        [.. r.Figures.Select(static f => Figures(f.Key.Words(), f.Value.Succeeded, f.Value.Failed))],
        [.. r.Attempts.Select(static a => new RecoveryAttemptInfo(a.Number, TroubleKind.IdleTeam.Words(), a.Step.Words(), a.Note, a.At, a.Outcome.Words(), a.Note, a.At))]);

    private static StrategyInfo Figures(string strategy, int succeeded, int failed) => new(strategy, succeeded, failed, (double)succeeded / (succeeded + failed));

    private static RecoveryPolicyInfo ToInfo(string? role, RecoveryPolicy policy) => new(
        role,
        policy.Ladders.ToImmutableSortedDictionary(static l => l.Key.Words(), static l => l.Value.Select(static s => s.ToString()).ToImmutableArray(), StringComparer.Ordinal),
        policy.Budget,
        policy.Window.TotalSeconds,
        policy.FirstPause.TotalSeconds,
        policy.LastPause.TotalSeconds,
        policy.CoolDown.TotalSeconds,
        policy.ReadyWithin.TotalSeconds,
        policy.DryRun,
        policy.HandOver.TotalSeconds);
}
