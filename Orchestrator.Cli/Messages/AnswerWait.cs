using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary>Waits for what an agent answers to a message, and prints it.</summary>
internal static class AnswerWait
{
    /// <summary>Refuses to wait for what can never come.</summary>
    /// <exception cref="UsageException">The profile of the agent has no answers.</exception>
    public static async Task CheckAsync(OrchestratorClient client, string name, CancellationToken cancellationToken)
    {
        if (await AgentProfiles.OfAsync(client, name, cancellationToken) is { Answers: false } profile)
        {
            throw new UsageException($"the profile {profile.Name} has no answers: its program writes nothing down that they could be read from; use --wait idle, and orc output {name}. The message was not sent");
        }
    }

    /// <summary>Waits until the message is answered, prints the answer and nothing else, and says by the exit code whether there is one.</summary>
    public static async Task<int> UntilAsync(CliContext context, MessageInfo sent, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var message = sent;
        var over = await context.WaitAsync(
            $"waiting for {sent.To}: answered",
            timeout,
            token => context.Client.WaitForMessageAsync(sent, m => Over(message = m), token),
            cancellationToken);
        context.Print(message, ApiJson.Readable.MessageInfo, Write);
        if (over is null)
        {
            return context.Fail("timeout", $"not answered within {Durations.Short(timeout)}, it may be later: orc show {sent.Id}", ExitCodes.Unknown);
        }

        return message switch
        {
            { Answer: { Text: not null, Cut: true } cut } => Shortened(cut),
            { Answer.Text: not null } => ExitCodes.Happened,
            { Answer: { } none } => context.Fail("failed", none.Evidence),
            _ => context.Fail("failed", $"the message is {message.State}{(message.Reason is null ? string.Empty : ": " + message.Reason)}"),
        };
    }

    private static void Write(MessageInfo message)
    {
        if (message.Answer?.Text is { } text)
        {
            Console.Out.WriteLine(SafeText.Of(text));
        }
        else
        {
            MessageText.Outcome(message);
        }
    }

    private static int Shortened(AnswerInfo answer)
    {
        Console.Error.WriteLine($"orc: the answer was longer, only this much of it is kept: {SafeText.Of(answer.Evidence)}");
        return ExitCodes.Happened;
    }

    private static bool Over(MessageInfo m) => m.Answer is not null || m.State is "failed" or "expired" or "dead_letter";
}
