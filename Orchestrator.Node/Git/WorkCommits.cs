using System.Collections.Immutable;

using Orchestrator.Actors.Teams;

namespace Orchestrator.Node.Git;

/// <summary>Commits what an agent has changed in its worktree to its own branch, and leaves out what has no place in a commit.</summary>
internal static class WorkCommits
{
    private const int MostRefused = 200;

    // What git leaves behind in the middle of something that a person or the agent must end.
    private static readonly (string File, string What)[] UnderWay = [("MERGE_HEAD", "a merge"), ("CHERRY_PICK_HEAD", "a cherry-pick"), ("REVERT_HEAD", "a revert"), ("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"), ("BISECT_LOG", "a bisection")];

    /// <summary>Commits; what is in the way is told, not thrown.</summary>
    public static async Task<CommitResult> RunAsync(CommitWork order, string root, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return await CommittingAsync(order, root, new GitProgram(root, order.Member.Value, time), cancellation);
        }
        catch (Exception e) when (e is GitException or IOException or UnauthorizedAccessException)
        {
            return new CommitResult(Commit: null, Files: 0, [], e.Message);
        }
    }

    private static async Task<CommitResult> CommittingAsync(CommitWork order, string root, GitProgram git, CancellationToken cancellation)
    {
        var branch = (await git.TryAsync(["symbolic-ref", "--quiet", "--short", "HEAD"], input: null, cancellation)).Text;
        if (branch != order.Branch)
        {
            return Not($"the worktree {root} is on {(branch.Length == 0 ? "no branch" : $"the branch {branch}")}, not on {order.Branch}: nothing is committed there");
        }

        var folder = Path.GetFullPath((await git.RunAsync(["rev-parse", "--git-dir"], cancellation)).Text, root);
        if (UnderWay.FirstOrDefault(step => Path.Exists(Path.Combine(folder, step.File))) is { What: { } what })
        {
            return Not($"{what} is under way in {root}: it must be ended first");
        }

        var changed = Changed((await git.RunAsync(["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all"], cancellation)).Output);
        var rules = new RefusalRules(order.Policy);
        var judged = changed.Select(path => (Path: path, Reason: rules.Of(root, path))).ToList();
        ImmutableArray<RefusedFile> refused = [.. judged.Where(static j => j.Reason is not null).Select(static j => new RefusedFile(Shown(j.Path), j.Reason!)).Take(MostRefused)];
        if (judged.Exists(static j => j.Reason is not null))
        {
            // Whoever has added them by hand does not get them in either.
            await git.TryAsync(["reset", "--quiet", "--pathspec-from-file=-", "--pathspec-file-nul"], List(judged.Where(static j => j.Reason is not null).Select(static j => j.Path)), cancellation);
        }

        var taken = judged.Where(static j => j.Reason is null).Select(static j => j.Path).ToList();
        if (taken.Count == 0)
        {
            return new CommitResult(Commit: null, Files: 0, refused, Problem: null);
        }

        await git.RunAsync(["add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul"], cancellation, List(taken));
        if ((await git.TryAsync(["diff", "--cached", "--quiet", "--no-ext-diff"], input: null, cancellation)).Code == 0)
        {
            return new CommitResult(Commit: null, Files: 0, refused, Problem: null);
        }

        await git.RunAsync(["commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", order.Message], cancellation);
        return new CommitResult((await git.RunAsync(["rev-parse", "HEAD"], cancellation)).Text, taken.Count, refused, Problem: null);

        static CommitResult Not(string problem) => new(Commit: null, Files: 0, [], problem);
    }

    // Two letters, a blank, the path: one entry after the other, each ended by a NUL.
    private static List<string> Changed(string status) => [.. status.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(static entry => entry.Length > 3).Select(static entry => entry[3..])];

    private static string List(IEnumerable<string> paths) => string.Join('\0', paths);

    /// <summary>A path as it can be shown.</summary>
    public static string Shown(string path) => new([.. path.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c).Take(300)]);
}
