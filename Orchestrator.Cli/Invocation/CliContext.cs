using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Invocation;

/// <summary>What a command works with: its options, the client, and where it prints.</summary>
internal sealed class CliContext(ParseResult parse) : IDisposable
{
    private OrchestratorClient? _client;

    /// <summary>Whether JSON is to be printed.</summary>
    public bool Json { get; } = parse.GetValue(GlobalOptions.Json);

    /// <summary>The node that was named, as far as it was.</summary>
    public NodeChoice Choice { get; } = new(parse.GetValue(GlobalOptions.Url), parse.GetValue(GlobalOptions.Token), parse.GetValue(GlobalOptions.Data)) { Authority = parse.GetValue(GlobalOptions.Authority) };

    /// <summary>The client of the node that was named or found.</summary>
    public OrchestratorClient Client => _client ??= new OrchestratorClient(NodeLocator.Find(Choice));

    /// <summary>Runs a command and turns what went wrong into a message and an exit code.</summary>
    public static async Task<int> RunAsync(ParseResult parse, Func<CliContext, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        using var context = new CliContext(parse);
        try
        {
            return await action(context, cancellationToken);
        }
        catch (ApiException e)
        {
            return context.Fail(e.Problem, e.MayHaveHappened ? ExitCodes.Unknown : ExitCodes.Failed);
        }
        catch (NodeUnreachableException e)
        {
            return context.Fail(new ProblemInfo("The node is not reachable", 0, e.Message, "unreachable"), ExitCodes.Unknown);
        }
        catch (NoNodeException e)
        {
            return context.Fail(new ProblemInfo("There is no node", 0, e.Message, "no-node"), ExitCodes.Failed);
        }
        catch (UsageException e)
        {
            return context.Fail(new ProblemInfo("The command line makes no sense", 0, e.Message, "usage"), ExitCodes.Usage);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>The value of an argument or option.</summary>
    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <inheritdoc cref="Get{T}(Argument{T})"/>
    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>Prints a result: as JSON if that was asked for, else for people.</summary>
    public int Print<T>(T value, JsonTypeInfo<T> type, Action<T> forPeople)
    {
        if (Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(value, type));
        }
        else
        {
            forPeople(value);
        }

        return ExitCodes.Happened;
    }

    /// <summary>Prints an error, to the error stream.</summary>
    public int Fail(ProblemInfo problem, int exitCode)
    {
        Console.Error.WriteLine(Json ? JsonSerializer.Serialize(problem, ApiJson.Wire.ProblemInfo) : $"orc: {SafeText.Of(problem.Detail ?? problem.Title)}");
        return exitCode;
    }

    /// <summary>Prints an error that no node has reported.</summary>
    public int Fail(string code, string detail, int exitCode = ExitCodes.Failed) => Fail(new ProblemInfo("It did not happen", 0, detail, code), exitCode);

    /// <summary>Does something that may take long, with a spinner on a terminal, until <paramref name="timeout"/>.</summary>
    /// <returns>The result, or null when the time was over.</returns>
    public async Task<T?> WaitAsync<T>(string what, TimeSpan? timeout, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout is { } time)
        {
            limit.CancelAfter(time);
        }

        await using var spinner = Spinner.Start(what);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();
}

/// <summary>What was typed makes no sense together; nothing was done.</summary>
internal sealed class UsageException(string message) : Exception(message);
