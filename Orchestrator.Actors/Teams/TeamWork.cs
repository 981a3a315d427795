using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>How a team keeps the work of its members in git.</summary>
internal static class TeamWork
{
    public const string CommitReminder = "commit";

    /// <summary>After <paramref name="effects"/>, commits are due as <paramref name="plan"/> says.</summary>
    public static Effects Planning(Team before, TeamPlan plan, Effects effects, DecisionContext context) => plan.Git is not { } git
        ? effects.ThenForget(CommitReminder)
        : before.Exists && before.State != TeamState.Stopped && before.Plan?.Git?.CommitEvery == git.CommitEvery ? effects : effects.ThenRemind(CommitReminder, context.Now + git.CommitEvery, new CommitWorkDue());

    public static Effects Committing(Team team, DecisionContext context)
    {
        if (team.Plan!.Git is not { } git || team.State is not (TeamState.Deploying or TeamState.Running))
        {
            return Effects.None;
        }

        var effects = Effects.None.ThenRemind(CommitReminder, context.Now + git.CommitEvery, new CommitWorkDue());
        return team.Plan.Members.Aggregate(effects, (all, member) => Committing(team, git, member, "work in progress", all));
    }

    public static Effects Switching(Team team, NoteTaskEnded ended)
        => team.Plan!.Git is { BeforeSwitch: true } git && team.Plan.Find(ended.Member) is { } member
            ? Committing(team, git, member, $"task {ended.Task}", Effects.None)
            : Effects.None;

    public static Effects Reporting(Team team, ReportWork report, DecisionContext context)
    {
        var known = team.Work.GetValueOrDefault(report.Member.Value);
        var (was, problem) = (known is null ? [] : known.Refused, known?.Problem);
        return report.Result.Commit is null && report.Result.Problem == problem && was.SequenceEqual(report.Result.Refused)
            ? Effects.None
            : Effects.Persist(new WorkReported(report.Member, report.Result, context.Now));
    }

    public static Effects Noting(Team team, NoteMergeFiles note, DecisionContext context)
        => team.Work.GetValueOrDefault(note.Member.Value, MemberWork.None).Unmergeable.SequenceEqual(note.Refused)
            ? Effects.None
            : Effects.Persist(new MergeFilesNoted(note.Member, note.Refused, context.Now));

    public static Effects Tagging(Team team, TagStable tag, DecisionContext context)
    {
        if (team.Plan!.Git is not { } git || team.Home is not { } node)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the team {team.Name} keeps nothing in git: give its file a section git");
        }

        return team.Tags.Exists(known => known.Name == tag.Tag && known.Problem is null)
            ? Effects.None
            : Effects.Persist(new TagOrdered(tag.Tag, context.Sender.Value, context.Now)).ThenWorker(node, new MakeTag(team.Plan.Folder, git.Target, tag.Tag, $"Known to work, says {SenderNames.Of(context.Sender.Value)}"));
    }

    public static Effects Tagged(Team team, ReportTag report, DecisionContext context)
        => team.Tags.Exists(tag => tag.Name == report.Tag && tag is { Commit: null, Problem: null }) ? Effects.Persist(new TagReported(report.Tag, report.Commit, report.Problem, context.Now)) : Effects.None;

    // A member without a worktree of its own works in the folder of the project, together with others: what is whose cannot be told there.
    private static Effects Committing(Team team, TeamGit git, TeamMember member, string why, Effects effects)
        => member.Branch is { } branch && team.Members.GetValueOrDefault(member.Name.Value) is { Node: { } node, Worktree: { } worktree }
            ? effects.ThenWorker(node, new CommitWork(member.Name, worktree, branch, $"{member.Name}: {why}", git))
            : effects;
}
