using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary>What the programs of agents write down themselves: while they run, and as it was kept when they ended.</summary>
internal static class TranscriptEndpoints
{
    private const int MostLines = 1_000_000;

    public static void MapTranscripts(this IEndpointRouteBuilder routes)
        => routes.MapGet("/api/v1/agents/{name}/transcript", GetAsync).WithTags("agents").Scope(Scopes.AgentsRead, AgentPermissions.HandOver).Produces<TranscriptInfo>().WithName("getTranscript").WithSummary("Read the transcript of an agent's program, or what was kept of it when it ended.");

    private static async Task<IResult> GetAsync(HttpContext context, string name, ILiveAgents live, IViews views, Commands commands)
    {
        var lines = context.Request.Word("lines") is null ? null : (int?)context.Request.Number("lines", 0, 1, MostLines);
        var asked = context.Request.Word("generation") is null ? null : (Generation?)new Generation(context.Request.Number("generation", 0, 1, long.MaxValue));
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        var handOver = await views.GetAsync<HandOver>(HandOver.ViewName, agent.Name.Value, context.RequestAborted);
        context.MustBeOwn(own => agent.Name == own || handOver?.Successor == own, "it reads its own transcript, and that of the one before it");
        var running = agent.Pane is null ? (Generation?)null : agent.Generation;
        var kept = asked is { } one ? agent.Transcripts.LastOrDefault(t => t.Generation == one) : running is null ? agent.Transcripts.LastOrDefault() : null;
        if ((kept?.Node ?? (running is not null && (asked ?? running) == running ? agent.Node : null)) is not { } node)
        {
            throw NotFound(agent, asked is { } missing ? $"no transcript of generation {missing} of {agent.Name} is kept" : $"{agent.Name} is {agent.State.Words()}, and no transcript of it was kept: its profile {agent.Profile} may have none, or nobody can tell which it is");
        }

        var generation = kept?.Generation ?? agent.Generation;
        var text = await live.ReadTranscriptAsync(agent.Name.Value, node, generation.Value, lines, context.RequestAborted);
        return text is null
            ? throw NotFound(agent, kept is null ? $"the program of {agent.Name} has written no transcript, or its profile {agent.Profile} does not say where" : $"the transcript of generation {generation} of {agent.Name} was kept on the node {node}, and is not there any more")
            : TypedResults.Json(new TranscriptInfo(agent.Name.Value, generation.Value, kept is null ? "program" : "kept", kept?.From ?? text.From, kept?.At ?? commands.Now, node, kept?.LeftOut ?? text.LeftOut, text.Total, text.Lines), ApiJson.Wire.TranscriptInfo);
    }

    private static ProblemException NotFound(AgentView agent, string why)
        => ProblemException.NotFound(agent.Transcripts.IsEmpty ? why : $"{why}; there are those of the generations {string.Join(", ", agent.Transcripts.Select(static t => t.Generation.Value))}");
}
