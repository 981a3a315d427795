using System.Collections.Immutable;

using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Messaging;

/// <summary>Agents cannot answer each other for ever.</summary>
public sealed class TalkTests
{
    private static readonly TalkLimits Limits = new();

    private readonly GivenWorld _world = new();

    [Fact]
    public void A_flood_of_two_agents_that_answer_each_other_for_ever_is_stopped_with_one_clear_record()
    {
        var (a, b) = (_world.Agent("a"), _world.Agent("b"));
        Assert.Null(Send(_world, a, [b]));
        var sent = Flood(_world, attempts: 500);
        Assert.InRange(sent, 2, 2 * Limits.Exchanges);
        var record = Assert.Single(_world.Events<ViolationRecorded>());
        Assert.Equal(ProtocolViolation.ExchangeLimit, record.Violation);
        Assert.Contains("escalation", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_tries_on_and_on_makes_one_incident_that_is_counted()
    {
        var (a, b) = (_world.Agent("a"), _world.Agent("b"));
        for (var round = 0; round <= Limits.Exchanges; round++)
        {
            Send(_world, a, [b]);
            Send(_world, b, [a]);
        }

        for (var i = 0; i < 20; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(5));
            Assert.Equal("exchange_limit", Send(_world, a, [b])?.Code);
        }

        Assert.Single(_world.Events<ViolationRecorded>(), static e => e.Sender == "agent/a");
        Assert.True(_world.Events<ViolationRepeated>().Count(static e => e.Sender == "agent/a") >= 20);
    }

    [Fact]
    public void A_flood_of_assignments_that_begin_ever_new_topics_is_stopped_by_the_rate_of_the_pair()
    {
        var (a, b) = (_world.Agent("a"), _world.Agent("b"));
        var sent = Enumerable.Range(0, 200).Count(_ => Send(_world, a, [b], startsTopic: true) is null);
        Assert.Equal(Limits.PerPair, sent);
        Assert.Equal(ProtocolViolation.RateLimit, Assert.Single(_world.Events<ViolationRecorded>()).Violation);
        _world.Pass(Limits.Window);
        Assert.Null(Send(_world, a, [b], startsTopic: true));
    }

    [Fact]
    public void A_storm_of_broadcasts_is_stopped_by_the_rate_of_each_pair()
    {
        var (a, others) = (_world.Agent("a"), Enumerable.Range(0, 5).Select(i => _world.Agent($"o{i}")).ToImmutableArray());
        Assert.Equal(Limits.PerPair, Enumerable.Range(0, 100).Count(_ => Send(_world, a, others, startsTopic: true) is null));
        Assert.Equal(Limits.PerPair * others.Length, _world.Events<MessageAccepted>().Count());
    }

    [Fact]
    public void A_person_who_speaks_or_a_pause_lets_agents_go_on()
    {
        var (a, b) = (_world.Agent("a"), _world.Agent("b"));
        Send(_world, a, [b]);
        Flood(_world, attempts: 100);
        var stopped = _world.Events<ViolationRecorded>().First();
        var (blocked, other) = stopped.Sender == "agent/a" ? (a, b) : (b, a);
        Assert.NotNull(Send(_world, blocked, [other]));
        _world.Pass(TimeSpan.FromSeconds(1));
        _world.Ask(blocked.Entity, new EnqueueMessage(Message("client:ann", person: true)));
        Assert.Null(Send(_world, blocked, [other]));

        Flood(_world, attempts: 100);
        _world.Pass(Limits.Pause);
        Assert.Null(Send(_world, a, [b]));
    }

    [Fact]
    public void A_message_that_goes_round_a_ring_is_stopped_by_its_hops()
    {
        var ring = Enumerable.Range(0, 20).Select(i => _world.Agent($"r{i}")).ToArray();
        var sent = 0;
        for (var i = 0; i < 100 && Send(_world, ring[i % ring.Length], [ring[(i + 1) % ring.Length]]) is null; i++)
        {
            sent++;
        }

        Assert.Equal(Limits.Hops + 1, sent);
        Assert.Equal(ProtocolViolation.HopLimit, Assert.Single(_world.Events<ViolationRecorded>()).Violation);
    }

    [Fact]
    public void Saying_that_an_old_message_is_answered_does_not_make_the_way_shorter()
    {
        var (a, b) = (_world.Agent("a"), _world.Agent("b"));
        _world.Ask(a.Entity, new EnqueueMessage(Message("agent/b") with { Hops = 7 }));
        Assert.Equal(8, Permitted(_world.Ask(a.Entity, new PermitMessage(MessageId.New(_world.Now), [b], StartsTopic: false, AnswersHops: 0, Limits))));
        Assert.Equal(12, Permitted(_world.Ask(a.Entity, new PermitMessage(MessageId.New(_world.Now), [b], StartsTopic: false, AnswersHops: 11, Limits))));
    }

    [Fact]
    public void In_any_graph_of_agents_that_answer_each_other_hops_and_exchanges_hold_and_it_comes_to_rest() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(Graphs().ToArbitrary(), static graph =>
        {
            var world = new GivenWorld(graph.Seed);
            var dice = new Random(graph.Seed);
            var agents = Enumerable.Range(0, graph.Neighbours.Length).Select(i => world.Agent($"g{i}")).ToArray();
            foreach (var start in graph.Starters)
            {
                Send(world, agents[start], [agents[graph.Neighbours[start][0]]]);
            }

            // Whoever is told something answers all its neighbours; the order is left to the dice.
            var steps = 0;
            while (world.Deliveries.Count > 0)
            {
                Assert.True(++steps < 5000, "they never stop");
                for (var skip = dice.Next(world.Deliveries.Count); skip > 0; skip--)
                {
                    world.Deliveries.Enqueue(world.Deliveries.Dequeue());
                }

                var told = world.Deliveries.Dequeue();
                world.Ask(told.Agent.Entity, new ReportDelivery(told.Message, told.Generation, told.Attempt, DeliveryStep.Submitted, "…"), "worker:n1");
                foreach (var neighbour in graph.Neighbours[Array.IndexOf(agents, told.Agent)])
                {
                    Send(world, told.Agent, [agents[neighbour]]);
                }
            }

            Assert.All(world.Events<MessageAccepted>(), static e => Assert.InRange(e.Message.Hops, 0, Limits.Hops));
            Assert.All(world.Events<MessagePermitted>(), static e => Assert.InRange(e.Hops, 0, Limits.Hops));
            foreach (var agent in agents)
            {
                Assert.All(world.State<Agent>(agent.Entity).Talk.Peers.Values, static talk => Assert.InRange(talk.Rounds, 0, Limits.Exchanges));
            }

            Assert.All(world.Events<MessagePermitted>().GroupBy(static e => e.Message), static g => Assert.Single(g));
        }));

    [Fact]
    public void The_queue_keeps_the_order_of_each_sender_and_priority_and_types_urgent_ones_first() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(Gen.Choose(0, 3).Zip(Gen.Choose(0, 3)).NonEmptyListOf().ToArbitrary(), static sends =>
        {
            var world = new GivenWorld();
            var agent = world.Agent("a");
            foreach (var (index, (sender, priority)) in sends.Index())
            {
                world.Ask(agent.Entity, new EnqueueMessage(Message(sender == 0 ? "client:ann" : $"agent/s{sender}", person: sender == 0) with { Text = $"{sender}/{priority}/{index:d5}", Priority = (MessagePriority)priority }));
            }

            var typed = world.DeliverAll().Select(static d => d.Text).ToArray();
            Assert.Equal(sends.Count, typed.Distinct().Count());
            Assert.All(typed.GroupBy(static t => t[..^6]), static same => Assert.Equal(same.Order(StringComparer.Ordinal), same));

            // The first was on its way before the others came.
            Assert.Equal(typed.Skip(1).OrderByDescending(static t => t.Split('/')[1], StringComparer.Ordinal).Select(static t => t.Split('/')[1]), typed.Skip(1).Select(static t => t.Split('/')[1]));
        }));

    // Every delivery is answered at once, until nobody may or attempts are over.
    private static int Flood(GivenWorld world, int attempts)
    {
        var sent = 0;
        while (attempts-- > 0 && world.Deliveries.TryDequeue(out var told))
        {
            world.Pass(TimeSpan.FromMilliseconds(100));
            world.Ask(told.Agent.Entity, new ReportDelivery(told.Message, told.Generation, told.Attempt, DeliveryStep.Submitted, "…"), "worker:n1");
            sent += told.From.StartsWith("agent/", StringComparison.Ordinal) && Send(world, told.Agent, [AgentName.Parse(told.From["agent/".Length..])]) is null ? 1 : 0;
        }

        return sent;
    }

    // As the API sends for an agent: permitted first, then put into the queues.
    private static Refused? Send(GivenWorld world, AgentName from, ImmutableArray<AgentName> to, bool startsTopic = false)
    {
        var message = Message(from.Entity.ToString());
        if (world.Ask(from.Entity, new PermitMessage(message.Id, to, startsTopic, AnswersHops: null, Limits)) is Refused refused)
        {
            return refused;
        }

        var hops = world.Events<MessagePermitted>().Last(e => e.Message == message.Id).Hops;
        foreach (var agent in to)
        {
            Assert.IsType<MessageQueued>(world.Ask(agent.Entity, new EnqueueMessage(message with { Hops = hops })));
        }

        return null;
    }

    private static NewMessage Message(string from, bool person = false)
        => new(MessageId.New(GivenWorld.Start), from, person, "hello", MessagePriority.Medium, ExpiresAt: null, "SEAL22");

    private static int Permitted(Reply reply) => Assert.IsType<Permission>(reply).Hops;

    private static Gen<(int Seed, int[][] Neighbours, int[] Starters)> Graphs() =>
        from size in Gen.Choose(2, 6)
        from seed in Gen.Choose(0, 1_000_000)
        from neighbours in Gen.Choose(0, size - 1).NonEmptyListOf().Resize(3).ArrayOf(size)
        from starters in Gen.Choose(0, size - 1).NonEmptyListOf().Resize(3)
        select (seed, neighbours.Select((of, i) => of.Select(n => n == i ? (n + 1) % size : n).Distinct().ToArray()).ToArray(), starters.Distinct().ToArray());
}
