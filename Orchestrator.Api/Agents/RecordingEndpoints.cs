using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary>Recordings of an agent's screen, and the record of who works on it.</summary>
internal static class RecordingEndpoints
{
    private const string Asciicast = "application/x-asciicast";
    private const int LongestSeconds = 24 * 60 * 60;

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/v1/agents/{name}").WithTags("agents");
        agents.MapGet("/recording", RecordAsync).Scope(Scopes.AgentsRead).Produces<string>(StatusCodes.Status200OK, Asciicast).WithName("recordAgent").WithSummary("Record an agent's screen live, as an asciicast (version 2).");
        agents.MapPost("/attached", AttachedAsync).Scope(Scopes.AgentsWrite).Produces<AgentInfo>().WithName("reportAttached").WithSummary("Put on record that a person begins to type into an agent's pane.");
    }

    private static async Task RecordAsync(HttpContext context, string name, IPaneRecorder recorder, LongResponses responses, IViews views, Commands commands)
    {
        var seconds = context.Request.Number("seconds", LongestSeconds, 1, LongestSeconds);
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        await responses.ServeAsync(context, async cancellationToken =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var lines = agent.Pane is null ? null : recorder.Record(agent.Name.Value, limit.Token);
            if (lines is null)
            {
                throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, $"{agent.Name} is {agent.State.Words()} and has no pane here: start it, then record it");
            }

            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
            try
            {
                await WriteAsync(context, lines, cancellationToken);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                // The time is over, or the response is: that is how a recording ends.
                return;
            }
        });
    }

    /// <summary>Writes a recording as it comes. The response begins with its first line, so that a recording that is refused is answered as an error.</summary>
    internal static async Task WriteAsync(HttpContext context, IAsyncEnumerable<string> lines, CancellationToken cancellationToken)
    {
        context.Response.ContentType = Asciicast;
        await foreach (var line in lines)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private static async Task<IResult> AttachedAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var agent = RequestParts.Agent(name);
        var answer = await commands.AskAsync(context, agent.Entity, new ReportAttached(), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json((await AgentEndpoints.FindAsync(context, views, commands, name)).ToInfo(commands.Now), ApiJson.Wire.AgentInfo);
    }
}
