using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

public sealed class RoleLimitTests
{
    [Fact]
    public void A_role_takes_no_more_and_no_larger_messages_than_it_may()
    {
        var agent = Limited(new RoleLimits(QueueLength: 2, MessageBytes: 10, MessagesPerHour: null));
        Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>(agent.Send("more than ten")).Code);
        Assert.IsType<MessageQueued>(agent.Send("one"));
        Assert.IsType<MessageQueued>(agent.Send("two"));
        Assert.Equal(RefusalCodes.Overloaded, Assert.IsType<Refused>(agent.Send("three")).Code);
    }

    [Fact]
    public void What_is_beyond_the_messages_of_an_hour_waits_until_the_hour_is_over()
    {
        var agent = Limited(new RoleLimits(null, null, MessagesPerHour: 2));
        Assert.IsType<Placed>(agent.Tell(new Start(GivenAgent.Node)));
        Assert.IsType<PaneBinding>(agent.Tell(new BindPane(agent.State.Generation, GivenAgent.Pane(), agent.State.Traits, null, Adopted: false, 0)));
        agent.Ready();
        foreach (var text in new[] { "one", "two", "three" })
        {
            agent.Send(text);
        }

        Delivered(agent, "one");
        agent.Now += TimeSpan.FromMinutes(20);
        Delivered(agent, "two");
        Assert.Null(agent.InFlight);
        Assert.Equal(GivenAgent.Start.AddHours(1), agent.Last<QueueHeld>().Until);
        Assert.Contains("2 messages an hour", agent.State.Hold?.Reason, StringComparison.Ordinal);

        agent.Seen(AgentActivity.Working).Ready();
        Assert.Single(agent.History.OfType<QueueHeld>());
        var reminder = agent.Reminders["dispatch"];
        agent.Now = reminder.Due!.Value;
        agent.Tell(reminder.Command!, "reminder");
        Assert.Equal("three", agent.InFlight);
        Assert.Null(agent.State.Hold);
    }

    [Fact]
    public void Another_role_brings_its_own_limits()
    {
        var agent = Limited(new RoleLimits(1, null, null));
        agent.Send("one");
        Assert.IsType<Refused>(agent.Send("two"));
        agent.Tell(new Describe("qa", null, null, null, null, null, new RoleLimits(5, null, null)));
        Assert.IsType<MessageQueued>(agent.Send("two"));
    }

    private static GivenAgent Limited(RoleLimits limits)
    {
        var agent = new GivenAgent();
        Assert.IsType<Done>(agent.Tell(GivenAgent.Register() with { Traits = GivenAgent.Traits() with { Limits = limits } }));
        return agent;
    }

    private static void Delivered(GivenAgent agent, string text)
    {
        Assert.Equal(text, agent.InFlight);
        agent.Report(DeliveryStep.Typed);
        agent.Report(DeliveryStep.Submitted);
    }
}
