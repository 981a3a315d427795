using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;
using Orchestrator.Client;

namespace Orchestrator.Api.Teams;

/// <summary>Teams and merge requests as the API shows them.</summary>
internal static class TeamMapping
{
    public static TeamInfo ToInfo(this Team team)
    {
        var plan = team.Plan!;
        var leaving = team.Members.Keys.Where(name => plan.Find(AgentName.Parse(name)) is null);
        return new TeamInfo(
            team.Name.Value,
            team.State!.Value.Words(),
            plan.Project.Value,
            plan.Folder,
            new TeamSpecificationInfo(plan.Specification.Goal, plan.Specification.Constraints, plan.Specification.Deliverables, plan.Specification.SuccessCriteria),
            [
                .. plan.Members.Select(member => Member(team, member)),
                .. leaving.Select(name => new TeamMemberInfo(name, string.Empty, string.Empty, string.Empty, team.Members[name].State.Words(), "it is not in the team's file any more", ReportsTo: null, [], Branch: null, team.Members[name].Node, Commit: null, CommittedAt: null, [], CommitProblem: null)),
            ],
            Rules(plan.Rules),
            plan.Git?.CommitEvery.TotalSeconds,
            plan.Git?.Target,
            team.CheckIns,
            [.. team.Tags.Select(static tag => new StableTagInfo(tag.Name, tag.Commit, tag.By, tag.At, tag.Problem))],
            team.By,
            team.DeployedAt,
            team.UpdatedAt);
    }

    public static MergeInfo ToInfo(this MergeRequest merge) => new(
        merge.Id,
        merge.State!.Value.Words(),
        merge.Team.Value,
        merge.Author.Value,
        merge.Reviewer?.Value,
        merge.Source,
        merge.SourceCommit,
        merge.Target,
        merge.Title,
        merge.ReviewTask.Value,
        merge.Commit,
        merge.Conflicts,
        [.. merge.Refused.Select(static file => new RefusedFileInfo(file.Path, file.Reason))],
        merge.Reason,
        merge.By,
        merge.CreatedAt,
        merge.UpdatedAt);

    public static TeamChangesInfo ToInfo(this TeamDiff diff, TeamName team, bool done, IEnumerable<AgentName> left, IEnumerable<string> warnings) => new(
        team.Value,
        done,
        diff.IsEmpty,
        [.. diff.Added.Select(static n => n.Value)],
        [.. diff.Removed.Select(static n => n.Value)],
        [.. diff.InPlace.Select(static c => new MemberChangeInfo(c.Member.Value, c.Fields))],
        [.. diff.Restart.Select(static c => new MemberChangeInfo(c.Member.Value, c.Fields))],
        [.. left.Select(static n => n.Value)],
        diff.Team,
        [.. warnings]);

    private static TeamMemberInfo Member(Team team, TeamMember member)
    {
        var (known, work) = (team.Members.GetValueOrDefault(member.Name.Value), team.Work.GetValueOrDefault(member.Name.Value));
        return new TeamMemberInfo(
            member.Name.Value,
            member.Section,
            member.Role,
            member.Profile,
            (known?.State ?? TeamMemberState.Waiting).Words(),
            known?.Reason,
            member.ReportsTo?.Value,
            [.. member.CollaboratesWith.Select(static n => n.Value)],
            member.Branch,
            known?.Node ?? known?.Placement.Node,
            work?.Commit,
            work?.At,
            [.. (work?.Refused ?? []).Select(static file => new RefusedFileInfo(file.Path, file.Reason))],
            work?.Problem);
    }

    private static TeamRulesInfo Rules(TeamRules rules) => new(
        rules.HubAndSpoke,
        rules.Talk.Exchanges,
        rules.Talk.Hops,
        rules.Talk.PerPair,
        rules.Talk.Window.TotalSeconds,
        rules.Talk.Pause.TotalSeconds,
        rules.Broadcasts,
        rules.BroadcastWindow.TotalSeconds,
        rules.AcknowledgeWithin.TotalSeconds,
        rules.BlockedAfter.TotalSeconds);
}
