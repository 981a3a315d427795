using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Nodes;
using Orchestrator.Actors.Questions;
using Orchestrator.Actors.Quotas;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors;

/// <summary>How the domain is added to the runtime: the only file that knows both.</summary>
public static class DomainModule
{
    /// <summary>Adds agents with their messages, conversations, tasks, gaps, check-ins, supervisors, questions, hand-overs, quotas, nodes, tokens and the first set-up.</summary>
    /// <param name="builder">The runtime.</param>
    /// <param name="gaps">After how long something is a gap; <see cref="GapSettings.Default"/> unless said.</param>
    /// <param name="recovery">What is done about crashes; <see cref="RecoverySettings.Default"/> unless said.</param>
    public static RuntimeBuilder AddDomain(this RuntimeBuilder builder, GapSettings? gaps = null, RecoverySettings? recovery = null)
    {
        builder.Manifests.AddDomain();
        return builder
            .AddEntity(new EntityKind<Agent>(AgentName.Kind, new AgentBehavior(gaps)))
            .AddEntity(new EntityKind<Quota>(Quota.Kind, new QuotaBehavior()))
            .AddEntity(new EntityKind<NodeRecord>(NodeRecord.Kind, new NodeBehavior()))
            .AddEntity(new EntityKind<Token>(Token.Kind, new TokenBehavior()))
            .AddEntity(new EntityKind<Setup>(Setup.Kind, new SetupBehavior()))
            .AddProjection(new AgentProjection())
            .AddProjection(new MessageProjection())
            .AddProjection(new QuotaProjection())
            .AddProjection(new TokenProjection())
            .AddProjection(new NodeProjection())
            .AddProtocol()
            .AddConversations()
            .AddTasks(gaps ?? GapSettings.Default)
            .AddGaps(gaps ?? GapSettings.Default)
            .AddEntity(new EntityKind<CheckIn>(CheckInId.Kind, new CheckInBehavior()))
            .AddProjection(new CheckInProjection())
            .AddTeams()
            .AddEntity(new EntityKind<AgentRecovery>(AgentRecovery.Kind, new RecoveryBehavior(recovery ?? RecoverySettings.Default)))
            .AddProjection(new RecoveryProjection())
            .AddEntity(new EntityKind<Question>(Question.Kind, new QuestionBehavior()))
            .AddProjection(new QuestionProjection())
            .AddEntity(new EntityKind<HandOvers.HandOver>(HandOvers.HandOver.Kind, new HandOverBehavior()))
            .AddProjection(new HandOverProjection())
            .AddEntity(new EntityKind<TeamRecovery>(TeamRecovery.Kind, new TeamRecoveryBehavior((recovery ?? RecoverySettings.Default).IdleTeams)))
            .AddProjection(new TeamRecoveryProjection());
    }

    /// <summary>Adds what messages are held to, their routes and counts.</summary>
    public static RuntimeBuilder AddProtocol(this RuntimeBuilder builder) => builder
        .AddEntity(new EntityKind<SenderRecord>(SenderRecord.Kind, new SenderRecordBehavior()))
        .AddEntity(new EntityKind<MessageDispatch>(MessageDispatch.Kind, new MessageDispatchBehavior()))
        .AddEntity(new EntityKind<RouterState>(RouterState.Kind, new RouterBehavior()))
        .AddProjection(new ViolationProjection())
        .AddProjection(new DispatchProjection())
        .AddProjection(new RouteProjection())
        .AddProjection(new MessageStatisticsProjection());

    /// <summary>Adds conversations.</summary>
    public static RuntimeBuilder AddConversations(this RuntimeBuilder builder) => builder
        .AddEntity(new EntityKind<Conversation>(Conversation.EntityKind, new ConversationBehavior()))
        .AddProjection(new ConversationProjection())
        .AddProjection(new ConversationMessageProjection());

    private static RuntimeBuilder AddTasks(this RuntimeBuilder builder, GapSettings settings) => builder
        .AddEntity(new EntityKind<WorkTask>(TaskId.Kind, new TaskBehavior(settings.Returns)))
        .AddEntity(new EntityKind<WorkQueue>(WorkQueue.Kind, new QueueBehavior()))
        .AddProjection(new TaskProjection())
        .AddProjection(new ExecutionProjection())
        .AddProjection(new ExecutionStatisticsProjection())
        .AddProjection(new QueueProjection());

    private static RuntimeBuilder AddGaps(this RuntimeBuilder builder, GapSettings settings) => builder
        .AddEntity(new EntityKind<Gap>(Gap.EntityKind, new GapBehavior()))
        .AddEntity(new EntityKind<GapWatch>(GapWatch.Kind, new WatchBehavior(settings)))
        .AddEntity(new EntityKind<WorkChain>(WorkChain.Kind, new ChainBehavior()))
        .AddProjection(new GapProjection())
        .AddProjection(new GapSummaryProjection());
}
