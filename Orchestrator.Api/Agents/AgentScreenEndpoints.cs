using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Events;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary>What of an agent can be looked at: its screen, why it is shown as it is, its history.</summary>
internal static class AgentScreenEndpoints
{
    private const int MostLines = 100_000;

    public static void MapAgentScreens(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/v1/agents/{name}").WithTags("agents");
        agents.MapGet("/output", OutputAsync).Scope(Scopes.AgentsRead).Produces<OutputInfo>().WithName("getOutput").WithSummary("Read what is on an agent's screen, or was when it ended.");
        agents.MapGet("/explain", ExplainAsync).Scope(Scopes.AgentsRead).Produces<ExplainInfo>().WithName("explainAgent").WithSummary("Read why an agent is shown as it is.");
        agents.MapGet("/history", HistoryAsync).Scope(Scopes.AgentsRead).Produces<ImmutableArray<EventInfo>>().WithName("getHistory").WithSummary("Read the events of an agent.");
    }

    private static async Task<IResult> OutputAsync(HttpContext context, string name, ILiveAgents live, IViews views, Commands commands)
    {
        var lines = context.Request.Word("lines") is null ? null : (int?)context.Request.Number("lines", 0, 1, MostLines);
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        var output = agent.Pane is null ? null : await live.CaptureAsync(agent.Name.Value, lines, context.RequestAborted);
        return (output, agent.Output) switch
        {
            ({ } now, _) => TypedResults.Json(new OutputInfo(agent.Name.Value, "pane", now.CapturedAt, now.Text), ApiJson.Wire.OutputInfo),
            (null, { } then) => TypedResults.Json(new OutputInfo(agent.Name.Value, "ended", then.At, Last(then.Text, lines)), ApiJson.Wire.OutputInfo),
            _ => throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, $"{agent.Name} is {agent.State.Words()}: it has no screen, and none was kept"),
        };
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, string name, ILiveAgents live, IViews views, Commands commands)
    {
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        var now = agent.Pane is null ? null : await live.ExplainAsync(agent.Name.Value, context.RequestAborted);
        var info = agent.ToInfo(commands.Now);
        return TypedResults.Json(
            now is null
                ? new ExplainInfo(info, Decided(agent), info.Fact is { } fact ? [fact] : [], [], Waiting(agent), [])
                : new ExplainInfo(info, now.Decided, now.Facts, now.Rules, agent.QueueLength == 0 ? null : now.Waiting ?? Waiting(agent), now.Screen),
            ApiJson.Wire.ExplainInfo);
    }

    private static async Task<IResult> HistoryAsync(HttpContext context, string name, IEventLog events, IViews views, Commands commands)
    {
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        return await EventPage.ReadAsync(context, events, new EventFilter(Entity: agent.Name.Entity));
    }

    private static string Decided(AgentView agent) => agent.Fact is { } fact
        ? $"{fact.Source}: {fact.Evidence}"
        : agent.State switch
        {
            AgentState.Active => "the history: it is being started",
            AgentState.Terminated => "the history: it was ended",
            _ => "the history: nothing has been observed",
        };

    private static string? Waiting(AgentView agent) => agent switch
    {
        { QueueLength: 0 } => null,
        { Hold: { Until: { } until } hold } => $"{hold.Reason}: the next is typed after {until:yyyy-MM-dd HH:mm:ss} UTC",
        { Hold: { } hold } => hold.Reason,
        { Desired: DesiredState.Stopped } => "it is to be stopped: start it",
        { Pane: null } => $"it is {agent.State.Words()} and has no pane",
        { Activity: { } activity and not AgentActivity.Ready } => $"it is {activity.Words()}",
        _ => null,
    };

    private static string Last(string text, int? lines)
    {
        if (lines is not { } count)
        {
            return text;
        }

        var all = text.TrimEnd('\n').Split('\n');
        return string.Join('\n', all.TakeLast(count));
    }
}
