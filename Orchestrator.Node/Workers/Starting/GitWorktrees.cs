using System.Diagnostics;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>Git worktrees of agents: one folder and one branch each, made beside the data of the node.</summary>
internal sealed class GitWorktrees(string folder)
{
    /// <summary>The worktree of <paramref name="agent"/> on <paramref name="branch"/>, made from the repository around <paramref name="source"/> if it is not there yet.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="source">A folder of the repository.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="moved">The agent ran on another node before, where its program has ended: that the branch is checked out there, in a repository that both nodes share, is no hindrance.</param>
    /// <param name="fetch">Work of the agent that was pushed from another node and is fetched; null for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StartRefusedException">There is no repository, or git refuses; says why.</exception>
    public async Task<AgentWorktree> EnsureAsync(AgentName agent, string source, string branch, bool moved, PushedWork? fetch, CancellationToken cancellation)
    {
        var worktree = await EnsureAsync(agent, source, branch, moved, fetch?.Remote, cancellation);
        if (fetch is not null && (await GitAsync(worktree.Path, ["merge-base", "--is-ancestor", fetch.Commit, "HEAD"], cancellation)).Code != 0)
        {
            // There was a worktree or a branch already: what it has that the other does not is not thrown away.
            var merged = await GitAsync(worktree.Path, ["merge", "--ff-only", "--quiet", fetch.Commit], cancellation);
            if (merged.Code != 0)
            {
                throw new StartRefusedException($"the worktree {worktree.Path} of {agent} has work of its own, and cannot be brought to {fetch.Commit}, which was pushed from the node that it ran on: {merged.Error}; bring the two together by hand and start {agent} again");
            }
        }

        return worktree;
    }

    /// <summary>Pushes what is committed in a worktree to the remote of its repository, <c>origin</c> or the only one; null if there is no remote, or nothing that <paramref name="known"/> does not say. Only that, which was pushed last, may be replaced by work that was written anew.</summary>
    /// <exception cref="InvalidOperationException">git refuses; says why.</exception>
    public static async Task<(string Commit, string Remote)?> PushAsync(AgentWorktree worktree, string? known, CancellationToken cancellation)
    {
        var remotes = (await GitAsync(worktree.Path, ["remote"], cancellation)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var head = await GitAsync(worktree.Path, ["rev-parse", "--verify", "--quiet", "HEAD"], cancellation);
        if ((remotes.Contains("origin") ? "origin" : remotes is [var only] ? only : null) is not { } remote || head.Code != 0 || head.Output == known)
        {
            return null;
        }

        var pushed = await GitAsync(worktree.Path, ["push", "--quiet", .. known is null ? (string[])[] : [$"--force-with-lease=refs/heads/{worktree.Branch}:{known}"], remote, $"{head.Output}:refs/heads/{worktree.Branch}"], cancellation);
        return pushed.Code == 0 ? (head.Output, remote) : throw new InvalidOperationException($"the branch {worktree.Branch} could not be pushed to {remote}: {pushed.Error}");
    }

    private async Task<AgentWorktree> EnsureAsync(AgentName agent, string source, string branch, bool moved, string? remote, CancellationToken cancellation)
    {
        var root = await GitAsync(source, ["rev-parse", "--show-toplevel"], cancellation);
        if (root.Code != 0)
        {
            throw new StartRefusedException($"{source} is in no git repository, so {agent} cannot get a worktree of it: {root.Error}");
        }

        if (remote is not null)
        {
            var fetched = await GitAsync(root.Output, ["fetch", "--quiet", remote, $"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"], cancellation);
            if (fetched.Code != 0)
            {
                throw new StartRefusedException($"the branch {branch} of {agent}, which was pushed from the node that it ran on, could not be fetched from {remote}: {fetched.Error}");
            }
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
        string[] words = exists.Code == 0 ? ["worktree", "add", .. moved ? (string[])["--force"] : [], "--", path, branch] : ["worktree", "add", "-b", branch, "--", path, .. remote is null ? (string[])[] : [$"refs/remotes/{remote}/{branch}"]];
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
        try
        {
            var output = git.StandardOutput.ReadToEndAsync(cancellation);
            var error = git.StandardError.ReadToEndAsync(cancellation);
            await git.WaitForExitAsync(cancellation);
            return (git.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            // A remote that does not answer is not waited for.
            git.Kill(entireProcessTree: true);
            throw;
        }
    }
}
