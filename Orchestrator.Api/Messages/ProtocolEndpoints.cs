using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>Types of messages, dispatches, routes, violations and statistics.</summary>
internal static class ProtocolEndpoints
{
    private const int Most = 1000;
    private const int MostSenders = 10_000;
    private const int LongestName = 60;

    public static void MapProtocol(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/message-types", static (MessageProtocol protocol) => TypedResults.Json([.. protocol.Types.All.Select(ToInfo)], ApiJson.Wire.ImmutableArrayMessageTypeInfo)).WithTags("messages").Scope(Scopes.MessagesRead, AgentPermissions.Send, AgentPermissions.Reply)
            .Produces<ImmutableArray<MessageTypeInfo>>().WithName("listMessageTypes").WithSummary("List the types of messages with their schemas and templates.");
        routes.MapGet("/api/v1/message-statistics", StatisticsAsync).WithTags("messages").Scope(Scopes.MessagesRead)
            .Produces<MessageStatisticsInfo>().WithName("getMessageStatistics").WithSummary("Count messages by type, priority and agent from ?from to ?to, full minutes; the last seven days unless said.");
        routes.MapGet("/api/v1/protocol/violations", ViolationsAsync).WithTags("messages").Scope(Scopes.MessagesRead)
            .Produces<ImmutableArray<ViolationInfo>>().WithName("listViolations").WithSummary("List what senders have done against the protocol, of one with ?sender=; page by page with ?limit= and ?after=.");
        routes.MapPost("/api/v1/dispatches", DispatchAsync).WithTags("messages").Scope(Scopes.MessagesWrite, AgentPermissions.Send).Accepts<DispatchRequest>("application/json")
            .Produces<DispatchInfo>(StatusCodes.Status202Accepted).WithName("dispatchMessage").WithSummary("Send a message to an agent, a role, a team or a project, or let the routes decide.");
        routes.MapGet("/api/v1/dispatches", DispatchesAsync).WithTags("messages").Scope(Scopes.MessagesRead)
            .Produces<ImmutableArray<DispatchInfo>>().WithName("listDispatches").WithSummary("List dispatched messages, the newest first; only those that nobody got with ?state=dead_letter.");
        routes.MapGet("/api/v1/dispatches/{id}", GetDispatchAsync).WithTags("messages").Scope(Scopes.MessagesRead, AgentPermissions.Send)
            .Produces<DispatchInfo>().WithName("getDispatch").WithSummary("Read what became of a dispatched message at each recipient.");
        routes.MapGet("/api/v1/routes", RoutesAsync).WithTags("messages").Scope(Scopes.MessagesRead)
            .Produces<ImmutableArray<RouteInfo>>().WithName("listRoutes").WithSummary("List the routes of messages without a recipient.");
        routes.MapPut("/api/v1/routes/{name}", AddAsync).WithTags("messages").Scope(Scopes.SystemWrite).Accepts<RouteRequest>("application/json")
            .Produces<RouteInfo>().WithName("putRoute").WithSummary("Add a route, or replace the one of this name.");
        routes.MapDelete("/api/v1/routes/{name}", RemoveAsync).WithTags("messages").Scope(Scopes.SystemWrite)
            .Produces(StatusCodes.Status204NoContent).WithName("removeRoute").WithSummary("Remove a route.");
    }

    private static async Task<IResult> StatisticsAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var to = Time(context.Request, "to") ?? commands.Now.AddMinutes(1);
        var from = Time(context.Request, "from") ?? to.AddDays(-7);
        if (from >= to)
        {
            throw ProblemException.Invalid("'from' lies before 'to'");
        }

        return TypedResults.Json(await new MessageCounting(views).CountAsync(from, to, context.RequestAborted), ApiJson.Wire.MessageStatisticsInfo);
    }

    private static async Task<IResult> ViolationsAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var found = context.Request.Word("sender") is { } sender
            ? await OfSenderAsync(sender, views, context.RequestAborted)
            : await views.AllAsync<ViolationView>(ViolationView.ViewName, afterKey: context.Request.Word("after"), cancellationToken: context.RequestAborted)
                .Select(static row => row.Value)
                .Take((int)context.Request.Number("limit", MostSenders, 1, MostSenders))
                .ToListAsync(context.RequestAborted);
        return TypedResults.Json([.. found.Select(ToInfo)], ApiJson.Wire.ImmutableArrayViolationInfo);
    }

    private static async Task<List<ViolationView>> OfSenderAsync(string sender, IViews views, CancellationToken cancellationToken)
    {
        var found = new List<ViolationView>();
        foreach (var key in new[] { sender, $"agent/{sender}" })
        {
            if (await views.GetAsync<ViolationView>(ViolationView.ViewName, key, cancellationToken) is { } view)
            {
                found.Add(view);
            }
        }

        return found;
    }

    private static async Task<IResult> DispatchAsync(HttpContext context, MessageDispatching dispatching, MessageProtocol protocol)
    {
        var view = await dispatching.DispatchAsync(context, await protocol.BodyAsync(context));
        context.Response.Headers.Location = $"/api/v1/dispatches/{view.Id}";
        return TypedResults.Json(ToInfo(view), ApiJson.Wire.DispatchInfo, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> DispatchesAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var dead = context.Request.Word("state") switch
        {
            null => false,
            "dead_letter" => true,
            _ => throw ProblemException.Invalid("'state' is dead_letter, or left out"),
        };
        var limit = (int)context.Request.Number("limit", 100, 1, Most);
        var rows = await views.ListAsync<DispatchView>(DispatchView.ViewName, dead ? DispatchView.Dead : null, context.Request.Word("before"), limit, descending: true, context.RequestAborted);
        return TypedResults.Json([.. rows.Select(static row => ToInfo(row.Value))], ApiJson.Wire.ImmutableArrayDispatchInfo);
    }

    private static async Task<IResult> GetDispatchAsync(HttpContext context, string id, MessageDispatching dispatching, Commands commands)
    {
        await commands.SeenAsync(context);
        var view = Actors.Messaging.MessageId.TryParse(id, out var parsed) ? await dispatching.GetAsync(parsed, context.RequestAborted) : null;
        context.MustBeOwn(_ => view is null || view.From == Speaker.Of(context).From, "it reads its own dispatches only");
        return TypedResults.Json(ToInfo(view ?? throw ProblemException.NotFound($"no message {id} was dispatched; what was sent to an agent is at /api/v1/messages/{id}")), ApiJson.Wire.DispatchInfo);
    }

    private static async Task<IResult> RoutesAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var rows = await views.ListAsync<RouteView>(RouteView.ViewName, cancellationToken: context.RequestAborted);
        return TypedResults.Json([.. rows.Select(static row => ToInfo(row.Value))], ApiJson.Wire.ImmutableArrayRouteInfo);
    }

    private static async Task<IResult> AddAsync(HttpContext context, string name, MessageProtocol protocol, IViews views, Commands commands)
    {
        var route = Read(name, await context.Request.BodyAsync(ApiJson.Wire.RouteRequest, context.RequestAborted), protocol.Types);
        var answer = await commands.AskAsync(context, RouterState.Entity, new AddRoute(route), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var view = await views.GetAsync<RouteView>(RouteView.ViewName, name, context.RequestAborted) ?? throw ProblemException.NotFound($"the route {name} has been removed meanwhile");
        return TypedResults.Json(ToInfo(view), ApiJson.Wire.RouteInfo);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string name, Commands commands)
    {
        var answer = await commands.AskAsync(context, RouterState.Entity, new RemoveRoute(name), commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static MessageRoute Read(string name, RouteRequest request, MessageTypes types)
    {
        if (name.Length > LongestName || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw ProblemException.Invalid($"'{name}' is no name for a route: use 1 to {LongestName} letters, digits, dashes and underscores");
        }

        if (request.To.IsDefaultOrEmpty)
        {
            throw ProblemException.Invalid("a route leads somewhere: give 'to' at least one address");
        }

        if (request.To.Select(MessageRouting.Wrong).FirstOrDefault(static wrong => wrong is not null) is { } wrong)
        {
            throw ProblemException.Invalid(wrong);
        }

        return Words(request.Types).FirstOrDefault(type => types.Find(type) is null) is { } unknown
            ? throw ProblemException.Invalid($"there is no type '{unknown}': use one of {types.Names}")
            : new MessageRoute(name, Words(request.Types), Words(request.Roles), Words(request.Teams), Words(request.Projects), request.To, request.Default);
    }

    private static ImmutableArray<string> Words(ImmutableArray<string>? words) => words is { IsDefault: false } given ? given : [];

    private static DateTimeOffset? Time(HttpRequest request, string name)
        => request.Word(name) is not { } text ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw ProblemException.Invalid($"'{name}' is no time: write it as 2026-01-31T12:00:00Z");

    private static MessageTypeInfo ToInfo(MessageType type) => new(type.Name, type.Description, type.BuiltIn, type.StartsTopic, type.Schema?.Source, type.Template);

    private static ViolationInfo ToInfo(ViolationView view) => new(
        view.Sender,
        view.Counts.Values.Sum(),
        view.Counts.ToImmutableSortedDictionary(static c => c.Key.Words(), static c => c.Value, StringComparer.Ordinal),
        [.. view.Incidents.Select(static i => new IncidentInfo(i.Violation.Words(), i.Recipient, i.Message?.Value, i.Reason, i.Since, i.Last, i.Count))]);

    private static RouteInfo ToInfo(RouteView view)
        => new(view.Route.Name, view.Route.Types, view.Route.Roles, view.Route.Teams, view.Route.Projects, view.Route.To, view.Route.Default, view.Messages, view.LastAt);

    private static DispatchInfo ToInfo(DispatchView view) => new(
        view.Id.Value,
        view.Type,
        view.From,
        view.Priority.Words(),
        view.DeadLetter is null ? "dispatched" : "dead_letter",
        view.DeadLetter,
        view.Address,
        view.Routes,
        [.. view.Recipients.Select(static r => new DispatchRecipientInfo(r.Agent.Value, r.Message.Value, r.Taken, r.Reason))],
        view.Text,
        view.At);
}
