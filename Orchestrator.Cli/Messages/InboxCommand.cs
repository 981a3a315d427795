using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Inspection;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary><c>orc inbox</c>.</summary>
internal static class InboxCommand
{
    public static Command Create()
    {
        var name = AgentArguments.Name();
        var all = new Option<bool>("--all", "-a") { Description = "Also messages that were delivered or given up." };
        return new OrcCommand("inbox", "List the messages that wait for an agent, in the order in which they will be typed.", "orc inbox a1", "orc inbox a1 --all --json", "orc inbox ls agent/a1") { name, all, InboxRowsCommand.Ls() }.Runs(async (context, cancellationToken) =>
        {
            var agent = context.Get(name)!;
            var messages = context.Get(all)
                ? await context.Client.ListMessagesAsync(agent, limit: 1000, cancellationToken: cancellationToken)
                : await context.Client.GetInboxAsync(agent, cancellationToken);
            return context.Print(messages, ApiJson.Readable.ImmutableArrayMessageInfo, static list => MessageText.List(list));
        });
    }
}
