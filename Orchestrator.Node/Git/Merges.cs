using System.Collections.Immutable;

using Orchestrator.Actors.Teams;

namespace Orchestrator.Node.Git;

/// <summary>Merges branches and makes tags in the repository of a project.</summary>
internal static class Merges
{
    private const string MergedBy = "orchestrator";
    private const int MostNamed = 20;

    /// <summary>Says which commit a branch has, and which files of it must not be merged.</summary>
    public static async Task<ReportBranch> InspectAsync(InspectBranch order, string folder, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            var git = new GitProgram(folder, identity: null, time);
            var (source, target) = (await BranchAsync(git, order.Source, cancellation), await BranchAsync(git, order.Target, cancellation));
            var refused = await new BranchFiles(git, order.Policy).RefusedAsync(target, source, cancellation);
            return new ReportBranch(order.Look, source, refused, refused.IsEmpty ? null : Refusal(order.Source, order.Target, refused));
        }
        catch (GitException e)
        {
            return new ReportBranch(order.Look, Commit: null, [], e.Message);
        }
    }

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
        var source = order.Commit is null
            ? await BranchAsync(git, order.Source, cancellation)
            : await CommitAsync(git, order.Commit, cancellation) ?? throw new GitException($"the commit {order.Commit}, which was reviewed, is not in the repository any more: ask for the merge again");
        var target = await BranchAsync(git, order.Target, cancellation);
        if ((await git.TryAsync(["merge-base", "--is-ancestor", source, target], input: null, cancellation)).Code == 0)
        {
            return await MergedAsync(order, git, target, cancellation);
        }

        if (order.Policy is { } policy && await new BranchFiles(git, policy).RefusedAsync(target, source, cancellation) is { IsEmpty: false } refused)
        {
            return new ReportMerge(order.Attempt, Commit: null, [], Refusal(order.Source, order.Target, refused)) { Refused = refused };
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
            ? await MergedAsync(order, git, commit, cancellation)
            : new ReportMerge(order.Attempt, Commit: null, [], $"the folder {tree} has {order.Target} checked out and changes that are not committed, so it cannot follow: commit or put them aside, and accept again ({followed.Error})");
    }

    // Only if nobody has moved the branch meanwhile.
    private static async Task<ReportMerge> MovingAsync(MergeBranch order, GitProgram git, string target, string commit, CancellationToken cancellation)
    {
        await git.RunAsync(["update-ref", "-m", $"merge {order.Source}", $"refs/heads/{order.Target}", commit, target], cancellation);
        return await MergedAsync(order, git, commit, cancellation);
    }

    // A branch that has moved on since its review keeps what came after: whoever reads the history is told.
    private static async Task<ReportMerge> MergedAsync(MergeBranch order, GitProgram git, string commit, CancellationToken cancellation)
    {
        var head = order.Commit is null ? null : await CommitAsync(git, $"refs/heads/{order.Source}", cancellation);
        return new ReportMerge(order.Attempt, commit, [], Problem: null)
        {
            Note = head is null || head == order.Commit ? null : $"{order.Source} has moved on to {head} since {order.Commit} was put up for review: what came after is not merged",
        };
    }

    private static string Refusal(string source, string target, ImmutableArray<RefusedFile> refused)
        => $"{source} has files that have no place in {target}: {string.Join("; ", refused.Take(MostNamed).Select(static file => $"{file.Path} {file.Reason}"))}{(refused.Length > MostNamed ? $"; and {refused.Length - MostNamed} more" : string.Empty)}";

    private static async Task<string> BranchAsync(GitProgram git, string branch, CancellationToken cancellation)
        => await CommitAsync(git, $"refs/heads/{branch}", cancellation) ?? throw new GitException($"there is no branch {branch}");

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
