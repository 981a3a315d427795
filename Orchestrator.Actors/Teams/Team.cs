using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>Where a team stands.</summary>
public enum TeamState
{
    /// <summary>Its members are being made and started.</summary>
    Deploying,

    /// <summary>Every member has been made and started.</summary>
    Running,

    /// <summary>The programs of its members are stopped, or are being stopped.</summary>
    Stopped,

    /// <summary>Its members are being ended.</summary>
    Removing,

    /// <summary>Its members are gone.</summary>
    Removed,
}

/// <summary>How a member is, as its team knows it.</summary>
public enum TeamMemberState
{
    /// <summary>It has not taken its place yet.</summary>
    Waiting,

    /// <summary>Its program starts.</summary>
    Starting,

    /// <summary>Its program runs.</summary>
    Up,

    /// <summary>Its program is stopped.</summary>
    Down,

    /// <summary>It could not be made, or its program failed.</summary>
    Failed,

    /// <summary>It was ended.</summary>
    Gone,
}

/// <summary>What the state of an agent is to its team.</summary>
public static class TeamMemberStates
{
    /// <summary>The state of a member that is in the state of <paramref name="agent"/>.</summary>
    public static TeamMemberState Of(Agent agent) => agent.State switch
    {
        AgentState.Offline => agent.Registered ? TeamMemberState.Down : TeamMemberState.Gone,
        AgentState.Active => TeamMemberState.Starting,
        AgentState.Idle or AgentState.Busy => TeamMemberState.Up,
        AgentState.Error => TeamMemberState.Failed,
        AgentState.Terminated => TeamMemberState.Gone,
        _ => throw new UnreachableException($"a member has no state for {agent.State}"),
    };
}

/// <summary>One member as its team knows it.</summary>
/// <param name="Placement">Where it is started.</param>
/// <param name="Order">The number of the last order that it was given.</param>
/// <param name="Done">The number of the last order that it has carried out.</param>
/// <param name="State">How it is.</param>
/// <param name="Reason">Why, if something is wrong.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Worktree">Its own worktree there.</param>
public sealed record MemberRecord(MemberPlacement Placement, int Order, int Done, TeamMemberState State, string? Reason, string? Node, string? Worktree);

/// <summary>How the last commit of a member's work went.</summary>
/// <param name="Commit">The last commit that was made.</param>
/// <param name="At">When.</param>
/// <param name="Refused">Files that were left uncommitted, the last time.</param>
/// <param name="RefusedSince">Since when there are some.</param>
/// <param name="Problem">Why nothing could be committed, the last time.</param>
public sealed record MemberWork(string? Commit, DateTimeOffset? At, ImmutableArray<RefusedFile> Refused, DateTimeOffset? RefusedSince, string? Problem)
{
    /// <summary>Nothing yet.</summary>
    public static readonly MemberWork None = new(Commit: null, At: null, [], RefusedSince: null, Problem: null);

    /// <summary>Files in its commits that must not be merged, as of its last merge request.</summary>
    public ImmutableArray<RefusedFile> Unmergeable { get; init; } = [];

    /// <summary>Since when there are some.</summary>
    public DateTimeOffset? UnmergeableSince { get; init; }
}

/// <summary>A tag of a state that is known to work.</summary>
/// <param name="Name">The tag.</param>
/// <param name="Commit">What it names; null while it is being made.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When.</param>
/// <param name="Problem">Why it could not be made.</param>
public sealed record StableTag(string Name, string? Commit, string By, DateTimeOffset At, string? Problem);

/// <summary>One team: the state that its events add up to, and the row of the view <c>teams</c>.</summary>
public sealed record Team
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "teams";

    private const int MostTags = 50;

    /// <summary>Its name.</summary>
    public required TeamName Name { get; init; }

    /// <summary>Where it stands; null: it has never been deployed.</summary>
    public TeamState? State { get; init; }

    /// <summary>What it is to be.</summary>
    public TeamPlan? Plan { get; init; }

    /// <summary>Known to nobody outside: what the seals of its messages are made of.</summary>
    public string Secret { get; init; } = string.Empty;

    /// <summary>Its members, and those that are on their way out.</summary>
    public ImmutableSortedDictionary<string, MemberRecord> Members { get; init; } = ImmutableSortedDictionary.Create<string, MemberRecord>(StringComparer.Ordinal);

    /// <summary>How often it was deployed or changed.</summary>
    public int Orders { get; init; }

    /// <summary>The check-ins that are made for it.</summary>
    public ImmutableArray<string> CheckIns { get; init; } = [];

    /// <summary>How the work of its members was committed.</summary>
    public ImmutableSortedDictionary<string, MemberWork> Work { get; init; } = ImmutableSortedDictionary.Create<string, MemberWork>(StringComparer.Ordinal);

    /// <summary>The tags that were asked for; at most the last 50.</summary>
    public ImmutableList<StableTag> Tags { get; init; } = [];

    /// <summary>The members that ever were.</summary>
    public ImmutableSortedSet<string> Ever { get; init; } = [];

    /// <summary>Who deployed it.</summary>
    public string By { get; init; } = string.Empty;

    /// <summary>When it was deployed.</summary>
    public DateTimeOffset DeployedAt { get; init; }

    /// <summary>When anything last happened to it.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>There is such a team.</summary>
    [JsonIgnore]
    public bool Exists => State is not (null or TeamState.Removed);

    /// <summary>Members that have an order which they have not carried out.</summary>
    [JsonIgnore]
    public IEnumerable<TeamMember> Outstanding => Plan!.Members.Where(m => Members[m.Name.Value] is var known && known.Done < known.Order && known.State != TeamMemberState.Failed);

    /// <summary>The node that the project's repository is on: that of the first member.</summary>
    [JsonIgnore]
    public string? Home => Plan?.Members is [var first, ..] && Members.TryGetValue(first.Name.Value, out var member) ? member.Node ?? member.Placement.Node : null;

    /// <summary>The team before its first event.</summary>
    public static Team Empty(EntityId id) => new() { Name = TeamName.Parse(id.Id) };

    /// <summary>The team after <paramref name="e"/>.</summary>
    public Team Apply(Event e) => e is TeamEvent team
        ? Applied(team) with { UpdatedAt = team.At }
        : throw new UnreachableException($"a team has no rule for the event {e.GetType().Name}");

    private Team Applied(TeamEvent e) => e switch
    {
        TeamDeployed deployed => Ordered(deployed.Plan, deployed.Placements, [.. deployed.Plan.Members.Select(static m => m.Name)]) with
        {
            State = TeamState.Deploying,
            Secret = deployed.Secret,
            By = deployed.By,
            DeployedAt = deployed.At,
            CheckIns = deployed.CheckIns,
        },
        TeamChanged changed => Ordered(changed.Plan, changed.Placements, changed.Told) with { State = State == TeamState.Running && !changed.Told.IsEmpty ? TeamState.Deploying : State, CheckIns = changed.CheckIns },
        TeamResumed resumed => Ordered(Plan!, ImmutableSortedDictionary<string, MemberPlacement>.Empty, [.. Plan!.Members.Select(static m => m.Name)]) with { State = TeamState.Deploying, CheckIns = resumed.CheckIns },
        MemberEnlisted enlisted => With(enlisted.Member, member => member with { Done = Math.Max(member.Done, enlisted.Order), Reason = enlisted.Refused, State = enlisted.Refused is null ? member.State == TeamMemberState.Waiting ? TeamMemberState.Starting : member.State : TeamMemberState.Failed }),
        TeamReady => this with { State = TeamState.Running },
        MemberStateNoted { State: TeamMemberState.Gone } gone when Plan!.Find(gone.Member) is null => this with { Members = Members.Remove(gone.Member.Value) },
        MemberStateNoted noted => With(noted.Member, member => member with { State = noted.State, Reason = noted.Reason, Node = noted.Node, Worktree = noted.Worktree, Done = noted.State == TeamMemberState.Gone ? 0 : member.Done }),
        TeamStopped => this with { State = TeamState.Stopped, CheckIns = [] },
        TeamRemovalBegun => this with { State = TeamState.Removing, CheckIns = [] },
        TeamRemoved => this with { State = TeamState.Removed, Members = Members.Clear(), Work = Work.Clear() },
        MatterEscalated => this,
        WorkReported reported => this with { Work = Work.SetItem(reported.Member.Value, Committed(reported)) },
        MergeFilesNoted noted => this with { Work = Work.SetItem(noted.Member.Value, Unmergeable(noted)) },
        TagOrdered ordered => this with { Tags = Kept(Tags.Add(new StableTag(ordered.Tag, Commit: null, ordered.By, ordered.At, Problem: null))) },
        TagReported reported => this with { Tags = [.. Tags.Select(tag => tag.Name == reported.Tag && tag.Commit is null ? tag with { Commit = reported.Commit, Problem = reported.Problem } : tag)] },
        _ => throw new UnreachableException($"a team has no rule for the event {e.GetType().Name}"),
    };

    private Team Ordered(TeamPlan plan, ImmutableSortedDictionary<string, MemberPlacement> placements, ImmutableArray<AgentName> told)
    {
        var orders = Orders + 1;
        var members = Members.ToBuilder();
        foreach (var name in told.Union(plan.Members.Select(static m => m.Name).Where(name => !members.ContainsKey(name.Value))))
        {
            var known = members.GetValueOrDefault(name.Value);
            var placement = placements.GetValueOrDefault(name.Value) ?? known!.Placement;
            members[name.Value] = known is null || known.State is TeamMemberState.Gone or TeamMemberState.Failed
                ? new MemberRecord(placement, orders, Done: 0, TeamMemberState.Waiting, Reason: null, Node: null, Worktree: null)
                : known with { Placement = placement, Order = orders, Reason = null };
        }

        return this with { Plan = plan, Orders = orders, Members = members.ToImmutable(), Ever = Ever.Union(plan.Members.Select(static m => m.Name.Value)) };
    }

    private MemberWork Committed(WorkReported reported)
    {
        var known = Work.GetValueOrDefault(reported.Member.Value, MemberWork.None);
        return known with
        {
            Commit = reported.Result.Commit ?? known.Commit,
            At = reported.Result.Commit is null ? known.At : reported.At,
            Refused = reported.Result.Refused,
            RefusedSince = reported.Result.Refused.IsEmpty ? null : known.RefusedSince ?? reported.At,
            Problem = reported.Result.Problem,
        };
    }

    private MemberWork Unmergeable(MergeFilesNoted noted)
    {
        var known = Work.GetValueOrDefault(noted.Member.Value, MemberWork.None);
        return known with { Unmergeable = noted.Refused, UnmergeableSince = noted.Refused.IsEmpty ? null : known.UnmergeableSince ?? noted.At };
    }

    /// <summary>What becomes a gap if it lasts.</summary>
    internal ImmutableArray<WatchedCondition> Conditions() => !Exists ? [] :
    [
        .. Work.Where(static w => w.Value.RefusedSince is not null).Select(static w => Refused($"refused:{w.Key}", w.Key, w.Value.RefusedSince!.Value, $"files of {w.Key} are left uncommitted", w.Value.Refused)),
        .. Work.Where(static w => w.Value.UnmergeableSince is not null).Select(static w => Refused($"unmergeable:{w.Key}", w.Key, w.Value.UnmergeableSince!.Value, $"the commits of {w.Key} have files that must not be merged", w.Value.Unmergeable)),
    ];

    private static WatchedCondition Refused(string key, string member, DateTimeOffset since, string cause, ImmutableArray<RefusedFile> files)
        => new(key, GapKind.RefusedFiles, since, TimeSpan.Zero, AgentName.Parse(member), Task: null, Role: null, cause, string.Join("; ", files.Take(20).Select(static file => $"{file.Path}: {file.Reason}")));

    private Team With(AgentName name, Func<MemberRecord, MemberRecord> change)
        => Members.TryGetValue(name.Value, out var member) ? this with { Members = Members.SetItem(name.Value, change(member)) } : this;

    private static ImmutableList<StableTag> Kept(ImmutableList<StableTag> tags) => tags.Count > MostTags ? tags.RemoveAt(0) : tags;
}
