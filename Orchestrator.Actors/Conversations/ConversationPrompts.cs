using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Conversations;

/// <summary>How agents are told what is said: gathered for a moment, as one message, and the next one only when that has arrived.</summary>
internal static class ConversationPrompts
{
    /// <summary>The reminder that agents are to be told.</summary>
    public const string Reminder = "tell";

    private const int MostAttempts = 5;
    private const int LargestPrompt = 64 * 1024;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);

    /// <summary>After somebody has spoken: agents are told when the time for gathering is over, of what is urgent at once.</summary>
    public static Effects Soon(Conversation state, Say say, Effects effects, DecisionContext context)
    {
        if (say.Priority == MessagePriority.Urgent)
        {
            return effects.Then(Telling(effects.Events.Aggregate(state, static (s, e) => s.Apply(e)), context)).ThenForget(Reminder);
        }

        // The first word since the last telling sets the time; later ones wait for it with the first.
        return Waits(state) ? effects : effects.ThenRemind(Reminder, context.Now + state.BatchFor, new TellAgents());
    }

    /// <summary>Sends each agent what is new for it, unless something is on its way to it already.</summary>
    public static Effects Telling(Conversation state, DecisionContext context)
        => state.Participants.Values
            .Where(static p => ConversationRules.IsAgent(p.Name) && p.Prompt is null && p.Attempts < MostAttempts)
            .Aggregate(Effects.None, (effects, participant) => Tell(state, participant, effects, context));

    /// <summary>A prompt has arrived, or will not.</summary>
    public static Effects Ending(Conversation state, AgentName agent, MessageId message, PromptOutcome outcome, string reason, DecisionContext context)
    {
        var name = agent.Entity.ToString();
        if (!state.Participants.TryGetValue(name, out var participant) || participant.Prompt is not { } prompt || prompt.Message != message)
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new PromptEnded(name, message, prompt.Through, outcome, reason, context.Now));
        if (state.State == ConversationState.Ended)
        {
            return effects;
        }

        if (outcome != PromptOutcome.Delivered)
        {
            effects = effects.ThenPersist(new ConversationFailed(name, reason, context.Now));
            return outcome == PromptOutcome.Refused && participant.Attempts + 1 < MostAttempts ? effects.ThenRemind(Reminder, context.Now + Retry, new TellAgents()) : effects;
        }

        if (state.State == ConversationState.Error && state.Participants.Values.All(p => p.Name == name || p.Attempts == 0))
        {
            effects = effects.ThenPersist(new ConversationResumed(context.Now));
        }

        return state.Said > prompt.Through ? effects.ThenRemind(Reminder, context.Now + state.BatchFor, new TellAgents()) : effects;
    }

    // Whether the reminder is set already: somebody who could be told now has not been.
    private static bool Waits(Conversation state)
        => state.Participants.Values.Any(p => ConversationRules.IsAgent(p.Name) && p is { Prompt: null, Attempts: 0 } && News(state, p).Any());

    private static Effects Tell(Conversation state, Participant participant, Effects effects, DecisionContext context)
    {
        var news = News(state, participant).ToImmutableArray();
        if (news.IsEmpty)
        {
            return effects;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"prompt/{context.Self}/{participant.Name}/{context.Version}/{state.Said}"));
        var message = new NewMessage(
            MessageId.Derived(context.Now, hash),
            context.Self.ToString(),
            FromPerson: news.Any(static said => !ConversationRules.IsAgent(said.From)),
            Text(state, participant, news, context),
            news.Max(static said => said.Priority),
            ExpiresAt: null,
            Seal.Derived(SHA256.HashData(Encoding.UTF8.GetBytes($"{news[0].Id}/{context.CommandId}/{participant.Name}"))))
        {
            Conversation = context.Self.Id,
            Through = state.Said,
            Hops = news.Max(static said => said.Hops),
            Speakers = [.. news.Select(static said => said.From).Where(ConversationRules.IsAgent).Distinct(StringComparer.Ordinal).Select(static from => AgentName.Parse(from[(AgentName.Kind.Length + 1)..]))],
        };
        return effects
            .ThenPersist(new PromptSent(participant.Name, message.Id, state.Said, context.Now))
            .ThenTell(AgentName.Parse(participant.Name[(AgentName.Kind.Length + 1)..]).Entity, new EnqueueMessage(message) { ReportTo = context.Self, OnlyRefusal = true });
    }

    private static IEnumerable<SaidMessage> News(Conversation state, Participant participant)
        => state.Untold.Where(said => said.Number > participant.ToldThrough && said.From != participant.Name);

    // Every message has a heading of its own and its lines are set in, so that none can look like another.
    private static string Text(Conversation state, Participant participant, ImmutableArray<SaidMessage> news, DecisionContext context)
    {
        var others = string.Join(", ", state.Participants.Keys.Where(name => name != participant.Name).Select(Short));
        var text = new StringBuilder();
        var shown = news.Reverse().ToList();
        var bytes = 0;
        shown = [.. shown.TakeWhile(said => (bytes += Encoding.UTF8.GetByteCount(said.Text) + 100) <= LargestPrompt || said == news[^1])];
        shown.Reverse();
        var first = state.Untold.IsEmpty ? 0 : state.Untold[0].Number;
        var missed = Math.Max(0, first - 1 - participant.ToldThrough) + news.Length - shown.Count;
        text.Append(CultureInfo.InvariantCulture, $"{shown.Count} new {(shown.Count == 1 ? "message" : "messages")} in conversation {context.Self.Id}{(state.Title.Length == 0 ? string.Empty : $" ({state.Title.ReplaceLineEndings(" ")})")} with {others}");
        if (missed > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {missed} older ones are left out");
        }

        text.Append(':');
        foreach (var said in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n#{said.Number} {Short(said.From)} {said.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z{(said.Priority == MessagePriority.Medium ? string.Empty : $" {said.Priority.Words()}")}\n  ").Append(said.Text.ReplaceLineEndings("\n  "));
        }

        return text.ToString();
    }

    private static string Short(string name) => ConversationRules.IsAgent(name) ? name[(AgentName.Kind.Length + 1)..] : name;
}
