using System.ComponentModel;
using System.Diagnostics;

using Orchestrator.Actors.Tasks;
using Orchestrator.Node.Workers.Starting;

namespace Orchestrator.Node.Workers.Checks;

/// <summary>Runs the program that decides whether a task is complete: its words as they stand, no shell, in the working folder of the agent, killed with all that it started when its time is over.</summary>
internal sealed class CheckProgram(WorkingFolders folders, TimeProvider time)
{
    private const int MostOutput = 16 * 1024;
    private const string OwnVariables = "ORC_";

    // What a program has started may outlive it and keep its output open.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Runs it, and says how it ended; a program that cannot be started has not accepted.</summary>
    public async Task<CheckResult> RunAsync(RunCheck order, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        CheckResult Ended(bool passed, int? code, string output, string reason) => new(order.Attempt, passed, code, output, reason, time.GetElapsedTime(began));

        string folder;
        try
        {
            folder = folders.Check(order.Folder);
        }
        catch (StartRefusedException refused)
        {
            return Ended(passed: false, code: null, string.Empty, $"could not be started: {refused.Message}");
        }

        if (Find(order.Check.Command[0], folder) is not { } program)
        {
            return Ended(passed: false, code: null, string.Empty, $"could not be started: there is no program {order.Check.Command[0]} in {folder} or on the PATH of the node");
        }

        Process process;
        try
        {
            process = Process.Start(Starting(program, order, folder))!;
        }
        catch (Win32Exception e)
        {
            return Ended(passed: false, code: null, string.Empty, $"could not be started: {e.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            var tail = new OutputTail(MostOutput);
            var reading = Task.WhenAll(tail.FollowAsync(process.StandardOutput, cancellation), tail.FollowAsync(process.StandardError, cancellation));
            var inTime = await ExitsAsync(process, order.Check.TimeLimit, cancellation);
            await Task.WhenAny(reading, Task.Delay(LastWords, time, cancellation));
            return inTime
                ? Ended(process.ExitCode == 0, process.ExitCode, tail.Text(), $"ended with {process.ExitCode}")
                : Ended(passed: false, code: null, tail.Text(), $"was killed after its time limit of {order.Check.TimeLimit.TotalSeconds:0.#} s");
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

    private static ProcessStartInfo Starting(string program, RunCheck order, string folder)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var word in order.Check.Command.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        // The node's own settings and passwords are no business of a check.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith(OwnVariables, StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ORC_TASK"] = order.Task.Value;
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
