using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>Puts messages into queues: an id is one message for ever, however often it is sent.</summary>
internal sealed class MessageSending(IViews views, Commands commands, MessageProtocol protocol)
{
    /// <summary>Sends; true with the message if it is new, false if this id was sent before.</summary>
    /// <exception cref="ProblemException">It is not sent.</exception>
    public async Task<(MessageView Message, bool New)> SendAsync(HttpContext context, JsonElement body)
    {
        var envelope = await protocol.ReadAsync(context, body);
        context.MustBeOwn(_ => envelope.InReplyTo is not null || context.Has(AgentPermissions.Send), "its role lets it answer messages only, with inReplyTo");
        var to = await RecipientAsync(context, envelope);
        await protocol.SenderAsync(context, envelope);
        var message = protocol.Message(context, envelope);
        if (await FindAsync(message.Id, context.RequestAborted) is { } known)
        {
            return (await SameAsync(context, known, to, message), false);
        }

        message = message with { Hops = await protocol.PermitAsync(context, message, envelope.Type.StartsTopic, [to], envelope.Status) };
        var answer = await protocol.AskAgainAsync(context, to.Entity, new EnqueueMessage(message), new CommandId(message.Id.Value));
        if (answer.Reply is Refused refused)
        {
            throw await RefusedAsync(context, refused, to, message);
        }

        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var stored = await FindAsync(message.Id, context.RequestAborted) ?? throw new InvalidOperationException($"message {message.Id} was accepted and is not in its view");
        return (await SameAsync(context, stored, to, message), !answer.Repeated && answer.Reply is MessageQueued { Known: false });
    }

    /// <summary>The message, or null.</summary>
    public Task<MessageView?> FindAsync(Actors.Messaging.MessageId id, CancellationToken cancellationToken)
        => views.GetAsync<MessageView>(MessageView.ViewName, id.Value, cancellationToken);

    private async Task<AgentName> RecipientAsync(HttpContext context, MessageEnvelope envelope)
    {
        if (envelope.Recipient is not { } to)
        {
            throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.MissingRequiredField, "the message names no agent in 'to': name one, or send it to /api/v1/dispatches, where routes decide"), recipient: null, envelope.Id);
        }

        return AgentName.TryParse(to, out var name)
            ? name
            : throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.InvalidFieldType, $"'{to}' is not an agent's name: {AgentName.Rule}; roles, teams and projects are addressed at /api/v1/dispatches"), to, envelope.Id);
    }

    private async Task<ProblemException> RefusedAsync(HttpContext context, Refused refused, AgentName to, NewMessage message)
    {
        ProtocolViolation? violation = refused.Code switch
        {
            RefusalCodes.NotFound => ProtocolViolation.UnknownRecipient,
            RefusalCodes.AlreadyExists => ProtocolViolation.Duplicate,
            RefusalCodes.Invalid => ProtocolViolation.TooLarge,
            _ => null,
        };
        return violation is { } known ? await protocol.RefusedAsync(context, new ProtocolError(known, refused.Reason), to.Value, message.Id) : ProblemException.Of(refused);
    }

    private async Task<MessageView> SameAsync(HttpContext context, MessageView stored, AgentName to, NewMessage message)
        => stored.To == to && stored.Text == message.Text && stored.From == message.From && stored.Priority == message.Priority && stored.Type == (message.Type ?? MessageTypes.Default)
            ? stored
            : throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.Duplicate, $"the message id {message.Id} was used for another message: use a new id"), to.Value, message.Id);
}
