using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;

namespace Orchestrator.Tests.Actors.Agents;

/// <summary>What the view makes of an agent's events. The same events folded again, as after a restart, give the same.</summary>
public sealed class AgentPerformanceTests
{
    private readonly GivenAgent _agent = new GivenAgent().Ready();

    [Fact]
    public void A_turn_counts_from_the_acceptance_of_its_message_to_the_prompt_after_it()
    {
        _agent.Send("one");
        After(2).Report(DeliveryStep.Typed);
        _agent.Seen(AgentActivity.Working);
        After(1).Report(DeliveryStep.Confirmed);
        Assert.Single(_agent.View.Performance.Turns);
        After(7).Seen(AgentActivity.Ready);
        Assert.Equal((1, 0, 10.0, 10.0, 1.0), Figures());

        _agent.Send("two");
        _agent.Report(DeliveryStep.Typed);
        _agent.Seen(AgentActivity.Working);
        After(4).Seen(AgentActivity.Ready);
        Assert.Single(_agent.View.Performance.Turns);
        After(1).Report(DeliveryStep.Confirmed);
        Assert.Equal((2, 0, 7.0, 4.0, 1.0), Figures());
    }

    [Fact]
    public void A_turn_too_short_to_be_seen_is_over_when_the_next_message_is_taken()
    {
        _agent.Send("one");
        _agent.Send("two");
        After(1).Report(DeliveryStep.Typed);
        After(1).Report(DeliveryStep.Submitted);
        Assert.Equal("two", _agent.InFlight);
        Assert.Equal((1, 0, 2.0, 2.0, 1.0), Figures());
    }

    [Fact]
    public void A_failed_turn_a_crash_and_an_undelivered_message_lower_the_success_rate()
    {
        Turn("well", static a => a.Seen(AgentActivity.Ready));
        Turn("badly", static a => a.Seen(AgentActivity.TurnFailed, "[API Error: 500]"));
        Assert.Equal("[API Error: 500]", _agent.View.Performance.LastError);
        _agent.Ready();
        _agent.Send("not taken");
        _agent.Report(DeliveryStep.Failed, "its text still stands there");
        Turn("to the end", a => a.Tell(new ReportPaneEnded(a.State.Generation, new PaneExit(null, 9, "killed by SIGKILL"), null)));
        var performance = _agent.View.Performance;
        Assert.Equal((1, 3, 0.25, 1, "killed by SIGKILL"), (performance.Completed, performance.Failed, performance.SuccessRate, performance.Crashes, performance.LastError));
    }

    [Fact]
    public void A_turn_that_a_person_cuts_off_is_no_failure()
    {
        Turn("long", static a =>
        {
            a.Tell(new Stop(Force: false, "lunch"));
            a.Tell(new ReportPaneEnded(a.State.Generation, new PaneExit(null, 15, "killed by SIGTERM"), null));
        });
        var performance = _agent.View.Performance;
        Assert.Equal((0, 0, 1, 0), (performance.Completed, performance.Failed, performance.Interrupted, performance.Crashes));
        Assert.Null(performance.SuccessRate);
    }

    [Fact]
    public void Uptime_is_that_of_its_programs_also_through_a_restart_of_the_node()
    {
        After(60).Bound(adopted: true);
        After(60).Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(0, null, "exited 0"), null));
        After(600).Tell(new Start(GivenAgent.Node));
        _agent.Bound();
        After(30);
        Assert.Equal(TimeSpan.FromSeconds(150), _agent.View.Performance.UptimeAt(_agent.Now));
    }

    private GivenAgent After(double seconds)
    {
        _agent.Now += TimeSpan.FromSeconds(seconds);
        return _agent;
    }

    private void Turn(string text, Action<GivenAgent> end)
    {
        _agent.Send(text);
        _agent.Report(DeliveryStep.Typed);
        _agent.Seen(AgentActivity.Working);
        _agent.Report(DeliveryStep.Submitted);
        end(_agent);
    }

    private (int, int, double?, double?, double?) Figures()
    {
        var p = _agent.View.Performance;
        return (p.Completed, p.Failed, p.MeanResponse?.TotalSeconds, p.LastResponse?.TotalSeconds, p.SuccessRate);
    }
}
