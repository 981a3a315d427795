using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>The rules of a team. It drives its deployment itself, by durable commands to its members and a reminder for those that do not answer: whoever asked for it need not stay.</summary>
public sealed class TeamBehavior : Behavior<Team>
{
    private const string DeploymentReminder = "deployment";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override Team Empty(EntityId id) => Team.Empty(id);

    /// <inheritdoc/>
    public override Team Apply(Team state, Event e) => state.Apply(e);

    /// <inheritdoc/>
    public override Effects Decide(Team state, Command command, DecisionContext context)
    {
        var effects = Deciding(state, command, context);
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, After(state, effects), static team => team.Conditions(), effects);
    }

    private static Effects Deciding(Team team, Command command, DecisionContext context) => command switch
    {
        DeployTeam deploy => Deploying(team, deploy, context),
        AskTeamMembers ask => Effects.None.ThenTell(ask.CheckIn, new NoteAudience(ask.Number, Audience(team, ask.Role))),
        _ when !team.Exists => command is ApplyTeam or StopTeam or RemoveTeam or TagStable
            ? Effects.Refuse(RefusalCodes.NotFound, $"there is no team {team.Name}: 'orc team ls' shows those there are, 'orc team deploy' makes one")
            : Effects.None,
        ApplyTeam or StopTeam when team.State == TeamState.Removing => Effects.Refuse(RefusalCodes.IllegalState, $"the team {team.Name} is being removed: wait until it is gone"),
        ApplyTeam apply => Changing(team, apply, context),
        StopTeam => Stopping(team, context),
        RemoveTeam => Removing(team, context),
        ReportEnlisted report => Enlisted(team, report, context),
        NoteMemberState note => Noting(team, note, context),
        CheckDeployment => Checking(team, context),
        Escalate escalate => Escalating(team, escalate, context),
        CommitWorkDue => TeamWork.Committing(team, context),
        NoteTaskEnded ended => TeamWork.Switching(team, ended),
        ReportWork report => TeamWork.Reporting(team, report, context),
        NoteMergeFiles note => TeamWork.Noting(team, note, context),
        TagStable tag => TeamWork.Tagging(team, tag, context),
        ReportTag report => TeamWork.Tagged(team, report, context),
        _ => throw new UnreachableException($"a team has no rule for {command.GetType().Name}"),
    };

    private static ImmutableArray<AgentName> Audience(Team team, string? role)
        => team.Exists ? [.. team.Members.Keys.Select(AgentName.Parse).Where(name => role is null || team.Plan!.Find(name)?.Role == role)] : [];

    private static Effects Deploying(Team team, DeployTeam deploy, DecisionContext context)
    {
        if (team.State == TeamState.Removing)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the team {team.Name} is being removed: wait until it is gone");
        }

        if (team.Exists)
        {
            var diff = TeamDiff.Between(team.Plan, deploy.Plan);
            return !diff.IsEmpty
                ? Effects.Refuse(RefusalCodes.IllegalState, $"there is a team {team.Name} that is another than the file says: 'orc team diff' shows what, 'orc team apply' changes it")
                : team.State == TeamState.Stopped || team.Members.Values.Any(static m => m.State == TeamMemberState.Failed && m.Done < m.Order)
                    ? Ordering(team, TeamWork.Planning(team, deploy.Plan, Effects.Persist(new TeamResumed(CheckInsOf(team, deploy.Plan), context.Sender.Value, context.Now)), context), context).ThenReply(new TeamOrdered(diff, []))
                    : Effects.Answer(new TeamOrdered(diff, []));
        }

        var deployed = new TeamDeployed(deploy.Plan, deploy.Placements, deploy.Secret, CheckInsOf(team, deploy.Plan), context.Sender.Value, context.Now);
        return Ordering(team, TeamWork.Planning(team, deploy.Plan, Effects.Persist(deployed), context), context).ThenReply(new TeamOrdered(TeamDiff.Between(now: null, deploy.Plan), []));
    }

    private static Effects Changing(Team team, ApplyTeam apply, DecisionContext context)
    {
        var diff = TeamDiff.Between(team.Plan, apply.Plan);
        if (diff.Team.Contains("folder") || diff.Team.Contains("project"))
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the team {team.Name} works in {team.Plan!.Folder} on {team.Plan.Project}: for another project or folder, remove it with 'orc team rm {team.Name}' and deploy it anew");
        }

        // What a program cannot be told while it runs stays as it is, in the plan too, so that the difference is still seen.
        ImmutableArray<AgentName> left = apply.Restart ? [] : [.. diff.Restart.Select(static c => c.Member)];
        var plan = apply.Plan with { Members = [.. apply.Plan.Members.Select(member => left.Contains(member.Name) ? team.Plan!.Find(member.Name)! : member)] };
        if (diff.IsEmpty || (diff.Restart.Length == left.Length && diff is { Added.IsEmpty: true, Removed.IsEmpty: true, InPlace.IsEmpty: true, Team.IsEmpty: true }))
        {
            return Effects.Answer(new TeamOrdered(diff, left));
        }

        var all = diff.Team.Contains("specification") || diff.Team.Contains("rules");
        ImmutableArray<AgentName> told = team.State == TeamState.Stopped ? [] :
        [
            .. plan.Members.Select(static m => m.Name).Where(name => !left.Contains(name) && (all || diff.Added.Contains(name) || diff.InPlace.Any(c => c.Member == name) || diff.Restart.Any(c => c.Member == name))),
        ];
        var effects = Effects.Persist(new TeamChanged(plan, apply.Placements, diff, told, CheckInsOf(team, plan), context.Sender.Value, context.Now));
        effects = diff.Removed.Concat(apply.Restart ? diff.Restart.Select(static c => c.Member) : [])
            .Aggregate(effects, (more, name) => more.ThenTell(name.Entity, new Dismiss(team.Name, End: true, "it is not in the team's file any more")));
        return Ordering(team, TeamWork.Planning(team, plan, effects, context), context).ThenReply(new TeamOrdered(diff, left));
    }

    private static Effects Stopping(Team team, DecisionContext context)
    {
        if (team.State == TeamState.Stopped)
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new TeamStopped(context.Sender.Value, context.Now)).ThenForget(DeploymentReminder).ThenForget(TeamWork.CommitReminder);
        return Dismissing(team, effects, end: false);
    }

    private static Effects Removing(Team team, DecisionContext context)
    {
        if (team.State == TeamState.Removing)
        {
            return Dismissing(team, Effects.None, end: true);
        }

        var effects = Effects.Persist(new TeamRemovalBegun(context.Sender.Value, context.Now)).ThenForget(TeamWork.CommitReminder).ThenRemind(DeploymentReminder, context.Now + AskAgain, new CheckDeployment());
        return Gone(team, Dismissing(team, effects, end: true), context);
    }

    private static Effects Dismissing(Team team, Effects effects, bool end)
    {
        effects = team.CheckIns.Aggregate(effects, static (all, id) => all.ThenTell(CheckInId.Parse(id).Entity, new RemoveCheckIn()));
        return team.Members.Keys.Aggregate(effects, (all, name) => all.ThenTell(AgentName.Parse(name).Entity, new Dismiss(team.Name, end, $"the team {team.Name} is {(end ? "removed" : "stopped")}")));
    }

    private static Effects Enlisted(Team team, ReportEnlisted report, DecisionContext context)
    {
        if (!team.Members.TryGetValue(report.Member.Value, out var known) || report.Order != known.Order || known.Done >= report.Order)
        {
            return Effects.None;
        }

        // A refusal of an order that was given again says nothing new.
        var effects = known.State == TeamMemberState.Failed && known.Reason == report.Refused ? Effects.None : Effects.Persist(new MemberEnlisted(report.Member, report.Refused is null ? report.Order : known.Done, report.Refused, context.Now));
        return Settled(team, effects, context);
    }

    private static Effects Noting(Team team, NoteMemberState note, DecisionContext context)
    {
        if (!team.Members.TryGetValue(note.Member.Value, out var known) || (known.State == note.State && known.Reason == note.Reason && known.Node == note.Node && known.Worktree == note.Worktree))
        {
            return Effects.None;
        }

        var effects = Gone(team, Effects.Persist(new MemberStateNoted(note.Member, note.State, note.Reason, note.Node, note.Worktree, context.Now)), context);
        var after = After(team, effects);

        // One that was ended to be made anew is made as soon as it is gone.
        return note.State == TeamMemberState.Gone && after.State == TeamState.Deploying && after.Plan!.Find(note.Member) is { } member && after.Members[note.Member.Value].Done < after.Members[note.Member.Value].Order
            ? Told(team, after, member, resumed: false, effects, context)
            : effects;
    }

    private static Effects Checking(Team team, DecisionContext context)
    {
        var again = Effects.None.ThenRemind(DeploymentReminder, context.Now + AskAgain, new CheckDeployment());
        return team.State switch
        {
            TeamState.Deploying => team.Outstanding.Aggregate(again, (all, member) => Told(team, team, member, resumed: false, all, context)),
            TeamState.Removing => Dismissing(team, again, end: true),
            _ => Effects.None,
        };
    }

    private static Effects Escalating(Team team, Escalate escalate, DecisionContext context)
    {
        // Who is part of the matter does not decide it: the next above does.
        var lead = escalate.Lead;
        for (var steps = 0; lead is { } name && escalate.About.Contains(name) && escalate.About.Length > 1; lead = team.Plan!.Find(name)?.ReportsTo)
        {
            if (++steps > team.Plan!.Members.Length)
            {
                lead = null;
                break;
            }
        }

        var effects = Effects.Persist(new MatterEscalated(escalate.Matter, escalate.About, lead, escalate.Issue, context.Now));
        return lead is { } to ? effects.ThenTell(to.Entity, new EnqueueMessage(TeamMessages.Escalation(team, escalate, context))) : effects;
    }

    /// <summary>After <paramref name="effects"/>, every member that has an order gets it, and check-ins are as the plan says.</summary>
    private static Effects Ordering(Team before, Effects effects, DecisionContext context)
    {
        var team = After(before, effects);
        effects = before.CheckIns.Except(team.CheckIns).Aggregate(effects, static (all, id) => all.ThenTell(CheckInId.Parse(id).Entity, new RemoveCheckIn()));
        foreach (var id in team.CheckIns.Except(before.CheckIns))
        {
            var checkIn = team.Plan!.CheckIns.First(c => IdOf(before, c) == id);
            effects = effects.ThenTell(CheckInId.Parse(id).Entity, new AddCheckIn(new CheckInTarget(checkIn.Member, checkIn.Role, checkIn.Member is null ? team.Name.Value : null), checkIn.Note, new CheckInSchedule(At: null, checkIn.Cron, checkIn.Zone), team.Secret));
        }

        if (team.State != TeamState.Deploying)
        {
            return effects;
        }

        effects = effects.ThenRemind(DeploymentReminder, context.Now + AskAgain, new CheckDeployment());
        var resumed = effects.Events.Any(static e => e is TeamResumed);
        return team.Outstanding.Where(member => team.Members[member.Name.Value].Order == team.Orders).Aggregate(effects, (all, member) => Told(before, team, member, resumed, all, context));
    }

    // Who has its place already and is only started again is not briefed again.
    private static Effects Told(Team before, Team team, TeamMember member, bool resumed, Effects effects, DecisionContext context)
    {
        var known = team.Members[member.Name.Value];
        var plan = team.Plan!;
        var traits = known.Placement.Traits;
        var registration = new Register(
            member.Profile,
            plan.Folder,
            member.Role,
            DisplayName: null,
            member.Branch,
            member.Command,
            ImmutableSortedDictionary.CreateRange([KeyValuePair.Create(Messaging.Protocol.Addressee.TeamKey, team.Name.Value), KeyValuePair.Create(Messaging.Protocol.Addressee.ProjectKey, plan.Project.Value)]),
            member.ReportsTo,
            member.MessagesPerHour is { } most ? traits with { Limits = (traits.Limits ?? RoleLimits.None) with { MessagesPerHour = most } } : traits,
            member.Model,
            member.Temperature);
        var again = before.Members.TryGetValue(member.Name.Value, out var was) && was.Done > 0 && known.Done > 0;
        return effects.ThenTell(member.Name.Entity, new Enlist(
            registration,
            new TeamMembership(team.Name, known.Order, plan.Rules),
            member.Manages,
            member.CollaboratesWith,
            member.Policy,
            known.Placement.Node,
            resumed && again ? null : TeamMessages.Briefing(team, member, known.Order, again, context)));
    }

    private static Effects Settled(Team before, Effects effects, DecisionContext context)
    {
        var team = After(before, effects);
        return team.State == TeamState.Deploying && team.Plan!.Members.All(m => team.Members[m.Name.Value] is var known && known.Done >= known.Order)
            ? effects.ThenPersist(new TeamReady(context.Now)).ThenForget(DeploymentReminder)
            : effects;
    }

    private static Effects Gone(Team before, Effects effects, DecisionContext context)
    {
        var team = After(before, effects);
        return team.State == TeamState.Removing && team.Members.Values.All(static m => m.State == TeamMemberState.Gone || (m.State is TeamMemberState.Waiting or TeamMemberState.Failed && m.Done == 0))
            ? effects.ThenPersist(new TeamRemoved(context.Now)).ThenForget(DeploymentReminder)
            : effects;
    }

    // A check-in that was taken back cannot be made again: each has the number of its order.
    private static ImmutableArray<string> CheckInsOf(Team team, TeamPlan plan)
    {
        var same = team.Plan is { } now && team.CheckIns.Length == plan.CheckIns.Length && now.CheckIns.SequenceEqual(plan.CheckIns);
        return same ? team.CheckIns : [.. plan.CheckIns.Select(c => IdOf(team, c))];
    }

    private static string IdOf(Team team, TeamCheckIn checkIn) => string.Create(CultureInfo.InvariantCulture, $"{team.Name}-{checkIn.Name}-{team.Orders + 1}");

    private static Team After(Team team, Effects effects) => effects.Events.Aggregate(team, static (state, e) => state.Apply(e));
}
