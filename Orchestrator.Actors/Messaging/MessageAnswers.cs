using System.Collections.Immutable;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging;

/// <summary>What an agent answered to a message, or that it did not.</summary>
/// <param name="Text">Its words; null if the turn ended without any.</param>
/// <param name="Cut">Whether the text was longer: only its first <see cref="MaximumBytes"/> bytes are kept.</param>
/// <param name="TokensIn">Tokens of the last request to the model, if the program wrote that down.</param>
/// <param name="TokensOut">Tokens that the model wrote in the whole turn, if the program wrote that down.</param>
/// <param name="Session">The program's own name for the conversation.</param>
/// <param name="Evidence">Where it was read; without a text, why there is none.</param>
public sealed record AnswerText(string? Text, bool Cut, long? TokensIn, long? TokensOut, string? Session, string Evidence)
{
    /// <summary>The most that is kept of an answer, in bytes of UTF-8.</summary>
    public const int MaximumBytes = 256 * 1024;

    /// <summary>An answer that can be stored: not too long, and without the characters that no store takes.</summary>
    public static AnswerText Of(string text, long? tokensIn, long? tokensOut, string? session, string evidence)
    {
        var whole = new StringBuilder(Math.Min(text.Length, MaximumBytes));
        var bytes = 0;
        foreach (var rune in Secret.Redact(text).EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaximumBytes)
            {
                return new AnswerText(whole.ToString(), Cut: true, tokensIn, tokensOut, session, $"{evidence}; cut after {MaximumBytes} bytes");
            }

            whole.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return new AnswerText(whole.ToString(), Cut: false, tokensIn, tokensOut, session, evidence);
    }

    /// <summary>No answer.</summary>
    public static AnswerText None(string why) => new(Text: null, Cut: false, TokensIn: null, TokensOut: null, Session: null, why);
}

/// <summary>The turn that a message began is over.</summary>
public sealed record MessageAnswered(MessageId Message, Generation Generation, AnswerText Answer, DateTimeOffset At) : AgentEvent;

/// <summary>A worker has read what the agent answered to a message.</summary>
/// <param name="Message">The message.</param>
/// <param name="Generation">The placement.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Sent">Tokens of all requests of the turn, if the program wrote them down.</param>
public sealed record ReportAnswer(MessageId Message, Generation Generation, AnswerText Answer, long? Sent = null) : AgentCommand;

/// <summary>Which messages of an agent have no answer yet: those that its present program was given, and has not done with.</summary>
internal static class MessageAnswers
{
    private const int Most = 100;

    /// <summary>A message is waited for once, and not for ever.</summary>
    public static ImmutableList<MessageId> With(ImmutableList<MessageId> unanswered, MessageId message)
        => unanswered.Contains(message) ? unanswered : unanswered.Count < Most ? unanswered.Add(message) : unanswered.RemoveAt(0).Add(message);

    public static Effects Reporting(Agent agent, ReportAnswer report, DecisionContext context)
        => agent.Unanswered.Contains(report.Message)
            ? AgentQuota.Spending(agent, report, Effects.Persist(new MessageAnswered(report.Message, report.Generation, report.Answer, context.Now)))
            : Effects.None;

    /// <summary>The program is gone: what it has not answered it will not answer.</summary>
    public static Effects Ending(Agent agent, Effects effects, string reason, DecisionContext context)
        => agent.Unanswered.Aggregate(effects, (all, message) => all.ThenPersist(new MessageAnswered(message, agent.Generation, AnswerText.None(reason), context.Now)));
}
