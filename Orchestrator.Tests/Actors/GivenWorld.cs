using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

/// <summary>Agents, conversations and the router talking with each other. Deliveries to agents are carried out when the test says so.</summary>
internal sealed class GivenWorld : EntityWorld
{
    public static readonly DateTimeOffset Start = GivenAgent.Start;

    public GivenWorld(int? seed = null)
        : base(seed)
    {
        Add(AgentName.Kind, new AgentBehavior());
        Add(SenderRecord.Kind, new SenderRecordBehavior());
        Add(MessageDispatch.Kind, new MessageDispatchBehavior());
        Add(RouterState.Kind, new RouterBehavior());
        Add(Conversation.EntityKind, new ConversationBehavior());
    }

    /// <summary>What workers are to type.</summary>
    public Queue<DeliverMessage> Deliveries { get; } = [];

    /// <summary>An agent that is ready for messages, whose queue is worked off by <see cref="DeliverAll"/>.</summary>
    public AgentName Agent(string name, bool answers = false)
    {
        var agent = AgentName.Parse(name);
        Assert.IsType<Done>(Ask(agent.Entity, GivenAgent.Register()));
        Assert.IsType<Placed>(Ask(agent.Entity, new Start("n1")));
        Assert.IsType<PaneBinding>(Ask(agent.Entity, new BindPane(State<Agent>(agent.Entity).Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false, Answers: answers), Worktree: null, Adopted: false, 0)));
        Ask(agent.Entity, new ReportActivity(State<Agent>(agent.Entity).Generation, AgentActivity.Ready, Detail: null, Until: null, new AgentFact("screen", "ready", "…", Now)));
        return agent;
    }

    /// <summary>Types what waits, until nothing waits; the texts in order, with their agents.</summary>
    public List<DeliverMessage> DeliverAll(DeliveryStep step = DeliveryStep.Submitted)
    {
        var typed = new List<DeliverMessage>();
        while (Deliveries.TryDequeue(out var delivery))
        {
            typed.Add(delivery);
            Ask(delivery.Agent.Entity, new ReportDelivery(delivery.Message, delivery.Generation, delivery.Attempt, step, "…"), "worker:n1");
        }

        return typed;
    }

    protected override void Work(EntityId from, WorkerCommand command)
    {
        if (command is DeliverMessage delivery)
        {
            Deliveries.Enqueue(delivery);
        }
    }
}
