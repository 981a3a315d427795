using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary><c>/api/v1/cleanup</c>: what nobody needs any more, and doing away with it.</summary>
internal static class CleanUpEndpoints
{

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static void MapCleanUp(this IEndpointRouteBuilder routes)
    {
        var cleanUp = routes.MapGroup("/api/v1/cleanup").WithTags("agents");
        cleanUp.MapGet("", ListAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<CleanUpInfo>>().WithName("listCleanUp").WithSummary("List what nobody seems to need any more.");
        cleanUp.MapPost("", ApplyAsync).Scope(Scopes.AgentsWrite).Accepts<CleanUpRequest>("application/json").Produces<ImmutableArray<CleanUpInfo>>().WithName("cleanUp").WithSummary("Do what is safe of that list, or all of it when forced.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, CleanUpList list, Commands commands, IOptions<ApiOptions> options)
    {
        await commands.SeenAsync(context);
        var seconds = context.Request.Number("inactiveFor", (long)options.Value.InactiveAfter.TotalSeconds, 1, (long)Longest.TotalSeconds);
        var findings = await list.FindAsync(TimeSpan.FromSeconds(seconds), context.RequestAborted);
        return TypedResults.Json([.. findings.Select(static f => ToInfo(f, outcome: null, done: false))], ApiJson.Wire.ImmutableArrayCleanUpInfo);
    }

    private static async Task<IResult> ApplyAsync(HttpContext context, CleanUpList list, Commands commands, IPaneInventory inventory, IOptions<ApiOptions> options)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.CleanUpRequest, context.RequestAborted);
        var inactiveFor = request.InactiveForSeconds switch
        {
            null => options.Value.InactiveAfter,
            > 0 and var seconds when seconds <= Longest.TotalSeconds => TimeSpan.FromSeconds(seconds),
            _ => throw ProblemException.Invalid($"'inactiveForSeconds' is more than 0 and at most {Longest.TotalSeconds:0}"),
        };
        var id = commands.IdOf(context.Request);
        var done = ImmutableArray.CreateBuilder<CleanUpInfo>();
        foreach (var finding in await list.FindAsync(inactiveFor, context.RequestAborted))
        {
            done.Add(finding.Hindrance is { } hindrance && request.Force is not true
                ? ToInfo(finding, $"left alone: {hindrance}", done: false)
                : await DoAsync(context, finding, CommandIds.Derive(id, $"{finding.Kind}/{finding.Agent}/{finding.Pane}"), commands, inventory));
        }

        return TypedResults.Json(done.ToImmutable(), ApiJson.Wire.ImmutableArrayCleanUpInfo);
    }

    private static async Task<CleanUpInfo> DoAsync(HttpContext context, CleanUpFinding finding, CommandId id, Commands commands, IPaneInventory inventory)
    {
        if (finding.Action == CleanUpAction.ClosePane)
        {
            var closed = await inventory.CloseAsync(new InventoryPane(finding.Pane!, finding.Agent, finding.Generation, Pid: 0, Dead: false), context.RequestAborted);
            return ToInfo(finding, closed ? "closed" : "it is gone already, or has no generation", closed);
        }

        AgentCommand command = finding.Action == CleanUpAction.End ? new End(Force: false) : new ReleasePane(new Generation(finding.Generation ?? 0), finding.Reason);
        var answer = await commands.AskAnywayAsync(context, AgentName.Parse(finding.Agent).Entity, command, id);
        if (answer.Reply is Refused refused)
        {
            return ToInfo(finding, refused.Reason, done: false);
        }

        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return ToInfo(finding, finding.Action == CleanUpAction.End ? "it is being ended" : "it is offline", done: true);
    }

    private static CleanUpInfo ToInfo(CleanUpFinding finding, string? outcome, bool done)
        => new(finding.Kind.Words(), finding.Agent, finding.Generation, finding.Pane, finding.Reason, finding.Since, finding.Action.Words(), finding.Hindrance, outcome, done);

    /// <summary>Makes the list from what the views and tmux say.</summary>
    internal sealed class CleanUpList(IViews views, IPaneInventory inventory, INodeStatus node, Commands commands)
    {
        /// <summary>The findings that hold before and after the panes were listed: an agent that is being started meanwhile is none.</summary>
        public async Task<ImmutableArray<CleanUpFinding>> FindAsync(TimeSpan inactiveFor, CancellationToken cancellation)
        {
            var now = commands.Now;
            var before = await AgentsAsync(cancellation);
            var panes = await inventory.ListAsync(cancellation);
            var found = CleanUp.Find(before, panes, node.Name, now, inactiveFor).ToHashSet();
            return [.. CleanUp.Find(await AgentsAsync(cancellation), panes, node.Name, now, inactiveFor).Where(found.Contains)];
        }

        private async Task<IReadOnlyCollection<AgentView>> AgentsAsync(CancellationToken cancellation)
            => await views.AllAsync<AgentView>(AgentView.ViewName, cancellationToken: cancellation).Select(static r => r.Value).ToListAsync(cancellation);
    }
}
