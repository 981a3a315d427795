using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary>Messages as people read them.</summary>
internal static class MessageText
{
    private const int Preview = 60;

    /// <summary>One message a line.</summary>
    public static void List(IEnumerable<MessageInfo> messages)
    {
        var now = TimeProvider.System.GetUtcNow();
        Tables.Write(
            ["ID", "STATE", "PRIORITY", "FROM", "AGE", "BYTES", "TEXT"],
            messages.Select(m => new Cell[]
            {
                m.Id, new(m.State, Tables.ToneOf(m.State)), m.Priority, m.From, Durations.Ago(m.AcceptedAt, now), m.Bytes.ToString(CultureInfo.InvariantCulture), SafeText.Line(m.Text, Preview),
            }));
    }

    /// <summary>What became of a message: id, state, and the evidence of each step.</summary>
    public static void Outcome(MessageInfo m)
    {
        Tables.Line(new Cell(m.Reason is null ? $"{m.Id} {m.State}" : $"{m.Id} {m.State}: {m.Reason}", Tables.ToneOf(m.State)));
        foreach (var step in m.Steps)
        {
            var after = (step.At - m.AcceptedAt).TotalSeconds;
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"  {step.State,-10} +{after:0.00}s  {SafeText.Line(step.Evidence ?? string.Empty, 160)}").TrimEnd(), Tone.Quiet));
        }
    }

    /// <summary>All about one message.</summary>
    public static void Details(MessageInfo m)
    {
        Outcome(m);
        List<(string, Cell)> pairs = [("to", m.To), ("from", m.From), ("type", m.Type), ("priority", m.Priority), ("accepted", AgentText.Time(m.AcceptedAt)), ("attempts", m.Attempts.ToString(CultureInfo.InvariantCulture))];
        if (m.ExpiresAt is { } expires)
        {
            pairs.Add(("expires", AgentText.Time(expires)));
        }

        Tables.Pairs(pairs);
        Console.Out.WriteLine();
        Console.Out.WriteLine(SafeText.Of(m.Text));
        if (m.Answer is { } answer)
        {
            Console.Out.WriteLine();
            Tables.Line(new Cell(answer.Text is null ? $"no answer: {answer.Evidence}" : $"answered {AgentText.Time(answer.At)}{Tokens(answer)}, by {answer.Evidence}", Tone.Quiet));
            Console.Out.WriteLine(SafeText.Of(answer.Text ?? string.Empty));
        }
    }

    private static string Tokens(AnswerInfo answer)
        => answer is { TokensIn: { } read, TokensOut: { } written } ? string.Create(CultureInfo.InvariantCulture, $", {read} tokens in, {written} out") : string.Empty;
}
