using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Tests.Actors.Recovery;

/// <summary>Whatever happens in whatever order, with messages between entities that overtake each other and reminders in between, what supervisors and queues promise holds.</summary>
public sealed class RecoveryPropertyTests
{
    private static readonly RecoveryStrategy[] Some = [RecoveryStrategy.Restart, RecoveryStrategy.RestartRebrief, RecoveryStrategy.Retry, RecoveryStrategy.Reassign, RecoveryStrategy.Remind, RecoveryStrategy.Notify, RecoveryStrategy.Skip];
    private static readonly string[] Agents = ["alice", "bob"];

    [Fact]
    public void Budgets_are_never_exceeded_and_no_agent_has_two_live_recoveries() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(150),
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, (byte Kind, byte Seconds)[] Steps)>(), static given =>
        {
            var dice = new Random(given.Seed);
            var policy = Policy(dice);
            var world = new World(recovery: policy, seed: given.Seed);
            foreach (var agent in Agents)
            {
                world.Ready(agent);
            }

            world.Adds("t1", "alice");
            var seen = new Dictionary<string, List<DateTimeOffset>>(StringComparer.Ordinal) { ["alice"] = [], ["bob"] = [] };
            foreach (var (kind, seconds) in given.Steps)
            {
                var before = world.History.Count;
                Step(world, dice, kind);
                world.Pass(TimeSpan.FromSeconds(seconds));
                foreach (var (entity, e) in world.History.Skip(before))
                {
                    if (e is RecoveryBegun begun && entity.Kind == AgentRecovery.Kind && world.Recovery(entity.Id).Attempts.Find(a => a.Number == begun.Number) is { Step.Acts: true })
                    {
                        seen[entity.Id].Add(begun.At);
                    }
                }

                Assert.All(Agents, agent => Assert.True(world.Recovery(agent).Attempts.Count(static a => a.IsLive) <= 1, $"{agent} has two live recoveries"));
            }

            // Whoever is asked for a note is not asked again before that is over.
            foreach (var asked in world.History.Where(static h => h.Event is HandOverEvent).GroupBy(static h => h.Entity, static h => (HandOverEvent)h.Event))
            {
                Assert.All(asked.Zip(asked.Skip(1)), static pair => Assert.False(pair is (HandOverAsked, HandOverAsked), "one was asked for two notes at once"));
            }

            Assert.All(seen.Values, begun => Assert.All(begun, at => Assert.True(begun.Count(other => other <= at && other > at - policy.Window) <= policy.Budget, "the budget was exceeded")));

            // Each ends once, and what is counted is what has ended.
            foreach (var agent in Agents)
            {
                var ended = world.History.Where(h => h.Entity == AgentRecovery.Of(AgentName.Parse(agent))).Select(static h => h.Event).OfType<RecoveryEnded>().Where(static e => e.Outcome is RecoveryOutcome.Succeeded or RecoveryOutcome.Failed).ToList();
                Assert.Equal(ended.Select(static e => e.Number).Distinct().Count(), ended.Count);
                Assert.Equal(ended.Count, world.Recovery(agent).Figures.Values.Sum(static f => f.Succeeded + f.Failed));
            }
        }));

    [Fact]
    public void However_it_is_interrupted_a_supervisor_comes_to_rest_with_everything_settled_once_nothing_new_happens() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte[] Steps)>(), static given =>
        {
            var dice = new Random(given.Seed);
            var world = new World(recovery: Policy(dice, RecoveryStrategy.Notify), seed: given.Seed);
            foreach (var agent in Agents)
            {
                world.Ready(agent);
            }

            world.Adds("t1", "alice");
            foreach (var kind in given.Steps.Where(static k => k % 12 is not (9 or 10)))
            {
                Step(world, dice, kind);
                world.Pass(TimeSpan.FromSeconds(3));
            }

            world.Pass(TimeSpan.FromDays(2));
            Assert.All(Agents, agent => Assert.Null(world.Recovery(agent).Live));
        }));

    [Fact]
    public void Every_message_is_processed_once_in_the_order_of_its_sender_and_priority_and_none_is_both_delivered_and_given_up() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(150),
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, (byte Kind, byte Seconds)[] Steps)>(), static given =>
        {
            var dice = new Random(given.Seed);
            var world = new World(recovery: Policy(dice).With(TroubleKind.Crashed, RecoveryStrategy.Restart, RecoveryStrategy.RestartRebrief), seed: given.Seed);
            world.Ready("alice");
            var accepted = new List<NewMessage>();
            foreach (var (kind, seconds) in given.Steps)
            {
                if (kind % 3 == 0)
                {
                    var message = new NewMessage(MessageId.New(world.Now), $"client:s{dice.Next(2)}", FromPerson: true, $"text {accepted.Count}", (MessagePriority)dice.Next(4), dice.Next(4) == 0 ? world.Now.AddSeconds(30) : null, "SEAL22");
                    if (world.Ask(AgentName.Parse("alice").Entity, new EnqueueMessage(message)) is MessageQueued)
                    {
                        accepted.Add(message);
                    }

                    // The same again, as a client that has lost the answer does.
                    world.Ask(AgentName.Parse("alice").Entity, new EnqueueMessage(message));
                }
                else if (kind % 12 is not 11)
                {
                    Deliver(world, dice, kind);
                }

                world.Pass(TimeSpan.FromSeconds(seconds % 20));
            }

            var events = world.History.Where(static h => h.Entity.Id == "alice").Select(static h => h.Event).ToList();
            var submitted = events.OfType<DeliveryAdvanced>().Where(static e => e.State == MessageState.Submitted).Select(static e => e.Message).ToList();
            var ended = events.OfType<DeliveryEnded>().Select(static e => e.Message).ToList();
            Assert.Equal(submitted.Distinct(), submitted);
            Assert.Equal(ended.Distinct(), ended);
            Assert.Empty(submitted.Intersect(ended));
            var queue = world.Agent("alice").Queue;
            var left = queue.Waiting.Append(queue.InFlight?.Waiting).OfType<WaitingMessage>().Select(static w => w.Message.Id).ToList();
            Assert.Empty(left.Intersect(submitted.Concat(ended)));
            var known = submitted.Concat(ended).Concat(left).ToHashSet();
            Assert.All(accepted, m => Assert.Contains(m.Id, known));

            foreach (var same in accepted.GroupBy(static m => (m.From, m.Priority)))
            {
                var order = same.Select(static m => m.Id).Where(submitted.Contains).ToList();
                Assert.Equal(order, submitted.Where(order.Contains));
            }
        }));

    private static RecoveryPolicy Policy(Random dice, RecoveryStrategy? last = null)
    {
        var policy = RecoveryPolicy.Default with
        {
            Budget = 1 + dice.Next(4),
            Window = TimeSpan.FromSeconds(30 + dice.Next(120)),
            FirstPause = TimeSpan.FromSeconds(1 + dice.Next(5)),
            LastPause = TimeSpan.FromSeconds(10),
            CoolDown = TimeSpan.FromSeconds(5 + dice.Next(90)),
            ReadyWithin = TimeSpan.FromSeconds(20),
            HandOver = TimeSpan.FromSeconds(dice.Next(3) * 20),
        };
        foreach (var kind in new[] { TroubleKind.Crashed, TroubleKind.Hung, TroubleKind.AuthRequired, TroubleKind.TurnFailed, TroubleKind.FailedExecution, TroubleKind.SilentAgent })
        {
            var ladder = Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => Some[dice.Next(Some.Length)]).Where(s => s is not RecoveryStrategy.Reassign || kind is not TroubleKind.SilentAgent).Append(last ?? Some[dice.Next(2)]).ToArray();
            policy = policy.With(kind, ladder);
        }

        return policy;
    }

    private static void Step(World world, Random dice, byte kind)
    {
        var name = Agents[dice.Next(Agents.Length)];
        var agent = world.Agent(name);
        switch (kind % 12)
        {
            case 0 when agent.Pane is not null:
                world.Ask(agent.Name.Entity, new ReportPaneEnded(agent.Generation, new PaneExit(dice.Next(3), null, "exited"), "output"), "worker:n1");
                break;
            case 1 or 2 when agent is { State: AgentState.Active, Pane: null }:
                world.Rises(name);
                break;
            case 3 when agent is { State: AgentState.Active, Pane: null }:
                world.Ask(agent.Name.Entity, new ReportStartFailed(agent.Generation, "no"), "worker:n1");
                break;
            case 4 or 5 when agent.Pane is not null:
                AgentActivity[] seen = [AgentActivity.Working, AgentActivity.Hung, AgentActivity.Ready, AgentActivity.TurnFailed, AgentActivity.AuthRequired, AgentActivity.RateLimited];
                world.Ask(agent.Name.Entity, new ReportActivity(agent.Generation, seen[dice.Next(seen.Length)], null, world.Now.AddSeconds(dice.Next(60)), new AgentFact("screen", null, "…", world.Now)), "worker:n1");
                break;
            case 6:
                world.Ask(TaskId.Parse("t1").Entity, dice.Next(3) == 0 ? World.Completed() : new FailTask("no"));
                break;
            case 11 when dice.Next(2) == 0:
                world.Ask(Orchestrator.Actors.HandOvers.HandOver.Entity(agent.Name), dice.Next(2) == 0 ? new LeaveNote($"note {dice.Next()}") : new AskHandOver(EndingThen.GoOn, TimeSpan.FromSeconds(5), Unable: null, MessageId.New(world.Now), "SEAL22"));
                break;
            case 7:
                world.Ask(AgentRecovery.Of(agent.Name), new NoteLimit(dice.Next(2) == 0, dice.Next(3) == 0 ? null : world.Now.AddSeconds(dice.Next(60))));
                break;
            case 8:
                world.Ask(agent.Name.Entity, dice.Next(2) == 0 ? new Start(GivenAgent.Node) : new Restart(GivenAgent.Node, Force: true));
                break;
            case 9:
                world.Ask(AgentRecovery.Of(agent.Name), new PauseRecovery());
                break;
            case 10 when world.Recovery(name) is { PausedBy: not null, OpenUntil: null, HalfOpen: false }:
                // Not while the circuit is open: there a person's word begins a new budget.
                world.Ask(AgentRecovery.Of(agent.Name), new ResumeRecovery());
                break;
            default:
                if (agent.Queue.InFlight is not null)
                {
                    world.Ask(agent.Name.Entity, new ReportDelivery(agent.Queue.InFlight.Waiting.Message.Id, agent.Generation, agent.Queue.InFlight.Waiting.Attempts, DeliveryStep.Submitted, "…"), "worker:n1");
                }

                break;
        }
    }

    private static void Deliver(World world, Random dice, byte kind)
    {
        var agent = world.Agent("alice");
        switch (kind % 12)
        {
            case 1 or 2 or 4 when agent.Queue.InFlight is { } flight:
                DeliveryStep[] steps = [DeliveryStep.Submitted, DeliveryStep.Submitted, DeliveryStep.Confirmed, DeliveryStep.Deferred, DeliveryStep.Typed, DeliveryStep.Failed];
                var step = steps[dice.Next(steps.Length)];

                // A report may come twice, and one of an earlier attempt late.
                for (var times = 0; times <= dice.Next(2); times++)
                {
                    world.Ask(agent.Name.Entity, new ReportDelivery(flight.Waiting.Message.Id, agent.Generation, flight.Waiting.Attempts - (dice.Next(8) == 0 ? 1 : 0), step == DeliveryStep.Confirmed ? DeliveryStep.Submitted : step, "…"), "worker:n1");
                }

                break;
            case 5 when agent.Pane is not null:
                world.Ask(agent.Name.Entity, new ReportPaneEnded(agent.Generation, new PaneExit(1, null, "exited"), "output"), "worker:n1");
                break;
            case 7 or 8 when agent is { State: AgentState.Active, Pane: null }:
                world.Rises("alice");
                break;
            case 10 when agent.Pane is not null:
                world.Seen("alice", dice.Next(2) == 0 ? AgentActivity.Working : AgentActivity.Ready);
                break;
            default:
                break;
        }
    }
}
