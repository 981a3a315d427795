using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Requests;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>Holds messages to the protocol: what violates it is refused, and counted for its sender.</summary>
internal sealed class MessageProtocol(IViews views, Addressees addressees, Commands commands, IOptions<ApiOptions> options)
{
    // How often one message may be refused for a while and still be sent again under its id.
    private const int MostTries = 100;

    private readonly EnvelopeReader _reader = new(options.Value.MessageTypes, options.Value.Protocol);

    /// <summary>The types there are.</summary>
    public MessageTypes Types => options.Value.MessageTypes;

    /// <summary>The body of a request with a message.</summary>
    /// <exception cref="ProblemException">It is no JSON.</exception>
    public async Task<JsonElement> BodyAsync(HttpContext context)
    {
        try
        {
            return await context.Request.BodyAsync(ApiJson.Wire.JsonElement, context.RequestAborted);
        }
        catch (ProblemException e) when (e.Status == StatusCodes.Status400BadRequest)
        {
            throw await RefusedAsync(context, new ProtocolError(ProtocolViolation.InvalidFormat, e.Message), recipient: null, message: null);
        }
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="ProblemException">It violates the protocol.</exception>
    public async Task<MessageEnvelope> ReadAsync(HttpContext context, JsonElement body)
    {
        var speaker = Speaker.Of(context);
        try
        {
            return _reader.Read(body, speaker.From, commands.Now);
        }
        catch (ProtocolException e)
        {
            throw await RefusedAsync(context, e.Error, Text(body, "to") ?? Text(body, "recipient"), message: null);
        }
    }

    /// <summary>Who may not send messages says nothing in conversations either.</summary>
    /// <exception cref="ProblemException">The caller may not.</exception>
    public async Task MaySendAsync(HttpContext context, Actors.Messaging.MessageId message)
    {
        if (options.Value.Protocol.Wrong(Speaker.Of(context).From) is { } wrong)
        {
            throw await RefusedAsync(context, wrong, recipient: null, message);
        }
    }

    /// <summary>The agent that sends it, as addresses see it; null for people. What it sends to many stays in its own team.</summary>
    /// <exception cref="ProblemException">It would reach others.</exception>
    public async Task<Addressee?> SenderAsync(HttpContext context, MessageEnvelope envelope)
    {
        if (Speaker.Of(context).Agent is not { } name || await addressees.FindAsync(name, context.RequestAborted) is not { } sender)
        {
            return null;
        }

        return TeamReach.Wrong(sender, envelope.Type.Name, envelope.Recipient) is { } wrong ? throw await RefusedAsync(context, wrong, envelope.Recipient, envelope.Id) : sender;
    }

    /// <summary>The message as queues take it.</summary>
    public NewMessage Message(HttpContext context, MessageEnvelope envelope)
    {
        var speaker = Speaker.Of(context);
        var id = envelope.Id ?? (CommandIds.Given(context.Request) is { } given ? Actors.Messaging.MessageId.Parse(given.Value) : Actors.Messaging.MessageId.New(commands.Now));
        return new NewMessage(id, speaker.From, FromPerson: speaker.Agent is null, Secret.Redact(envelope.Text), envelope.Priority, envelope.ExpiresAt, Seal.New())
        {
            Type = envelope.Type.Name == MessageTypes.Default ? null : envelope.Type.Name,
            InReplyTo = envelope.InReplyTo,
            WantsAnswer = envelope.WantsAnswer,
            Conversation = envelope.Conversation,
            WrittenAt = envelope.Timestamp,
        };
    }

    /// <summary>May this be sent? Counts it, if an agent sends it, and says how many answers it is away from the message that began it.</summary>
    /// <exception cref="ProblemException">It may not.</exception>
    public async Task<int> PermitAsync(HttpContext context, NewMessage message, bool startsTopic, ImmutableArray<AgentName> recipients, StatusReport? status = null, bool inConversation = false)
    {
        var speaker = Speaker.Of(context);
        if (message.Bytes > NewMessage.MaximumBytes)
        {
            throw await RefusedAsync(context, new ProtocolError(ProtocolViolation.TooLarge, $"a message has at most {NewMessage.MaximumBytes} bytes of UTF-8, this one has {message.Bytes}: shorten it, or put it into a file and send its path"), recipients.FirstOrDefault().Value, message.Id);
        }

        var answered = await AnsweredAsync(context, message, speaker);
        if (speaker.Agent is not { } agent || recipients.IsEmpty)
        {
            return 0;
        }

        var permit = new PermitMessage(message.Id, recipients, startsTopic, answered?.Hops, options.Value.Protocol.Talk)
        {
            Broadcast = !inConversation && (recipients.Length > 1 || message.Type == MessageTypes.Broadcast),
            Led = inConversation ? [] : await addressees.LedAsync(agent, recipients, context.RequestAborted),
            InConversation = inConversation,
            Status = status,
        };
        var answer = await AskAgainAsync(context, agent.Entity, permit, CommandIds.Derive(new CommandId(message.Id.Value), "permit"));
        return answer.Reply switch
        {
            Permission permission => permission.Hops,

            // The agent has counted it itself.
            Refused refused when ViolationOf(refused) is { } violation => throw ProblemException.Of(new ProtocolError(violation, refused.Reason)),
            Refused refused => throw ProblemException.Of(refused),
            _ => throw new InvalidOperationException($"an agent answered {answer.Reply.GetType().Name} to a message of its own"),
        };
    }

    /// <summary>Notes a violation, and is what the sender is told.</summary>
    public async Task<ProblemException> RefusedAsync(HttpContext context, ProtocolError error, string? recipient, Actors.Messaging.MessageId? message)
    {
        var from = Speaker.Of(context).From;
        await commands.TellAsync(context, SenderRecord.Entity(from), new RecordViolation(from, error.Violation, Known(recipient), message, error.Reason));
        return ProblemException.Of(error);
    }

    /// <summary>
    /// Asks. A stored reply is for ever; a refusal that depends on the moment must not be: the same is then tried under ids that follow from the first, in the same order each
    /// time, so that whichever of them succeeded is found by every later try.
    /// </summary>
    public async Task<Answer> AskAgainAsync(HttpContext context, EntityId to, Command command, CommandId first)
    {
        var id = first;
        for (var tries = 1; ; tries++)
        {
            var answer = await commands.AskAnywayAsync(context, to, command, id);
            if (answer.Reply is not Refused refused || !answer.Repeated || tries == MostTries || refused.Code is RefusalCodes.Invalid or RefusalCodes.AlreadyExists or RefusalCodes.TooOld)
            {
                return answer;
            }

            id = CommandIds.Derive(first, $"try-{tries}");
        }
    }

    private async Task<MessageView?> AnsweredAsync(HttpContext context, NewMessage message, Speaker speaker)
    {
        if (message.InReplyTo is not { } id)
        {
            return null;
        }

        var answered = await views.GetAsync<MessageView>(MessageView.ViewName, id.Value, context.RequestAborted);
        return answered is not null && (speaker.Agent is not { } agent || answered.To == agent || answered.From == speaker.From)
            ? answered
            : throw await RefusedAsync(context, new ProtocolError(ProtocolViolation.InvalidFieldType, $"inReplyTo: there is no message {id} to or from you"), recipient: null, message.Id);
    }

    private static ProtocolViolation? ViolationOf(Refused refused)
        => Enum.GetValues<ProtocolViolation>().Where(v => v.Words() == refused.Code).Select(static v => (ProtocolViolation?)v).FirstOrDefault();

    private static string? Text(JsonElement body, string name)
        => body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && IsText(value, out var text) ? text : null;

    // What a sender names may be anything: only what is an address is kept.
    private static string? Known(string? recipient) => recipient is { Length: <= 150 } && MessageRouting.Wrong(recipient) is null ? recipient : null;

    private static bool IsText(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = value.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }
}
