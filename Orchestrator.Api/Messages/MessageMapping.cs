using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Client;

namespace Orchestrator.Api.Messages;

/// <summary>Messages as the API shows them.</summary>
internal static class MessageMapping
{
    public static MessageInfo ToInfo(this MessageView view) => new(
        view.Id.Value,
        view.To.Value,
        view.From,
        view.Priority.Words(),
        view.State.Words(),
        view.Text,
        System.Text.Encoding.UTF8.GetByteCount(view.Text),
        view.AcceptedAt,
        view.UpdatedAt,
        view.ExpiresAt,
        view.Attempts,
        view.Reason,
        view.Undecidable,
        [.. view.Steps.Select(static s => new MessageStepInfo(s.State.Words(), s.At, s.Evidence))],
        view.Position,
        view is { Answer: { } answer, AnsweredAt: { } at } ? new AnswerInfo(answer.Text, answer.Cut, answer.TokensIn, answer.TokensOut, at, answer.Evidence) : null,
        view.Type,
        view.Hops,
        view.InReplyTo?.Value,
        view.Conversation);
}
