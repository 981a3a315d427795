using System.Collections.Immutable;
using System.CommandLine;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Invocation;

namespace Orchestrator.Cli.Agents;

/// <summary>The arguments that several commands share.</summary>
internal static class AgentArguments
{
    /// <summary>The name of an agent, completed from the agents that there are.</summary>
    public static Argument<string> Name(string description = "The agent.")
        => new Argument<string>("NAME") { Description = description, HelpName = "NAME" }
            .CompletedBy(static async (client, cancellation) => (await client.ListAgentsAsync(cancellationToken: cancellation)).Select(static agent => agent.Name));

    /// <summary>Metadata as pairs.</summary>
    public static Option<string[]> Metadata(string description) => new("--meta") { Description = description, HelpName = "KEY=VALUE" };

    /// <summary>What the pairs say; null if there is none.</summary>
    /// <exception cref="UsageException">One is no pair.</exception>
    public static ImmutableSortedDictionary<string, string>? Metadata(string[] pairs)
    {
        if (pairs.Length == 0)
        {
            return null;
        }

        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
            {
                throw new UsageException($"'{pair}' is no metadata: write KEY=VALUE");
            }

            metadata[pair[..at]] = pair[(at + 1)..];
        }

        return metadata.ToImmutable();
    }
}
