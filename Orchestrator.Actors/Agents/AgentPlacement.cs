using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>How an agent's program is placed, stopped and ended.</summary>
internal static class AgentPlacement
{
    public static Effects Starting(Agent agent, Start start, DecisionContext context)
    {
        if (AgentLoss.IsLost(agent))
        {
            return Refusing(agent, AgentState.Active, $"{agent.Name} may still run on its node {agent.Node}, which is down: it goes on there when the node is back; if that never comes back, say so first with 'orc node rm {agent.Node}'", context);
        }

        if (agent.Pane is not null || agent.State is AgentState.Active or AgentState.Idle or AgentState.Busy)
        {
            return Refusing(agent, AgentState.Active, $"{agent.Name} is {agent.State.Words()}: it can be started when it is offline or in error and has no pane; 'orc restart {agent.Name}' stops it first", context);
        }

        return AgentResume.Nothing(agent, start.Mode ?? StartMode.Auto) is { } nothing
            ? Effects.Refuse(RefusalCodes.IllegalState, nothing)
            : Placing(agent, start.Node, AgentResume.Planned(agent, start.Node, start.Mode ?? StartMode.Auto, context), context);
    }

    public static Effects Adopting(Agent agent, Adopt adopt, DecisionContext context)
        => HasProgram(agent) || agent.State is AgentState.Active or AgentState.Idle or AgentState.Busy
            ? Refusing(agent, AgentState.Active, $"{agent.Name} is {agent.State.Words()} and has a pane: stop it before it adopts another", context)
            : Placing(agent, adopt.Node, plan: null, context, adopt.PaneId);

    public static Effects Stopping(Agent agent, Stop stop, DecisionContext context)
    {
        if (!HasProgram(agent))
        {
            return agent.State == AgentState.Error
                ? Effects.Persist(Gone(agent, AgentState.Offline, new PaneExit(null, null, "stopped; its program was not running"), context))
                : Effects.None;
        }

        return Effects.Persist(new StopRequested(stop.Reason, ThenRestart: false, ThenEnd: false, RestartOn: null, context.Sender.Value, context.Now, Mode: null))
            .ThenWorker(agent.Node!, new StopPane(agent.Name, agent.Generation, stop.Force));
    }

    public static Effects Restarting(Agent agent, Restart restart, DecisionContext context)
    {
        var mode = restart.Mode ?? StartMode.Auto;
        if (AgentResume.Nothing(agent, mode) is { } nothing)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, nothing);
        }

        return HasProgram(agent)
            ? Effects.Persist(new StopRequested("restart", ThenRestart: true, ThenEnd: false, restart.Node, context.Sender.Value, context.Now, mode))
                .ThenWorker(agent.Node!, new StopPane(agent.Name, agent.Generation, restart.Force))
                .ThenReply(new Placed(agent.Generation.Next()))
            : Placing(agent, restart.Node, AgentResume.Planned(agent, restart.Node, mode, context), context);
    }

    public static Effects Ending(Agent agent, End end, DecisionContext context)
        => HasProgram(agent)
            ? Effects.Persist(new StopRequested("end", ThenRestart: false, ThenEnd: true, RestartOn: null, context.Sender.Value, context.Now, Mode: null))
                .ThenWorker(agent.Node!, new StopPane(agent.Name, agent.Generation, end.Force))
            : Terminating(agent, Effects.None, context);

    public static Effects Releasing(Agent agent, ReleasePane release, DecisionContext context)
        => release.Generation == agent.Generation && agent.Pane is not null
            ? Effects.Persist(Gone(agent, AgentState.Offline, new PaneExit(ExitCode: null, Signal: null, release.Reason), context))
            : Effects.Refuse(RefusalCodes.Stale, $"{agent.Name} has no pane of generation {release.Generation} any more: look again");

    public static Effects Binding(Agent agent, BindPane bind, DecisionContext context)
    {
        if (bind.Generation != agent.Generation)
        {
            return Effects.Refuse(RefusalCodes.Stale, $"{agent.Name} is generation {agent.Generation} now; a pane of generation {bind.Generation} is not bound");
        }

        if (agent.Desired == DesiredState.Stopped && agent.AfterStop is null)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"{agent.Name} is to be stopped; its pane is not bound");
        }

        // The entity's own sequence number grows for ever, so no writer number is ever given twice for a pane of this agent.
        var writer = context.Version + 1;
        var bound = new PaneBound(bind.Generation, bind.Pane, writer, bind.NextNumber, bind.Adopted, bind.Worktree, bind.Traits, context.Now, bind.Account, bind.Incarnation, bind.GuardGrace);
        var effects = AgentLoss.Returned(agent, AgentQuota.Joining(agent, bind.Account, Effects.Persist(bound)), context);
        return (bind.Session is { } session ? AgentResume.Began(agent, session, bind.Traits, effects, context) : effects).ThenReply(new PaneBinding(writer) { Unanswered = agent.Unanswered, HasBeenReady = agent.HasBeenReady, Pushed = agent.Pushed });
    }

    public static Effects FailingToStart(Agent agent, ReportStartFailed failed, DecisionContext context)
    {
        if (failed.Generation != agent.Generation || agent.Pane is not null)
        {
            return Effects.None;
        }

        return agent.AfterStop is { } after
            ? AfterStopping(agent, after, Effects.Persist(Gone(agent, AgentState.Offline, new PaneExit(ExitCode: null, Signal: null, failed.Reason), context)), context)
            : Effects.Persist(new StartFailed(failed.Generation, failed.Reason, context.Now));
    }

    public static Effects PaneEnding(Agent agent, ReportPaneEnded ended, DecisionContext context)
        => ended.Generation == agent.Generation && HasProgram(agent) ? PaneEnding(agent, ended, Effects.None, context)
            : ended.Generation.Value < agent.Generation.Value ? Leaving(ended, Effects.None)
            : Effects.None;

    /// <summary>The program is gone, after <paramref name="effects"/>, which <paramref name="agent"/> has seen.</summary>
    public static Effects PaneEnding(Agent agent, ReportPaneEnded ended, Effects effects, DecisionContext context)
    {
        var wanted = agent.Desired == DesiredState.Stopped;
        if (ended.Output is { } output)
        {
            effects = effects.ThenPersist(new OutputCaptured(ended.Generation, output, context.Now));
        }

        effects = Leaving(ended, effects);
        effects = MessageAnswers.Ending(agent, effects, $"its program ended before it had answered: {ended.Exit.Reason}", context);
        var gone = Gone(agent, wanted || ended.Exit.Clean || ended.ByGuard ? AgentState.Offline : AgentState.Error, ended.Exit, context);
        effects = effects.ThenPersist(gone);

        // A delivery that was under way is settled by the worker's own report of it: only the worker knows whether Enter was sent.
        if (agent.AfterStop is { } after)
        {
            // As it is once its program is gone: whether its turn was cut off decides whether it is briefed.
            return AfterStopping(agent.Apply(gone), after, effects, context);
        }

        if (ended.ByGuard && !wanted)
        {
            // It was stopped so that it could go on elsewhere, and its node was there again first.
            return effects.Then(Placing(agent, agent.Node!, AgentResume.Planned(agent, agent.Node!, agent.Session.Used ? StartMode.Resume : StartMode.Auto, context), context));
        }

        return !wanted && agent.Session.Resumed && !agent.HasBeenReady
            ? effects.ThenPersist(new ResumeFailed(agent.Generation, agent.Session.Id, ended.Exit.Reason, context.Now)).Then(Placing(agent, agent.Node!, AgentResume.AfterFailure(context), context))
            : effects;
    }

    /// <summary>Also of one that was lost, and whose agent goes on elsewhere.</summary>
    private static Effects Leaving(ReportPaneEnded ended, Effects effects) => ended.Transcript is { } transcript ? effects.ThenPersist(new TranscriptKept(transcript)) : effects;

    /// <summary>Refuses, and records that it did.</summary>
    public static Effects Refusing(Agent agent, AgentState to, string reason, DecisionContext context, string code = RefusalCodes.IllegalState)
        => Effects.Persist(new TransitionRefused(agent.State, to, reason, context.Sender.Value, context.Now))
            .ThenReply(new Refused(code, reason));

    /// <summary>A program of it runs, or is being started; or did when its node was lost.</summary>
    public static bool HasProgram(Agent agent) => agent.Node is not null && (agent.Pane is not null || agent.State == AgentState.Active || AgentLoss.IsLost(agent));

    private static Effects Placing(Agent agent, string node, SessionPlan? plan, DecisionContext context, string? adoptedPane = null)
    {
        var generation = agent.Generation.Next();
        return Effects.Persist(new PlacedOnNode(node, generation, adoptedPane, context.Sender.Value, context.Now, plan))
            .ThenWorker(node, new SpawnPane(agent.Name, generation, agent.Profile, agent.Folder, agent.Role, agent.WorktreeBranch, agent.Command, adoptedPane, agent.Model, agent.Temperature, plan, agent.NoTools ? true : null)
            {
                OnNodeLoss = agent.OnNodeLoss,
                Fetch = agent.Pushed is { } pushed && pushed.Node != node ? pushed : null,
            })
            .ThenReply(new Placed(generation));
    }

    private static Effects AfterStopping(Agent agent, AfterStop after, Effects effects, DecisionContext context)
    {
        if (after.End)
        {
            return Terminating(agent, effects, context);
        }

        return after.RestartOn is { } node ? effects.Then(Placing(agent, node, AgentResume.Planned(agent, node, after.Mode ?? StartMode.Auto, context), context)) : effects;
    }

    /// <summary>Ends it for good, after <paramref name="effects"/>: what waits for it becomes dead letters.</summary>
    public static Effects Terminating(Agent agent, Effects effects, DecisionContext context)
    {
        foreach (var waiting in agent.Queue.Waiting)
        {
            effects = MessageDelivery.Ended(waiting.Message, MessageState.DeadLetter, $"{agent.Name} was ended before the message was delivered", effects, context);
        }

        if (agent.Queue.InFlight is { } flight && !effects.Events.OfType<DeliveryEnded>().Any(e => e.Message == flight.Waiting.Message.Id))
        {
            effects = MessageDelivery.Ended(flight.Waiting.Message, MessageState.DeadLetter, $"{agent.Name} was ended before the message was delivered", effects, context);
        }

        return AgentQuota.Leaving(agent, effects).ThenPersist(new AgentTerminated(context.Sender.Value, context.Now)) with { Reply = Done.Instance };
    }

    private static PaneEnded Gone(Agent agent, AgentState state, PaneExit exit, DecisionContext context)
        => new(agent.Generation, state, exit, context.Now);
}
