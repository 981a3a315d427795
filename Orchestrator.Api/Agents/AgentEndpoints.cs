using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Cluster;
using Orchestrator.Api.HandOvers;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary><c>/api/v1/agents</c>: what there is, and what can be asked of it.</summary>
internal static class AgentEndpoints
{
    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/v1/agents").WithTags("agents");
        agents.MapPost("", SpawnAsync).Scope(Scopes.AgentsWrite).Accepts<SpawnRequest>("application/json").Produces<AgentInfo>(StatusCodes.Status201Created).WithName("spawnAgent").WithSummary("Register an agent and start it.");
        agents.MapGet("/{name}", GetAsync).Scope(Scopes.AgentsRead, AgentPermissions.ListTeam).Produces<AgentInfo>().WithName("getAgent").WithSummary("Read an agent.");
        agents.MapPatch("/{name}", UpdateAsync).Scope(Scopes.AgentsWrite).Accepts<UpdateAgentRequest>("application/json").Produces<AgentInfo>().WithName("updateAgent").WithSummary("Change what describes an agent.");
        agents.MapDelete("/{name}", EndAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("endAgent").WithSummary("End an agent for good; its whole pane is kept.");
        agents.MapPost("/{name}/start", StartAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("startAgent").WithSummary("Start an agent's program.");
        agents.MapPost("/{name}/stop", StopAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("stopAgent").WithSummary("Stop an agent's program; its messages wait.");
        agents.MapPost("/{name}/restart", RestartAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("restartAgent").WithSummary("Stop and start an agent's program.");
        agents.MapPost("/{name}/move", MoveAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("moveAgent").WithSummary("Stop an agent's program and start it on another node.");
        agents.MapPost("/{name}/rebrief", RebriefAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("rebriefAgent").WithSummary("Tell an agent again who it is and what it was at.");
        agents.MapPost("/{name}/transition", TransitionAsync).Scope(Scopes.AgentsWrite).Accepts<TransitionRequest>("application/json").Produces<AgentInfo>().WithName("transitionAgent").WithSummary("Set the state of an agent without a program, if it is still in the one that is expected.");
        agents.MapPost("/{name}/adopt", AdoptAsync).Scope(Scopes.AgentsWrite).Accepts<AdoptRequest>("application/json").Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("adoptPane").WithSummary("Take over a pane that is there already.");
    }

    /// <summary>The row of an agent that was waited for.</summary>
    /// <exception cref="ProblemException">There is no such agent.</exception>
    public static async Task<AgentView> FindAsync(HttpContext context, IViews views, Commands commands, string name)
    {
        await commands.SeenAsync(context);
        return await FoundAsync(views, RequestParts.Agent(name), context.RequestAborted);
    }

    private static async Task<AgentView> FoundAsync(IViews views, AgentName name, CancellationToken cancellationToken)
        => await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, cancellationToken)
            ?? throw ProblemException.NotFound($"there is no agent {name}: 'orc ls' shows those there are, 'orc spawn' makes one");

    private static async Task<IResult> GetAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var agent = await FindAsync(context, views, commands, name);
        return (await AgentListEndpoints.SeenByAsync(context, views))(agent) ? TypedResults.Json(agent.ToInfo(commands.Now), ApiJson.Wire.AgentInfo) : throw OwnAffairs.Forbidden($"{name} is not of your team");
    }

    private static async Task<IResult> SpawnAsync(HttpContext context, SpawnRules rules, Placement placement, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.SpawnRequest, context.RequestAborted);
        var name = RequestParts.Agent(request.Name);
        var node = await NodeOfAsync(request, name, placement, context.RequestAborted);
        var register = rules.Read(request, placement.IsElsewhere(node));
        var id = commands.IdOf(context.Request);
        var policy = rules.Policy(request.Policy);
        var predecessor = request.SuccessorOf is { Length: > 0 } before
            ? await views.GetAsync<AgentView>(AgentView.ViewName, RequestParts.Agent(before).Value, context.RequestAborted) ?? throw ProblemException.Invalid($"there is no agent {before}, and there was none, so there is nothing to take over")
            : null;
        var loss = SpawnRules.LossPolicyOf(request.OnNodeLoss);
        var answer = await commands.AskAsync(context, name.Entity, register, id);
        if (policy is not null)
        {
            answer = await commands.AskAsync(context, name.Entity, policy, CommandIds.Derive(id, "policy"));
        }

        if (loss is not null)
        {
            answer = await commands.AskAsync(context, name.Entity, loss, CommandIds.Derive(id, "loss"));
        }

        if (predecessor is not null)
        {
            answer = await HandOverEndpoints.BriefAsync(context, predecessor, name, commands, CommandIds.Derive(id, "successor"));
        }

        if (node is not null)
        {
            answer = await commands.AskAsync(context, name.Entity, new Start(node), CommandIds.Derive(id, "start"));
        }

        context.Response.Headers.Location = $"/api/v1/agents/{name}";
        return await SeenAsync(context, views, commands, name, answer, answer.Repeated ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task<string?> NodeOfAsync(SpawnRequest request, AgentName name, Placement placement, CancellationToken cancellationToken)
    {
        var labels = request.Labels is { IsDefault: false } given ? given : [];
        if (request.Start is not false)
        {
            return await placement.ChooseAsync(name, request.Node, labels, cancellationToken);
        }

        return request.Node is null && labels.IsEmpty ? null : throw ProblemException.Invalid("a node or labels are for an agent that is started: leave them out, or start it");
    }

    private static async Task<IResult> UpdateAsync(HttpContext context, string name, SpawnRules rules, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.UpdateAgentRequest, context.RequestAborted);
        var describe = rules.Read(request);
        if (rules.Policy(request.Policy) is { } policy)
        {
            await commands.AskAsync(context, RequestParts.Agent(name).Entity, policy, CommandIds.Derive(commands.IdOf(context.Request), "policy"));
        }

        if (SpawnRules.LossPolicyOf(request.OnNodeLoss) is { } loss)
        {
            await commands.AskAsync(context, RequestParts.Agent(name).Entity, loss, CommandIds.Derive(commands.IdOf(context.Request), "loss"));
        }

        return await CommandAsync(context, name, describe, views, commands, StatusCodes.Status200OK);
    }

    private static Task<IResult> EndAsync(HttpContext context, string name, IViews views, Commands commands)
        => CommandAsync(context, name, new End(context.Request.Flag("force")), views, commands);

    private static async Task<IResult> StartAsync(HttpContext context, string name, Placement placement, IViews views, Commands commands)
        => await CommandAsync(context, name, new Start(await placement.AgainAsync(RequestParts.Agent(name), context.RequestAborted), context.Request.Spelled<StartMode>("mode")), views, commands);

    private static Task<IResult> StopAsync(HttpContext context, string name, IViews views, Commands commands)
        => CommandAsync(context, name, new Stop(context.Request.Flag("force"), $"asked by {Commands.SenderOf(context)}"), views, commands);

    private static async Task<IResult> RestartAsync(HttpContext context, string name, Placement placement, IViews views, Commands commands)
        => await CommandAsync(context, name, new Restart(await placement.AgainAsync(RequestParts.Agent(name), context.RequestAborted), context.Request.Flag("force"), context.Request.Spelled<StartMode>("mode")), views, commands);

    private static async Task<IResult> MoveAsync(HttpContext context, string name, Placement placement, IViews views, Commands commands)
    {
        var agent = await FindAsync(context, views, commands, name);
        var to = await placement.ChooseAsync(agent.Name, context.Request.Word("node") ?? throw ProblemException.Invalid("say where to: ?node=NAME"), [], context.RequestAborted);
        return to == agent.Node && Placement.HasProgram(agent)
            ? throw ProblemException.Invalid($"{agent.Name} is on the node {to} already")
            : await CommandAsync(context, name, new Restart(to, context.Request.Flag("force")), views, commands);
    }

    private static async Task<IResult> RebriefAsync(HttpContext context, string name, RoleCatalog roles, IViews views, Commands commands)
    {
        var agent = await FindAsync(context, views, commands, name);
        return await CommandAsync(context, name, new Rebrief(roles.List().FirstOrDefault(r => r.Name == agent.Role)?.PromptFor(agent.Name.Value)), views, commands);
    }

    private static async Task<IResult> TransitionAsync(HttpContext context, string name, SpawnRules rules, IViews views, Commands commands)
        => await CommandAsync(context, name, rules.Read(await context.Request.BodyAsync(ApiJson.Wire.TransitionRequest, context.RequestAborted)), views, commands, StatusCodes.Status200OK);

    private static async Task<IResult> AdoptAsync(HttpContext context, string name, INodeStatus node, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AdoptRequest, context.RequestAborted);
        return request.Pane is ['%', .. var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? await CommandAsync(context, name, new Adopt(node.Name, request.Pane), views, commands)
            : throw ProblemException.Invalid($"'{request.Pane}' is not the id of a pane: tmux writes them %0, %1 and so on");
    }

    /// <summary>Asks an agent, and answers with the agent as it is then.</summary>
    public static async Task<IResult> CommandAsync(HttpContext context, string text, AgentCommand command, IViews views, Commands commands, int status = StatusCodes.Status202Accepted)
    {
        var name = RequestParts.Agent(text);
        var answer = await commands.AskAsync(context, name.Entity, command, commands.IdOf(context.Request));
        return await SeenAsync(context, views, commands, name, answer, status);
    }

    private static async Task<IResult> SeenAsync(HttpContext context, IViews views, Commands commands, AgentName name, Answer answer, int status)
    {
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json((await FoundAsync(views, name, context.RequestAborted)).ToInfo(commands.Now), ApiJson.Wire.AgentInfo, statusCode: status);
    }
}
