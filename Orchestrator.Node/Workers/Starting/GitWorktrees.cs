using System.Diagnostics;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>Git worktrees of agents: one folder and one branch each, made beside the data of the node.</summary>
internal sealed class GitWorktrees(string folder)
{
    /// <summary>The worktree of <paramref name="agent"/> on <paramref name="branch"/>, made from the repository around <paramref name="source"/> if it is not there yet.</summary>
    /// <exception cref="StartRefusedException">There is no repository, or git refuses; says why.</exception>
    public async Task<AgentWorktree> EnsureAsync(AgentName agent, string source, string branch, CancellationToken cancellation)
    {
        var root = await GitAsync(source, ["rev-parse", "--show-toplevel"], cancellation);
        if (root.Code != 0)
        {
            throw new StartRefusedException($"{source} is in no git repository, so {agent} cannot get a worktree of it: {root.Error}");
        }

        var path = Path.Combine(folder, agent.Value);
        if (Directory.Exists(path))
        {
            var current = await GitAsync(path, ["rev-parse", "--abbrev-ref", "HEAD"], cancellation);
            return current.Code == 0
                ? new AgentWorktree(path, current.Output)
                : throw new StartRefusedException($"{path} exists but is no git worktree: {current.Error}; move it away and start {agent} again");
        }

        Directory.CreateDirectory(folder);
        await GitAsync(root.Output, ["worktree", "prune"], cancellation);
        var exists = await GitAsync(root.Output, ["rev-parse", "--verify", "--quiet", $"refs/heads/{branch}"], cancellation);
        string[] words = exists.Code == 0 ? ["worktree", "add", "--", path, branch] : ["worktree", "add", "-b", branch, "--", path];
        var added = await GitAsync(root.Output, words, cancellation);
        return added.Code == 0
            ? new AgentWorktree(path, branch)
            : throw new StartRefusedException($"git could not make the worktree {path} on the branch {branch}: {added.Error}");
    }

    private static async Task<(int Code, string Output, string Error)> GitAsync(string directory, string[] words, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = directory };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        using var git = Process.Start(start) ?? throw new StartRefusedException("git could not be started: is it installed?");
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEndAsync(cancellation);
        var error = git.StandardError.ReadToEndAsync(cancellation);
        await git.WaitForExitAsync(cancellation);
        return (git.ExitCode, (await output).Trim(), (await error).Trim());
    }
}
