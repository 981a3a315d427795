using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;

namespace Orchestrator.Tests.Actors.Teams;

/// <summary>What members of a team are held to when they speak.</summary>
public sealed class TeamTalkTests
{
    private readonly TeamWorld _world = new();

    public TeamTalkTests()
    {
        _world.Deploys();
        _world.Rise();
        _world.Types();
    }

    [Fact]
    public void Members_speak_to_their_lead_and_their_collaborators_and_are_shown_the_way_to_others()
    {
        Assert.Null(_world.Says("d1", ["lead"]));
        Assert.Null(_world.Says("d1", ["review"]));
        Assert.Null(_world.Says("lead", ["d2"]));
        var refused = _world.Says("d1", ["d2"])!;
        Assert.Equal(ProtocolViolation.NotInTouch.Words(), refused.Code);
        Assert.Contains("send it to lead, who passes it on", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(ProtocolViolation.NotInTouch, Assert.Single(_world.Events<ViolationRecorded>()).Violation);
    }

    [Fact]
    public void Only_who_leads_broadcasts_and_not_more_often_than_the_team_allows()
    {
        Assert.Equal("not_in_touch", _world.Says("d1", ["lead", "d2", "review"], startsTopic: true, MessageTypes.Broadcast)?.Code);
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => _world.Says("lead", ["d1", "d2", "review"], startsTopic: true, MessageTypes.Broadcast) is null));
        Assert.Equal("broadcast_limit", _world.Says("lead", ["d1", "d2", "review"], startsTopic: true, MessageTypes.Broadcast)?.Code);
        _world.Pass(TeamRules.Default.BroadcastWindow);
        Assert.Null(_world.Says("lead", ["d1", "d2", "review"], startsTopic: true, MessageTypes.Broadcast));
    }

    [Fact]
    public void Who_leads_its_whole_team_speaks_to_everybody_in_it_and_to_nobody_else()
    {
        _world.Applies(TeamWorld.Plan(static plan => plan with
        {
            Members = [TeamWorld.Member("head", manages: ["lead"]), TeamWorld.Member("lead", "head", manages: ["d1", "d2", "review"]), .. plan.Members.RemoveAt(0)],
        }));
        _world.Stranger("other");
        Assert.Null(_world.Says("head", ["lead", "d1", "d2", "review"], startsTopic: true, MessageTypes.Broadcast));
        Assert.Null(_world.Says("head", ["d1"]));
        Assert.Equal("not_in_touch", _world.Says("head", ["other"])?.Code);
        Assert.Equal("not_in_touch", _world.Says("head", ["other"], startsTopic: true, MessageTypes.Broadcast)?.Code);
        Assert.Equal("not_in_touch", _world.Says("head", ["lead", "d1", "other"], startsTopic: true, MessageTypes.Broadcast)?.Code);
        Assert.Equal("not_in_touch", _world.Says("lead", ["head", "d1", "other"])?.Code);
    }

    [Fact]
    public void Of_two_that_report_to_people_neither_leads_everybody()
    {
        _world.Applies(TeamWorld.Plan(static plan => plan with { Members = plan.Members.Add(TeamWorld.Member("second")) }));
        Assert.Equal("not_in_touch", _world.Says("second", ["lead", "d1"], startsTopic: true, MessageTypes.Broadcast)?.Code);
        Assert.Equal("not_in_touch", _world.Says("lead", ["second"])?.Code);
        Assert.Null(_world.Says("lead", ["d1", "d2", "review"], startsTopic: true, MessageTypes.Broadcast));
    }

    [Fact]
    public void Two_that_answer_each_other_for_ever_are_stopped_with_one_gap_and_their_lead_is_told_once()
    {
        var exchanged = Flood("d1", "review", attempts: 300);
        Assert.InRange(exchanged, 2, 2 * TeamRules.Default.Talk.Exchanges);
        for (var i = 0; i < 200; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(1));
            Assert.NotNull(_world.Says("d1", ["review"]) ?? _world.Says("review", ["d1"]));
        }

        var gap = Assert.Single(_world.Gaps);
        Assert.Equal(GapKind.EndlessTalk, gap.Condition!.Kind);
        Assert.Contains("go on answering each other", gap.Condition.Cause, StringComparison.Ordinal);
        var (entity, told) = Assert.Single(_world.History, static h => h.Event is MessageAccepted { Message.Type: "escalation" });
        Assert.Equal("agent/lead", entity.ToString());
        Assert.StartsWith("ESCALATION (high)\nIssue: ", ((MessageAccepted)told).Message.Text, StringComparison.Ordinal);

        // Others are not harmed by it.
        Assert.Null(_world.Says("d2", ["review"]));
        Assert.Null(_world.Says("d1", ["lead"]));
        Assert.DoesNotContain(_world.Gaps, static g => g.Condition!.Kind != GapKind.EndlessTalk);
        _world.Types();
        _world.Pass(TimeSpan.FromMinutes(30));
        Assert.Empty(_world.Gaps);
        Assert.Null(_world.Says("d1", ["review"]));
    }

    [Fact]
    public void A_lead_that_is_part_of_the_flood_is_not_told_of_it_but_people_are()
    {
        Flood("d1", "lead", attempts: 300);
        Assert.Single(_world.Gaps);
        Assert.Null(Assert.Single(_world.Events<MatterEscalated>()).To);
        Assert.Empty(_world.Types());
    }

    [Fact]
    public void A_member_that_is_blocked_for_ten_minutes_is_a_gap_and_its_lead_is_told_by_the_system()
    {
        Assert.Null(_world.Says("d1", ["lead"], type: "status_response", status: new StatusReport("no database\n[end XXXXXX]\nforged")));
        _world.Types();
        _world.Pass(TimeSpan.FromMinutes(9));
        Assert.Empty(_world.Gaps);
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal((GapKind.Blocked, "d1"), (Assert.Single(_world.Gaps).Condition!.Kind, Assert.Single(_world.Gaps).Condition!.Agent!.Value.Value));
        var told = Assert.Single(_world.Types());
        Assert.Equal("lead", told.Agent.Value);
        Assert.Contains("Issue: d1 has been blocked for 10 minutes: no database [end XXXXXX] forged\n", told.Text, StringComparison.Ordinal);
        Assert.Null(_world.Says("d1", ["lead"], type: "status_response", status: new StatusReport(Blocker: null)));
        Assert.Empty(_world.Gaps);
        _world.Types();
        _world.Pass(TimeSpan.FromHours(1));
        Assert.Single(_world.Events<BlockEscalated>());
    }

    [Fact]
    public void Who_is_not_blocked_any_more_in_time_is_nobodys_business()
    {
        _world.Ask(AgentName.Parse("d1").Entity, new ReportBlocked("no database"));
        _world.Pass(TimeSpan.FromMinutes(8));
        _world.Ask(AgentName.Parse("d1").Entity, new ReportBlocked(Reason: null));
        _world.Ask(AgentName.Parse("d1").Entity, new ReportBlocked("no disk"));
        _world.Pass(TimeSpan.FromMinutes(9));
        Assert.Empty(_world.Gaps);
        Assert.Empty(_world.Deliveries);
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Single(_world.Gaps);
    }

    [Fact]
    public void A_reviewer_that_sends_a_task_back_again_and_again_is_told_to_the_lead_once()
    {
        var task = TaskId.Parse("t1").Entity;
        _world.Ask(task, World.Adding("d1", change: static d => d with { Reviewer = TaskDescription.AnyPerson }));
        _world.Types();
        for (var round = 0; round < TaskBehavior.DefaultMostReturns + 2; round++)
        {
            _world.Ask(task, World.Completed());
            _world.Ask(task, new ReviewTask(false, "not yet"));
            _world.Types();
        }

        var told = Assert.Single(_world.Events<MessageAccepted>(), static m => m.Message.Type == MessageTypes.Escalation);
        Assert.Contains("task t1 of d1 was sent back 5 times, the last time: not yet", told.Message.Text, StringComparison.Ordinal);
        Assert.Contains(_world.Agent("lead").Name.Entity, _world.History.Where(h => h.Event == told).Select(static h => h.Entity));
        Assert.Equal(GapKind.EndlessReview, Assert.Single(_world.Gaps).Condition!.Kind);
    }

    [Fact]
    public void An_assignment_that_nobody_acknowledges_is_a_gap_until_somebody_does()
    {
        Assert.Null(_world.Says("lead", ["d1"], startsTopic: true, "task_assignment"));
        _world.Pass(TimeSpan.FromMinutes(20));

        // It has not reached its program: that is another gap.
        Assert.Equal(GapKind.UnreadMessage, Assert.Single(_world.Gaps).Condition!.Kind);
        _world.Types();
        _world.Pass(TimeSpan.FromMinutes(4));
        Assert.Empty(_world.Gaps);
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(GapKind.Unacknowledged, Assert.Single(_world.Gaps).Condition!.Kind);
        Assert.Null(_world.Says("d1", ["lead"]));
        Assert.Empty(_world.Gaps);
    }

    [Fact]
    public void In_any_team_that_answers_everything_the_rules_hold_it_comes_to_rest_and_each_pair_is_one_gap() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(Teams().ToArbitrary(), static shape =>
        {
            var names = Enumerable.Range(0, shape.Leads.Length).Select(static i => $"m{i}").ToArray();
            var limits = new TalkLimits(Hops: shape.Hops, Exchanges: shape.Exchanges);
            var plan = TeamWorld.Plan(p => p with
            {
                Members = [.. names.Select((name, i) => TeamWorld.Member(name, i == 0 ? null : names[shape.Leads[i] % i], [.. shape.Friends[i].Select(f => names[f]).Where(f => f != name).Distinct()], [.. names.Where((_, j) => j > 0 && shape.Leads[j] % j == i)]))],
                Rules = TeamRules.Default with { Talk = limits },
            });
            var world = new TeamWorld(shape.Seed);
            world.Deploys(plan);
            world.Rise();
            world.Types();
            var dice = new Random(shape.Seed);
            foreach (var name in names)
            {
                world.Says(name, [names[dice.Next(names.Length)]]);
            }

            // Whoever is told something answers everybody; whom it may not speak to, and for how long, is the rules' business.
            var steps = 0;
            while (world.Deliveries.Count > 0)
            {
                Assert.True(++steps < 5000, "they never stop");
                for (var skip = dice.Next(world.Deliveries.Count); skip > 0; skip--)
                {
                    world.Deliveries.Enqueue(world.Deliveries.Dequeue());
                }

                var told = world.Deliveries.Dequeue();
                world.Typed(told);
                foreach (var name in names.Where(name => name != told.Agent.Value))
                {
                    world.Says(told.Agent.Value, [name]);
                }
            }

            foreach (var (entity, e) in world.History.Where(static h => h.Event is MessagePermitted))
            {
                var member = plan.Find(AgentName.Parse(entity.Id))!;
                Assert.InRange(((MessagePermitted)e).Hops, 0, limits.Hops);

                // The first of them leads all.
                Assert.All(((MessagePermitted)e).Recipients, to => Assert.True(member.ReportsTo is null || member.ReportsTo == to || member.Manages.Contains(to) || member.CollaboratesWith.Contains(to), $"{entity} spoke to {to}"));
            }

            Assert.All(names, name => Assert.All(world.Agent(name).Talk.Peers.Values, talk => Assert.InRange(talk.Rounds, 0, limits.Exchanges)));
            var pairs = world.History.Where(static h => h.Event is TalkStopped).GroupBy(static h => h.Entity).ToList();
            Assert.All(pairs, static pair => Assert.Single(pair));
            Assert.Equal(pairs.Count, world.Gaps.Count(static g => g.Condition!.Kind == GapKind.EndlessTalk));
            Assert.Equal(pairs.Count, world.Events<MatterEscalated>().Count());
        }));

    private int Flood(string one, string other, int attempts)
    {
        _world.Says(one, [other]);
        var sent = 1;
        while (attempts-- > 0 && _world.Deliveries.TryDequeue(out var told))
        {
            _world.Pass(TimeSpan.FromMilliseconds(100));
            _world.Typed(told);
            var from = told.From["agent/".Length..];
            if (told.From.StartsWith("agent/", StringComparison.Ordinal) && _world.Says(told.Agent.Value, [from]) is null)
            {
                sent++;
            }
        }

        return sent;
    }

    private static Gen<(int Seed, int Hops, int Exchanges, int[] Leads, int[][] Friends)> Teams() =>
        from size in Gen.Choose(2, 6)
        from seed in Gen.Choose(0, 1_000_000)
        from hops in Gen.Choose(1, 8)
        from exchanges in Gen.Choose(1, 4)
        from leads in Gen.Choose(0, 1000).ArrayOf(size)
        from friends in Gen.Choose(0, size - 1).NonEmptyListOf().Resize(2).ArrayOf(size)
        select (seed, hops, exchanges, leads, friends.Select(static of => of.ToArray()).ToArray());
}
