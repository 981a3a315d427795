using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>Where a merge request stands.</summary>
public enum MergeState
{
    /// <summary>Somebody is to review it.</summary>
    Open,

    /// <summary>It was accepted, and a node merges.</summary>
    Merging,

    /// <summary>It was accepted, and could not be merged: the branch must be mended first.</summary>
    Conflicted,

    /// <summary>It is merged.</summary>
    Merged,

    /// <summary>It was rejected.</summary>
    Rejected,
}

/// <summary>One branch that is to be merged into another: the state that its events add up to, and the row of the view <c>merges</c>.</summary>
public sealed record MergeRequest
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "merge";

    /// <summary>The name of the view.</summary>
    public const string ViewName = "merges";

    /// <summary>Its id; what it may be is what the id of a task may be, but at most 30 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands; null: it has never been made.</summary>
    public MergeState? State { get; init; }

    /// <summary>The team.</summary>
    public TeamName Team { get; init; }

    /// <summary>Whose work it is.</summary>
    public AgentName Author { get; init; }

    /// <summary>Who reviews it; null: whichever person looks at it.</summary>
    public AgentName? Reviewer { get; init; }

    /// <summary>The role of the reviewer.</summary>
    public string? ReviewerRole { get; init; }

    /// <summary>The node that the repository is on.</summary>
    public string Node { get; init; } = string.Empty;

    /// <summary>A folder of the repository there.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>The branch that is to be merged.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>The commit of it that is reviewed and merged; null: the node has never said it, or <see cref="Policy"/> is missing.</summary>
    public string? SourceCommit { get; init; }

    /// <summary>How often the node was asked which commit it is about.</summary>
    public int Looks { get; init; }

    /// <summary>The node has still to say which commit it is about.</summary>
    public bool Looking { get; init; }

    /// <summary>How many commits its reviewer was asked to review, one after the other.</summary>
    public int Rounds { get; init; }

    /// <summary>The branch that it is to be merged into.</summary>
    public string Target { get; init; } = string.Empty;

    /// <summary>Which files must not be merged; null in a request of an older version, which takes whatever the branch has when it is merged.</summary>
    public TeamGit? Policy { get; init; }

    /// <summary>What it is about.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>Known to nobody outside: what the seals of the messages of its tasks are made of.</summary>
    public string Secret { get; init; } = string.Empty;

    /// <summary>How often it was accepted.</summary>
    public int Attempts { get; init; }

    /// <summary>The commit that merged it.</summary>
    public string? Commit { get; init; }

    /// <summary>The files in conflict, the last time.</summary>
    public ImmutableArray<string> Conflicts { get; init; } = [];

    /// <summary>The files that must not be merged; at most the first 200.</summary>
    public ImmutableArray<RefusedFile> Refused { get; init; } = [];

    /// <summary>Why it was rejected, or could not be merged; of one that is merged, what of its branch is not.</summary>
    public string? Reason { get; init; }

    /// <summary>Who made it.</summary>
    public string By { get; init; } = string.Empty;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything last happened to it.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its reviewer has a task: not before the node has said what there is to be reviewed.</summary>
    [JsonIgnore]
    public bool IsInReview => Policy is null || Rounds > 0;

    /// <summary>The task of its reviewer; another one for each commit.</summary>
    [JsonIgnore]
    public TaskId ReviewTask => TaskId.Parse(Rounds <= 1 ? $"merge-{Id}" : string.Create(CultureInfo.InvariantCulture, $"review-{Id}-{Rounds}"));

    /// <summary>The entity of the merge request <paramref name="id"/>.</summary>
    public static EntityId Entity(string id) => new(Kind, id);

    /// <summary>It before its first event.</summary>
    public static MergeRequest Empty(EntityId id) => new() { Id = id.Id };

    /// <summary>The task of its author when it cannot be merged for the time <paramref name="number"/>.</summary>
    public TaskId MendTask(int number) => TaskId.Parse(string.Create(CultureInfo.InvariantCulture, $"mend-{Id}-{number}"));

    /// <summary>It after <paramref name="e"/>.</summary>
    public MergeRequest Apply(MergeEvent e) => Applied(e) with { UpdatedAt = e.At };

    private MergeRequest Applied(MergeEvent e) => e switch
    {
        MergeRequested requested => this with
        {
            State = MergeState.Open,
            Team = requested.Team,
            Author = requested.Author,
            Reviewer = requested.Reviewer,
            ReviewerRole = requested.ReviewerRole,
            Node = requested.Node,
            Folder = requested.Folder,
            Source = requested.Source,
            Target = requested.Target,
            Policy = requested.Policy,
            Looks = requested.Policy is null ? 0 : 1,
            Looking = requested.Policy is not null,
            Title = requested.Title,
            Secret = requested.Secret,
            By = requested.By,
            CreatedAt = requested.At,
        },
        MergeRenewed renewed => this with { State = MergeState.Open, Policy = renewed.Policy, Looks = Looks + 1, Looking = true, Reason = null, Conflicts = [], Refused = [] },
        BranchFound found => this with { SourceCommit = found.Commit, Looking = false, Rounds = Rounds + (SourceCommit == found.Commit ? 0 : 1) },
        MergeAccepted => this with { State = MergeState.Merging, Attempts = Attempts + 1, Reason = null, Conflicts = [] },
        MergeEnded { Commit: { } commit } ended => this with { State = MergeState.Merged, Commit = commit, Reason = ended.Note },
        MergeEnded ended => this with { State = MergeState.Conflicted, Looking = false, Conflicts = ended.Conflicts, Refused = ended.Refused, Reason = ended.Problem },
        MergeRejected rejected => this with { Looking = false, State = MergeState.Rejected, Reason = rejected.Reason },
        _ => throw new UnreachableException($"a merge request has no rule for the event {e.GetType().Name}"),
    };
}

/// <summary>What a merge request can be asked.</summary>
public abstract record MergeCommand : Command;

/// <summary>Make it; of one that is open or could not be merged: let what the branch of its author has by now be reviewed.</summary>
public sealed record RequestMerge(TeamName Team, AgentName Author, AgentName? Reviewer, string? ReviewerRole, string Node, string Folder, string Source, string Target, string Title, string Secret) : MergeCommand
{
    /// <summary>Which files must not be merged; null in one of an older version, which is about whatever the branch has when it is merged.</summary>
    public TeamGit? Policy { get; init; }
}

/// <summary>A worker has looked at the branch.</summary>
/// <param name="Look">Which time it was asked to.</param>
/// <param name="Commit">The commit that it has; null if it could not be read.</param>
/// <param name="Refused">The files that must not be merged; at most the first 200.</param>
/// <param name="Problem">Why it cannot be merged; null if it can.</param>
public sealed record ReportBranch(int Look, string? Commit, ImmutableArray<RefusedFile> Refused, string? Problem) : MergeCommand;

/// <summary>Merge it.</summary>
public sealed record AcceptMerge : MergeCommand
{
    /// <summary>The commit that was reviewed, or how it begins; null: the only one that ever was up for review.</summary>
    public string? Commit { get; init; }
}

/// <summary>Send it back.</summary>
public sealed record RejectMerge(string Reason) : MergeCommand;

/// <summary>A worker has merged, or could not.</summary>
/// <param name="Attempt">Which time it was accepted.</param>
/// <param name="Commit">The commit; null if there is none.</param>
/// <param name="Conflicts">The files in conflict.</param>
/// <param name="Problem">Why it could not be merged.</param>
public sealed record ReportMerge(int Attempt, string? Commit, ImmutableArray<string> Conflicts, string? Problem) : MergeCommand
{
    /// <summary>The files that must not be merged; at most the first 200.</summary>
    public ImmutableArray<RefusedFile> Refused { get; init; } = [];

    /// <summary>What of the branch was not merged, though the rest was.</summary>
    public string? Note { get; init; }
}

/// <summary>Something has happened to a merge request.</summary>
/// <param name="At">When.</param>
public abstract record MergeEvent(DateTimeOffset At) : Event;

/// <summary>It was made.</summary>
public sealed record MergeRequested(TeamName Team, AgentName Author, AgentName? Reviewer, string Node, string Folder, string Source, string Target, string Title, string Secret, string By, DateTimeOffset At) : MergeEvent(At)
{
    /// <summary>The role of the reviewer.</summary>
    public string? ReviewerRole { get; init; }

    /// <summary>Which files must not be merged; null: of an older version.</summary>
    public TeamGit? Policy { get; init; }
}

/// <summary>What its branch has by now is to be reviewed.</summary>
public sealed record MergeRenewed(TeamGit Policy, string By, DateTimeOffset At) : MergeEvent(At);

/// <summary>The commit that it is about is known.</summary>
public sealed record BranchFound(string Commit, DateTimeOffset At) : MergeEvent(At);

/// <summary>It is to be merged.</summary>
public sealed record MergeAccepted(string By, DateTimeOffset At) : MergeEvent(At);

/// <summary>It was merged, or could not be.</summary>
public sealed record MergeEnded(string? Commit, ImmutableArray<string> Conflicts, string? Problem, DateTimeOffset At) : MergeEvent(At)
{
    /// <summary>The files that must not be merged.</summary>
    public ImmutableArray<RefusedFile> Refused { get; init; } = [];

    /// <summary>What of the branch was not merged, though the rest was.</summary>
    public string? Note { get; init; }
}

/// <summary>It was sent back.</summary>
public sealed record MergeRejected(string Reason, string By, DateTimeOffset At) : MergeEvent(At);
