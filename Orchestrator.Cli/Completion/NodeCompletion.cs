using System.CommandLine;
using System.CommandLine.Completions;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Completion;

/// <summary>Words for an argument from what the node knows. Completion must never hang or complain: no node, or none that answers in time, no words.</summary>
internal static class NodeCompletion
{
    // A person waits for it with a finger on the key.
    private static readonly TimeSpan UsualPatience = TimeSpan.FromMilliseconds(500);

    private static TimeSpan Patience => Environment.GetEnvironmentVariable("ORC_COMPLETION_WITHIN") is { } said && Durations.TryParse(said, out var patience) ? patience : UsualPatience;

    /// <summary>An argument that is completed by what <paramref name="read"/> finds.</summary>
    public static Argument<T> CompletedBy<T>(this Argument<T> argument, Func<OrchestratorClient, CancellationToken, Task<IEnumerable<string>>> read)
    {
        // The help asks too, for words to show.
        argument.CompletionSources.Add(context => context is TextCompletionContext ? Words(context, read) : []);
        return argument;
    }

    private static IEnumerable<CompletionItem> Words(CompletionContext context, Func<OrchestratorClient, CancellationToken, Task<IEnumerable<string>>> read)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            using var client = new OrchestratorClient(NodeLocator.Find(new NodeChoice(
                context.ParseResult.GetValue(GlobalOptions.Url), context.ParseResult.GetValue(GlobalOptions.Token), context.ParseResult.GetValue(GlobalOptions.Data))
            { Authority = context.ParseResult.GetValue(GlobalOptions.Authority) }));
#pragma warning disable VSTHRD002 // A completion source is asked synchronously, and there is no thread that could wait for this one.
            return [.. Task.Run(() => read(client, patience.Token)).GetAwaiter().GetResult().Select(static word => new CompletionItem(word))];
#pragma warning restore VSTHRD002
        }
        catch (Exception e) when (e is OrchestratorException or OperationCanceledException)
        {
            return [];
        }
    }
}
