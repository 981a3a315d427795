using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>Finds whom a message is for by its address or by routes, and sends it on its way; what is for nobody becomes a dead letter.</summary>
internal sealed class MessageDispatching(IViews views, Addressees addressees, Commands commands, MessageProtocol protocol)
{
    /// <summary>Dispatches.</summary>
    /// <exception cref="ProblemException">It violates the protocol.</exception>
    public async Task<DispatchView> DispatchAsync(HttpContext context, JsonElement body)
    {
        var envelope = await protocol.ReadAsync(context, body);
        if (envelope.Recipient is { } address && MessageRouting.Wrong(address) is { } wrong)
        {
            throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.InvalidFieldType, wrong), address, envelope.Id);
        }

        var own = await protocol.SenderAsync(context, envelope);
        var message = protocol.Message(context, envelope);
        var (routes, recipients, reason) = await FindAsync(envelope, own, context.RequestAborted);
        if (await GetAsync(message.Id, context.RequestAborted) is { } known)
        {
            return known.Text == message.Text && known.From == message.From && known.Address == envelope.Recipient
                ? known
                : throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.Duplicate, $"the message id {message.Id} was used for another message: use a new id"), envelope.Recipient, message.Id);
        }

        message = message with { Hops = await protocol.PermitAsync(context, message, envelope.Type.StartsTopic, recipients, envelope.Status) };
        var answer = await commands.AskAsync(context, MessageDispatch.Entity(message.Id), new DispatchMessage(message, envelope.Recipient, routes, recipients, reason), new CommandId(message.Id.Value));
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return await GetAsync(message.Id, context.RequestAborted) ?? throw new InvalidOperationException($"message {message.Id} was dispatched and is not in its view");
    }

    /// <summary>The dispatch of this id, or null.</summary>
    public Task<DispatchView?> GetAsync(Actors.Messaging.MessageId id, CancellationToken cancellationToken)
        => views.GetAsync<DispatchView>(DispatchView.ViewName, id.Value, cancellationToken);

    private async Task<(ImmutableArray<string> Routes, ImmutableArray<AgentName> Recipients, string? Reason)> FindAsync(MessageEnvelope envelope, Addressee? own, CancellationToken cancellationToken)
    {
        if (envelope.Recipient is { } address)
        {
            var meant = await addressees.ResolveAsync(address, own, cancellationToken);
            return ([], meant, meant.IsEmpty ? $"{address} is nobody{(MessageRouting.Parts(address).Kind == "agent" ? string.Empty : Within(own))}: 'orc ls' shows the agents there are, with roles; teams and projects are their metadata" : null);
        }

        var known = await views.ListAsync<RouteView>(RouteView.ViewName, cancellationToken: cancellationToken);
        var routes = MessageRouting.Matching(known.Select(static row => row.Value.Route), new MessageFacts(envelope.Type.Name, own?.Role, own?.Team, own?.Project));
        var recipients = ImmutableArray.CreateBuilder<AgentName>();
        foreach (var to in routes.SelectMany(static route => route.To).Distinct(StringComparer.Ordinal))
        {
            recipients.AddRange(await addressees.ResolveAsync(to, own, cancellationToken));
        }

        return ([.. routes.Select(static route => route.Name)], [.. recipients.Distinct()], recipients.Count > 0 ? null
            : routes.IsEmpty ? $"no route takes a {envelope.Type.Name}{(own is null ? string.Empty : $" from {own.Name}")}, and there is no default one: add one with 'orc route add', or name a recipient"
            : $"the routes {string.Join(", ", routes.Select(static route => route.Name))} lead to nobody{Within(own)}: 'orc ls' shows the agents there are");
    }

    private static string Within(Addressee? sender) => sender?.Team is { } team ? $" in your team {team}" : string.Empty;
}
