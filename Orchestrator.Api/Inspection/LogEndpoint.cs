using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;

namespace Orchestrator.Api.Inspection;

/// <summary>The node's own log.</summary>
internal static class LogEndpoint
{
    private const int LongestWait = 30;

    public static void MapLog(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/v1/log", ReadAsync)
        .WithTags("inspection")
        .Scope(Scopes.SystemRead)
        .Produces<LogInfo>()
        .WithName("readLog")
        .WithSummary("Read the newest lines of the node's own log, secrets redacted, or those after ?after=, which ?wait= seconds wait for.");

    private static async Task<IResult> ReadAsync(HttpContext context, LogRing log, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        var request = context.Request;
        long? after = request.Word("after") is null ? null : request.Number("after", 0, 0, long.MaxValue);
        var most = (int)request.Number("lines", 1000, 1, LogRing.Capacity);
        var least = request.Spelled<LogLevel>("level") ?? LogLevel.Trace;
        var limit = TimeSpan.FromSeconds(request.Number("wait", 0, 0, LongestWait));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var began = time.GetTimestamp();
        while (true)
        {
            var found = log.Read(after, most, least);
            var left = limit - time.GetElapsedTime(began);
            if (after is null || !found.Lines.IsEmpty || left <= TimeSpan.Zero || ended.IsCancellationRequested)
            {
                return TypedResults.Json(found, ApiJson.Wire.LogInfo);
            }

            // Lines below the level that is asked for are passed over.
            after = found.Last;
            await log.WaitAsync(found.Last, left, ended.Token);
        }
    }
}
