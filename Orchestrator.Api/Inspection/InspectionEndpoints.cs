using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Events;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Inspection;

/// <summary>The node, its profiles and settings, and a look into the actor system.</summary>
internal static class InspectionEndpoints
{
    private const int Most = 1000;

    public static void MapInspection(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("inspection");
        api.MapGet("/node", NodeAsync).Scope(Scopes.AgentsRead).Produces<NodeInfo>().WithName("getNode").WithSummary("Read how this node is.");
        api.MapGet("/profiles", Profiles).Scope(Scopes.AgentsRead).Produces<ImmutableArray<ProfileInfo>>().WithName("listProfiles").WithSummary("List the profiles that agents can be spawned with.");
        api.MapGet("/dead-letters", DeadLettersAsync).Scope(Scopes.SystemRead).Produces<ImmutableArray<DeadLetterInfo>>().WithName("listDeadLetters").WithSummary("List commands that were set aside.");
        api.MapPost("/dead-letters/{id:long}/resend", ResendAsync).Scope(Scopes.SystemWrite).Produces(StatusCodes.Status204NoContent).WithName("resendDeadLetter").WithSummary("Put a command back into its entity's inbox.");
        api.MapDelete("/dead-letters/{id:long}", DropAsync).Scope(Scopes.SystemWrite).Produces(StatusCodes.Status204NoContent).WithName("dropDeadLetter").WithSummary("Remove a command for good.");
        api.MapGet("/journal", JournalAsync).Scope(Scopes.SystemRead).Produces<ImmutableArray<EventInfo>>().WithName("readJournal").WithSummary("Read events in order.");
        api.MapGet("/inbox", InboxAsync).Scope(Scopes.SystemRead).Produces<ImmutableArray<InboxRowInfo>>().WithName("listInbox").WithSummary("List stored commands that are not yet processed.");
        api.MapGet("/settings", Settings).Scope(Scopes.SystemRead).Produces<ImmutableArray<SettingInfo>>().WithName("listSettings").WithSummary("List the settings in force, secrets redacted.");
    }

    private static async Task<IResult> NodeAsync(HttpContext context, INodeStatus node)
        => TypedResults.Json(await node.GetAsync(context.RequestAborted), ApiJson.Wire.NodeInfo);

    private static IResult Profiles(IProfileCatalog profiles)
        => TypedResults.Json([.. profiles.List().Select(static p => p.Info)], ApiJson.Wire.ImmutableArrayProfileInfo);

    private static async Task<IResult> DeadLettersAsync(HttpContext context, IDeadLetters letters)
    {
        var found = await letters.ListAsync(context.Request.Number("after", 0, 0, long.MaxValue), (int)context.Request.Number("limit", 100, 1, Most), context.RequestAborted);
        return TypedResults.Json(
            [.. found.Select(static l => new DeadLetterInfo(l.Id, l.To.ToString(), l.CommandId.Value, l.Sender.Value, l.Manifest, l.Payload, l.Reason, l.Attempts, l.At))],
            ApiJson.Wire.ImmutableArrayDeadLetterInfo);
    }

    private static async Task<IResult> ResendAsync(HttpContext context, long id, IDeadLetters letters)
        => await letters.ResendAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw NoLetter(id);

    private static async Task<IResult> DropAsync(HttpContext context, long id, IDeadLetters letters)
        => await letters.DropAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw NoLetter(id);

    private static ProblemException NoLetter(long id) => ProblemException.NotFound($"there is no dead letter {id}: 'pbm dead-letters ls' shows those there are");

    private static async Task<IResult> JournalAsync(HttpContext context, IEventLog events, Commands commands)
    {
        await commands.SeenAsync(context);
        return await EventPage.ReadAsync(context, events, new EventFilter(Entity: context.Request.Entity()));
    }

    private static async Task<IResult> InboxAsync(HttpContext context, ActorLook look)
        => TypedResults.Json([.. await look.InboxAsync(context.Request.Entity(), context.RequestAborted)], ApiJson.Wire.ImmutableArrayInboxRowInfo);

    private static IResult Settings(ISettingsCatalog settings) => TypedResults.Json([.. settings.List().Select(static s => s with { Value = s.Value is null ? null : SecretText.Redact(s.Value) })], ApiJson.Wire.ImmutableArraySettingInfo);
}
