using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Nodes;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary><c>/api/v1/nodes</c>: the nodes of the cluster.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/api/v1/nodes").WithTags("nodes");
        nodes.MapGet("", ListAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<ClusterNodeInfo>>().WithName("listNodes").WithSummary("List the nodes.");
        nodes.MapPost("/{name}/drain", DrainAsync).Scope(Scopes.SystemWrite).Produces<ClusterNodeInfo>().WithName("drainNode").WithSummary("Place nothing new on a node; what runs there goes on.");
        nodes.MapPost("/{name}/undrain", UndrainAsync).Scope(Scopes.SystemWrite).Produces<ClusterNodeInfo>().WithName("undrainNode").WithSummary("Place agents on a node again.");
        nodes.MapPost("/{name}/revoke", RevokeAsync).Scope(Scopes.ClusterWrite).Produces<ClusterNodeInfo>().WithName("revokeNode").WithSummary("Take certificate and database role from a node, end its sessions, mark it down; a lighthouse does it, a node passes it on to one.");
        nodes.MapDelete("/{name}", RemoveAsync).Scope(Scopes.SystemWrite).Produces<ClusterNodeInfo>().WithName("removeNode").WithSummary("Say that a node that is down does not come back.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, ActorSystem system, INodeStatus here, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        return TypedResults.Json(await NodesAsync(system, here, views, context.RequestAborted), ApiJson.Wire.ImmutableArrayClusterNodeInfo);
    }

    private static Task<IResult> DrainAsync(HttpContext context, string name, ActorSystem system, INodeStatus here, IViews views, Commands commands)
        => ChangeAsync(context, name, static _ => new DrainNode(), system, here, views, commands);

    private static Task<IResult> UndrainAsync(HttpContext context, string name, ActorSystem system, INodeStatus here, IViews views, Commands commands)
        => ChangeAsync(context, name, static _ => new UndrainNode(), system, here, views, commands);

    private static async Task<IResult> RevokeAsync(HttpContext context, string name, ActorSystem system, INodeStatus here, IViews views)
    {
        var node = await FoundAsync(name, system, here, views, context.RequestAborted);
        var reason = context.Request.Word("reason") ?? string.Empty;
        if (reason.Length > PeerRevocations.LongestReason)
        {
            throw ProblemException.Invalid($"a reason has at most {PeerRevocations.LongestReason} characters");
        }

        var refused = (context.RequestServices.GetService<INodeRevocation>(), context.RequestServices.GetService<PeerRevocations>()) switch
        {
            ({ } revocation, _) => await revocation.RevokeAsync(name, Commands.SenderOf(context).Value, reason, context.RequestAborted),
            (_, { } lighthouses) => await lighthouses.PassOnAsync(new PeerRevocation(name, reason, TokenAuthentication.SecretOf(context.Request)), context.RequestAborted),
            _ => new Refused(RefusalCodes.IllegalState, $"this node, {here.Name}, is in no cluster: only a lighthouse can revoke nodes of its cluster"),
        };
        return refused is null ? TypedResults.Json(node with { State = "down", Shards = 0 }, ApiJson.Wire.ClusterNodeInfo) : throw ProblemException.Of(refused);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string name, ActorSystem system, INodeStatus here, IViews views, Commands commands)
    {
        var node = await FoundAsync(name, system, here, views, context.RequestAborted);
        if (node.State != "down")
        {
            throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, $"the node {name} is {node.State}: stop it first; only a node that is down can be removed");
        }

        var id = commands.IdOf(context.Request);
        await commands.AskAsync(context, NodeRecord.Entity(name), new RemoveNode(node.Incarnation), id);
        var last = JournalPosition.Start;
        await foreach (var agent in AgentsAsync(views, context.RequestAborted).Where(a => a.Node == name && Placement.HasProgram(a)))
        {
            // Lost first, in case that nobody has come to say so yet.
            await commands.AskAsync(context, agent.Name.Entity, new LoseNode(agent.Generation, node.Incarnation, $"its node {name} was removed"), CommandIds.Derive(id, $"lose/{agent.Name}"));
            var answer = await commands.AskAsync(context, agent.Name.Entity, new ForgetNode(agent.Generation, $"its node {name} was removed"), CommandIds.Derive(id, $"forget/{agent.Name}"));
            last = answer.Position.Value > last.Value ? answer.Position : last;
        }

        await commands.SeenAsync(last, context.RequestAborted);
        return TypedResults.Json(node with { Agents = 0, Drained = false }, ApiJson.Wire.ClusterNodeInfo);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, string name, Func<ClusterNodeInfo, Command> command, ActorSystem system, INodeStatus here, IViews views, Commands commands)
    {
        var node = await FoundAsync(name, system, here, views, context.RequestAborted);
        var answer = await commands.AskAsync(context, NodeRecord.Entity(name), command(node), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json(await FoundAsync(name, system, here, views, context.RequestAborted), ApiJson.Wire.ClusterNodeInfo);
    }

    private static async Task<ClusterNodeInfo> FoundAsync(string name, ActorSystem system, INodeStatus here, IViews views, CancellationToken cancellationToken)
        => (await NodesAsync(system, here, views, cancellationToken)).FirstOrDefault(node => node.Name == name)
            ?? throw ProblemException.NotFound($"there is no node {name}: 'orc node ls' shows those there are");

    private static async Task<ImmutableArray<ClusterNodeInfo>> NodesAsync(ActorSystem system, INodeStatus here, IViews views, CancellationToken cancellationToken)
    {
        var known = await views.AllAsync<NodeView>(NodeView.ViewName, cancellationToken: cancellationToken).ToDictionaryAsync(static row => row.Key, static row => row.Value, StringComparer.Ordinal, cancellationToken);
        var agents = await AgentsAsync(views, cancellationToken).Where(Placement.HasProgram).CountBy(static agent => agent.Node!, StringComparer.Ordinal).ToDictionaryAsync(StringComparer.Ordinal, cancellationToken);
        if (system.Self is null)
        {
            var node = await here.GetAsync(cancellationToken);
            return [new ClusterNodeInfo(node.Name, "up", 0, string.Empty, [ClusterOptions.EntityRole], [], node.Version, 0, EntityId.ShardCount, agents.GetValueOrDefault(node.Name), known.GetValueOrDefault(node.Name) is { Drained: true }, LostAt: null, StaysLost: false, IsSelf: true)];
        }

        var table = system.Cluster;
        return
        [
            .. table.Members
                .Where(row => row.State is not MemberState.Down || known.GetValueOrDefault(row.Member.Name) is not { } view || view.RemovedIncarnation < row.Member.Incarnation)
                .Select(row => new ClusterNodeInfo(
                    row.Member.Name,
                    row.State.ToString().ToLowerInvariant(),
                    row.Member.Incarnation,
                    row.Member.Address,
                    [.. row.Member.Roles.Where(IsRole)],
                    [.. row.Member.Roles.Where(static role => !IsRole(role))],
                    row.Member.Version,
                    row.Beat,
                    table.Shards.Count(shard => shard.Owner == row.Member.Name && shard.Incarnation == row.Member.Incarnation && row.IsLive),
                    agents.GetValueOrDefault(row.Member.Name),
                    known.GetValueOrDefault(row.Member.Name) is { Drained: true },
                    row.IsLive ? null : known.GetValueOrDefault(row.Member.Name)?.LostAt,
                    !row.IsLive && known.GetValueOrDefault(row.Member.Name) is { StaysLost: true },
                    row.Member.Name == system.Self.Name)),
        ];
    }

    private static bool IsRole(string role) => role is ClusterOptions.EntityRole or ClusterOptions.LighthouseRole;

    private static IAsyncEnumerable<AgentView> AgentsAsync(IViews views, CancellationToken cancellationToken)
        => views.AllAsync<AgentView>(AgentView.ViewName, cancellationToken: cancellationToken).Select(static row => row.Value);
}
