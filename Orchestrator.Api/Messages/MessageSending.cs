using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Api.Requests;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>Puts messages into queues: an id is one message for ever, however often it is sent.</summary>
internal sealed class MessageSending(IViews views, Commands commands)
{
    private const double LongestExpiry = 365 * 86_400.0;

    // How often one message may be refused for a while (a full queue) and still be sent again under its id.
    private const int MostTries = 100;

    /// <summary>Sends; true with the message if it is new, false if this id was sent before.</summary>
    /// <exception cref="ProblemException">It is not sent.</exception>
    public async Task<(MessageView Message, bool New)> SendAsync(HttpContext context, SendRequest request)
    {
        var message = Read(context, request);
        var to = RequestParts.Agent(request.To);
        if (await FindAsync(message.Id, context.RequestAborted) is { } known)
        {
            return (Same(known, to, message), false);
        }

        var answer = await EnqueueAsync(context, to, message);
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        var stored = await FindAsync(message.Id, context.RequestAborted) ?? throw new InvalidOperationException($"message {message.Id} was accepted and is not in its view");
        return (Same(stored, to, message), !answer.Repeated && answer.Reply is MessageQueued { Known: false });
    }

    /// <summary>The message, or null.</summary>
    public Task<MessageView?> FindAsync(Actors.Messaging.MessageId id, CancellationToken cancellationToken)
        => views.GetAsync<MessageView>(MessageView.ViewName, id.Value, cancellationToken);

    // A stored reply is for ever. A refusal that depends on the moment must not be: the same message is then tried under ids that follow from its own, in the same order each
    // time, so that whichever of them succeeded is found by every later try.
    private async Task<Answer> EnqueueAsync(HttpContext context, AgentName to, NewMessage message)
    {
        var first = new CommandId(message.Id.Value);
        var id = first;
        for (var tries = 1; ; tries++)
        {
            var answer = await commands.AskAnywayAsync(context, to.Entity, new EnqueueMessage(message), id);
            if (answer.Reply is not Refused refused)
            {
                return answer;
            }

            if (!answer.Repeated || tries == MostTries || refused.Code is RefusalCodes.Invalid or RefusalCodes.AlreadyExists or RefusalCodes.TooOld)
            {
                throw ProblemException.Of(refused);
            }

            id = CommandIds.Derive(first, $"try-{tries}");
        }
    }

    private NewMessage Read(HttpContext context, SendRequest request)
    {
        var text = request.Id ?? CommandIds.Given(context.Request)?.Value ?? Ulid.New(commands.Now);
        if (!Actors.Messaging.MessageId.TryParse(text, out var id))
        {
            throw ProblemException.Invalid($"'{text}' is not a message id: use a ULID (26 characters of base 32, upper case), or none to have one made");
        }

        if (request.Text is not { Length: > 0 })
        {
            throw ProblemException.Invalid("a message has a text");
        }

        if (request.ExpiresInSeconds is { } seconds && seconds is not (> 0 and <= LongestExpiry))
        {
            throw ProblemException.Invalid("a message expires after more than 0 seconds and at most 365 days, or never");
        }

        var priority = request.Priority is { } said ? RequestParts.Spelled<MessagePriority>(said, "priority") : MessagePriority.Medium;
        DateTimeOffset? expires = request.ExpiresInSeconds is { } after ? commands.Now.AddSeconds(after) : null;
        return new NewMessage(id, Commands.SenderOf(context).Value, FromPerson: true, request.Text, priority, expires, Seal.New());
    }

    private static MessageView Same(MessageView stored, AgentName to, NewMessage message)
        => stored.To == to && stored.Text == message.Text && stored.From == message.From && stored.Priority == message.Priority
            ? stored
            : throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.AlreadyExists, $"the message id {message.Id} was used for another message: use a new id");
}
