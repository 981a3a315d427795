using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Orchestrator.Node.Git;

/// <summary>What git has said.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Error">Why, if something was wrong.</param>
internal sealed record GitAnswer(int Code, string Output, string Error)
{
    /// <summary>Its output without the line end.</summary>
    public string Text => Output.TrimEnd('\n', '\r');
}

/// <summary>Git could not do what was asked; the message says why.</summary>
internal sealed class GitException(string message) : Exception(message);

/// <summary>
/// Runs git in a folder: its words as they stand, no shell, nothing asked of a person. What a repository configures must not run here: hooks, file system monitors, signing and external programs
/// are off, whatever the repository says.
/// </summary>
/// <param name="folder">A folder of the repository.</param>
/// <param name="identity">Who commits, name and e-mail; null where nothing is committed.</param>
/// <param name="time">The clock of its time limit.</param>
internal sealed class GitProgram(string folder, string? identity, TimeProvider time)
{
    private const string OwnVariables = "ORC_";
    private const string GitVariables = "GIT_";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly string[] Safe =
    [
        "-c", "core.hooksPath=/dev/null",
        "-c", "core.fsmonitor=false",
        "-c", "commit.gpgSign=false",
        "-c", "tag.gpgSign=false",
        "-c", "core.pager=cat",
        "-c", "protocol.allow=never",
        "-c", "gc.auto=0",
        "-c", "maintenance.auto=false",
        "-c", "submodule.recurse=false",
    ];

    /// <summary>Runs it, and takes every exit code for an answer.</summary>
    /// <param name="words">Its words.</param>
    /// <param name="input">What it reads; nothing if left out.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="GitException">It could not be started, or took too long.</exception>
    public async Task<GitAnswer> TryAsync(string[] words, string? input, CancellationToken cancellation)
    {
        using var process = Start(words);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(either.Token), process.StandardError.ReadToEndAsync(either.Token));
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), either.Token);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(either.Token);
            return new GitAnswer(process.ExitCode, await output, (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new GitException($"git {words[0]} took more than {Limit.TotalMinutes:0} minutes in {folder}, and was ended");
        }
    }

    /// <summary>Runs it; an exit code that is not 0 is an error.</summary>
    /// <exception cref="GitException">It failed; says why.</exception>
    public async Task<GitAnswer> RunAsync(string[] words, CancellationToken cancellation, string? input = null)
    {
        var answer = await TryAsync(words, input, cancellation);
        return answer.Code == 0 ? answer : throw new GitException($"git {words[0]} failed in {folder}: {(answer.Error.Length > 0 ? answer.Error : $"exit code {answer.Code}")}");
    }

    private Process Start(string[] words)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
            StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var word in Safe.Concat(words))
        {
            start.ArgumentList.Add(word);
        }

        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith(OwnVariables, StringComparison.Ordinal) || name.StartsWith(GitVariables, StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_LITERAL_PATHSPECS"] = "1";
        start.Environment["GIT_EDITOR"] = "true";
        start.Environment["LC_ALL"] = "C.UTF-8";
        if (identity is not null)
        {
            foreach (var who in new[] { "AUTHOR", "COMMITTER" })
            {
                start.Environment[$"GIT_{who}_NAME"] = identity;
                start.Environment[$"GIT_{who}_EMAIL"] = $"{identity.Replace(':', '-')}@orchestrator.invalid";
            }
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new GitException($"git could not be started in {folder}: {e.Message}");
        }
    }
}
