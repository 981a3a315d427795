using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging;

/// <summary>An answer that another agent waits for.</summary>
/// <param name="To">Who.</param>
/// <param name="About">How the question begins.</param>
/// <param name="Hops">The hops of the question.</param>
/// <param name="Seal">That of the question: what the seal of the answer follows from.</param>
public sealed record OwedAnswer(AgentName To, string About, int Hops, string Seal);

/// <summary>
/// What an agent answers in the turn that a message of another began goes back to that one by itself, where it wanted that: a program needs no tool for it. An answer wants none, so two agents
/// cannot answer each other for ever by it; asking again is held to the limits of those who talk.
/// </summary>
internal static class OwedAnswers
{
    private const int Most = 100;
    private const int MostAbout = 80;
    private const int MostText = 16_000;

    /// <summary>What is owed after <paramref name="e"/>, by the ids of the questions.</summary>
    /// <param name="before">The agent before it.</param>
    /// <param name="e">What has happened.</param>
    public static ImmutableSortedDictionary<string, OwedAnswer> Folded(Agent before, Event e) => e switch
    {
        // From here on, as the program may answer by its tools before it is proved that it has the message.
        DeliveryIntended intended when before.Traits.Answers && before.Owed.Count < Most && before.Queue.Find(intended.Message)?.Message is { } question && Of(question) is { } owed
            => before.Owed.SetItem(question.Id.Value, owed),

        // Who has sent something to the asker meanwhile has answered by its tools.
        MessagePermitted permitted => before.Owed.RemoveRange(before.Owed.Where(owed => permitted.Recipients.Contains(owed.Value.To)).Select(static owed => owed.Key)),
        MessageAnswered answered => before.Owed.Remove(answered.Message.Value),
        DeliveryEnded ended => before.Owed.Remove(ended.Message.Value),
        AgentTerminated or AgentRegistered => before.Owed.Clear(),
        _ => before.Owed,
    };

    /// <summary><paramref name="effects"/>, with the answer for whoever waits for it.</summary>
    public static Effects Sent(Agent before, MessageAnswered answered, Effects effects)
        => !before.Owed.TryGetValue(answered.Message.Value, out var owed) ? effects
            : Told(before, answered.Message, owed, answered.Answer.Text is { Length: > 0 } said ? $"answers your message {answered.Message} ({owed.About}):\n\n{Cut(said, answered)}" : $"gives no answer to your message {answered.Message} ({owed.About}): {answered.Answer.Evidence}", answered.At, effects);

    /// <summary><paramref name="effects"/>, and whoever waits for an answer to a message that will not be delivered is told so.</summary>
    public static Effects Sent(Agent before, DeliveryEnded ended, Effects effects)
        => before.Queue.Find(ended.Message)?.Message is { } question && Of(question) is { } owed
            ? Told(before, ended.Message, owed, $"did not get your message {ended.Message} ({owed.About}): {ended.Reason}", ended.At, effects)
            : effects;

    private static Effects Told(Agent agent, MessageId question, OwedAnswer owed, string what, DateTimeOffset at, Effects effects)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"answer/{question}/{owed.Seal}"));
        var message = new NewMessage(MessageId.Derived(at, hash), agent.Name.Entity.ToString(), FromPerson: false, $"{agent.Name} {what}", MessagePriority.Medium, ExpiresAt: null, Seal.Derived(hash))
        {
            InReplyTo = question,
            Hops = owed.Hops + 1,
        };
        return effects.ThenTell(owed.To.Entity, new EnqueueMessage(message));
    }

    private static OwedAnswer? Of(NewMessage message)
        => message.WantsAnswer && AgentName.TryParse(Plain(message.From), out var from) ? new OwedAnswer(from, Beginning(message.Text), message.Hops, message.Seal) : null;

    private static string Plain(string from) => from.StartsWith(AgentName.Kind + "/", StringComparison.Ordinal) ? from[(AgentName.Kind.Length + 1)..] : string.Empty;

    private static string Beginning(string text) => Shortened(AgentDuties.OneLine(text), MostAbout) is var begin && begin.Length < text.Length ? $"{begin} …" : begin;

    private static string Cut(string text, MessageAnswered answered) => Shortened(text, MostText) is var begin && begin.Length < text.Length ? $"{begin}\n(cut: orc show {answered.Message} shows all of it)" : text;

    // Never in the middle of a character.
    private static string Shortened(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
