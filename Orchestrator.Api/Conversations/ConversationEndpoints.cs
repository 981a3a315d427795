using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Teams;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Conversations;

/// <summary><c>/api/v1/conversations</c>.</summary>
internal static class ConversationEndpoints
{
    private const int Most = 1000;
    private const int MostExported = 100_000;
    private const double LongestIdle = 365 * 86_400.0;
    private const double LongestBatch = 3600.0;

    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/api/v1/conversations").WithTags("conversations");
        all.MapPost("", StartAsync).Scope(Scopes.MessagesWrite, AgentPermissions.Send).Accepts<StartConversationRequest>("application/json").Produces<ConversationInfo>(StatusCodes.Status201Created).WithName("startConversation").WithSummary("Start a conversation of at least two.");
        all.MapGet("", ListAsync).Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ImmutableArray<ConversationInfo>>().WithName("listConversations").WithSummary("List conversations, of ?participant, in ?state.");
        all.MapGet("/{id}", GetAsync).Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ConversationInfo>().WithName("getConversation").WithSummary("Read a conversation: who is in it, and what each has not read.");
        all.MapGet("/{id}/messages", MessagesAsync).Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ImmutableArray<SaidInfo>>().WithName("listConversationMessages").WithSummary("The last messages, the oldest first; earlier ones with ?before=NUMBER, found ones with ?search.");
        all.MapGet("/{id}/context", ContextAsync).Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ConversationContextInfo>().WithName("getConversationContext").WithSummary("What somebody must know who comes in: the last summary and what was said after it.");
        all.MapGet("/{id}/export", ExportAsync).Scope(Scopes.MessagesRead, AgentPermissions.ReadInbox).Produces<ConversationExportInfo>().WithName("exportConversation").WithSummary("The whole conversation as ?format=json or markdown.");
        all.MapPost("/{id}/messages", SayAsync).Scope(Scopes.MessagesWrite, AgentPermissions.Send).Accepts<SayRequest>("application/json").Produces<SaidInfo>(StatusCodes.Status202Accepted).WithName("say").WithSummary("Say something in a conversation that you are in.");
        all.MapPost("/{id}/participants", JoinAsync).Scope(Scopes.MessagesWrite, AgentPermissions.Send).Accepts<ParticipantRequest>("application/json").Produces<ConversationInfo>().WithName("joinConversation").WithSummary("Bring somebody in.");
        all.MapDelete("/{id}/participants/{name}", LeaveAsync).Scope(Scopes.MessagesWrite, AgentPermissions.Send).Produces<ConversationInfo>().WithName("leaveConversation").WithSummary("Leave, or take somebody out.");
        all.MapPost("/{id}/read", ReadAsync).Scope(Scopes.MessagesWrite, AgentPermissions.ReadInbox).Accepts<ReadRequest>("application/json").Produces<ConversationInfo>().WithName("markRead").WithSummary("Mark messages as read.");
        all.MapPost("/{id}/summaries", SummariseAsync).Scope(Scopes.MessagesWrite, AgentPermissions.Send).Accepts<SummaryRequest>("application/json").Produces<ConversationInfo>().WithName("summariseConversation").WithSummary("Put on record what was said, in short.");
        all.MapPost("/{id}/end", EndAsync).Scope(Scopes.MessagesWrite).Accepts<EndConversationRequest>("application/json").Produces<ConversationInfo>().WithName("endConversation").WithSummary("End a conversation.");
    }

    private static async Task<IResult> StartAsync(HttpContext context, ConversationAccess access, TeamRequests teams, Commands commands, IOptions<ApiOptions> options)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.StartConversationRequest, context.RequestAborted);
        var id = ConversationAccess.Id(request.Id ?? commands.IdOf(context.Request).Value) ?? throw ProblemException.Invalid($"'{request.Id}' is no id for a conversation: use 1 to 60 letters, digits and dashes");
        var participants = await access.ParticipantsAsync(context, request.Participants.IsDefault ? [] : request.Participants);
        var speaker = Speaker.Of(context);
        if (speaker.Agent is not null && !participants.Contains(speaker.From))
        {
            throw ProblemException.Invalid("an agent starts conversations that it is in: name 'me' among the participants");
        }

        await teams.InTouchAsync(context, participants);
        var kind = request.Kind is { } word ? RequestParts.Spelled<ConversationKind>(word, "kind") : request.Parent is not null ? ConversationKind.Thread : participants.Length == 2 ? ConversationKind.Direct : ConversationKind.Team;
        if (request.Parent is { } parent && (await access.FindAsync(context, parent)).Said < (request.ParentNumber ?? 1))
        {
            throw ProblemException.Invalid($"the conversation {parent} has no message {request.ParentNumber ?? 1}");
        }

        var start = new StartConversation(
            kind,
            request.Title ?? string.Empty,
            participants,
            request.Parent,
            request.Parent is null ? null : request.ParentNumber ?? 1,
            Seconds(request.IdleAfterSeconds, "idleAfterSeconds", LongestIdle) ?? options.Value.ConversationIdleAfter,
            Seconds(request.BatchSeconds, "batchSeconds", LongestBatch) ?? options.Value.ConversationBatch);
        await AskAsync(context, commands, id, start);
        context.Response.Headers.Location = $"/api/v1/conversations/{id}";
        return TypedResults.Json((await access.FindAsync(context, id)).ToInfo(), ApiJson.Wire.ConversationInfo, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ConversationAccess access, Commands commands)
    {
        await commands.SeenAsync(context);
        var participant = context.Request.Word("participant") is { } name ? name.StartsWith("client:", StringComparison.Ordinal) ? name : await access.ParticipantAsync(context, name) : null;
        var found = await access.ListAsync(context, participant, context.Request.Spelled<ConversationState>("state"), (int)context.Request.Number("limit", 100, 1, Most));
        return TypedResults.Json([.. found.Select(ConversationMapping.ToInfo)], ApiJson.Wire.ImmutableArrayConversationInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, ConversationAccess access)
        => TypedResults.Json((await access.FindAsync(context, id)).ToInfo(), ApiJson.Wire.ConversationInfo);

    private static async Task<IResult> MessagesAsync(HttpContext context, string id, ConversationAccess access)
    {
        await access.FindAsync(context, id);
        var before = context.Request.Number("before", 0, 0, long.MaxValue) is > 0 and var number ? number : (long?)null;
        var found = await access.MessagesAsync(id, (int)context.Request.Number("limit", 100, 1, Most), before, context.Request.Word("search"), context.RequestAborted);
        return TypedResults.Json([.. found.Select(ConversationMapping.ToInfo)], ApiJson.Wire.ImmutableArraySaidInfo);
    }

    private static async Task<IResult> ContextAsync(HttpContext context, string id, ConversationAccess access)
    {
        var view = await access.FindAsync(context, id);
        var last = view.Summaries.LastOrDefault();
        var said = await access.MessagesAsync(id, (int)context.Request.Number("limit", 20, 1, Most), before: null, search: null, context.RequestAborted);
        return TypedResults.Json(new ConversationContextInfo(view.ToInfo(), last?.ToInfo(), [.. said.Where(m => m.Number > (last?.Through ?? 0)).Select(ConversationMapping.ToInfo)]), ApiJson.Wire.ConversationContextInfo);
    }

    private static async Task<IResult> ExportAsync(HttpContext context, string id, ConversationAccess access)
    {
        var view = (await access.FindAsync(context, id)).ToInfo();
        ImmutableArray<SaidInfo> said = [.. (await access.MessagesAsync(id, MostExported, before: null, search: null, context.RequestAborted)).Select(ConversationMapping.ToInfo)];
        return (context.Request.Word("format") ?? "json") switch
        {
            "json" => TypedResults.Json(new ConversationExportInfo(view, said), ApiJson.Wire.ConversationExportInfo),
            "markdown" => TypedResults.Text(ConversationMarkdown.Of(view, said), "text/markdown; charset=utf-8"),
            _ => throw ProblemException.Invalid("'format' is json or markdown"),
        };
    }

    private static async Task<IResult> SayAsync(HttpContext context, string id, ConversationAccess access, MessageProtocol protocol, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.SayRequest, context.RequestAborted);
        var speaker = Speaker.Of(context);
        var priority = request.Priority is { } word ? RequestParts.Spelled<MessagePriority>(word, "priority") : MessagePriority.Medium;
        var text = request.Id ?? commands.IdOf(context.Request).Value;
        if (!Actors.Messaging.MessageId.TryParse(text, out var message))
        {
            throw ProblemException.Invalid($"'{text}' is not a message id: use a ULID (26 characters of base 32, upper case), or none to have one made");
        }

        await protocol.MaySendAsync(context, message);
        var view = await access.SpokenInAsync(context, id, message);
        var others = view.Participants.Where(p => p.Name != speaker.From && p.Name.StartsWith(AgentName.Kind + "/", StringComparison.Ordinal)).Select(static p => AgentName.Parse(p.Name[(AgentName.Kind.Length + 1)..]));
        var hops = view.State == ConversationState.Ended ? 0 : await protocol.PermitAsync(context, new NewMessage(message, speaker.From, speaker.Agent is null, request.Text ?? string.Empty, priority, ExpiresAt: null, Seal: string.Empty), startsTopic: false, [.. others], inConversation: true);
        var answer = await protocol.AskAgainAsync(context, Conversation.Entity(id), new Say(message, speaker.From, Secret.Redact(request.Text ?? string.Empty), priority, hops), new CommandId(message.Value));
        if (answer.Reply is not Spoken spoken)
        {
            throw answer.Reply is Refused { Code: Problems.Forbidden, Reason: var reason }
                ? await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.UnauthorizedSender, reason), recipient: null, message)
                : ProblemException.Of((Refused)answer.Reply);
        }

        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var said = await access.MessagesAsync(id, 1, spoken.Number + 1, search: null, context.RequestAborted);
        return TypedResults.Json(said.Single().ToInfo(), ApiJson.Wire.SaidInfo, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> JoinAsync(HttpContext context, string id, ConversationAccess access, TeamRequests teams, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.ParticipantRequest, context.RequestAborted);
        await access.FindAsync(context, id);
        var participant = await access.ParticipantAsync(context, request.Name);
        await teams.InTouchAsync(context, [participant]);
        await AskAsync(context, commands, id, new JoinConversation(participant));
        return await GetAsync(context, id, access);
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, string id, string name, ConversationAccess access, Commands commands)
    {
        await access.FindAsync(context, id);
        await AskAsync(context, commands, id, new LeaveConversation(await OwnAsync(context, access, name)));
        return TypedResults.Json((await AnywayAsync(context, id)).ToInfo(), ApiJson.Wire.ConversationInfo);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string id, ConversationAccess access, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.ReadRequest, context.RequestAborted);
        var view = await access.FindAsync(context, id);
        await AskAsync(context, commands, id, new MarkRead(await OwnAsync(context, access, request.Participant), request.Through ?? view.Said));
        return await GetAsync(context, id, access);
    }

    private static async Task<IResult> SummariseAsync(HttpContext context, string id, ConversationAccess access, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.SummaryRequest, context.RequestAborted);
        var view = await access.FindAsync(context, id);
        await AskAsync(context, commands, id, new Summarise(request.Text ?? string.Empty, request.Through ?? view.Said));
        return await GetAsync(context, id, access);
    }

    private static async Task<IResult> EndAsync(HttpContext context, string id, ConversationAccess access, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.EndConversationRequest, context.RequestAborted);
        await access.FindAsync(context, id);
        await AskAsync(context, commands, id, new EndConversation(request.Reason is { Length: > 0 and <= 1000 } reason ? reason : $"ended by {Speaker.Of(context).From}"));
        return await GetAsync(context, id, access);
    }

    // An agent acts for itself only; people may for anybody who is in the conversation.
    private static Task<string> OwnAsync(HttpContext context, ConversationAccess access, string? name)
    {
        var speaker = Speaker.Of(context);
        return speaker.Agent is null || name is null or "me" || name == speaker.Agent.Value.Value
            ? name is null or "me" ? Task.FromResult(speaker.From) : Task.FromResult(name.Contains(':', StringComparison.Ordinal) || name.StartsWith(AgentName.Kind + "/", StringComparison.Ordinal) ? name : $"{AgentName.Kind}/{name}")
            : throw new ProblemException(StatusCodes.Status403Forbidden, Problems.Forbidden, "an agent leaves and reads for itself only");
    }

    // Who has just left may see what it has left.
    private static async Task<ConversationView> AnywayAsync(HttpContext context, string id)
    {
        var views = (IViews)context.RequestServices.GetService(typeof(IViews))!;
        return await views.GetAsync<ConversationView>(ConversationView.ViewName, id, context.RequestAborted) ?? throw ProblemException.NotFound($"there is no conversation {id}");
    }

    private static async Task AskAsync(HttpContext context, Commands commands, string id, ConversationCommand command)
    {
        var answer = await commands.AskAsync(context, Conversation.Entity(id), command, commands.IdOf(context.Request));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
    }

    private static TimeSpan? Seconds(double? seconds, string name, double most)
        => seconds is null ? null : seconds is > 0 && seconds <= most ? TimeSpan.FromSeconds(seconds.Value) : throw ProblemException.Invalid($"'{name}' is more than 0 and at most {most:0}");
}
