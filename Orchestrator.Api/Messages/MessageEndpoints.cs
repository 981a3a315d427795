using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Api.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary><c>/api/v1/messages</c> and the inbox of an agent.</summary>
internal static class MessageEndpoints
{
    private const int MostMessages = 1000;
    private const int Page = 500;

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/messages", SendAsync).WithTags("messages").Scope(Scopes.MessagesWrite, AgentPermissions.Send, AgentPermissions.Reply).Accepts<SendRequest>("application/json")
            .Produces<MessageInfo>(StatusCodes.Status202Accepted).Produces<MessageInfo>().WithName("sendMessage").WithSummary("Send a message to an agent: 202 when it is stored, 200 if this id was sent before.");
        routes.MapGet("/api/v1/messages/{id}", GetAsync).WithTags("messages").Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<MessageInfo>().WithName("getMessage").WithSummary("Read a message and each step of its delivery.");
        routes.MapGet("/api/v1/messages", ListAsync).WithTags("messages").Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ImmutableArray<MessageInfo>>().WithName("listMessages").WithSummary("List messages by id, which is by time; the newest first with ?newest=true.");
        routes.MapGet("/api/v1/agents/{name}/inbox", InboxAsync).WithTags("messages").Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ImmutableArray<MessageInfo>>().WithName("getInbox").WithSummary("List the messages that wait for an agent, in the order of typing.");
    }

    private static async Task<IResult> SendAsync(HttpContext context, MessageSending sending, MessageProtocol protocol)
    {
        var (message, isNew) = await sending.SendAsync(context, await protocol.BodyAsync(context));
        context.Response.Headers.Location = $"/api/v1/messages/{message.Id}";
        return TypedResults.Json(message.ToInfo(), ApiJson.Wire.MessageInfo, statusCode: isNew ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, MessageSending sending, Commands commands)
    {
        await commands.SeenAsync(context);
        var message = Actors.Messaging.MessageId.TryParse(id, out var parsed) ? await sending.FindAsync(parsed, context.RequestAborted) : null;
        var limited = context.LimitedTo();
        return message is not null && (limited is null || message.To == limited || message.From == Speaker.Of(context).From)
            ? TypedResults.Json(message.ToInfo(), ApiJson.Wire.MessageInfo)
            : throw ProblemException.NotFound($"there is no message {id}{(limited is null ? string.Empty : " to or from you")}");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var (state, after) = (context.Request.Spelled<MessageState>("state"), context.Request.Word("after"));
        var (limit, newest) = ((int)context.Request.Number("limit", 100, 1, MostMessages), context.Request.Flag("newest"));
        var agent = context.Request.Word("agent") is { } text ? RequestParts.Agent(text).Value : context.LimitedTo()?.Value;
        context.MustBeOwn(own => own.Value == agent, "it reads its own messages only");
        var found = await views.AllAsync<MessageView>(MessageView.ViewName, agent, after, newest, context.RequestAborted)
            .Select(static row => row.Value)
            .Where(message => state is null || message.State == state)
            .Take(limit)
            .ToListAsync(context.RequestAborted);
        return TypedResults.Json([.. found.Select(MessageMapping.ToInfo)], ApiJson.Wire.ImmutableArrayMessageInfo);
    }

    private static async Task<IResult> InboxAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        context.MustBeOwn(own => own.Value == name, "it reads its own inbox only");
        var agent = await AgentEndpoints.FindAsync(context, views, commands, name);
        var waiting = await WaitingAsync(views, agent, context.RequestAborted);
        return TypedResults.Json([.. InOrder(waiting).Select(MessageMapping.ToInfo)], ApiJson.Wire.ImmutableArrayMessageInfo);
    }

    // What waits is among the newest as a rule: looked for from the end, until as many are found as the agent's row says.
    private static async Task<List<MessageView>> WaitingAsync(IViews views, AgentView agent, CancellationToken cancellationToken)
    {
        var waiting = new List<MessageView>();
        string? before = null;
        while (waiting.Count < agent.QueueLength)
        {
            var rows = await views.ListAsync<MessageView>(MessageView.ViewName, agent.Name.Value, before, Page, descending: true, cancellationToken);
            waiting.AddRange(rows.Select(static r => r.Value).Where(static m => m.State is MessageState.Accepted or MessageState.Queued or MessageState.Typed));
            if (rows.Count < Page)
            {
                break;
            }

            before = rows[^1].Key;
        }

        return waiting;
    }

    private static IOrderedEnumerable<MessageView> InOrder(IEnumerable<MessageView> waiting) => waiting
        .OrderByDescending(static m => m.State == MessageState.Typed)
        .ThenByDescending(static m => m.Priority)
        .ThenBy(static m => m.From.StartsWith(AgentName.Kind + "/", StringComparison.Ordinal))
        .ThenBy(static m => m.AcceptedAt)
        .ThenBy(static m => m.Id.Value, StringComparer.Ordinal);
}
