using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection.Interactive;

/// <summary><c>pbm</c> without a palette: a prompt on a terminal, else the lines of the standard input. All go to the node that was named or found at the start.</summary>
internal static class PbmShell
{
    private static readonly string[] Own = ["exit", "quit", "help"];

    /// <summary>Reads and runs commands until the input ends. 0 if all of them happened; of those that did not, the code of the first (on a terminal always 0).</summary>
    public static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string[] options = OptionsOf(context);
        if (Console.IsInputRedirected)
        {
            return await ReadLinesAsync(options, cancellationToken);
        }

        await Console.Out.WriteLineAsync($"{await NodeAsync(context, cancellationToken)}. Tab completes, help lists the palettes, Ctrl-D ends.");
        var history = CommandHistory.Open(CommandHistory.DefaultFile);
        var editor = new LineEditor("pbm> ", history, text => Complete(options, text));
        while (!cancellationToken.IsCancellationRequested && editor.Read() is { } line)
        {
            history.Add(line);
            if (line.Trim() is "exit" or "quit")
            {
                break;
            }

            await RunInterruptiblyAsync(options, line);
        }

        return ExitCodes.Happened;
    }

    private static async Task<int> ReadLinesAsync(string[] options, CancellationToken cancellationToken)
    {
        var result = ExitCodes.Happened;
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line && line.Trim() is not ("exit" or "quit"))
        {
            var code = await RunLineAsync(options, line, cancellationToken);
            result = result == ExitCodes.Happened ? code : result;
        }

        return result;
    }

    private static async Task RunInterruptiblyAsync(string[] options, string line)
    {
        using var interrupt = new CancellationTokenSource();
        ConsoleCancelEventHandler handler = (_, e) =>
        {
            // It ends the command, not the prompt.
            e.Cancel = true;
            interrupt.Cancel();
        };
        Console.CancelKeyPress += handler;
        try
        {
            await RunLineAsync(options, line, interrupt.Token);
        }
        finally
        {
            Console.CancelKeyPress -= handler;
        }
    }

    private static async Task<int> RunLineAsync(string[] options, string line, CancellationToken cancellationToken)
    {
        try
        {
            return CommandWords.Split(line) switch
            {
                [] => ExitCodes.Happened,
                [['#', ..], ..] => ExitCodes.Happened,
                ["help"] => await OrcCommandLine.RunAsync(["pbm", "--help"], cancellationToken),
                ["pbm", .. var rest] => await RunWordsAsync(options, rest, cancellationToken),
                var words => await RunWordsAsync(options, words, cancellationToken),
            };
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"orc: {e.Message}");
            return ExitCodes.Usage;
        }
    }

    // Without a word it would be a prompt in the prompt.
    private static Task<int> RunWordsAsync(string[] options, IEnumerable<string> words, CancellationToken cancellationToken)
        => OrcCommandLine.RunAsync(words.All(static w => w.StartsWith('-')) ? ["pbm", "--help"] : ["pbm", .. options, .. words], cancellationToken);

    private static IReadOnlyList<string> Complete(string[] options, string text)
    {
        var before = string.Concat(options.Prepend("pbm").Select(static o => $"\"{o}\" "));
        var words = CommandTree.Create().Parse(before + text).GetCompletions(before.Length + text.Length).Select(static c => c.Label);
        return text.Contains(' ', StringComparison.Ordinal) ? [.. words] : [.. words, .. Own];
    }

    private static async Task<string> NodeAsync(CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            var cluster = await context.Client.GetClusterAsync(cancellationToken);
            return $"{cluster.Self} at {context.Client.Connection.Address}, {(cluster.Alone ? "on its own" : $"one of {cluster.Members.Count(static m => m.State == "up")} members that are up")}";
        }
        catch (ApiException e)
        {
            return $"{context.Client.Connection.Address}: {e.Message}";
        }
    }

    private static string[] OptionsOf(CliContext context)
    {
        List<string> options = [];
        Add("--url", context.Choice.Url);
        Add("--token", context.Choice.Token);
        Add("--data", context.Choice.DataFolder);
        if (context.Json)
        {
            options.Add("--json");
        }

        return [.. options];

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                options.AddRange([option, value]);
            }
        }
    }
}
