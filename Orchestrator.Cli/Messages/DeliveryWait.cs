using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary>Waits for what becomes of a message.</summary>
internal static class DeliveryWait
{
    // A turn may be over before anybody has seen it work: idle for so long after the proof counts as idle again.
    private static readonly TimeSpan Unseen = TimeSpan.FromSeconds(5);

    /// <summary>Refuses to wait for a proof that can never come.</summary>
    /// <exception cref="UsageException">The program of the agent writes down nothing that could prove it.</exception>
    public static async Task CheckAsync(OrchestratorClient client, string name, CancellationToken cancellationToken)
    {
        if (await AgentProfiles.OfAsync(client, name, cancellationToken) is { Confirms: false } profile)
        {
            throw new UsageException($"messages to the profile {profile.Name} are never confirmed: its program writes nothing down that could prove it; use --wait submitted, or --wait idle. The message was not sent");
        }
    }

    /// <summary>Waits until the message is <paramref name="until"/> (submitted, confirmed, idle), prints what became of it, and says by the exit code whether it is.</summary>
    public static async Task<int> UntilAsync(CliContext context, MessageInfo sent, string until, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var message = sent;
        AgentInfo? agent = null;
        var reached = await context.WaitAsync(
            $"waiting for {sent.To}: {until}",
            timeout,
            async token =>
            {
                await context.Client.WaitForMessageAsync(sent, m => Over(message = m) || Reached(m, until), token);
                if (until == "idle" && Reached(message, until))
                {
                    agent = await IdleAgainAsync(context.Client, message, token);
                    message = await context.Client.GetMessageAsync(message.Id, token);
                }

                return message;
            },
            cancellationToken);
        context.Print(message, ApiJson.Readable.MessageInfo, MessageText.Outcome);
        if (reached is null)
        {
            return context.Fail("timeout", $"not {until} within {Durations.Short(timeout)}, it may be later: orc show {sent.Id}", ExitCodes.Unknown);
        }

        if (!Reached(message, until))
        {
            return context.Fail("failed", $"the message is {message.State}{(message.Reason is null ? string.Empty : ": " + message.Reason)}");
        }

        if (agent is not null && !AgentConditions.IsIdle(agent))
        {
            return context.Fail("failed", $"the message is {message.State}, but {AgentText.Summary(agent)}");
        }

        return ExitCodes.Happened;
    }

    private static async Task<AgentInfo> IdleAgainAsync(OrchestratorClient client, MessageInfo message, CancellationToken cancellationToken)
    {
        var submitted = message.Steps.LastOrDefault(static s => s.State == "submitted")?.At ?? message.UpdatedAt;
        var watching = TimeProvider.System.GetTimestamp();
        return await client.WaitForAgentAsync(
            message.To,
            a => a.State is "terminated" or "offline" or "error"
                || (AgentConditions.IsIdle(a) && (a.Since > submitted || TimeProvider.System.GetElapsedTime(watching) > Unseen)),
            cancellationToken);
    }

    private static bool Over(MessageInfo m) => m.State is "failed" or "expired" or "dead_letter";

    private static bool Reached(MessageInfo m, string until) => m.State == "confirmed" || (m.State == "submitted" && until is "submitted" or "idle");
}
