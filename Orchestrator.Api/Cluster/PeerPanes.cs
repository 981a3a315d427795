using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Api.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>What other members may read of this node: screens, explanations and recordings of its panes, what agents can be started with, and what its templates make of a team's file. Who asks has shown a certificate of the cluster, and has asked its own client for a token.</summary>
/// <param name="live">Screens and explanations.</param>
/// <param name="recorder">Recordings.</param>
/// <param name="catalog">What agents can be started with.</param>
/// <param name="teamFiles">Reads the file of a team.</param>
public sealed class PeerPanes(ILiveAgents live, IPaneRecorder recorder, Func<NodeCatalog> catalog, Func<TeamFile, CancellationToken, Task<TeamFileReading>> teamFiles)
{
    internal const string Root = "/cluster/v1/panes";
    internal const string Catalog = "/cluster/v1/catalog";

    internal static void Map(IEndpointRouteBuilder routes, Func<PeerPanes?> panes)
    {
        routes.MapGet($"{Root}/{{agent}}/output", (HttpContext context, string agent, int? lines) => ServeAsync(context, panes, here => here.CaptureAsync(agent, lines, context.RequestAborted)));
        routes.MapGet($"{Root}/{{agent}}/explanation", (HttpContext context, string agent) => ServeAsync(context, panes, here => here.ExplainAsync(agent, context.RequestAborted)));
        routes.MapGet($"{Root}/{{agent}}/transcript", (HttpContext context, string agent, long generation, int? lines) => ServeAsync(context, panes, here => here.ReadTranscriptAsync(agent, generation, lines, context.RequestAborted)));
        routes.MapGet(Catalog, context => ServeCatalogAsync(context, panes));
        routes.MapPost(PeerTeamFiles.Path, context => ServeTeamFileAsync(context, panes));
        routes.MapGet($"{Root}/{{agent}}/recording", (HttpContext context, string agent) => RecordAsync(context, agent, panes));
    }

    private static Task ServeCatalogAsync(HttpContext context, Func<PeerPanes?> panes) => ServeAsync(context, panes, static here => Task.FromResult<NodeCatalog?>(here.ReadCatalog()));

    private static Task ServeTeamFileAsync(HttpContext context, Func<PeerPanes?> panes)
    {
        if (panes() is { } here)
        {
            return PeerTeamFiles.ServeAsync(context, here.ReadTeamFileAsync);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private Task<TeamFileReading> ReadTeamFileAsync(TeamFile file, CancellationToken cancellationToken) => teamFiles(file, cancellationToken);

    private NodeCatalog ReadCatalog() => catalog();

    private Task<LiveOutput?> CaptureAsync(string agent, int? lines, CancellationToken cancellationToken) => live.CaptureAsync(agent, lines, cancellationToken);

    private Task<LiveExplanation?> ExplainAsync(string agent, CancellationToken cancellationToken) => live.ExplainAsync(agent, cancellationToken);

    // Whatever the caller calls this node.
    private Task<TranscriptText?> ReadTranscriptAsync(string agent, long generation, int? lines, CancellationToken cancellationToken) => live.ReadTranscriptAsync(agent, node: string.Empty, generation, lines, cancellationToken);

    private static async Task ServeAsync<T>(HttpContext context, Func<PeerPanes?> panes, Func<PeerPanes, Task<T?>> read)
        where T : class
    {
        if (panes() is not { } here || await read(here) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await context.Response.WriteAsJsonAsync(found, JsonSerializerOptions.Web, context.RequestAborted);
    }

    private static async Task RecordAsync(HttpContext context, string agent, Func<PeerPanes?> panes)
    {
        if (panes()?.Record(agent, context.RequestAborted) is not { } lines)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await RecordingEndpoints.WriteAsync(context, lines, context.RequestAborted);
        }
        catch (OverloadedException e)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await context.Response.WriteAsJsonAsync(new PeerError(PeerErrors.Overloaded, e.Message), JsonSerializerOptions.Web, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads any more: that is how a recording ends.
            return;
        }
    }

    private IAsyncEnumerable<string>? Record(string agent, CancellationToken cancellationToken) => recorder.Record(agent, cancellationToken);
}
