using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>What a team can be asked.</summary>
public abstract record TeamCommand : Command;

/// <summary>Be there as the plan says. What is there already as the plan says stays as it is.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Placements">Where each member is started.</param>
/// <param name="Secret">At least 32 random characters, for the seals of its messages.</param>
public sealed record DeployTeam(TeamPlan Plan, ImmutableSortedDictionary<string, MemberPlacement> Placements, string Secret) : TeamCommand;

/// <summary>Become as the plan says: make what is new, end what is gone, change in place what can be.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Placements">Where each member is started.</param>
/// <param name="Restart">Also end and make anew members whose program must be started anew for it.</param>
public sealed record ApplyTeam(TeamPlan Plan, ImmutableSortedDictionary<string, MemberPlacement> Placements, bool Restart) : TeamCommand;

/// <summary>Stop the programs of its members; their messages wait.</summary>
public sealed record StopTeam : TeamCommand;

/// <summary>End its members for good.</summary>
public sealed record RemoveTeam : TeamCommand;

/// <summary>A member has carried out an order, or cannot.</summary>
/// <param name="Member">The member.</param>
/// <param name="Order">The number of the order.</param>
/// <param name="Refused">Why it cannot; null if it has.</param>
public sealed record ReportEnlisted(AgentName Member, int Order, string? Refused) : TeamCommand;

/// <summary>A member is in another state, or elsewhere.</summary>
public sealed record NoteMemberState(AgentName Member, TeamMemberState State, string? Reason, string? Node, string? Worktree) : TeamCommand;

/// <summary>Say who its members are, for a check-in that is due; nobody, if there is no such team any more.</summary>
/// <param name="CheckIn">What is told.</param>
/// <param name="Number">Which time that it was due.</param>
public sealed record AskTeamMembers(EntityId CheckIn, int Number) : TeamCommand
{
    /// <summary>Only those that have this role; null for all.</summary>
    public string? Role { get; init; }
}

/// <summary>Give members their order again that have not carried it out (a reminder).</summary>
public sealed record CheckDeployment : TeamCommand;

/// <summary>Tell somebody who can decide it.</summary>
/// <param name="Matter">Names it.</param>
/// <param name="About">The members that it is about.</param>
/// <param name="Lead">Whom they report to; null: nobody but people.</param>
/// <param name="Issue">What is wrong.</param>
/// <param name="Requesting">What is asked for.</param>
public sealed record Escalate(string Matter, ImmutableArray<AgentName> About, AgentName? Lead, string Issue, string Requesting) : TeamCommand;

/// <summary>It is time to commit the work of all members (a reminder).</summary>
public sealed record CommitWorkDue : TeamCommand;

/// <summary>A task of a member has ended.</summary>
public sealed record NoteTaskEnded(AgentName Member, Tasks.TaskId Task) : TeamCommand;

/// <summary>A worker has committed the work of a member, or not.</summary>
public sealed record ReportWork(AgentName Member, CommitResult Result) : TeamCommand;

/// <summary>The branch of a member was looked at for a merge.</summary>
/// <param name="Member">The member.</param>
/// <param name="Refused">The files in its commits that must not be merged; none if there are none any more.</param>
public sealed record NoteMergeFiles(AgentName Member, ImmutableArray<RefusedFile> Refused) : TeamCommand;

/// <summary>Tag the target branch as a state that is known to work.</summary>
/// <param name="Tag">The name of the tag.</param>
public sealed record TagStable(string Tag) : TeamCommand;

/// <summary>A worker has made a tag, or not.</summary>
public sealed record ReportTag(string Tag, string? Commit, string? Problem) : TeamCommand;

/// <summary>The answer to <see cref="DeployTeam"/> and <see cref="ApplyTeam"/>.</summary>
/// <param name="Diff">What lay between what was and what is wanted.</param>
/// <param name="Left">Members that are left as they are, because their program would have to be started anew.</param>
public sealed record TeamOrdered(TeamDiff Diff, ImmutableArray<AgentName> Left) : Reply;

/// <summary>Something has happened to a team.</summary>
/// <param name="At">When.</param>
public abstract record TeamEvent(DateTimeOffset At) : Event;

/// <summary>It was deployed.</summary>
public sealed record TeamDeployed(TeamPlan Plan, ImmutableSortedDictionary<string, MemberPlacement> Placements, string Secret, ImmutableArray<string> CheckIns, string By, DateTimeOffset At) : TeamEvent(At);

/// <summary>It is to be another.</summary>
/// <param name="Plan">As it is to be from now on.</param>
/// <param name="Placements">Where new members are started.</param>
/// <param name="Diff">What is another.</param>
/// <param name="Told">Members that have an order because of it.</param>
/// <param name="CheckIns">The check-ins that are made for it.</param>
/// <param name="By">Who wanted it.</param>
/// <param name="At">When.</param>
public sealed record TeamChanged(TeamPlan Plan, ImmutableSortedDictionary<string, MemberPlacement> Placements, TeamDiff Diff, ImmutableArray<AgentName> Told, ImmutableArray<string> CheckIns, string By, DateTimeOffset At) : TeamEvent(At);

/// <summary>It was stopped, and is started again.</summary>
public sealed record TeamResumed(ImmutableArray<string> CheckIns, string By, DateTimeOffset At) : TeamEvent(At);

/// <summary>A member has carried out an order, or could not.</summary>
public sealed record MemberEnlisted(AgentName Member, int Order, string? Refused, DateTimeOffset At) : TeamEvent(At);

/// <summary>Every member has its place.</summary>
public sealed record TeamReady(DateTimeOffset At) : TeamEvent(At);

/// <summary>A member is in another state, or elsewhere.</summary>
public sealed record MemberStateNoted(AgentName Member, TeamMemberState State, string? Reason, string? Node, string? Worktree, DateTimeOffset At) : TeamEvent(At);

/// <summary>It is stopped.</summary>
public sealed record TeamStopped(string By, DateTimeOffset At) : TeamEvent(At);

/// <summary>Its members are being ended.</summary>
public sealed record TeamRemovalBegun(string By, DateTimeOffset At) : TeamEvent(At);

/// <summary>Its members are gone.</summary>
public sealed record TeamRemoved(DateTimeOffset At) : TeamEvent(At);

/// <summary>Somebody was told of a matter that they can decide.</summary>
/// <param name="Matter">Names it.</param>
/// <param name="About">The members that it is about.</param>
/// <param name="To">Who was told; null: nobody in the team can decide it, the gap is for people.</param>
/// <param name="Issue">What is wrong.</param>
/// <param name="At">When.</param>
public sealed record MatterEscalated(string Matter, ImmutableArray<AgentName> About, AgentName? To, string Issue, DateTimeOffset At) : TeamEvent(At);

/// <summary>The work of a member was committed, or there is something about it.</summary>
public sealed record WorkReported(AgentName Member, CommitResult Result, DateTimeOffset At) : TeamEvent(At);

/// <summary>Files in the commits of a member must not be merged, or there are none any more.</summary>
public sealed record MergeFilesNoted(AgentName Member, ImmutableArray<RefusedFile> Refused, DateTimeOffset At) : TeamEvent(At);

/// <summary>A tag is to be made.</summary>
public sealed record TagOrdered(string Tag, string By, DateTimeOffset At) : TeamEvent(At);

/// <summary>A tag was made, or could not be.</summary>
public sealed record TagReported(string Tag, string? Commit, string? Problem, DateTimeOffset At) : TeamEvent(At);
