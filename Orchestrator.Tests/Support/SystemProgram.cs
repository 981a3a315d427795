using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>Programs of the system that a test runs to their end.</summary>
internal static class SystemProgram
{
    /// <summary>Runs it and gives what it printed; fails if it fails.</summary>
    public static async Task<string> RunAsync(string program, params string[] words)
    {
        using var process = Start(program, words);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>Whether it can be run and succeeds.</summary>
    public static bool Succeeds(string program, params string[] words)
    {
        try
        {
            using var process = Start(program, words);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string program, string[] words)
        => Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
