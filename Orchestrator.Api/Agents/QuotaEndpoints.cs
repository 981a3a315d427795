using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Quotas;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary><c>/api/v1/quotas</c>: the limits that the agents of one account share.</summary>
internal static class QuotaEndpoints
{
    private const int Most = 1000;

    public static void MapQuotas(this IEndpointRouteBuilder routes)
    {
        var quotas = routes.MapGroup("/api/v1/quotas").WithTags("agents");
        quotas.MapGet("", ListAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<QuotaInfo>>().WithName("listQuotas").WithSummary("List the accounts whose limits agents share.");
        quotas.MapPost("/{name}/clear", ClearAsync).Scope(Scopes.AgentsWrite).Produces<QuotaInfo>().WithName("clearQuota").WithSummary("Say that the limit of an account is over.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var rows = await views.ListAsync<QuotaView>(QuotaView.ViewName, limit: Most, cancellationToken: context.RequestAborted);
        return TypedResults.Json([.. rows.Select(r => ToInfo(r.Value, commands.Now))], ApiJson.Wire.ImmutableArrayQuotaInfo);
    }

    private static async Task<IResult> ClearAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        _ = await FoundAsync(views, name, context.RequestAborted);
        var answer = await commands.AskAsync(context, Quota.Entity(name), new ClearLimit(), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json(ToInfo(await FoundAsync(views, name, context.RequestAborted), commands.Now), ApiJson.Wire.QuotaInfo);
    }

    private static async Task<QuotaView> FoundAsync(IViews views, string account, CancellationToken cancellation)
        => await views.GetAsync<QuotaView>(QuotaView.ViewName, account, cancellation) ?? throw ProblemException.NotFound($"there is no account {account}: 'orc quota ls' shows those there are");

    private static QuotaInfo ToInfo(QuotaView view, DateTimeOffset now)
    {
        var limit = view.Limit is { } met && (met.Until is null || met.Until > now) ? met : null;
        return new QuotaInfo(view.Account, [.. view.Members], limit is not null, limit?.Until, limit?.By.Value, limit?.Evidence, limit?.At, view.Limits, [.. view.Uses.Values.Select(static use => new LimitUseInfo(use.Limit, use.Percent, use.Resets))], view.TokensIn, view.TokensOut);
    }
}
