using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Quotas;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

public sealed class QuotaTests
{
    private const string Account = "team";

    private readonly QuotaBehavior _behavior = new();
    private readonly EntityId _id = Quota.Entity(Account);
    private readonly Dictionary<string, GivenAgent> _agents = new(StringComparer.Ordinal);
    private Quota _quota = new();
    private ReminderChange? _reminder;
    private DateTimeOffset _now = GivenAgent.Start;
    private int _commands;
    private IReadOnlyList<Event> _last = [];

    [Fact]
    public void When_one_agent_meets_a_limit_all_of_its_account_wait_until_it_ends_each_a_little_longer()
    {
        var (a, b, c) = (Ready("a"), Ready("b"), Ready("c"));
        var until = _now.AddMinutes(5);
        Meets(a, until);
        b.Send("waits");
        Assert.Null(b.InFlight);
        Assert.Contains("a has reached the limit of their account team", b.State.Hold?.Reason, StringComparison.Ordinal);
        var resumes = new[] { a, b, c }.Select(static g => g.State.Paused!.Until!.Value).ToArray();
        Assert.All(resumes, at => Assert.InRange(at, until, until + QuotaBehavior.Spread));
        Assert.Equal(3, resumes.Distinct().Count());

        b.Now = b.Reminders["dispatch"].Due!.Value;
        Assert.Equal(b.State.Paused!.Until, b.Now);
        b.Tell(new DispatchNext(), "reminder");
        Assert.Equal("waits", b.InFlight);
        _now = until;
        Tell(_reminder!.Command!, "reminder");
        Assert.Null(_quota.Limit);
    }

    [Fact]
    public void A_shorter_limit_changes_nothing_and_a_longer_one_moves_the_end()
    {
        var (a, b) = (Ready("a"), Ready("b"));
        Meets(a, _now.AddMinutes(5));
        Meets(b, _now.AddMinutes(1));
        Assert.Equal("a", _quota.Limit?.By.Value);
        Meets(b, _now.AddMinutes(9));
        Assert.InRange(a.State.Paused!.Until!.Value, _now.AddMinutes(9), _now.AddMinutes(9) + QuotaBehavior.Spread);
        _now = _now.AddMinutes(5);
        Tell(new EndLimit(), "reminder");
        Assert.NotNull(_quota.Limit);
    }

    [Fact]
    public void One_who_joins_during_a_limit_waits_too_one_who_left_does_not_and_a_person_clears_it_for_all()
    {
        var (a, b) = (Ready("a"), Ready("b"));
        Tell(new LeaveQuota(AgentName.Parse("b")));
        Meets(a, until: null);
        Assert.Null(b.State.Paused);
        var late = Ready("late");
        late.Send("waits");
        Assert.Null(late.InFlight);
        Assert.DoesNotContain("dispatch", late.Reminders.Keys);
        Tell(new ClearLimit(), "client:anna");
        Assert.Equal("waits", late.InFlight);
        Assert.Null(a.State.Hold);
        Assert.Null(_quota.Limit);
    }

    [Fact]
    public void What_is_used_of_a_limit_is_remembered_once_and_pauses_nobody_until_it_is_reached()
    {
        var a = Ready("a");
        var resets = _now.AddHours(2);
        Uses(a, 41.2, resets, reached: false);
        Uses(a, 41.9, resets.AddSeconds(20), reached: false);
        Assert.Equal(41.2, _quota.Uses["primary"].Percent);
        Uses(a, 43, resets, reached: false);
        Assert.Equal(new LimitUse("primary", 43, resets), _quota.Uses["primary"]);
        Assert.Null(_quota.Limit);
        Uses(a, 100, resets, reached: true);
        Assert.Equal(resets, _quota.Limit?.Until);
        Assert.InRange(a.State.Paused!.Until!.Value, resets, resets + QuotaBehavior.Spread);
    }

    [Fact]
    public void The_tokens_of_answered_messages_are_counted_for_the_account()
    {
        var a = Ready("a");
        a.Tell(new BindPane(a.State.Generation, GivenAgent.Pane(), GivenAgent.Traits() with { Answers = true }, null, Adopted: true, 0, Session: null, Account));
        a.Send("one");
        var id = a.State.Queue.InFlight!.Waiting.Message.Id;
        a.Report(DeliveryStep.Confirmed);
        a.Tell(new ReportAnswer(id, a.State.Generation, AnswerText.Of("done", 30, 12, "s", "transcript"), Sent: 70));
        Assert.Equal([new ReportTokens(a.State.Name, 70, 12)], a.Told.Select(static m => m.Command).OfType<ReportTokens>());
        Tell(new ReportTokens(a.State.Name, 70, 12));
        Assert.Equal(new TokensUsed(a.State.Name, 70, 12, _now), Assert.Single(_last));
        Tell(new ReportTokens(a.State.Name, 0, 0));
        Assert.Empty(_last);
    }

    private GivenAgent Ready(string name)
    {
        var agent = new GivenAgent(name).Registered();
        _agents[name] = agent;
        agent.Tell(new Start(GivenAgent.Node));
        agent.Tell(new BindPane(agent.State.Generation, GivenAgent.Pane(), GivenAgent.Traits(), null, Adopted: false, 0, Session: null, Account));
        Tell(new JoinQuota(AgentName.Parse(name)));
        return agent.Ready();
    }

    private void Uses(GivenAgent agent, double percent, DateTimeOffset resets, bool reached)
    {
        agent.Tell(new ReportLimitUse(agent.State.Generation, new LimitUse("primary", percent, resets), reached, "transcript"));
        foreach (var message in agent.Told)
        {
            Tell(message.Command, agent.State.Name.Entity.ToString());
        }
    }

    private void Meets(GivenAgent agent, DateTimeOffset? until)
    {
        agent.Tell(new ReportActivity(agent.State.Generation, AgentActivity.RateLimited, null, until, new AgentFact("screen", "limit", "429", _now)));
        Tell(new ReportLimit(agent.State.Name, until, "429"));
        agent.Seen(AgentActivity.Ready);
    }

    private void Tell(Command command, string sender = "agent/x")
    {
        var effects = _behavior.Decide(_quota, command, new DecisionContext(_id, _now, new CommandId($"q{++_commands}"), new Sender(sender), 0));
        _last = [.. effects.Events];
        _quota = effects.Events.Aggregate(_quota, _behavior.Apply);
        _reminder = effects.Reminders.LastOrDefault() ?? _reminder;
        foreach (var message in effects.Messages)
        {
            _agents[message.To.Id].Tell(message.Command, _id.ToString());
        }
    }
}
