using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;

namespace Orchestrator.Tests.Actors.Agents;

/// <summary>Whatever an agent is told in whatever order, what it promises holds.</summary>
public sealed class AgentPropertyTests
{
    [Fact]
    public void Any_order_of_commands_keeps_the_promises()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            try
            {
                Run(new Random(seed));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException { Message: var m } || !m.StartsWith("seed", StringComparison.Ordinal))
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    private static void Run(Random random)
    {
        var agent = new GivenAgent();
        var accepted = new HashSet<MessageId>();
        for (var step = 0; step < 120; step++)
        {
            var before = (agent.State.State, agent.State.Generation, agent.State.NextNumber, Writer: agent.State.Writer, agent.History.Count);
            agent.Now += TimeSpan.FromMilliseconds(random.Next(0, 1500));
            Step(random, agent, accepted);
            Check(agent, before.State, before.Generation, before.Writer, before.Count);
        }

        var ended = agent.History.OfType<DeliveryEnded>().Select(static e => e.Message)
            .Concat(agent.History.OfType<DeliveryAdvanced>().Where(static e => e.State is MessageState.Submitted).Select(static e => e.Message))
            .Concat(agent.History.OfType<DeliveryAdvanced>().Where(static e => e.State is MessageState.Confirmed).Select(static e => e.Message))
            .Distinct().ToHashSet();
        var waiting = agent.State.Queue.Waiting.Select(static w => w.Message.Id).ToHashSet();
        if (agent.State.Queue.InFlight is { } flight)
        {
            waiting.Add(flight.Waiting.Message.Id);
        }

        Assert.Empty(ended.Intersect(waiting));
        Assert.Equal(accepted.Order(Comparer<MessageId>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value))), ended.Concat(waiting).Order(Comparer<MessageId>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value))));
    }

    private static void Check(GivenAgent agent, AgentState state, Generation generation, long writer, int count)
    {
        var events = agent.History.Skip(count).ToList();
        Assert.True(agent.State.Generation.Value >= generation.Value, "a generation never falls");
        Assert.True(
            state == agent.State.State || AgentLifecycle.Allows(state, agent.State.State) || events.OfType<AgentRegistered>().Any()
                || (events.OfType<PaneEnded>().Any() && events.Count > 1),
            $"{state} -> {agent.State.State} is not in the table");
        Assert.All(events.OfType<PaneBound>(), bound => Assert.True(bound.Writer > writer, "a writer number is never given twice"));
        Assert.All(events.OfType<DeliveryIntended>(), intended => Assert.Equal(agent.State.Generation, intended.Generation));
    }

    private static void Step(Random random, GivenAgent agent, HashSet<MessageId> accepted)
    {
        var generation = random.Next(10) == 0 ? new Generation(random.Next(0, 4)) : agent.State.Generation;
        switch (random.Next(14))
        {
            case 0:
                agent.Tell(GivenAgent.Register());
                break;
            case 1:
                agent.Tell(new Start(GivenAgent.Node));
                break;
            case 2:
                agent.Tell(new BindPane(generation, GivenAgent.Pane(), GivenAgent.Traits(), null, random.Next(2) == 0, agent.State.NextNumber));
                break;
            case 3 when random.Next(4) == 0:
                agent.Tell(new Stop(Force: false, "test"));
                break;
            case 4 when random.Next(4) == 0:
                agent.Tell(new Restart(GivenAgent.Node, Force: false));
                break;
            case 5 when random.Next(10) == 0:
                agent.Tell(new End(Force: false));
                break;
            case 6 when random.Next(3) == 0:
                agent.Tell(new ReportPaneEnded(generation, new PaneExit(random.Next(2), null, "exited"), "output"));
                break;
            case 7:
                agent.Tell(new DispatchNext());
                break;
            case 8 or 9 when agent.State.Queue.InFlight is { } flight:
                agent.Tell(new ReportDelivery(flight.Waiting.Message.Id, generation, flight.Waiting.Attempts - (random.Next(8) == 0 ? 1 : 0), (DeliveryStep)random.Next(7), "…"));
                break;
            case 10 or 11:
                var id = MessageId.New(agent.Now);
                if (agent.Send("text", (MessagePriority)random.Next(4), random.Next(2) == 0, random.Next(3) == 0 ? agent.Now.AddSeconds(5) : null, id) is MessageQueued)
                {
                    accepted.Add(id);
                }

                break;
            case 12 when agent.Reminders.Count > 0:
                var reminder = agent.Reminders.Values.ElementAt(random.Next(agent.Reminders.Count));
                agent.Reminders.Remove(reminder.Name);
                agent.Tell(reminder.Command!, "reminder");
                break;
            case 13 when random.Next(3) == 0:
                agent.Tell(new Transition(agent.State.State, (AgentState)random.Next(random.Next(8) == 0 ? 6 : 5), "by hand"));
                break;
            default:
                agent.Tell(new ReportActivity(generation, (AgentActivity)random.Next(13), null, null, new AgentFact("screen", null, "…", agent.Now)));
                break;
        }
    }
}
