using System.Collections.Immutable;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Actors.Teams;

/// <summary>What a team is there for.</summary>
/// <param name="Goal">What is to be reached.</param>
/// <param name="Constraints">What must hold on the way.</param>
/// <param name="Deliverables">What is handed over in the end.</param>
/// <param name="SuccessCriteria">By what one sees that it is reached.</param>
public sealed record TeamSpecification(string Goal, ImmutableArray<string> Constraints, ImmutableArray<string> Deliverables, ImmutableArray<string> SuccessCriteria);

/// <summary>One member as it is to be.</summary>
public sealed record TeamMember
{
    /// <summary>Its name as an agent.</summary>
    public required AgentName Name { get; init; }

    /// <summary>Its section in the team's file.</summary>
    public required string Section { get; init; }

    /// <summary>Its role.</summary>
    public required string Role { get; init; }

    /// <summary>How its program is driven.</summary>
    public required string Profile { get; init; }

    /// <summary>The words that replace the profile's command.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>The model in place of its role's.</summary>
    public string? Model { get; init; }

    /// <summary>The temperature in place of its role's.</summary>
    public double? Temperature { get; init; }

    /// <summary>The branch of its own worktree; null: it works in the folder of the project.</summary>
    public string? Branch { get; init; }

    /// <summary>Whom it reports to.</summary>
    public AgentName? ReportsTo { get; init; }

    /// <summary>Who reports to it.</summary>
    public ImmutableArray<AgentName> Manages { get; init; } = [];

    /// <summary>Whom it may speak to beside them.</summary>
    public ImmutableArray<AgentName> CollaboratesWith { get; init; } = [];

    /// <summary>The policy that decides its dialogs; null for that of its role.</summary>
    public string? Policy { get; init; }

    /// <summary>Messages that may be typed to it within an hour; null leaves it to its role.</summary>
    public int? MessagesPerHour { get; init; }

    /// <summary>What it is told first.</summary>
    public required string Briefing { get; init; }
}

/// <summary>How the work of members with a worktree is kept in git.</summary>
/// <param name="CommitEvery">How often their work is committed to their own branches.</param>
/// <param name="BeforeSwitch">Also when a task of theirs ends.</param>
/// <param name="LargestFile">Larger files are left uncommitted, in bytes.</param>
/// <param name="Refuse">Patterns of further files that are left uncommitted: <c>*</c> within one name, <c>**</c> any folders.</param>
/// <param name="Target">The branch that merge requests lead to, and that <c>stable-*</c> tags name.</param>
public sealed record TeamGit(TimeSpan CommitEvery, bool BeforeSwitch, long LargestFile, ImmutableArray<string> Refuse, string Target);

/// <summary>Something that a member, or all of a role, is told again and again.</summary>
/// <param name="Name">Its name within the team.</param>
/// <param name="Member">The member; null for all of the role.</param>
/// <param name="Role">The role.</param>
/// <param name="Cron">When, as a cron expression.</param>
/// <param name="Zone">The time zone of that.</param>
/// <param name="Note">What they are told.</param>
public sealed record TeamCheckIn(string Name, AgentName? Member, string? Role, string Cron, string Zone, string Note);

/// <summary>A team as its file wants it.</summary>
public sealed record TeamPlan
{
    /// <summary>Its name.</summary>
    public required TeamName Name { get; init; }

    /// <summary>The project that it works on.</summary>
    public required ProjectSlug Project { get; init; }

    /// <summary>The folder of the project, an absolute path.</summary>
    public required string Folder { get; init; }

    /// <summary>What it is there for.</summary>
    public required TeamSpecification Specification { get; init; }

    /// <summary>Its members, those that lead before those that they lead.</summary>
    public required ImmutableArray<TeamMember> Members { get; init; }

    /// <summary>What they are held to when they speak.</summary>
    public TeamRules Rules { get; init; } = TeamRules.Default;

    /// <summary>How their work is kept in git; null: it is not.</summary>
    public TeamGit? Git { get; init; }

    /// <summary>What they are told again and again.</summary>
    public ImmutableArray<TeamCheckIn> CheckIns { get; init; } = [];

    /// <summary>The member of this name.</summary>
    public TeamMember? Find(AgentName name) => Members.FirstOrDefault(member => member.Name == name);

    /// <summary>Those of <paramref name="others"/> that <paramref name="name"/> leads because it leads everybody: they are members, and all members report to it, directly or through others.</summary>
    public ImmutableArray<AgentName> Led(AgentName name, IEnumerable<AgentName> others)
        => Members.Where(static member => member.ReportsTo is null).ToList() is [var head] && head.Name == name ? [.. others.Where(other => Find(other) is not null)] : [];
}

/// <summary>Where a member is started, and what its queue must know of its profile.</summary>
/// <param name="Node">The node.</param>
/// <param name="Traits">Of its profile and its role.</param>
public sealed record MemberPlacement(string Node, ProfileTraits Traits);
