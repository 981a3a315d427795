using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;

namespace Orchestrator.Tests.Actors.CheckIns;

public sealed class CheckInTests
{
    private readonly World _world = new();

    [Fact]
    public void It_is_told_at_its_time_to_the_agent_that_it_is_for_and_to_nobody_else()
    {
        _world.Ready("alice");
        _world.Ready("bob");
        Adds("c1", "alice", In(10), "how far are you?");
        Adds("c2", "bob", In(10), "another note");
        _world.Pass(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_world.Events<MessageAccepted>());
        _world.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Check-in c1, due 2026-01-01 00:10 UTC:\n\nhow far are you?", _world.Delivered("alice"));
        Assert.EndsWith("another note", _world.Delivered("bob"), StringComparison.Ordinal);
        Assert.Equal((1, 0, false), (_world.CheckIn("c1").Delivered, _world.CheckIn("c1").Missed, _world.CheckIn("c1").IsOpen));
        _world.Pass(TimeSpan.FromDays(3));
        Assert.Equal(2, _world.Events<MessageAccepted>().Count());
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void By_cron_it_comes_again_and_what_is_not_read_before_the_next_one_never_piles_up()
    {
        _world.Ready("alice");
        Adds("c1", "alice", new CheckInSchedule(At: null, "0 * * * *", "UTC"), "commit");
        _world.Pass(TimeSpan.FromHours(1));
        _world.Delivered("alice");
        _world.Seen("alice", AgentActivity.Working);
        _world.Pass(TimeSpan.FromHours(3));
        Assert.Equal(1, _world.Agent("alice").Queue.Length);
        Assert.Equal((4, 1, 2), (_world.CheckIn("c1").Fired, _world.CheckIn("c1").Delivered, _world.CheckIn("c1").Missed));
        _world.Seen("alice", AgentActivity.Ready);
        _world.Delivered("alice");
        Assert.Equal(2, _world.CheckIn("c1").Delivered);
        _world.Does(CheckInId.Parse("c1").Entity, new RemoveCheckIn());
        _world.Pass(TimeSpan.FromDays(1));
        Assert.Equal(4, _world.CheckIn("c1").Fired);
    }

    [Fact]
    public void One_that_does_not_reach_its_agent_is_a_gap_until_it_does()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Adds("c1", "alice", In(10));
        _world.Pass(TimeSpan.FromMinutes(15));
        Assert.Contains(_world.Gaps, static g => g.Condition!.Kind == GapKind.CheckinMissed);
        _world.Seen("alice", AgentActivity.Ready);
        _world.Delivered("alice");
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void Each_time_that_was_missed_is_a_gap_until_a_later_one_arrives()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Adds("c1", "alice", new CheckInSchedule(At: null, "0 * * * *", "UTC"));
        _world.Pass(TimeSpan.FromMinutes(65));
        var first = Assert.Single(Missed());
        _world.Pass(TimeSpan.FromHours(2));
        Assert.Equal(3, Missed().Count);
        Assert.Equal(first.Id, Missed()[0].Id);
        Assert.Equal((3, 0, 2), (_world.CheckIn("c1").Fired, _world.CheckIn("c1").Delivered, _world.CheckIn("c1").Missed));
        _world.Seen("alice", AgentActivity.Ready);
        _world.Delivered("alice");
        Assert.Empty(Missed());
        Assert.Equal((1, 2), (_world.CheckIn("c1").Delivered, _world.CheckIn("c1").Missed));
    }

    [Fact]
    public void One_that_comes_again_sooner_than_it_counts_as_late_is_a_gap_when_the_next_is_due()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Adds("c1", "alice", new CheckInSchedule(At: null, "* * * * *", "UTC"));
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(Missed());
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("it had not when the next one was due", Assert.Single(Missed()).Condition!.Cause, StringComparison.Ordinal);
        _world.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(3, Missed().Count);
        _world.Does(CheckInId.Parse("c1").Entity, new RemoveCheckIn());
        Assert.Empty(Missed());
    }

    [Fact]
    public void A_missed_time_whose_gap_a_person_closes_is_dealt_with_and_the_next_one_is_another_gap()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Adds("c1", "alice", new CheckInSchedule(At: null, "0 * * * *", "UTC"));
        _world.Pass(TimeSpan.FromMinutes(70));
        _world.Does(Gap.Entity(Assert.Single(Missed()).Id), new CloseGap("known"));
        _world.Pass(TimeSpan.FromMinutes(52));
        Assert.Empty(Missed());
        _world.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(_world.CheckIn("c1").Last!.Due, Assert.Single(Missed()).Condition!.Since);
    }

    [Fact]
    public void Of_very_many_missed_times_the_last_fifty_are_kept_in_mind()
    {
        _world.Ready("alice");
        _world.Seen("alice", AgentActivity.Working);
        Adds("c1", "alice", new CheckInSchedule(At: null, "* * * * *", "UTC"));
        _world.Pass(TimeSpan.FromMinutes(60));
        Assert.Equal(CheckIn.MostUnsettled, _world.CheckIn("c1").Unsettled.Count);
        Assert.Equal(CheckIn.MostUnsettled, Missed().Count);
        Assert.Equal(59, _world.CheckIn("c1").Missed);
    }

    [Fact]
    public void One_whose_agent_is_gone_is_missed_at_once_and_says_why()
    {
        _world.Ready("alice");
        Adds("c1", "alice", In(10));
        _world.Does(AgentName.Parse("alice").Entity, new End(Force: true));
        _world.Ends("alice");
        _world.Pass(TimeSpan.FromMinutes(10));
        var gap = Assert.Single(_world.Gaps);
        Assert.Contains("there is no agent alice", gap.Condition!.Cause, StringComparison.Ordinal);
        Assert.Equal(_world.Now, gap.OpenedAt);
        _world.Does(CheckInId.Parse("c1").Entity, new RemoveCheckIn());
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void All_of_a_role_are_told_and_a_role_that_nobody_has_is_missed()
    {
        _world.Ready("alice", "qa");
        _world.Ready("bob", "qa");
        _world.Ready("carol");
        _world.Does(CheckInId.Parse("c1").Entity, new AddCheckIn(new CheckInTarget(Agent: null, "qa"), "report", In(10), new string('7', 32)));
        _world.Does(CheckInId.Parse("c2").Entity, new AddCheckIn(new CheckInTarget(Agent: null, "devops"), "report", In(10), new string('7', 32)));
        _world.Pass(TimeSpan.FromMinutes(10));
        _world.Delivered("alice");
        Assert.Equal(0, _world.CheckIn("c1").Delivered);
        _world.Delivered("bob");
        Assert.Equal(1, _world.CheckIn("c1").Delivered);
        Assert.Equal(0, _world.Agent("carol").Queue.Length);
        Assert.Contains("nobody has the role devops", Assert.Single(_world.Gaps).Condition!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_would_never_be_due_or_is_there_already_is_refused()
    {
        var id = CheckInId.Parse("c1").Entity;
        Assert.Contains("never be due", _world.Refuses(id, Adding("alice", new CheckInSchedule(_world.Now, null, null))), StringComparison.Ordinal);
        Assert.Contains("never be due", _world.Refuses(id, Adding("alice", new CheckInSchedule(null, "0 0 31 2 *", "UTC"))), StringComparison.Ordinal);
        Assert.Contains("no check-in c1", _world.Refuses(id, new RemoveCheckIn()), StringComparison.Ordinal);
        Adds("c1", "alice", In(10));
        Assert.Contains("already", _world.Refuses(id, Adding("alice", In(10))), StringComparison.Ordinal);
    }

    private IReadOnlyList<Gap> Missed() => [.. _world.Gaps.Where(static g => g.Condition!.Kind == GapKind.CheckinMissed).OrderBy(static g => g.Condition!.Since)];

    private CheckInSchedule In(int minutes) => new(_world.Now.AddMinutes(minutes), Cron: null, Zone: null);

    private void Adds(string id, string agent, CheckInSchedule schedule, string note = "note") => _world.Does(CheckInId.Parse(id).Entity, Adding(agent, schedule, note));

    private static AddCheckIn Adding(string agent, CheckInSchedule schedule, string note = "note") => new(new CheckInTarget(AgentName.Parse(agent), "developer"), note, schedule, new string('7', 32));
}
