using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Messaging;

public sealed class MessageDeliveryTests
{
    [Fact]
    public void A_message_to_an_idle_agent_is_intended_before_it_is_typed()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("hello");
        var intent = agent.Last<DeliveryIntended>();
        Assert.Equal((1, agent.State.Writer, 0L, GivenAgent.Pane()), (intent.Attempt, intent.Writer, intent.Number, intent.Pane));
        Assert.Equal("hello", Assert.IsType<DeliverMessage>(agent.Worker[^1].Command).Text);
    }

    [Theory]
    [InlineData(AgentActivity.Working)]
    [InlineData(AgentActivity.AwaitingApproval)]
    [InlineData(AgentActivity.AwaitingAnswer)]
    [InlineData(AgentActivity.UnsubmittedInput)]
    [InlineData(AgentActivity.CopyMode)]
    [InlineData(AgentActivity.RateLimited)]
    [InlineData(AgentActivity.AuthRequired)]
    [InlineData(AgentActivity.Hung)]
    public void A_message_waits_while_the_agent_is(AgentActivity activity)
    {
        var agent = new GivenAgent().Ready().Seen(activity);
        agent.Send("hello");
        Assert.Null(agent.InFlight);
        agent.Seen(AgentActivity.Ready);
        Assert.Equal("hello", agent.InFlight);
    }

    [Fact]
    public void A_message_to_an_agent_that_is_offline_waits_for_it()
    {
        var agent = new GivenAgent().Registered();
        agent.Send("hello");
        agent.Tell(new Start(GivenAgent.Node));
        agent.Bound();
        Assert.Null(agent.InFlight);
        Assert.Equal("hello", agent.Seen(AgentActivity.Ready).InFlight);
    }

    [Fact]
    public void One_message_at_a_time_is_on_its_way()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("one");
        agent.Send("two");
        Assert.Equal("one", agent.InFlight);
        agent.Report(DeliveryStep.Typed);
        Assert.Equal("one", agent.InFlight);
        agent.Report(DeliveryStep.Confirmed);
        Assert.Equal("two", agent.InFlight);
        Assert.Equal(1, agent.State.Queue.InFlight!.Number);
    }

    [Fact]
    public void Urgent_goes_before_high_before_medium_before_low_and_people_before_agents_and_then_arrival()
    {
        var agent = new GivenAgent().Ready().Seen(AgentActivity.Working);
        agent.Send("low", MessagePriority.Low);
        agent.Send("agent 1", person: false);
        agent.Send("person 1");
        agent.Send("agent 2", person: false);
        agent.Send("person 2");
        agent.Send("urgent", MessagePriority.Urgent, person: false);
        agent.Send("high", MessagePriority.High);

        var order = new List<string?>();
        agent.Seen(AgentActivity.Ready);
        while (agent.State.Queue.InFlight is not null)
        {
            order.Add(agent.InFlight);
            agent.Report(DeliveryStep.Confirmed);
        }

        Assert.Equal(["urgent", "high", "person 1", "person 2", "agent 1", "agent 2", "low"], order);
    }

    [Fact]
    public void A_delivery_that_was_put_off_keeps_its_place_and_is_tried_again_later()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("one");
        agent.Send("two");
        agent.Report(DeliveryStep.Deferred, "a draft stands in the box");
        Assert.Null(agent.InFlight);

        agent.Tell(new DispatchNext());
        Assert.Null(agent.InFlight);

        agent.Now += TimeSpan.FromSeconds(1);
        agent.Tell(new DispatchNext(), "reminder");
        Assert.Equal("one", agent.InFlight);
        Assert.Equal(2, agent.State.Queue.InFlight!.Waiting.Attempts);
    }

    [Fact]
    public void A_report_that_comes_twice_after_a_crash_moves_the_mark_once()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("one");
        agent.Report(DeliveryStep.Typed);
        agent.Report(DeliveryStep.Typed);
        Assert.Equal(1, agent.State.NextNumber);
        var flight = agent.State.Queue.InFlight!;
        agent.Report(DeliveryStep.Submitted);
        agent.Tell(new ReportDelivery(flight.Waiting.Message.Id, agent.State.Generation, 1, DeliveryStep.Submitted, "again"));
        Assert.Single(agent.History.OfType<DeliveryAdvanced>(), static e => e.State == MessageState.Submitted);
    }

    [Fact]
    public void A_submitted_message_may_be_confirmed_later_once()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("one");
        var flight = agent.State.Queue.InFlight!;
        agent.Report(DeliveryStep.Submitted);
        var confirm = new ReportDelivery(flight.Waiting.Message.Id, agent.State.Generation, 1, DeliveryStep.Confirmed, "transcript");
        agent.Tell(confirm);
        agent.Tell(confirm);
        Assert.Single(agent.History.OfType<DeliveryAdvanced>(), static e => e.State == MessageState.Confirmed);
    }

    [Fact]
    public void A_message_that_its_program_has_taken_and_could_not_write_down_any_more_is_surfaced()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("one");
        var flight = agent.State.Queue.InFlight!;
        agent.Report(DeliveryStep.Submitted);
        var lost = new ReportDelivery(flight.Waiting.Message.Id, agent.State.Generation, 1, DeliveryStep.Undecidable, "its program ended");
        agent.Tell(lost);
        agent.Tell(lost);
        Assert.True(Assert.Single(agent.History.OfType<DeliveryEnded>()).Undecidable);
        Assert.Equal((null, 0), (agent.State.LastSubmitted, agent.State.Queue.Length));
    }

    [Fact]
    public void A_message_that_expires_in_the_queue_is_never_typed()
    {
        var agent = new GivenAgent().Ready().Seen(AgentActivity.Working);
        agent.Send("old news", expires: agent.Now.AddMinutes(1));
        var reminder = Assert.Single(agent.Reminders.Values, static r => r.Command is ExpireMessage);
        Assert.Equal(agent.Now.AddMinutes(1), reminder.Due);
        agent.Now = reminder.Due!.Value;
        agent.Tell(reminder.Command!, "reminder");
        agent.Seen(AgentActivity.Ready);
        Assert.Null(agent.InFlight);
        Assert.Equal(MessageState.Expired, agent.Last<DeliveryEnded>().State);
        Assert.Empty(agent.Reminders);
    }

    [Fact]
    public void What_cannot_be_told_is_shown_and_not_sent_again()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("one");
        agent.Report(DeliveryStep.Undecidable, "the tmux server is another one");
        Assert.True(agent.Last<DeliveryEnded>().Undecidable);
        Assert.Null(agent.InFlight);
        Assert.Equal(0, agent.State.Queue.Length);
    }

    [Fact]
    public void Messages_of_an_agent_that_is_ended_become_dead_letters()
    {
        var agent = new GivenAgent().Registered();
        agent.Send("one");
        agent.Send("two");
        agent.Tell(new End(Force: false));
        Assert.Equal(2, agent.History.OfType<DeliveryEnded>().Count(static e => e.State == MessageState.DeadLetter));
    }

    [Fact]
    public void A_full_queue_refuses_and_says_so()
    {
        var agent = new GivenAgent().Registered();
        for (var i = 0; i < MessageQueue.Capacity; i++)
        {
            Assert.IsType<MessageQueued>(agent.Send("m"));
        }

        Assert.Equal(RefusalCodes.Overloaded, Assert.IsType<Refused>(agent.Send("one too many")).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void An_empty_or_too_long_text_is_refused(int length)
        => Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>(new GivenAgent().Ready().Send(new string('x', length))).Code);

    [Fact]
    public void The_same_id_again_is_the_same_message_and_another_text_under_it_is_refused()
    {
        var agent = new GivenAgent().Registered();
        var id = MessageId.New(agent.Now);
        agent.Send("one", id: id);
        Assert.True(Assert.IsType<MessageQueued>(agent.Send("one", id: id)).Known);
        Assert.Equal(RefusalCodes.AlreadyExists, Assert.IsType<Refused>(agent.Send("other", id: id)).Code);
        Assert.Equal(1, agent.State.Queue.Length);
    }
}
