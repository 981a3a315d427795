using System.Diagnostics;

namespace Orchestrator.Cli.Machine;

/// <summary>Other programs that are run from here.</summary>
internal static class Programs
{
    /// <summary>The node's program: <c>ORC_NODE_PROGRAM</c>, or beside this one; null if it is nowhere.</summary>
    public static string? Node()
    {
        if (Environment.GetEnvironmentVariable("ORC_NODE_PROGRAM") is { Length: > 0 } said)
        {
            return File.Exists(said) ? said : null;
        }

        var beside = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "node", "orchestrator-node"));
        return File.Exists(beside) ? beside : null;
    }

    /// <summary>Why the node's program is not there, and what to do.</summary>
    public static string NoNode => $"the node's program is not at {Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "node", "orchestrator-node"))}: build it with ./run, or name it in ORC_NODE_PROGRAM";

    /// <summary>Runs a program on this terminal until it ends; its exit code.</summary>
    public static async Task<int> OnTerminalAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments, redirected: false);

        // Ctrl-C belongs to the program on the terminal.
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    /// <summary>Runs a program and reads what it prints.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> ReadAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, redirected: true);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, bool redirected)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = redirected, RedirectStandardOutput = redirected, RedirectStandardError = redirected };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
