using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Conversations;

/// <summary>The rules of a conversation. How agents are told what is said is in <see cref="ConversationPrompts"/>.</summary>
public sealed class ConversationBehavior : Behavior<Conversation>
{
    /// <inheritdoc/>
    public override Conversation Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Conversation Apply(Conversation state, Event e) => state.Apply(e);

    /// <inheritdoc/>
    public override Effects Decide(Conversation state, Command command, DecisionContext context) => (state, command) switch
    {
        ({ Kind: not null }, StartConversation) => Effects.Refuse(RefusalCodes.AlreadyExists, $"the conversation {context.Self.Id} was started before: choose another id"),
        (_, StartConversation start) => ConversationRules.Starting(start, context),
        ({ Kind: null }, _) => Effects.Refuse(RefusalCodes.NotFound, $"there is no conversation {context.Self.Id}: 'orc conversation ls' shows those there are"),
        (_, ReportPrompt report) => ConversationPrompts.Ending(state, AgentName.Parse(report.Name[(AgentName.Kind.Length + 1)..]), report.Message, report.Delivered ? PromptOutcome.Delivered : PromptOutcome.Failed, report.Reason, context),
        (_, ReportEnqueued report) => report.Refused is null ? Effects.None : ConversationPrompts.Ending(state, report.Agent, report.Message, PromptOutcome.Refused, report.Refused, context),
        (_, MarkRead read) => ConversationRules.Reading(state, read, context),
        (_, Summarise summarise) => ConversationRules.Summarising(state, summarise, context),
        ({ State: ConversationState.Ended }, CheckIdle or TellAgents or EndConversation) => Effects.None,
        ({ State: ConversationState.Ended }, _) => Effects.Refuse(RefusalCodes.IllegalState, $"the conversation {context.Self.Id} has ended: start another one"),
        (_, JoinConversation join) => ConversationRules.Joining(state, join, context),
        (_, LeaveConversation leave) => ConversationRules.Leaving(state, leave, context),
        (_, Say say) => ConversationRules.Saying(state, say, context),
        (_, EndConversation end) => ConversationRules.Ending(end.Reason, context),
        (_, CheckIdle) => ConversationRules.Idling(state, context),
        (_, TellAgents) => ConversationPrompts.Telling(state, context),
        _ => throw new UnreachableException($"a conversation has no rule for {command.GetType().Name}"),
    };
}
