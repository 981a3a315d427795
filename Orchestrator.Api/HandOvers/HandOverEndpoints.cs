using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Tasks;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.HandOvers;

/// <summary><c>/api/v1/handovers</c>: what agents leave for whoever takes over.</summary>
internal static class HandOverEndpoints
{
    private const double DefaultLimit = 300;
    private const double LongestLimit = 86_400;
    private const int MostScreen = 4000;

    public static void MapHandOvers(this IEndpointRouteBuilder routes)
    {
        var handOvers = routes.MapGroup("/api/v1/handovers").WithTags("handovers");
        handOvers.MapGet("/{name}", GetAsync).Scope(Scopes.AgentsRead, AgentPermissions.HandOver).Produces<HandOverInfo>().WithName("getHandOver").WithSummary("Read what an agent has left for whoever takes over.");
        handOvers.MapPost("/{name}/notes", LeaveAsync).Scope(Scopes.AgentsWrite, AgentPermissions.HandOver).Accepts<TextRequest>("application/json").Produces<HandOverInfo>(StatusCodes.Status201Created).WithName("leaveNote").WithSummary("Leave a note for whoever takes over the work of an agent.");
        handOvers.MapPost("/{name}/ask", AskAsync).Scope(Scopes.AgentsWrite).Accepts<AskHandOverRequest>("application/json").Produces<HandOverInfo>(StatusCodes.Status202Accepted).WithName("askHandOver").WithSummary("Ask an agent for a note, then stop or end it.");
        routes.MapGet("/api/v1/self", SelfAsync).WithTags("agents").Scope(scope: null).Produces<SelfInfo>().WithName("getSelf").WithSummary("Read whose token this is, and what it may be used for.");
    }

    /// <summary>Briefs a successor with what was left.</summary>
    /// <exception cref="ProblemException">There was never an agent of that name.</exception>
    public static async Task<Answer> BriefAsync(HttpContext context, AgentView predecessor, AgentName successor, Commands commands, CommandId id)
    {
        var brief = new BriefSuccessor(successor, Screen(predecessor), Actors.Messaging.MessageId.Parse(CommandIds.Derive(id, "brief").Value), Seal.New()) { Transcript = !predecessor.Transcripts.IsEmpty };
        return await commands.AskAsync(context, HandOver.Entity(predecessor.Name), brief, id);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var agent = RequestParts.Agent(name);
        var found = await FindAsync(agent, views, context.RequestAborted);
        context.MustBeOwn(own => agent == own || found.Successor == own, "it reads what it has left itself, and what the one before it has left");
        return await AnswerAsync(context, found, views, StatusCodes.Status200OK);
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var agent = RequestParts.Agent(name);
        context.MustBeOwn(own => agent == own, "it leaves notes of its own only");
        var text = TaskRules.Text((await context.Request.BodyAsync(ApiJson.Wire.TextRequest, context.RequestAborted)).Text, "text");
        await AgentAsync(agent, views, context.RequestAborted);
        return await CommandAsync(context, agent, new LeaveNote(text), views, commands, StatusCodes.Status201Created);
    }

    private static async Task<IResult> AskAsync(HttpContext context, string name, IProfileCatalog profiles, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AskHandOverRequest, context.RequestAborted);
        var then = request.Then is { } word ? RequestParts.Spelled<EndingThen>(word, "then") : EndingThen.GoOn;
        var limit = (request.LimitSeconds ?? DefaultLimit) is >= 1 and <= LongestLimit and var seconds ? TimeSpan.FromSeconds(seconds) : throw ProblemException.Invalid($"'limitSeconds' is 1 to {LongestLimit}");
        var agent = await AgentAsync(RequestParts.Agent(name), views, context.RequestAborted);
        var unable = agent switch
        {
            { Pane: null } => $"{agent.Name} is {agent.State.Words()}: it has no program that could be asked",
            _ when profiles.Find(agent.Profile)?.Traits.TakesBrief is false => $"the program of {agent.Name} runs what it is told, so it is not asked",
            _ => null,
        };
        if (unable is not null && then == EndingThen.GoOn)
        {
            throw ProblemException.Of(new Refused(RefusalCodes.IllegalState, unable));
        }

        var message = Actors.Messaging.MessageId.Parse(CommandIds.Derive(commands.IdOf(context.Request), "ask").Value);
        return await CommandAsync(context, agent.Name, new AskHandOver(then, limit, unable, message, Seal.New()), views, commands, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> CommandAsync(HttpContext context, AgentName agent, HandOverCommand command, IViews views, Commands commands, int status)
    {
        var answer = await commands.AskAsync(context, HandOver.Entity(agent), command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return await AnswerAsync(context, await FindAsync(agent, views, context.RequestAborted), views, status);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, HandOver handOver, IViews views, int status)
    {
        var agent = await views.GetAsync<AgentView>(AgentView.ViewName, handOver.Agent.Value, context.RequestAborted);
        if (agent is null && handOver.Notes.IsEmpty)
        {
            throw ProblemException.NotFound($"there is no agent {handOver.Agent}, and there was none: 'orc ls' shows those there are");
        }

        return TypedResults.Json(ToInfo(handOver, agent), ApiJson.Wire.HandOverInfo, statusCode: status);
    }

    private static async Task<IResult> SelfAsync(HttpContext context, IViews views)
    {
        var agent = TokenAuthentication.AgentOf(context.User);
        var row = agent is { } name ? await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, context.RequestAborted) : null;
        return TypedResults.Json(new SelfInfo(context.User.Identity!.Name!, agent?.Value, row?.Role, [.. context.User.FindAll(TokenAuthentication.ScopeClaim).Select(static claim => claim.Value)]), ApiJson.Wire.SelfInfo);
    }

    private static async Task<HandOver> FindAsync(AgentName agent, IViews views, CancellationToken cancellationToken)
        => await views.GetAsync<HandOver>(HandOver.ViewName, agent.Value, cancellationToken) ?? new HandOver { Agent = agent };

    private static async Task<AgentView> AgentAsync(AgentName name, IViews views, CancellationToken cancellationToken)
        => await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, cancellationToken) is { State: not AgentState.Terminated } agent
            ? agent
            : throw ProblemException.NotFound($"there is no agent {name}: 'orc ls' shows those there are");

    private static string? Screen(AgentView? agent) => agent?.Output?.Text.TrimEnd() is { Length: > 0 } text ? text.Length <= MostScreen ? text : text[^MostScreen..] : null;

    private static HandOverInfo ToInfo(HandOver h, AgentView? agent) => new(
        h.Agent.Value,
        h switch
        {
            { Open: not null } => "asked",
            { Missed: not null } => "missed",
            { Notes.IsEmpty: false } => "left",
            _ => "none",
        },
        h.Notes is [.., var last] ? last.Text : null,
        [.. h.Notes.Select(static n => new LeftNoteInfo(n.Number, n.Text, n.Source, n.By, n.At))],
        h.Open?.Until,
        h.Open?.Then.Words(),
        h.Missed,
        h.Successor?.Value,
        agent?.State.Words(),
        Screen(agent),
        agent?.Output?.At);
}
