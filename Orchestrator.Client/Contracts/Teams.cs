using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>A team's file, or a template, and what is said beside it.</summary>
public sealed record TeamFileRequest
{
    /// <summary>The text of the file (HOCON); without it a template is needed.</summary>
    public string? Text { get; init; }

    /// <summary>What the file is called in errors.</summary>
    public string? Source { get; init; }

    /// <summary>The folder that a relative folder of the project starts from, an absolute path.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>The template in place of that of the file: small, medium, large or one of the data folder.</summary>
    public string? Template { get; init; }

    /// <summary>The name in place of that of the file.</summary>
    public string? Name { get; init; }

    /// <summary>The folder of the project in place of that of the file.</summary>
    public string? Folder { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>To apply: also end and make anew members whose program must be started anew for it.</summary>
    public bool Restart { get; init; }
}

/// <summary>What of one member is another.</summary>
public sealed record MemberChangeInfo(string Member, ImmutableArray<string> Fields);

/// <summary>What lies between a team and its file, and what was done about it.</summary>
/// <param name="Team">The team.</param>
/// <param name="Done">It was done, or there was nothing to do; false if only asked.</param>
/// <param name="Unchanged">Nothing lies between them.</param>
/// <param name="Added">Members that are new.</param>
/// <param name="Removed">Members that are gone.</param>
/// <param name="Changed">Members that are changed as they run.</param>
/// <param name="NeedsRestart">Members whose program must be ended and started anew for it.</param>
/// <param name="Left">Of those, the ones that were left as they are.</param>
/// <param name="TeamChanged">What of the team itself is another.</param>
/// <param name="Warnings">Keys of the file that nobody knows.</param>
public sealed record TeamChangesInfo(
    string Team,
    bool Done,
    bool Unchanged,
    ImmutableArray<string> Added,
    ImmutableArray<string> Removed,
    ImmutableArray<MemberChangeInfo> Changed,
    ImmutableArray<MemberChangeInfo> NeedsRestart,
    ImmutableArray<string> Left,
    ImmutableArray<string> TeamChanged,
    ImmutableArray<string> Warnings);

/// <summary>A file that was left uncommitted.</summary>
public sealed record RefusedFileInfo(string Path, string Reason);

/// <summary>A member of a team.</summary>
/// <param name="Name">Its name as an agent.</param>
/// <param name="Section">Its section in the team's file.</param>
/// <param name="Role">Its role.</param>
/// <param name="Profile">Its profile.</param>
/// <param name="State">waiting, starting, up, down, failed, gone.</param>
/// <param name="Reason">Why, if something is wrong.</param>
/// <param name="ReportsTo">Whom it reports to; null: people.</param>
/// <param name="CollaboratesWith">Whom it may speak to beside that and those it manages.</param>
/// <param name="Branch">The branch of its own worktree.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Commit">The last commit of its work that was made for it.</param>
/// <param name="CommittedAt">When.</param>
/// <param name="RefusedFiles">Files that were left uncommitted, the last time.</param>
/// <param name="CommitProblem">Why nothing could be committed, the last time.</param>
public sealed record TeamMemberInfo(
    string Name,
    string Section,
    string Role,
    string Profile,
    string State,
    string? Reason,
    string? ReportsTo,
    ImmutableArray<string> CollaboratesWith,
    string? Branch,
    string? Node,
    string? Commit,
    DateTimeOffset? CommittedAt,
    ImmutableArray<RefusedFileInfo> RefusedFiles,
    string? CommitProblem);

/// <summary>What a team is there for.</summary>
public sealed record TeamSpecificationInfo(string Goal, ImmutableArray<string> Constraints, ImmutableArray<string> Deliverables, ImmutableArray<string> SuccessCriteria);

/// <summary>A tag of a state that is known to work.</summary>
/// <param name="Name">The tag.</param>
/// <param name="Commit">What it names; null while it is being made.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When.</param>
/// <param name="Problem">Why it could not be made.</param>
public sealed record StableTagInfo(string Name, string? Commit, string By, DateTimeOffset At, string? Problem);

/// <summary>What members are held to when they speak.</summary>
public sealed record TeamRulesInfo(bool HubAndSpoke, int Exchanges, int Hops, int MessagesPerPair, double PairWindowSeconds, double TopicEndsAfterSeconds, int Broadcasts, double BroadcastWindowSeconds, double AcknowledgeWithinSeconds, double BlockedAfterSeconds);

/// <summary>A team.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">deploying, running, stopped, removing.</param>
/// <param name="Project">The project, in its one spelling.</param>
/// <param name="Folder">The folder of the project.</param>
/// <param name="Specification">What it is there for.</param>
/// <param name="Members">Its members, and those that are on their way out.</param>
/// <param name="Rules">What they are held to.</param>
/// <param name="CommitEverySeconds">How often their work is committed; null: it is not.</param>
/// <param name="Target">The branch that merge requests lead to.</param>
/// <param name="CheckIns">The check-ins that are made for it.</param>
/// <param name="Tags">The <c>stable-*</c> tags that were asked for.</param>
/// <param name="By">Who deployed it.</param>
/// <param name="DeployedAt">When.</param>
/// <param name="UpdatedAt">When anything last happened to it.</param>
public sealed record TeamInfo(
    string Name,
    string State,
    string Project,
    string Folder,
    TeamSpecificationInfo Specification,
    ImmutableArray<TeamMemberInfo> Members,
    TeamRulesInfo Rules,
    double? CommitEverySeconds,
    string? Target,
    ImmutableArray<string> CheckIns,
    ImmutableArray<StableTagInfo> Tags,
    string By,
    DateTimeOffset DeployedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A tag to make.</summary>
public sealed record TagStableRequest
{
    /// <summary>What follows <c>stable-</c>; the time if it is left out.</summary>
    public string? Name { get; init; }
}

/// <summary>What an agent says that keeps it from going on.</summary>
public sealed record BlockedRequest
{
    /// <summary>Why it cannot go on, 1 to 500 characters; null: it can.</summary>
    public string? Reason { get; init; }
}

/// <summary>A branch that is to be merged.</summary>
public sealed record MergeRequestRequest
{
    /// <summary>Its id: 1 to 30 lower-case letters, digits and dashes. Made if it is missing.</summary>
    public string? Id { get; init; }

    /// <summary>The member whose branch it is.</summary>
    public required string Agent { get; init; }

    /// <summary>What it is about: 1 to 200 characters in one line.</summary>
    public required string Title { get; init; }

    /// <summary>The agent that reviews it, or <c>person</c>; a member whose role is code_reviewer if it is missing, else whom the author reports to, else a person.</summary>
    public string? Reviewer { get; init; }
}

/// <summary>Why something is sent back.</summary>
public sealed record RejectMergeRequest
{
    /// <summary>What must be mended.</summary>
    public required string Reason { get; init; }
}

/// <summary>A merge request.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">open, merging, conflicted, merged, rejected.</param>
/// <param name="Team">The team.</param>
/// <param name="Author">Whose work it is.</param>
/// <param name="Reviewer">Who reviews it; null: a person.</param>
/// <param name="Source">The branch that is to be merged.</param>
/// <param name="SourceCommit">The commit of it that is reviewed and merged; null until the node has said it, and in requests of older versions, which take what the branch has when it is accepted.</param>
/// <param name="Target">The branch that it is to be merged into.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Task">The task of its reviewer.</param>
/// <param name="Commit">The commit that merged it.</param>
/// <param name="Conflicts">The files in conflict.</param>
/// <param name="RefusedFiles">The files that must not be merged.</param>
/// <param name="Reason">Why it was rejected, or could not be merged; of one that is merged, what of its branch is not.</param>
/// <param name="By">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="UpdatedAt">When anything last happened to it.</param>
public sealed record MergeInfo(
    string Id,
    string State,
    string Team,
    string Author,
    string? Reviewer,
    string Source,
    string? SourceCommit,
    string Target,
    string Title,
    string Task,
    string? Commit,
    ImmutableArray<string> Conflicts,
    ImmutableArray<RefusedFileInfo> RefusedFiles,
    string? Reason,
    string By,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A thing as it was.</summary>
/// <param name="Entity">The thing: kind/id.</param>
/// <param name="Position">The position of the last event of it that counts.</param>
/// <param name="At">When that was.</param>
/// <param name="Events">How many events add up to it.</param>
/// <param name="State">Its state then; what is secret is left out.</param>
public sealed record PastStateInfo(string Entity, long Position, DateTimeOffset At, long Events, JsonElement State);
