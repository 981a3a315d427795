using System.CommandLine;
using Orchestrator.Cli.Completion;

namespace Orchestrator.Cli.Agents;

/// <summary>The arguments that several commands share.</summary>
internal static class AgentArguments
{
    /// <summary>The name of an agent, completed from the agents that there are.</summary>
    public static Argument<string> Name(string description = "The agent.")
        => new Argument<string>("NAME") { Description = description, HelpName = "NAME" }
            .CompletedBy(static async (client, cancellation) => (await client.ListAgentsAsync(cancellationToken: cancellation)).Select(static agent => agent.Name));
}
