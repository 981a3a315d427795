using System.Diagnostics;

using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>The rules of an agent. What it is asked about its program is in <see cref="AgentPlacement"/>, about its messages in <see cref="MessageDelivery"/>.</summary>
/// <param name="gaps">After how long a message that waits is a gap; <see cref="GapSettings.Default"/> unless said.</param>
public sealed class AgentBehavior(GapSettings? gaps = null) : Behavior<Agent>
{
    private readonly GapSettings _gaps = gaps ?? GapSettings.Default;

    /// <inheritdoc/>
    public override Agent Empty(EntityId id) => Agent.Empty(id);

    /// <inheritdoc/>
    public override Agent Apply(Agent state, Event e) => state.Apply(e);

    /// <inheritdoc/>
    public override Effects Decide(Agent state, Command command, DecisionContext context)
    {
        var decided = state.Registered || command is Register or Enlist or PassTaskOn ? Deciding(state, command, context) : Unregistered(state, command, context);
        var effects = AgentNews.Told(state, command, UnreadMessages.Timed(decided, _gaps.For(state.Role).Unread), context.Now);
        return command is EnqueueMessage { ReportTo: { } sender } enqueue && (!enqueue.OnlyRefusal || effects.Reply is Refused)
            ? effects.ThenTell(sender, new ReportEnqueued(state.Name, enqueue.Message.Id, (effects.Reply as Refused)?.Reason))
            : effects;
    }

    private static Effects Deciding(Agent agent, Command command, DecisionContext context) => command switch
    {
        Register register => AgentRegistration.Registering(agent, register, context),
        Enlist enlist => AgentEnlistment.Enlisting(agent, enlist, context),
        Dismiss dismiss => AgentEnlistment.Dismissing(agent, dismiss, context),
        NoteTaskOpen open => agent.OpenTasks.Contains(open.Task.Value) ? Effects.None : Effects.Persist(new TaskTakenUp(open.Task, context.Now)),
        NoteTaskOver over => AgentDuties.Ending(agent, over, context),
        NoteAwaited note => AgentWaits.Noting(agent, note, context),
        PassTaskOn pass => AgentDuties.PassingOn(agent, pass),
        EscalateReturns escalate => AgentDuties.Escalating(agent, escalate),
        ReportBlocked report => AgentDuties.Blocking(agent, report, context),
        EscalateBlock escalate => AgentDuties.Escalating(agent, escalate, context),
        Describe describe => AgentRegistration.Describing(agent, describe, context),
        Refit refit => AgentRegistration.Refitting(agent, refit, context),
        Transition transition => AgentTransition.Transitioning(agent, transition, context),
        Start start => AgentPlacement.Starting(agent, start, context),
        Adopt adopt => AgentPlacement.Adopting(agent, adopt, context),
        Stop stop => AgentPlacement.Stopping(agent, stop, context),
        Restart restart => AgentPlacement.Restarting(agent, restart, context),
        End end => AgentPlacement.Ending(agent, end, context),
        ReleasePane release => AgentPlacement.Releasing(agent, release, context),
        LoseNode lose => AgentLoss.Losing(agent, lose, context),
        ForgetNode forget => AgentLoss.Forgetting(agent, forget, context),
        GiveToken give => AgentAccess.Giving(agent, give, context),
        RePlace replace => AgentLoss.RePlacing(agent, replace, context),
        ChooseLossPolicy choose => AgentLoss.Choosing(agent, choose, context),
        ReportGuarded report => AgentLoss.Guarded(agent, report, context),
        ReportPushed report => AgentLoss.Pushing(agent, report, context),
        BindPane bind => AgentPlacement.Binding(agent, bind, context),
        ReportStartFailed failed => AgentPlacement.FailingToStart(agent, failed, context),
        ReportActivity report => AgentObservation.Observing(agent, report, context),
        ReportAttached when agent.Pane is null => Effects.Refuse(RefusalCodes.IllegalState, $"{agent.Name} is {agent.State.Words()} and has no pane"),
        ReportAttached => Effects.Persist(new PersonAttached(context.Sender.Value, context.Now)),
        PauseTyping pause => AgentQuota.Pausing(agent, pause, context),
        ResumeTyping resume => AgentQuota.Resuming(agent, resume, context),
        Rebrief rebrief => AgentResume.Briefing(agent, rebrief, context),
        ReportSession report => AgentResume.Seeing(agent, report, context),
        ReportLimitUse report => AgentQuota.Using(agent, report),
        ReportCompaction report => AgentResume.Compacting(agent, report, context),
        ReportPaneEnded ended => AgentPlacement.PaneEnding(agent, ended, context),
        AskToHandOver ask => AgentHandOver.Asking(agent, ask, context),
        EnqueueMessage enqueue => MessageDelivery.Enqueueing(agent, enqueue, context),
        PermitMessage permit => TalkRules.Permitting(agent, permit, context),
        ReportDelivery report => MessageDelivery.Reporting(agent, report, context),
        ReportAnswer report => MessageAnswers.Reporting(agent, report, context),
        CheckUnread => UnreadMessages.Checking(agent, context),
        ExpireMessage expire => MessageDelivery.Expiring(agent, expire, context),
        ReportDialog report => DialogDecisions.Seeing(agent, report, context),
        DecideDialog decide => DialogDecisions.Deciding(agent, decide, context),
        ReportDecision report => DialogDecisions.Ending(agent, report, context),
        ChoosePolicy choose => DialogDecisions.Choosing(agent, choose, context),
        DispatchNext => MessageDelivery.Dispatching(agent, Effects.None, context),
        _ => throw new UnreachableException($"an agent has no rule for {command.GetType().Name}"),
    };

    private static Effects Unregistered(Agent agent, Command command, DecisionContext context) => command switch
    {
        AskToHandOver ask => AgentHandOver.Asking(agent, ask, context),

        // What a worker or a reminder says of an agent that has been ended meanwhile is of no use to anybody.
        ReportActivity or ReportSession or ReportCompaction or ReportLimitUse or PauseTyping or ResumeTyping or ReportPaneEnded or ReportStartFailed or ReportDelivery or ReportAnswer or ReportDialog or ReportDecision or ExpireMessage or CheckUnread or DispatchNext or LoseNode or ForgetNode or RePlace or ReportGuarded or ReportPushed or Dismiss or EscalateBlock or EscalateReturns or NoteTaskOpen or NoteTaskOver or NoteAwaited => Effects.None,
        _ => Effects.Refuse(RefusalCodes.NotFound, $"there is no agent {agent.Name}: 'orc ls' shows those there are, 'orc spawn' makes one"),
    };
}
