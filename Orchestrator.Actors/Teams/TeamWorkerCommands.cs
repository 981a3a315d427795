using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>A file that was left uncommitted.</summary>
/// <param name="Path">From the root of the worktree.</param>
/// <param name="Reason">Why.</param>
public sealed record RefusedFile(string Path, string Reason);

/// <summary>How a commit went.</summary>
/// <param name="Commit">What was committed; null if there was nothing.</param>
/// <param name="Files">How many files are in it.</param>
/// <param name="Refused">Files that were left uncommitted; at most the first 200.</param>
/// <param name="Problem">Why nothing could be committed; null if that was not so.</param>
public sealed record CommitResult(string? Commit, int Files, ImmutableArray<RefusedFile> Refused, string? Problem);

/// <summary>Commit what a member has changed to its own branch. Running it again finds nothing more to commit.</summary>
/// <param name="Member">The member.</param>
/// <param name="Worktree">Its worktree.</param>
/// <param name="Branch">Its branch; on another nothing is committed.</param>
/// <param name="Message">The message of the commit.</param>
/// <param name="Policy">What is left out.</param>
public sealed record CommitWork(AgentName Member, string Worktree, string Branch, string Message, TeamGit Policy) : WorkerCommand;

/// <summary>Tag a branch. A tag that is there already on the same commit is taken for made.</summary>
/// <param name="Folder">A folder of the repository.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Tag">The name of the tag.</param>
/// <param name="Message">Its message.</param>
public sealed record MakeTag(string Folder, string Branch, string Tag, string Message) : WorkerCommand;

/// <summary>Say which commit a branch has, and whether what it would bring may be merged.</summary>
/// <param name="Look">Which time this is asked.</param>
/// <param name="Folder">A folder of the repository.</param>
/// <param name="Source">The branch.</param>
/// <param name="Target">The branch that it is to be merged into.</param>
/// <param name="Policy">Which files must not be merged.</param>
public sealed record InspectBranch(int Look, string Folder, string Source, string Target, TeamGit Policy) : WorkerCommand;

/// <summary>Merge a branch into another, with a commit of its own. What is merged already is taken for merged.</summary>
/// <param name="Attempt">Which time it was accepted.</param>
/// <param name="Folder">A folder of the repository.</param>
/// <param name="Source">The branch that is merged.</param>
/// <param name="Target">The branch that it is merged into.</param>
/// <param name="Message">The message of the commit.</param>
public sealed record MergeBranch(int Attempt, string Folder, string Source, string Target, string Message) : WorkerCommand
{
    /// <summary>The commit of the branch that is merged, whatever it has by now; null: what it has.</summary>
    public string? Commit { get; init; }

    /// <summary>Which files must not be merged; null: they are not looked at.</summary>
    public TeamGit? Policy { get; init; }
}
