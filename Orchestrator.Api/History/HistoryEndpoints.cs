using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Api.Events;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.History;

/// <summary><c>/api/v1/history</c>: what has happened to a thing and to what belongs to it, and how that was at any point.</summary>
internal static class HistoryEndpoints
{
    private const int Most = 1000;
    private const int MostStates = 200;

    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        var history = routes.MapGroup("/api/v1/history").WithTags("history");
        history.MapGet("", ReadAsync).Scope(Scopes.SystemRead).Produces<ImmutableArray<EventInfo>>().WithName("getWholeHistory").WithSummary("Read the events of ?entity= and of what belongs to it in order, up to ?until= a time or a position.");
        history.MapGet("/state", StateAsync).Scope(Scopes.SystemRead).Produces<ImmutableArray<PastStateInfo>>().WithName("getPastState").WithSummary("Replay ?entity= and what belongs to it up to ?until= a time or a position.");
    }

    private static async Task<IResult> ReadAsync(HttpContext context, WholeHistory history, Commands commands)
    {
        await commands.SeenAsync(context);
        var found = await history.ReadAsync(
            Entity(context),
            new JournalPosition(context.Request.Number("after", 0, 0, long.MaxValue)),
            UntilOf(context),
            (int)context.Request.Number("limit", Most, 1, Most),
            context.RequestAborted);
        return TypedResults.Json([.. found.Select(EventMapping.ToInfo)], ApiJson.Wire.ImmutableArrayEventInfo);
    }

    private static async Task<IResult> StateAsync(HttpContext context, WholeHistory history, Commands commands)
    {
        await commands.SeenAsync(context);
        var (entity, until) = (Entity(context), UntilOf(context));
        if (PastStates.Of(entity) is null)
        {
            throw ProblemException.Invalid($"the state of a {entity.Kind} is not shown: shown are {string.Join(", ", PastStates.Known)}");
        }

        // Of a team also what its members and their tasks were.
        var states = new List<PastStateInfo>();
        foreach (var of in (await history.BelongingAsync(entity, context.RequestAborted)).Where(of => of == entity || of.Kind is "agent" or TaskId.Kind or "merge").Take(MostStates))
        {
            if (await ReplayedAsync(of, until, history, context.RequestAborted) is { } state)
            {
                states.Add(state);
            }
        }

        return states.Count > 0 ? TypedResults.Json([.. states], ApiJson.Wire.ImmutableArrayPastStateInfo) : throw ProblemException.NotFound($"nothing had happened to {entity} then");
    }

    private static async Task<PastStateInfo?> ReplayedAsync(EntityId entity, Until until, WholeHistory history, CancellationToken cancellationToken)
    {
        var state = PastStates.Of(entity)!;
        EventEnvelope? last = null;
        await foreach (var e in history.ReplayAsync(entity, until, cancellationToken))
        {
            state.Apply(e.Event ?? throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, $"this version does not know the event {e.Manifest} of {entity}: ask a newer one"));
            last = e;
        }

        return last is null ? null : new PastStateInfo(entity.ToString(), last.Position.Value, last.At, last.SequenceNumber, state.ToJson());
    }

    private static EntityId Entity(HttpContext context) => context.Request.Entity() ?? throw ProblemException.Invalid("say of what: ?entity=team/shop, agent/a1, task/t1");

    private static Until UntilOf(HttpContext context) => context.Request.Word("until") switch
    {
        null => Until.Now,
        { } text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) => new Until(Time: null, position),
        { } text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => new Until(time, Position: null),
        { } text => throw ProblemException.Invalid($"'until' is a time as 2026-01-31T12:00:00Z, or a position, a whole number; '{text}' is neither"),
    };
}
