using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Conversations;

/// <summary>Who may do what in a conversation.</summary>
internal static class ConversationRules
{
    private const int Least = 2;
    private const int LongestTitle = 200;
    private const int LongestText = 64 * 1024;

    private const string IdleReminder = "idle";

    /// <summary>Whether a participant is an agent.</summary>
    public static bool IsAgent(string name) => name.StartsWith(AgentName.Kind + "/", StringComparison.Ordinal);

    public static Effects Starting(StartConversation start, DecisionContext context)
    {
        var participants = start.Participants.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (participants.Length < Least)
        {
            return Effects.Refuse(RefusalCodes.Invalid, "a conversation has at least two participants: name another one");
        }

        if (participants.Length > Conversation.MostParticipants)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"a conversation has at most {Conversation.MostParticipants} participants, these are {participants.Length}: use a broadcast");
        }

        if (start.Kind == ConversationKind.Direct && participants.Length != Least)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"a direct conversation has two participants, these are {participants.Length}: use the kind team");
        }

        if ((start.Kind == ConversationKind.Thread) != (start.Parent is not null))
        {
            return Effects.Refuse(RefusalCodes.Invalid, "a thread names the conversation and the number of the message that it began with, and only a thread does");
        }

        return start.Title.Length > LongestTitle
            ? Effects.Refuse(RefusalCodes.Invalid, $"a title has at most {LongestTitle} characters")
            : Effects.Persist(new ConversationStarted(start.Kind, start.Title, [.. participants], start.Parent, start.ParentNumber, start.IdleAfter, start.BatchFor, context.Sender.Value, context.Now))
                .ThenRemind(IdleReminder, context.Now + start.IdleAfter, new CheckIdle());
    }

    public static Effects Joining(Conversation state, JoinConversation join, DecisionContext context)
        => state.Participants.ContainsKey(join.Name) ? Effects.None
            : state.Kind == ConversationKind.Direct ? Effects.Refuse(RefusalCodes.IllegalState, "a direct conversation is for its two: start one of the kind team")
            : state.Participants.Count >= Conversation.MostParticipants ? Effects.Refuse(RefusalCodes.Overloaded, $"a conversation has at most {Conversation.MostParticipants} participants")
            : Effects.Persist(new ParticipantJoined(join.Name, context.Now));

    public static Effects Leaving(Conversation state, LeaveConversation leave, DecisionContext context)
    {
        if (!state.Participants.ContainsKey(leave.Name))
        {
            return NotIn(leave.Name, context);
        }

        var effects = Effects.Persist(new ParticipantLeft(leave.Name, context.Now));
        return state.Participants.Count > Least ? effects : effects.Then(Ending($"{leave.Name} left, and one alone is no conversation", context));
    }

    public static Effects Saying(Conversation state, Say say, DecisionContext context)
    {
        if (state.LastIds.Contains(say.Id))
        {
            return Effects.Refuse(RefusalCodes.AlreadyExists, $"the message id {say.Id} was used before: use a new id");
        }

        if (!state.Participants.ContainsKey(say.From))
        {
            return NotIn(say.From, context);
        }

        if (say.Text.Length is 0 or > LongestText)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"what is said has 1 to {LongestText} characters, this has {say.Text.Length}: put it into a file and send its path");
        }

        var number = state.Said + 1;
        var effects = state.State == ConversationState.Active ? Effects.None : Effects.Persist(new ConversationResumed(context.Now));
        effects = effects.ThenPersist(new MessageSaid(new SaidMessage(number, say.Id, say.From, say.Text, say.Priority, say.Hops, context.Now)))
            .ThenRemind(IdleReminder, context.Now + state.IdleAfter, new CheckIdle());
        return ConversationPrompts.Soon(state, say, effects, context).ThenReply(new Spoken(number));
    }

    public static Effects Reading(Conversation state, MarkRead read, DecisionContext context)
        => !state.Participants.TryGetValue(read.Name, out var participant) ? NotIn(read.Name, context)
            : read.Through > state.Said ? Effects.Refuse(RefusalCodes.Invalid, $"the conversation has {state.Said} messages: nobody has read up to {read.Through}")
            : read.Through <= participant.ReadThrough ? Effects.None
            : Effects.Persist(new MessagesRead(read.Name, read.Through, context.Now));

    public static Effects Summarising(Conversation state, Summarise summarise, DecisionContext context)
        => summarise.Text.Length is 0 or > LongestText ? Effects.Refuse(RefusalCodes.Invalid, $"a summary has 1 to {LongestText} characters")
            : summarise.Through < 1 || summarise.Through > state.Said ? Effects.Refuse(RefusalCodes.Invalid, $"a summary is of the messages up to one from 1 to {state.Said}")
            : Effects.Persist(new ConversationSummarised(summarise.Text, summarise.Through, context.Sender.Value, context.Now));

    public static Effects Ending(string reason, DecisionContext context)
        => Effects.Persist(new ConversationEnded(reason, context.Sender.Value, context.Now)).ThenForget(IdleReminder).ThenForget(ConversationPrompts.Reminder);

    public static Effects Idling(Conversation state, DecisionContext context)
        => context.Now < state.LastAt + state.IdleAfter ? Effects.None.ThenRemind(IdleReminder, state.LastAt + state.IdleAfter, new CheckIdle())
            : state.State == ConversationState.Active ? Effects.Persist(new ConversationIdled(context.Now))
            : Effects.None;

    private static Effects NotIn(string name, DecisionContext context)
        => Effects.Refuse("forbidden", $"{name} is not in the conversation {context.Self.Id}: only participants may do that; join it first");
}
