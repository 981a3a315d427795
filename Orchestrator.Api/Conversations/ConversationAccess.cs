using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Conversations;

/// <summary>Finds conversations for those who may see them, and participants for those who name them.</summary>
internal sealed class ConversationAccess(IViews views, Addressees addressees, MessageProtocol protocol, Commands commands)
{
    private const string AgentPrefix = AgentName.Kind + "/";
    private const string ClientPrefix = "client:";
    private const int LongestId = 60;

    /// <summary>The conversation. An agent sees those that it is in, people see all.</summary>
    /// <exception cref="ProblemException">There is none, or none that the caller may see.</exception>
    public async Task<ConversationView> FindAsync(HttpContext context, string id)
    {
        await commands.SeenAsync(context);
        var view = Id(id) is null ? null : await views.GetAsync<ConversationView>(ConversationView.ViewName, id, context.RequestAborted);
        var speaker = Speaker.Of(context);
        return view is not null && (speaker.Agent is null || view.Participants.Any(p => p.Name == speaker.From))
            ? view
            : throw ProblemException.NotFound($"there is no conversation {id}{(speaker.Agent is null ? string.Empty : " that you are in")}: 'orc conversation ls' shows those there are");
    }

    /// <summary>The conversation that the caller wants to speak in. An agent that is not in it is told that there is none, and has violated the protocol.</summary>
    /// <exception cref="ProblemException">There is none, or none that the caller may see.</exception>
    public async Task<ConversationView> SpokenInAsync(HttpContext context, string id, Actors.Messaging.MessageId message)
    {
        try
        {
            return await FindAsync(context, id);
        }
        catch (ProblemException) when (Id(id) is not null)
        {
            if (await views.GetAsync<ConversationView>(ConversationView.ViewName, id, context.RequestAborted) is not null)
            {
                await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.UnauthorizedSender, $"you are not in the conversation {id}: only participants may do that"), recipient: null, message);
            }

            throw;
        }
    }

    /// <summary>Conversations, in the order of their ids.</summary>
    public async Task<ImmutableArray<ConversationView>> ListAsync(HttpContext context, string? participant, ConversationState? state, int limit)
    {
        var speaker = Speaker.Of(context);
        var own = speaker.Agent is null ? null : speaker.From;
        var found = views.AllAsync<ConversationView>(ConversationView.ViewName, cancellationToken: context.RequestAborted)
            .Select(static row => row.Value)
            .Where(view => (state is null || view.State == state) && Has(view, participant) && Has(view, own))
            .Take(limit);
        return [.. await found.ToListAsync(context.RequestAborted)];
    }

    /// <summary>What is said in a conversation: the last of those that <paramref name="search"/> finds, the oldest first.</summary>
    public async Task<ImmutableArray<SaidMessage>> MessagesAsync(string id, int limit, long? before, string? search, CancellationToken cancellationToken)
    {
        var upper = before is { } number ? ConversationMessageProjection.Key(id, number) : null;
        var found = await views.AllAsync<SaidMessage>(ConversationMessageProjection.ViewName, id, upper, descending: true, cancellationToken)
            .Select(static row => row.Value)
            .Where(said => search is null || said.Text.Contains(search, StringComparison.OrdinalIgnoreCase) || said.From.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Take(limit)
            .ToListAsync(cancellationToken);
        return [.. found.AsEnumerable().Reverse()];
    }

    /// <summary>The participant that a request names: an agent that there is, the user of a token that there is, or the caller.</summary>
    /// <exception cref="ProblemException">There is no such agent, or no such token.</exception>
    public async Task<string> ParticipantAsync(HttpContext context, string? name)
        => (await ParticipantsAsync(context, [name ?? "me"]))[0];

    /// <inheritdoc cref="ParticipantAsync"/>
    public async Task<ImmutableArray<string>> ParticipantsAsync(HttpContext context, ImmutableArray<string> names)
    {
        var speaker = Speaker.Of(context);
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            var plain = name.StartsWith(AgentPrefix, StringComparison.Ordinal) ? name[AgentPrefix.Length..] : name;
            found.Add(name == "me" ? speaker.From
                : name.StartsWith(ClientPrefix, StringComparison.Ordinal) ? await ClientAsync(context, name)
                : AgentName.TryParse(plain, out var agent) && await addressees.FindAsync(agent, context.RequestAborted) is not null ? AgentPrefix + plain
                : throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.UnknownRecipient, $"there is no agent {plain}: name an agent ('orc ls' shows them), client:NAME or me"), plain, message: null));
        }

        return found.ToImmutable();
    }

    // Whoever is named by a token that nobody has would be told of for ever and never read; an agent is named as such.
    private async Task<string> ClientAsync(HttpContext context, string name)
    {
        var token = name[ClientPrefix.Length..];
        return !AgentPermissions.IsOfAgent(token) && await views.AllAsync<TokenView>(TokenView.ViewName, cancellationToken: context.RequestAborted).AnyAsync(row => row.Value.Name == token && row.Value.IsValid(commands.Now), context.RequestAborted)
            ? name
            : throw await protocol.RefusedAsync(context, new ProtocolError(ProtocolViolation.UnknownRecipient, $"there is no token of the name '{token}' that can be used: name a person by its token, an agent ('orc ls' shows them) or me"), recipient: null, message: null);
    }

    /// <summary>A name as it is shown.</summary>
    public static string Shown(string name) => name.StartsWith(AgentPrefix, StringComparison.Ordinal) ? name[AgentPrefix.Length..] : name;

    /// <summary>The id, or null if it cannot be one.</summary>
    public static string? Id(string id) => id.Length is > 0 and <= LongestId && id[0] != '-' && id.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') ? id : null;

    private static bool Has(ConversationView view, string? name) => name is null || view.Participants.Any(p => p.Name == name);
}
