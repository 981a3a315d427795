using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Agents;

/// <summary>Decisions about the dialogs of agents, and the policies that make some of them.</summary>
internal static class DialogEndpoints
{
    private const int LongestOption = 300;

    public static void MapDialogs(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/v1/agents/{name}").WithTags("dialogs");
        agents.MapPost("/approve", ApproveAsync).Scope(Scopes.DialogsWrite).Accepts<ApproveRequest>("application/json").Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("approve").WithSummary("Permit what the dialog of an agent asks for.");
        agents.MapPost("/reject", RejectAsync).Scope(Scopes.DialogsWrite).Accepts<RejectRequest>("application/json").Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("reject").WithSummary("Refuse what the dialog of an agent asks for.");
        agents.MapPost("/answer", AnswerAsync).Scope(Scopes.DialogsWrite).Accepts<AnswerRequest>("application/json").Produces<AgentInfo>(StatusCodes.Status202Accepted).WithName("answer").WithSummary("Choose an option of the dialog of an agent.");
        routes.MapGroup("/api/v1").WithTags("dialogs").MapGet("/policies", Policies).Scope(Scopes.AgentsRead).Produces<ImmutableArray<PolicyInfo>>().WithName("listPolicies").WithSummary("List the policies that decide dialogs.");
    }

    private static IResult Policies(IPolicyCatalog policies) => TypedResults.Json([.. policies.List()], ApiJson.Wire.ImmutableArrayPolicyInfo);

    private static async Task<IResult> ApproveAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.ApproveRequest, context.RequestAborted);
        return await AgentEndpoints.CommandAsync(context, name, new DecideDialog(Dialog(request.Dialog), request.Always ? DialogChoice.ApproveAlways : DialogChoice.Approve, Option: null, Say: null, Rule: null), views, commands);
    }

    private static async Task<IResult> RejectAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.RejectRequest, context.RequestAborted);
        var say = request.Say is null ? null : Message(context, request.Say, commands);
        return await AgentEndpoints.CommandAsync(context, name, new DecideDialog(Dialog(request.Dialog), DialogChoice.Reject, Option: null, say, Rule: null), views, commands);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, string name, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AnswerRequest, context.RequestAborted);
        var decide = (request.Option, request.Text) switch
        {
            ({ Length: > 0 and <= LongestOption } option, null) => new DecideDialog(Dialog(request.Dialog), DialogChoice.Option, option, Say: null, Rule: null),
            (null, { Length: > 0 } text) => new DecideDialog(Dialog(request.Dialog), DialogChoice.Words, Option: null, Say: null, Rule: null) { Text = text },
            _ => throw ProblemException.Invalid($"give 'option', the number, the key or the label of an option (at most {LongestOption} characters), or 'text', not both"),
        };
        return await AgentEndpoints.CommandAsync(context, name, decide, views, commands);
    }

    private static string Dialog(string? id)
        => id is { Length: > 0 and <= 20 } && id.All(char.IsAsciiDigit) ? id : throw ProblemException.Invalid("'dialog' is the id of the dialog that is decided: the agent's field dialog.id, a number as text");

    private static NewMessage Message(HttpContext context, string text, Commands commands)
        => text.Length > 0
            ? new NewMessage(Actors.Messaging.MessageId.New(commands.Now), Commands.SenderOf(context).Value, FromPerson: true, text, MessagePriority.Urgent, ExpiresAt: null, Seal.New())
            : throw ProblemException.Invalid("'say' is a text, or left out");
}
