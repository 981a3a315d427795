using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Events;

/// <summary>
/// <c>/api/v1/events</c>: every event as it commits, as server-sent events whose ids are positions, so that a reader that comes back misses nothing. A slow reader holds up
/// nothing but itself: events are read from the journal when it can take them. The stream ends when its token does.
/// </summary>
internal sealed class EventStream(IEventLog events, LongResponses responses, IOptions<ApiOptions> options)
{
    private const string LastEventId = "Last-Event-ID";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/api/v1/events", static (HttpContext context, EventStream stream) => stream.ServeAsync(context))
        .WithTags("events")
        .Scope(Scopes.SystemRead)
        .Produces<EventInfo>(StatusCodes.Status200OK, "text/event-stream")
        .WithName("followEvents")
        .WithSummary("Follow events as they commit, from Last-Event-ID or ?after=, else from now.");

    private async Task ServeAsync(HttpContext context)
    {
        var after = await FromAsync(context);
        var filter = new EventFilter(context.Request.Word("kind"), context.Request.Entity());
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers[OrchestratorClient.PositionHeader] = after.Value.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await responses.ServeAsync(context, cancellationToken => FollowAsync(context, after, filter, cancellationToken));
    }

    private async Task FollowAsync(HttpContext context, JournalPosition after, EventFilter filter, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(": from here\n\n"u8.ToArray(), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = events.FollowAsync(after, filter, ended.Token).GetAsyncEnumerator(ended.Token);
        var next = Task.FromResult(false);
        try
        {
            next = following.MoveNextAsync().AsTask();
            await WriteAllAsync(context, following, () => next, moved => next = moved, ended.Token);
        }
        finally
        {
            // An enumerator may only be let go once it rests.
            await ended.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await following.DisposeAsync();
        }
    }

    private async Task WriteAllAsync(HttpContext context, IAsyncEnumerator<EventEnvelope> following, Func<Task<bool>> next, Action<Task<bool>> moved, CancellationToken cancellationToken)
    {
        var quiet = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var arrived = await Task.WhenAny(next(), Task.Delay(options.Value.Heartbeat, cancellationToken)) == next();
            cancellationToken.ThrowIfCancellationRequested();
            if (arrived)
            {
                if (!await next())
                {
                    return;
                }

                await context.Response.Body.WriteAsync(Frame(following.Current), cancellationToken);
                moved(following.MoveNextAsync().AsTask());
                quiet = TimeProvider.System.GetTimestamp();
                if (next().IsCompleted)
                {
                    continue;
                }
            }
            else if (TimeProvider.System.GetElapsedTime(quiet) >= options.Value.Heartbeat)
            {
                await context.Response.Body.WriteAsync(": still here\n\n"u8.ToArray(), cancellationToken);
                quiet = TimeProvider.System.GetTimestamp();
            }

            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private async Task<JournalPosition> FromAsync(HttpContext context)
    {
        if (context.Request.Headers.TryGetValue(LastEventId, out var header))
        {
            return long.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                ? new JournalPosition(position)
                : throw ProblemException.Invalid($"{LastEventId} is the id of an event: a number");
        }

        return context.Request.Word("after") is null
            ? await events.GetHeadAsync(context.RequestAborted)
            : new JournalPosition(context.Request.Number("after", 0, 0, long.MaxValue));
    }

    private static byte[] Frame(EventEnvelope e)
        => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {e.Position.Value}\nevent: {e.Manifest}\ndata: {JsonSerializer.Serialize(e.ToInfo(), ApiJson.Wire.EventInfo)}\n\n"));
}
