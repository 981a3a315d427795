using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Inspection;

/// <summary>
/// The entities in memory, and a way to ask one directly. A query commits nothing and takes the right to read; a command is taken as it is stored, past all that other routes check, so
/// it takes that of the administrator.
/// </summary>
internal static class ActorEndpoints
{
    public static void MapActors(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("inspection");
        api.MapGet("/actors", ActorsAsync).Scope(Scopes.SystemRead).Produces<ActorsInfo>().WithName("listActors").WithSummary("List the entities in memory, of all members of the cluster that answer.");
        api.MapGet("/manifests", Manifests).Scope(Scopes.SystemRead).Produces<ImmutableArray<ManifestInfo>>().WithName("listManifests").WithSummary("List the stored names of events, commands, queries and replies.");
        api.MapPost("/actors/query", QueryAsync).Scope(Scopes.SystemRead).Accepts<AskRequest>("application/json").Produces<AskInfo>().WithName("queryActor").WithSummary("Ask an entity something that commits nothing.");
        api.MapPost("/actors/ask", AskAsync).Scope(Scopes.Admin).Accepts<AskRequest>("application/json").Produces<AskInfo>().WithName("askActor").WithSummary("Send an entity a command as it is stored.");
    }

    private static async Task<IResult> ActorsAsync(HttpContext context, ActorLook look)
    {
        var request = context.Request;
        int? shard = request.Word("shard") is null ? null : (int)request.Number("shard", 0, 0, EntityId.ShardCount - 1);
        return TypedResults.Json(await look.ActorsAsync(request.Word("node"), request.Word("kind"), shard, context.RequestAborted), ApiJson.Wire.ActorsInfo);
    }

    private static IResult Manifests(ManifestTable manifests) => TypedResults.Json([.. manifests.Manifests.Select(name => Info(name, manifests.TypeOf(name)))], ApiJson.Wire.ImmutableArrayManifestInfo);

    private static async Task<IResult> QueryAsync(HttpContext context, ActorSystem system, ManifestTable manifests)
    {
        var (entity, query) = await ReadAsync<Query>(context, system, manifests);
        if (query is InspectNode)
        {
            throw ProblemException.Invalid("this is asked of nodes, not of entities: GET /api/v1/actors");
        }

        try
        {
            return Answered(manifests, new Answer(await system.QueryAsync(entity, query, context.RequestAborted), JournalPosition.Start, Repeated: false));
        }
        catch (InvalidOperationException e)
        {
            throw ProblemException.Invalid($"{entity} cannot answer this: {e.Message}");
        }
    }

    private static async Task<IResult> AskAsync(HttpContext context, ActorSystem system, ManifestTable manifests, Commands commands)
    {
        var (entity, command) = await ReadAsync<Command>(context, system, manifests);
        return Answered(manifests, await commands.AskAnywayAsync(context, entity, command, commands.IdOf(context.Request)));
    }

    private static async Task<(EntityId Entity, T What)> ReadAsync<T>(HttpContext context, ActorSystem system, ManifestTable manifests)
        where T : class
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AskRequest, context.RequestAborted);
        if (!EntityId.TryParse(request.Entity, out var entity) || !system.Inspection.Kinds.Contains(entity.Kind, StringComparer.Ordinal))
        {
            throw ProblemException.Invalid($"'{request.Entity}' is not an entity: write kind/id, with one of the kinds {string.Join(", ", system.Inspection.Kinds)}");
        }

        var word = KindOf(typeof(T));
        if (manifests.TypeOf(request.Manifest ?? string.Empty) is not { } type || !type.IsAssignableTo(typeof(T)))
        {
            throw ProblemException.Invalid($"'{request.Manifest}' is not the stored name of a {word}: 'pbm actor manifests' lists them");
        }

        try
        {
            var payload = request.Payload is { ValueKind: not JsonValueKind.Null } given ? JsonSerializer.SerializeToUtf8Bytes(given, ApiJson.Wire.JsonElement) : "{}"u8.ToArray();
            return (entity, (T)manifests.Read(request.Manifest!, payload));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException)
        {
            throw ProblemException.Invalid($"the payload is no {request.Manifest} ({e.Message}): its fields are {string.Join(", ", Fields(type))}");
        }
    }

    private static IResult Answered(ManifestTable manifests, Answer answer)
    {
        string? manifest = null;
        byte[] payload;
        try
        {
            (manifest, payload) = manifests.Write(answer.Reply);
        }
        catch (InvalidOperationException)
        {
            // A reply that is never stored needs no name.
            payload = JsonSerializer.SerializeToUtf8Bytes(answer.Reply, answer.Reply.GetType(), PayloadJson.Options);
        }

        using var document = JsonDocument.Parse(payload);
        return TypedResults.Json(new AskInfo(manifest, document.RootElement.Clone(), answer.Position.Value, answer.Repeated), ApiJson.Wire.AskInfo);
    }

    private static ManifestInfo Info(string name, Type? type) => new(name, type is null ? "old" : KindOf(type), type is null ? [] : Fields(type));

    private static string KindOf(Type type) => type switch
    {
        _ when type.IsAssignableTo(typeof(Event)) => "event",
        _ when type.IsAssignableTo(typeof(Command)) => "command",
        _ when type.IsAssignableTo(typeof(Query)) => "query",
        _ when type.IsAssignableTo(typeof(Reply)) => "reply",
        _ when type.IsAssignableTo(typeof(WorkerCommand)) => "worker_command",
        _ => "other",
    };

    private static ImmutableArray<string> Fields(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.CanWrite)
                .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) + (nullability.Create(p).ReadState is NullabilityState.Nullable ? "?" : string.Empty)),
        ];
    }
}
