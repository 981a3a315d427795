using Orchestrator.Actors.Teams;

namespace Orchestrator.Node.Git;

/// <summary>Merges branches and makes tags in the repository of a project.</summary>
internal static class Merges
{
    private const string MergedBy = "orchestrator";

    /// <summary>
    /// Merges with a commit of its own. The commit is made beside every working tree, so a conflict, or an end of the node in the middle, leaves nothing half done; a working tree that has the target checked
    /// out then follows.
    /// </summary>
    public static async Task<ReportMerge> RunAsync(MergeBranch order, string folder, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return await MergingAsync(order, new GitProgram(folder, MergedBy, time), time, cancellation);
        }
        catch (GitException e)
        {
            return new ReportMerge(order.Attempt, Commit: null, [], e.Message);
        }
    }

    /// <summary>Tags a branch; a tag of this name that is there already on the same commit is taken for made.</summary>
    public static async Task<ReportTag> TagAsync(MakeTag order, string folder, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            var git = new GitProgram(folder, MergedBy, time);
            var commit = await CommitAsync(git, $"refs/heads/{order.Branch}", cancellation) ?? throw new GitException($"there is no branch {order.Branch} in {folder}: set git.target of the team");
            var known = await CommitAsync(git, $"refs/tags/{order.Tag}", cancellation);
            if (known is not null && known != commit)
            {
                return new ReportTag(order.Tag, Commit: null, $"there is a tag {order.Tag} already, on another commit ({known}): use another name");
            }

            if (known is null)
            {
                await git.RunAsync(["tag", "--annotate", "--no-sign", "--message", order.Message, order.Tag, commit], cancellation);
            }

            return new ReportTag(order.Tag, commit, Problem: null);
        }
        catch (GitException e)
        {
            return new ReportTag(order.Tag, Commit: null, e.Message);
        }
    }

    private static async Task<ReportMerge> MergingAsync(MergeBranch order, GitProgram git, TimeProvider time, CancellationToken cancellation)
    {
        var source = await CommitAsync(git, $"refs/heads/{order.Source}", cancellation) ?? throw new GitException($"there is no branch {order.Source}");
        var target = await CommitAsync(git, $"refs/heads/{order.Target}", cancellation) ?? throw new GitException($"there is no branch {order.Target}");
        if ((await git.TryAsync(["merge-base", "--is-ancestor", source, target], input: null, cancellation)).Code == 0)
        {
            return new ReportMerge(order.Attempt, target, [], Problem: null);
        }

        var merged = await git.TryAsync(["merge-tree", "--write-tree", "--name-only", "--no-messages", target, source], input: null, cancellation);
        var lines = merged.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (merged.Code == 1 && lines.Length > 0)
        {
            return new ReportMerge(order.Attempt, Commit: null, [.. lines.Skip(1).Distinct(StringComparer.Ordinal)], $"{order.Source} and {order.Target} have changed the same places");
        }

        if (merged.Code != 0)
        {
            throw new GitException($"git merge-tree failed: {merged.Error}");
        }

        var commit = (await git.RunAsync(["commit-tree", lines[0], "-p", target, "-p", source, "-m", order.Message], cancellation)).Text;
        return await CheckedOutAsync(git, order.Target, cancellation) is { } tree
            ? await FollowingAsync(order, new GitProgram(tree, MergedBy, time), tree, commit, cancellation)
            : await MovingAsync(order, git, target, commit, cancellation);
    }

    // Git itself refuses where files that a person has changed would be lost.
    private static async Task<ReportMerge> FollowingAsync(MergeBranch order, GitProgram git, string tree, string commit, CancellationToken cancellation)
    {
        var followed = await git.TryAsync(["merge", "--ff-only", "--quiet", commit], input: null, cancellation);
        return followed.Code == 0
            ? new ReportMerge(order.Attempt, commit, [], Problem: null)
            : new ReportMerge(order.Attempt, Commit: null, [], $"the folder {tree} has {order.Target} checked out and changes that are not committed, so it cannot follow: commit or put them aside, and accept again ({followed.Error})");
    }

    // Only if nobody has moved the branch meanwhile.
    private static async Task<ReportMerge> MovingAsync(MergeBranch order, GitProgram git, string target, string commit, CancellationToken cancellation)
    {
        await git.RunAsync(["update-ref", "-m", $"merge {order.Source}", $"refs/heads/{order.Target}", commit, target], cancellation);
        return new ReportMerge(order.Attempt, commit, [], Problem: null);
    }

    private static async Task<string?> CommitAsync(GitProgram git, string name, CancellationToken cancellation)
        => await git.TryAsync(["rev-parse", "--verify", "--quiet", $"{name}^{{commit}}"], input: null, cancellation) is { Code: 0 } found ? found.Text : null;

    private static async Task<string?> CheckedOutAsync(GitProgram git, string branch, CancellationToken cancellation)
    {
        string? tree = null;
        foreach (var line in (await git.RunAsync(["worktree", "list", "--porcelain"], cancellation)).Output.Split('\n'))
        {
            tree = line.StartsWith("worktree ", StringComparison.Ordinal) ? line["worktree ".Length..] : tree;
            if (line == $"branch refs/heads/{branch}")
            {
                return tree;
            }
        }

        return null;
    }
}
