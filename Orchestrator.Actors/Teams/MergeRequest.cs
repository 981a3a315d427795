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

    /// <summary>The node that the repository is on.</summary>
    public string Node { get; init; } = string.Empty;

    /// <summary>A folder of the repository there.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>The branch that is to be merged.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>The branch that it is to be merged into.</summary>
    public string Target { get; init; } = string.Empty;

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

    /// <summary>Why it was rejected, or could not be merged.</summary>
    public string? Reason { get; init; }

    /// <summary>Who made it.</summary>
    public string By { get; init; } = string.Empty;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything last happened to it.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The task of its reviewer.</summary>
    [JsonIgnore]
    public TaskId ReviewTask => TaskId.Parse($"merge-{Id}");

    /// <summary>The entity of the merge request <paramref name="id"/>.</summary>
    public static EntityId Entity(string id) => new(Kind, id);

    /// <summary>It before its first event.</summary>
    public static MergeRequest Empty(EntityId id) => new() { Id = id.Id };

    /// <summary>The task of its author after <paramref name="attempt"/> of it.</summary>
    public TaskId MendTask(int attempt) => TaskId.Parse(string.Create(CultureInfo.InvariantCulture, $"mend-{Id}-{attempt}"));

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
            Node = requested.Node,
            Folder = requested.Folder,
            Source = requested.Source,
            Target = requested.Target,
            Title = requested.Title,
            Secret = requested.Secret,
            By = requested.By,
            CreatedAt = requested.At,
        },
        MergeAccepted => this with { State = MergeState.Merging, Attempts = Attempts + 1, Reason = null, Conflicts = [] },
        MergeEnded { Commit: { } commit } => this with { State = MergeState.Merged, Commit = commit },
        MergeEnded ended => this with { State = MergeState.Conflicted, Conflicts = ended.Conflicts, Reason = ended.Problem },
        MergeRejected rejected => this with { State = MergeState.Rejected, Reason = rejected.Reason },
        _ => throw new UnreachableException($"a merge request has no rule for the event {e.GetType().Name}"),
    };
}

/// <summary>What a merge request can be asked.</summary>
public abstract record MergeCommand : Command;

/// <summary>Make it.</summary>
public sealed record RequestMerge(TeamName Team, AgentName Author, AgentName? Reviewer, string? ReviewerRole, string Node, string Folder, string Source, string Target, string Title, string Secret) : MergeCommand;

/// <summary>Merge it.</summary>
public sealed record AcceptMerge : MergeCommand;

/// <summary>Send it back.</summary>
public sealed record RejectMerge(string Reason) : MergeCommand;

/// <summary>A worker has merged, or could not.</summary>
/// <param name="Attempt">Which time it was accepted.</param>
/// <param name="Commit">The commit; null if there is none.</param>
/// <param name="Conflicts">The files in conflict.</param>
/// <param name="Problem">Why it could not be merged.</param>
public sealed record ReportMerge(int Attempt, string? Commit, ImmutableArray<string> Conflicts, string? Problem) : MergeCommand;

/// <summary>Something has happened to a merge request.</summary>
/// <param name="At">When.</param>
public abstract record MergeEvent(DateTimeOffset At) : Event;

/// <summary>It was made.</summary>
public sealed record MergeRequested(TeamName Team, AgentName Author, AgentName? Reviewer, string Node, string Folder, string Source, string Target, string Title, string Secret, string By, DateTimeOffset At) : MergeEvent(At);

/// <summary>It is to be merged.</summary>
public sealed record MergeAccepted(string By, DateTimeOffset At) : MergeEvent(At);

/// <summary>It was merged, or could not be.</summary>
public sealed record MergeEnded(string? Commit, ImmutableArray<string> Conflicts, string? Problem, DateTimeOffset At) : MergeEvent(At);

/// <summary>It was sent back.</summary>
public sealed record MergeRejected(string Reason, string By, DateTimeOffset At) : MergeEvent(At);
