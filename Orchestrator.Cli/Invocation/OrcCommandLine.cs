using System.CommandLine;
using System.CommandLine.Invocation;
using System.Net;

namespace Orchestrator.Cli.Invocation;

/// <summary>A command line: parsed and run.</summary>
internal static class OrcCommandLine
{
    /// <summary>Runs it; what makes no sense is said, and 2. Ctrl-C is left to the caller.</summary>
    public static Task<int> RunAsync(string[] typed, CancellationToken cancellationToken)
        => RunAsync(typed, new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);

    /// <summary>Runs it; what makes no sense is said, and 2.</summary>
    public static async Task<int> RunAsync(string[] typed, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        // Texts begin with @ and files are named by --file: no response files.
        var parse = CommandTree.Create().Parse(WithAddress(typed), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction)
        {
            foreach (var error in parse.Errors)
            {
                await Console.Error.WriteLineAsync($"orc: {error.Message}");
            }

            await Console.Error.WriteLineAsync($"Try: {CommandLineText.Of(parse.CommandResult)} --help");
            return ExitCodes.Usage;
        }

        if (parse.CommandResult.Command.Name == "pbm")
        {
            // The prompt has its own mind about Ctrl-C.
            configuration.ProcessTerminationTimeout = null;
        }

        return await parse.InvokeAsync(configuration, cancellationToken);
    }

    /// <summary><c>pbm HOST:PORT ...</c> as <c>pbm --url ...</c>: plain HTTP on loopback, TLS elsewhere.</summary>
    private static string[] WithAddress(string[] typed) => typed is ["pbm", var first, .. var rest] && UrlOf(first) is { } url ? ["pbm", "--url", url, .. rest] : typed;

    private static string? UrlOf(string word)
    {
        if (word.StartsWith("http://", StringComparison.Ordinal) || word.StartsWith("https://", StringComparison.Ordinal))
        {
            return word;
        }

        var colon = word.LastIndexOf(':');
        if (word.StartsWith('-') || colon < 1 || !ushort.TryParse(word.AsSpan(colon + 1), out var port) || port == 0)
        {
            return null;
        }

        var host = word[..colon];
        var loopback = host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        return $"{(loopback ? "http" : "https")}://{word}";
    }
}
