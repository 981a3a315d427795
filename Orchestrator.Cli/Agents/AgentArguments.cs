using System.CommandLine;
using System.CommandLine.Completions;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary>The arguments that several commands share.</summary>
internal static class AgentArguments
{
    private static readonly TimeSpan CompletionPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>The name of an agent, completed from the agents that there are.</summary>
    public static Argument<string> Name(string description = "The agent.")
    {
        var argument = new Argument<string>("NAME") { Description = description, HelpName = "NAME" };
        argument.CompletionSources.Add(Names);
        return argument;
    }

    // Completion must never hang or complain: no node, no names.
    private static IEnumerable<CompletionItem> Names(CompletionContext context)
    {
        if (context is not TextCompletionContext)
        {
            // The help asks too, for words to show.
            return [];
        }

        try
        {
            using var patience = new CancellationTokenSource(CompletionPatience);
            using var client = new OrchestratorClient(NodeLocator.Find(new NodeChoice(
                context.ParseResult.GetValue(GlobalOptions.Url), context.ParseResult.GetValue(GlobalOptions.Token), context.ParseResult.GetValue(GlobalOptions.Data))));
#pragma warning disable VSTHRD002 // A completion source is asked synchronously, and there is no thread that could wait for this one.
            return [.. Task.Run(() => client.ListAgentsAsync(cancellationToken: patience.Token)).GetAwaiter().GetResult().Select(static a => new CompletionItem(a.Name))];
#pragma warning restore VSTHRD002
        }
        catch (Exception e) when (e is OrchestratorException or OperationCanceledException)
        {
            return [];
        }
    }
}
