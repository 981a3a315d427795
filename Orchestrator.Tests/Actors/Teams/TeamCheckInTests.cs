using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Teams;

namespace Orchestrator.Tests.Actors.Teams;

/// <summary>Check-ins for all members of a team.</summary>
public sealed class TeamCheckInTests
{
    private readonly TeamWorld _world = new();

    public TeamCheckInTests()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
    }

    [Fact]
    public void Whoever_is_a_member_when_it_is_due_is_told_and_nobody_else()
    {
        Adds("c1", minutes: 10);
        _world.Applies(TeamWorld.Plan(static plan => plan with { Members = plan.Members.RemoveAt(2).Add(TeamWorld.Member("d3", "lead")) }));
        _world.Rise();
        _world.Types();
        _world.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(["d1", "d3", "lead", "review"], _world.Types().Where(static d => d.Text.Contains("what blocks you?", StringComparison.Ordinal)).Select(static d => d.Agent.Value).Order(StringComparer.Ordinal));
        Assert.Equal((1, 0), (CheckIn("c1").Delivered, CheckIn("c1").Missed));
    }

    [Fact]
    public void A_team_that_is_gone_makes_it_missed_at_once_and_says_why()
    {
        Adds("c1", minutes: 10);
        _world.Ask(TeamWorld.Shop.Entity, new RemoveTeam());
        _world.Rise();
        Assert.False(_world.Team.Exists);
        _world.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal((0, 1), (CheckIn("c1").Delivered, CheckIn("c1").Missed));
        var gap = Assert.Single(_world.Gaps, static g => g.Condition!.Kind == GapKind.CheckinMissed);
        Assert.Contains("team:shop: nobody is in the team shop", gap.Condition!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_teams_file_has_for_a_role_is_told_to_those_of_the_team_and_to_no_others()
    {
        _world.Stranger("other");
        _world.Applies(TeamWorld.Plan(static plan => plan with
        {
            Members = plan.Members.SetItem(0, plan.Members[0] with { Role = "project_manager" }),
            CheckIns = [new TeamCheckIn("standup", Member: null, "developer", "0 * * * *", "UTC", "what blocks you?")],
        }), restart: true);
        _world.Rise();
        _world.Types();
        _world.Pass(TimeSpan.FromHours(1));
        Assert.Equal(["d1", "d2", "review"], Told());
        var made = CheckIn(Assert.Single(_world.Team.CheckIns));
        Assert.Equal("role:developer of the team shop", made.Audience()!.ToString());
        Assert.Equal((1, 0), (made.Delivered, made.Missed));
    }

    [Fact]
    public void One_that_a_team_made_before_check_ins_knew_their_team_is_for_its_team_too()
    {
        _world.Stranger("other");
        Adds("c1", minutes: 10, new CheckInTarget(Agent: null, "developer"), TeamWorld.Shop.Entity.ToString());
        Adds("c2", minutes: 10, new CheckInTarget(Agent: null, "qa"), TeamWorld.Shop.Entity.ToString());
        _world.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(["d1", "d2", "lead", "review"], Told());
        Assert.Contains("nobody in the team shop has the role qa", Assert.Single(_world.Gaps, static g => g.Condition!.Kind == GapKind.CheckinMissed).Condition!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_a_person_made_for_a_role_is_for_all_of_it()
    {
        _world.Stranger("other");
        Adds("c1", minutes: 10, new CheckInTarget(Agent: null, "developer"));
        _world.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(["d1", "d2", "lead", "other", "review"], CheckIn("c1").Last!.Waiting.Values.Select(static a => a.Value).Order(StringComparer.Ordinal));
    }

    private IEnumerable<string> Told() => _world.Types().Where(static d => d.Text.Contains("what blocks you?", StringComparison.Ordinal)).Select(static d => d.Agent.Value).Order(StringComparer.Ordinal);

    private void Adds(string id, int minutes, CheckInTarget? target = null, string sender = "client:ann")
        => _world.Ask(CheckInId.Parse(id).Entity, new AddCheckIn(target ?? new CheckInTarget(Agent: null, Role: null, "shop"), "what blocks you?", new CheckInSchedule(_world.Now.AddMinutes(minutes), Cron: null, Zone: null), new string('8', 64)), sender);

    private CheckIn CheckIn(string id) => _world.State<CheckIn>(CheckInId.Parse(id).Entity);
}
