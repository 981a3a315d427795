using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Node.Workers.Checks;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; null if it was killed or could not be started.</param>
/// <param name="Output">The end of what it wrote.</param>
/// <param name="Reason">In words.</param>
/// <param name="Took">How long it ran.</param>
internal sealed record ProgramEnd(int? ExitCode, string Output, string Reason, TimeSpan Took);

/// <summary>Runs a program: its words as they stand, no shell, killed with all that it started when its time is over.</summary>
internal sealed class BoundedProgram(TimeProvider time)
{
    private const int MostOutput = 16 * 1024;
    private const string OwnVariables = "ORC_";

    // What a program has started may outlive it and keep its output open.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Runs it, and says how it ended, also if it cannot be started.</summary>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="folder">Where.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="environment">What it is told; the node's own variables are kept from it.</param>
    /// <param name="cancellation">Kills it.</param>
    public async Task<ProgramEnd> RunAsync(IReadOnlyList<string> words, string folder, TimeSpan limit, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        ProgramEnd Ended(int? code, string output, string reason) => new(code, output, reason, time.GetElapsedTime(began));
        if (Find(words[0], folder) is not { } program)
        {
            return Ended(code: null, string.Empty, $"could not be started: there is no program {words[0]} in {folder} or on the PATH of the node");
        }

        Process process;
        try
        {
            process = Process.Start(Starting(program, words, folder, environment))!;
        }
        catch (Win32Exception e)
        {
            return Ended(code: null, string.Empty, $"could not be started: {e.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            var tail = new OutputTail(MostOutput);
            var reading = Task.WhenAll(tail.FollowAsync(process.StandardOutput, cancellation), tail.FollowAsync(process.StandardError, cancellation));
            var inTime = await ExitsAsync(process, limit, cancellation);
            await Task.WhenAny(reading, Task.Delay(LastWords, time, cancellation));
            return inTime
                ? Ended(process.ExitCode, tail.Text(), $"ended with {process.ExitCode}")
                : Ended(code: null, tail.Text(), $"was killed after its time limit of {limit.TotalSeconds:0.#} s");
        }
    }

    private async Task<bool> ExitsAsync(Process process, TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static ProcessStartInfo Starting(string program, IReadOnlyList<string> words, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        // The node's own settings and passwords are no business of what it runs.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith(OwnVariables, StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    // As execvp does it: a word with a slash is a path, any other is looked for on the PATH.
    private static string? Find(string program, string folder)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            var full = Path.GetFullPath(Path.Combine(folder, program));
            return File.Exists(full) ? full : null;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(place => Path.Combine(place, program))
            .FirstOrDefault(File.Exists);
    }
}
