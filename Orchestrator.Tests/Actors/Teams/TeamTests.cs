using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Teams;

/// <summary>Teams are deployed, changed, stopped and removed.</summary>
public sealed class TeamTests
{
    private readonly TeamWorld _world = new();

    [Fact]
    public void Deploying_makes_starts_and_briefs_every_member_and_the_briefing_is_typed_first()
    {
        Assert.Equal(4, Assert.IsType<TeamOrdered>(_world.Deploys()).Diff.Added.Length);
        Assert.Equal(TeamState.Running, _world.Team.State);
        Assert.Null(_world.Says("lead", ["d1"]));
        _world.Rise();
        Assert.All(_world.Team.Members.Values, static m => Assert.Equal(TeamMemberState.Up, m.State));
        Assert.Equal("/data/worktrees/d1", _world.Team.Members["d1"].Worktree);
        Assert.Equal(("shop", "shop"), (_world.Agent("d1").Metadata["team"], _world.Agent("d1").Metadata["project"]));
        Assert.Equal(["You are d1.", "hello"], _world.Types().Where(static d => d.Agent.Value == "d1").Select(static d => d.Text));
    }

    [Fact]
    public void Deploying_the_same_file_twice_changes_nothing()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
        var before = _world.History.Count;
        Assert.True(Assert.IsType<TeamOrdered>(_world.Deploys()).Diff.IsEmpty);
        Assert.Equal(before, _world.History.Count);
        Assert.Empty(_world.Deliveries);
    }

    [Fact]
    public void Deploying_another_team_of_the_same_name_is_refused_with_the_way_to_do_it()
    {
        _world.Deploys();
        Assert.Contains("orc team apply", Assert.IsType<Refused>(_world.Deploys(TeamWorld.Plan(static p => p with { Members = p.Members.RemoveAt(3) }))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_whose_name_is_taken_is_told_of_and_has_its_place_once_the_name_is_free()
    {
        _world.Ask(AgentName.Parse("d2").Entity, GivenAgent.Register());
        _world.Deploys();
        Assert.Equal(TeamState.Deploying, _world.Team.State);
        Assert.Contains("not of this team", _world.Team.Members["d2"].Reason, StringComparison.Ordinal);
        _world.Pass(TimeSpan.FromMinutes(5));
        Assert.Single(_world.Events<MemberEnlisted>(), static e => e.Refused is not null);
        _world.Ask(AgentName.Parse("d2").Entity, new End(Force: false));
        _world.Deploys();
        Assert.Equal(TeamState.Running, _world.Team.State);
        Assert.Equal(1, _world.Events<AgentRegistered>().Count(static e => e.Name.Value == "d1"));
    }

    [Fact]
    public void Applying_makes_what_is_new_ends_what_is_gone_changes_what_can_be_and_leaves_what_needs_a_restart()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
        var wanted = TeamWorld.Plan(static p => p with
        {
            Members = [TeamWorld.Member("lead", manages: ["d1", "d3", "review"]), TeamWorld.Member("d1", "lead", ["review", "d3"], worktree: true), TeamWorld.Member("d3", "lead"), TeamWorld.Member("review", "lead", ["d1"]) with { Model = "other" }],
        });
        var ordered = _world.Applies(wanted);
        Assert.Equal(["review"], ordered.Left.Select(static n => n.Value));
        _world.Rise();
        Assert.Equal(TeamState.Running, _world.Team.State);
        Assert.Equal(AgentState.Terminated, _world.Agent("d2").State);
        Assert.Equal(AgentState.Idle, _world.Agent("d3").State);
        Assert.Equal(["review", "d3"], _world.Agent("d1").CollaboratesWith.Select(static n => n.Value));
        Assert.Null(_world.Agent("review").Model);
        Assert.False(_world.Team.Members.ContainsKey("d2"));
        Assert.All(_world.Types(), static d => Assert.True(d.Agent.Value == "d3" || d.Text.StartsWith("Your team has changed.", StringComparison.Ordinal)));

        // What was left is still seen as a difference, and nothing else is.
        var again = _world.Applies(wanted);
        Assert.Equal((1, true, true, true), (again.Diff.Restart.Length, again.Diff.Added.IsEmpty, again.Diff.Removed.IsEmpty, again.Diff.InPlace.IsEmpty));

        _world.Applies(wanted, restart: true);
        _world.Rise();
        Assert.Equal(("other", AgentState.Idle, TeamState.Running), (_world.Agent("review").Model, _world.Agent("review").State, _world.Team.State!.Value));
        Assert.Equal("You are review.", Assert.Single(_world.Types(), static d => d.Agent.Value == "review").Text);
        Assert.True(_world.Applies(wanted).Diff.IsEmpty);
    }

    [Fact]
    public void A_team_is_stopped_and_deployed_again_with_nobody_briefed_twice_and_removed_for_good()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
        Assert.IsType<Done>(_world.Ask(TeamWorld.Shop.Entity, new StopTeam()));
        _world.Rise();
        Assert.All(_world.Team.Members.Values, static m => Assert.Equal(TeamMemberState.Down, m.State));
        _world.Deploys();
        _world.Rise();
        Assert.Equal(TeamState.Running, _world.Team.State);
        Assert.All(_world.Team.Members.Values, static m => Assert.Equal(TeamMemberState.Up, m.State));
        Assert.Empty(_world.Types());
        Assert.IsType<Done>(_world.Ask(TeamWorld.Shop.Entity, new RemoveTeam()));
        _world.Rise();
        Assert.Equal(TeamState.Removed, _world.Team.State);
        Assert.Equal(AgentState.Terminated, _world.Agent("d1").State);
        _world.Deploys();
        _world.Rise();
        Assert.Equal(TeamState.Running, _world.Team.State);
        Assert.Equal(4, _world.Types().Count);
    }

    [Fact]
    public void An_agent_of_another_team_is_not_touched_by_whoever_names_it()
    {
        _world.Deploys();
        _world.Ask(AgentName.Parse("d1").Entity, new Dismiss(TeamName.Parse("other"), End: true, "no"), "team/other");
        Assert.True(_world.Agent("d1").Registered);
        var enlist = new Enlist(GivenAgent.Register(), new TeamMembership(TeamWorld.Shop, 99, TeamRules.Default), [], [], Policy: null, "n1", Briefing: null);
        Assert.IsType<Refused>(_world.Ask(AgentName.Parse("d1").Entity, enlist, "client:mallory"));
    }

    [Fact]
    public void Check_ins_come_with_the_team_and_go_with_it()
    {
        var plan = TeamWorld.Plan(static p => p with { CheckIns = [new TeamCheckIn("standup", AgentName.Parse("lead"), Role: null, "*/10 * * * *", "UTC", "How far are you?")] });
        _world.Deploys(plan);
        var id = Assert.Single(_world.Team.CheckIns);
        Assert.True(_world.State<CheckIn>(CheckInId.Parse(id).Entity).IsOpen);
        _world.Ask(TeamWorld.Shop.Entity, new StopTeam());
        Assert.False(_world.State<CheckIn>(CheckInId.Parse(id).Entity).IsOpen);
        _world.Deploys(plan);
        Assert.NotEqual(id, Assert.Single(_world.Team.CheckIns));
    }

    [Fact]
    public void Work_in_worktrees_is_committed_every_half_hour_and_when_a_task_ends()
    {
        _world.Deploys();
        _world.Rise();
        _world.Pass(TimeSpan.FromMinutes(31));
        Assert.Equal(["d1", "d2"], _world.Worker.OfType<CommitWork>().Select(static c => c.Member.Value));
        Assert.All(_world.Worker.OfType<CommitWork>(), static c => Assert.Equal(($"agent/{c.Member}", $"/data/worktrees/{c.Member}"), (c.Branch, c.Worktree)));
        _world.Worker.Clear();
        _world.Types();
        _world.Ask(TaskId.Parse("t1").Entity, World.Adding("d1"));
        _world.Types();
        _world.Ask(TaskId.Parse("t1").Entity, World.Completed("d1"));
        Assert.Contains("task t1", Assert.Single(_world.Worker.OfType<CommitWork>()).Message, StringComparison.Ordinal);
        _world.Ask(TeamWorld.Shop.Entity, new StopTeam());
        _world.Worker.Clear();
        _world.Pass(TimeSpan.FromHours(2));
        Assert.Empty(_world.Worker);
    }

    [Fact]
    public void Files_that_are_refused_are_one_gap_that_closes_when_they_are_gone()
    {
        _world.Deploys();
        for (var i = 0; i < 3; i++)
        {
            _world.Ask(TeamWorld.Shop.Entity, new ReportWork(AgentName.Parse("d1"), new CommitResult("abc", 1, [new RefusedFile(".env", "holds secrets")], Problem: null)), "worker:n1");
            _world.Pass(TimeSpan.FromMinutes(1));
        }

        var gap = Assert.Single(_world.Gaps);
        Assert.Equal((GapKind.RefusedFiles, ".env: holds secrets"), (gap.Condition!.Kind, gap.Condition.Evidence));
        _world.Ask(TeamWorld.Shop.Entity, new ReportWork(AgentName.Parse("d1"), new CommitResult("def", 1, [], Problem: null)), "worker:n1");
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void A_merge_request_is_a_task_of_its_reviewer_and_a_conflict_one_of_its_author()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
        var merge = MergeRequest.Entity("m1");
        var request = new RequestMerge(TeamWorld.Shop, AgentName.Parse("d1"), AgentName.Parse("review"), "code_reviewer", "n1", "/srv/shop", "agent/d1", "main", "comments", new string('7', 64));
        Assert.IsType<Done>(_world.Ask(merge, request));
        Assert.Contains("git diff main...agent/d1", Assert.Single(_world.Types()).Text, StringComparison.Ordinal);
        Assert.Equal(TaskState.InProgress, _world.State<WorkTask>(TaskId.Parse("merge-m1").Entity).State);

        _world.Ask(merge, new AcceptMerge(), "client:agent/review");
        Assert.IsType<Done>(_world.Ask(merge, new AcceptMerge(), "client:agent/review"));
        var order = Assert.Single(_world.Worker.OfType<MergeBranch>());
        _world.Ask(merge, new ReportMerge(order.Attempt, Commit: null, ["src/a.cs"], "conflict"), "worker:n1");
        Assert.Equal(MergeState.Conflicted, _world.State<MergeRequest>(merge).State);
        var mend = Assert.Single(_world.Types());
        Assert.Equal(("d1", true), (mend.Agent.Value, mend.Text.Contains("src/a.cs", StringComparison.Ordinal)));

        _world.Ask(merge, new AcceptMerge());
        _world.Ask(merge, new ReportMerge(1, "stale", [], Problem: null), "worker:n1");
        Assert.Equal(MergeState.Merging, _world.State<MergeRequest>(merge).State);
        _world.Ask(merge, new ReportMerge(2, "c0ffee", [], Problem: null), "worker:n1");
        Assert.Equal((MergeState.Merged, "c0ffee"), (_world.State<MergeRequest>(merge).State!.Value, _world.State<MergeRequest>(merge).Commit));
        Assert.Equal(TaskState.Done, _world.State<WorkTask>(TaskId.Parse("merge-m1").Entity).State);
        Assert.IsType<Refused>(_world.Ask(merge, new RejectMerge("too late")));
    }

    [Fact]
    public void A_merge_request_that_is_rejected_goes_back_to_its_author_with_the_reason()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
        var merge = MergeRequest.Entity("m1");
        _world.Ask(merge, new RequestMerge(TeamWorld.Shop, AgentName.Parse("d1"), AgentName.Parse("review"), "code_reviewer", "n1", "/srv/shop", "agent/d1", "main", "comments", new string('7', 64)));
        _world.Types();
        _world.Ask(merge, new RejectMerge("the tests are missing"));
        Assert.Contains("the tests are missing", Assert.Single(_world.Types()).Text, StringComparison.Ordinal);
        Assert.Equal(TaskState.InProgress, _world.State<WorkTask>(TaskId.Parse("mend-m1-1").Entity).State);
        Assert.Contains("orc merge request", Assert.IsType<Refused>(_world.Ask(merge, new AcceptMerge())).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_member_that_was_only_briefed_has_no_order_yet_and_waits_for_the_person_who_is_to_merge_its_branch(bool accepted)
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
        Assert.False(_world.Agent("d1").HasBegun);
        var merge = MergeRequest.Entity("m1");
        _world.Ask(merge, new RequestMerge(TeamWorld.Shop, AgentName.Parse("d1"), Reviewer: null, ReviewerRole: null, "n1", "/srv/shop", "agent/d1", "main", "comments", new string('7', 64)));
        Assert.Equal(["merge/m1"], _world.Agent("d1").Awaits);
        Assert.Equal("shop", _world.State<WorkTask>(TaskId.Parse("merge-m1").Entity).Description!.Team);
        _world.Ask(merge, accepted ? new AcceptMerge() : new RejectMerge("the tests are missing"));
        Assert.Empty(_world.Agent("d1").Awaits);
    }

    [Fact]
    public void What_is_reviewed_is_the_commit_that_the_node_names_and_that_is_merged()
    {
        var merge = RequestsMerge();
        var look = Assert.Single(_world.Worker.OfType<InspectBranch>());
        Assert.Equal((1, "agent/d1", "main"), (look.Look, look.Source, look.Target));
        Assert.Empty(_world.Types());
        Assert.Contains("has not said yet", Assert.IsType<Refused>(_world.Ask(merge, new AcceptMerge())).Reason, StringComparison.Ordinal);

        _world.Ask(merge, new ReportBranch(1, "c0ffee1", [], Problem: null), "worker:n1");
        var asked = Assert.Single(_world.Types());
        Assert.Equal("review", asked.Agent.Value);
        Assert.Contains("git diff main...c0ffee1", asked.Text, StringComparison.Ordinal);
        Assert.IsType<Refused>(_world.Ask(merge, new AcceptMerge { Commit = "c0ffee2" }));
        Assert.IsType<Done>(_world.Ask(merge, new AcceptMerge { Commit = "c0ffee1" }, "client:agent/review"));
        var order = Assert.Single(_world.Worker.OfType<MergeBranch>());
        Assert.Equal(("c0ffee1", true), (order.Commit, order.Message.Contains("accepted at c0ffee1 by review", StringComparison.Ordinal)));
        _world.Ask(merge, new ReportMerge(1, "abc", [], Problem: null) { Note = "agent/d1 has moved on" }, "worker:n1");
        Assert.Equal((MergeState.Merged, "agent/d1 has moved on"), (_world.State<MergeRequest>(merge).State!.Value, _world.State<MergeRequest>(merge).Reason));
        Assert.Equal(TaskState.Done, _world.State<WorkTask>(TaskId.Parse("merge-m1").Entity).State);
    }

    [Fact]
    public void A_request_that_is_renewed_puts_up_another_commit_and_is_not_accepted_for_the_one_before()
    {
        var merge = RequestsMerge();
        _world.Ask(merge, new ReportBranch(1, "c0ffee1", [], Problem: null), "worker:n1");
        _world.Types();

        // Nothing new on the branch: nobody is asked again.
        RequestsMerge();
        _world.Ask(merge, new ReportBranch(2, "c0ffee1", [], Problem: null), "worker:n1");
        Assert.Empty(_world.Types());

        RequestsMerge();
        _world.Ask(merge, new ReportBranch(2, "late", [], Problem: null), "worker:n1");
        Assert.True(_world.State<MergeRequest>(merge).Looking);
        _world.Ask(merge, new ReportBranch(3, "c0ffee2", [], Problem: null), "worker:n1");
        Assert.Contains("git diff main...c0ffee2", Assert.Single(_world.Types()).Text, StringComparison.Ordinal);
        Assert.Equal([TaskState.Done, TaskState.InProgress], new[] { "merge-m1", "review-m1-2" }.Select(id => _world.State<WorkTask>(TaskId.Parse(id).Entity).State!.Value));
        foreach (var before in new[] { null, "c0ffee1" })
        {
            Assert.Contains("--commit c0ffee2", Assert.IsType<Refused>(_world.Ask(merge, new AcceptMerge { Commit = before })).Reason, StringComparison.Ordinal);
        }

        Assert.IsType<Done>(_world.Ask(merge, new AcceptMerge { Commit = "c0ffee2" }));
        Assert.IsType<Refused>(RequestAgain());
        _world.Ask(merge, new ReportMerge(1, Commit: null, ["src/a.cs"], "conflict"), "worker:n1");
        Assert.Contains("orc merge request d1 TITLE --id m1", Assert.Single(_world.Types()).Text, StringComparison.Ordinal);
        Assert.IsType<Done>(RequestAgain());
        _world.Ask(merge, new ReportBranch(4, "c0ffee3", [], Problem: null), "worker:n1");
        Assert.IsType<Done>(_world.Ask(merge, new AcceptMerge { Commit = "c0ffee3" }));
        Assert.Equal("c0ffee3", _world.Worker.OfType<MergeBranch>().Last().Commit);
    }

    [Fact]
    public void A_request_with_files_that_must_not_be_merged_fails_with_their_names_and_is_a_gap_until_they_are_out()
    {
        var merge = RequestsMerge();
        _world.Ask(merge, new ReportBranch(1, "c0ffee1", [new RefusedFile(".env", "holds secrets")], "agent/d1 has files that have no place in main: .env holds secrets"), "worker:n1");
        Assert.Equal(MergeState.Conflicted, _world.State<MergeRequest>(merge).State);
        Assert.Contains(".env", Assert.IsType<Refused>(_world.Ask(merge, new AcceptMerge())).Reason, StringComparison.Ordinal);
        var mend = Assert.Single(_world.Types());
        Assert.Equal("d1", mend.Agent.Value);
        Assert.All(new[] { ".env holds secrets", "git reset --soft", "orc merge request d1 TITLE --id m1" }, part => Assert.Contains(part, mend.Text, StringComparison.Ordinal));
        _world.Pass(TimeSpan.FromSeconds(1));
        var gap = Assert.Single(_world.Gaps);
        Assert.Equal((GapKind.RefusedFiles, ".env: holds secrets"), (gap.Condition!.Kind, gap.Condition.Evidence));

        // A commit on time that leaves nothing out says nothing of what was committed before.
        _world.Ask(TeamWorld.Shop.Entity, new ReportWork(AgentName.Parse("d1"), new CommitResult("def", 1, [], Problem: null)), "worker:n1");
        Assert.Single(_world.Gaps);
        RequestsMerge();
        _world.Ask(merge, new ReportBranch(2, "c0ffee2", [], Problem: null), "worker:n1");
        Assert.Empty(_world.Gaps);
        Assert.Equal("review", Assert.Single(_world.Types()).Agent.Value);
    }

    [Fact]
    public void A_request_of_an_older_version_takes_what_the_branch_has_when_it_is_accepted()
    {
        const string Stored = """{"team":"shop","author":"d1","node":"n1","folder":"/srv/shop","source":"agent/d1","target":"main","title":"comments","secret":"7","by":"client:admin","at":"2026-01-01T00:00:00+00:00"}""";
        var requested = (MergeRequested)new ManifestTable().AddDomain().Read("merge.requested.v1", System.Text.Encoding.UTF8.GetBytes(Stored));
        var merge = MergeRequest.Empty(MergeRequest.Entity("m1")).Apply(requested);
        Assert.Equal((MergeState.Open, false, "merge-m1"), (merge.State!.Value, merge.Looking, merge.ReviewTask.Value));
        var accepted = new MergeBehavior().Decide(merge, new AcceptMerge(), new DecisionContext(MergeRequest.Entity("m1"), GivenAgent.Start, new CommandId(Ulid.New(GivenAgent.Start)), new Sender("client:admin"), 1));
        var order = Assert.IsType<MergeBranch>(Assert.Single(accepted.WorkerCommands).Command);
        Assert.Equal(("agent/d1", null, null), (order.Source, order.Commit, order.Policy));
    }

    private EntityId RequestsMerge()
    {
        if (!_world.Team.Exists)
        {
            _world.Deploys();
            _world.Rise();
            _world.Types();
        }

        Assert.IsType<Done>(RequestAgain());
        return MergeRequest.Entity("m1");
    }

    private Reply RequestAgain() => _world.Ask(
        MergeRequest.Entity("m1"),
        new RequestMerge(TeamWorld.Shop, AgentName.Parse("d1"), AgentName.Parse("review"), "code_reviewer", "n1", "/srv/shop", "agent/d1", "main", "comments", new string('7', 64)) { Policy = TeamWorld.Plan().Git });

    [Fact]
    public void A_tag_is_asked_for_once_and_one_that_could_not_be_made_can_be_asked_for_again()
    {
        _world.Deploys();
        _world.Ask(TeamWorld.Shop.Entity, new TagStable("stable-1"));
        _world.Ask(TeamWorld.Shop.Entity, new TagStable("stable-1"));
        Assert.Equal("main", Assert.Single(_world.Worker.OfType<MakeTag>()).Branch);
        _world.Ask(TeamWorld.Shop.Entity, new ReportTag("stable-1", Commit: null, "no branch main"), "worker:n1");
        Assert.Equal("no branch main", Assert.Single(_world.Team.Tags).Problem);
        _world.Ask(TeamWorld.Shop.Entity, new TagStable("stable-1"));
        _world.Ask(TeamWorld.Shop.Entity, new ReportTag("stable-1", "c0ffee", Problem: null), "worker:n1");
        Assert.Equal("c0ffee", _world.Team.Tags[^1].Commit);
    }
}
