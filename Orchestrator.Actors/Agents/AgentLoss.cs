using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What becomes of an agent whose node is down: it is shown as lost, and waits, is started elsewhere, or is left to a person.</summary>
internal static class AgentLoss
{
    /// <summary>What the guard may take, beyond the grace time, to stop a program; and what clocks may differ.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private const string Source = "cluster";

    /// <summary>Its node is down.</summary>
    public static Effects Losing(Agent agent, LoseNode lose, DecisionContext context)
        => lose.Generation != agent.Generation || !AgentPlacement.HasProgram(agent) || IsLost(agent) || agent.Incarnation > lose.Incarnation
            ? Effects.None
            : Effects.Persist(
                new ActivityChanged(agent.Generation, AgentState.Offline, AgentActivity.NodeLost, lose.Reason, Until: null, new AgentFact(Source, Rule: null, lose.Reason, context.Now), context.Now),
                new LossDecided(agent.Generation, Planned(agent, lose, context), context.Now));

    /// <summary>Its node is back and has bound its pane again: what it shows is seen next.</summary>
    public static Effects Returned(Agent agent, Effects effects, DecisionContext context)
        => IsLost(agent)
            ? effects.ThenPersist(new ActivityChanged(agent.Generation, AgentState.Active, AgentActivity.Starting, "its node is back", Until: null, new AgentFact(Source, Rule: null, $"its node {agent.Node} is back", context.Now), context.Now))
            : effects;

    /// <summary>Its node does not come back.</summary>
    public static Effects Forgetting(Agent agent, ForgetNode forget, DecisionContext context)
        => forget.Generation != agent.Generation || !IsLost(agent)
            ? Effects.None
            : GivingUp(agent, forget.Reason, agent.AfterStop?.RestartOn is { } other && other != agent.Node ? other : null, Effects.None, context);

    /// <summary>The guard of its node has stopped its program by now: it goes on elsewhere, or ends if that is what was wanted.</summary>
    public static Effects RePlacing(Agent agent, RePlace replace, DecisionContext context)
    {
        if (replace.Generation != agent.Generation || !IsLost(agent) || agent.Loss is not { Policy: LossPolicy.RePlace, RePlaceAt: { } due } || context.Now < due || replace.Node == agent.Node)
        {
            return Effects.None;
        }

        var reason = $"its node {agent.Node} is lost, and the guard there has stopped its program";
        return agent.Desired == DesiredState.Stopped && agent.AfterStop?.RestartOn is null
            ? GivingUp(agent, reason, restartOn: null, Effects.None, context)
            : GivingUp(agent, reason, agent.AfterStop?.RestartOn is { } asked && asked != agent.Node ? asked : replace.Node, Effects.Persist(Left(agent, context)), context);
    }

    /// <summary>What becomes of it when its node is lost is chosen; the worker has the guard know.</summary>
    public static Effects Choosing(Agent agent, ChooseLossPolicy choose, DecisionContext context)
    {
        if (agent.OnNodeLoss == choose.Policy)
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new LossPolicyChosen(choose.Policy, context.Sender.Value, context.Now));
        return agent is { Pane: not null, Node: { } node } ? effects.ThenWorker(node, new GuardPane(agent.Name, agent.Generation, choose.Policy)) : effects;
    }

    /// <summary>The guard watches its pane, or does not.</summary>
    public static Effects Guarded(Agent agent, ReportGuarded report, DecisionContext context)
        => report.Generation != agent.Generation || agent.Pane is null || report.Grace == agent.GuardGrace || (report.Grace is not null && agent.OnNodeLoss is LossPolicy.Wait or LossPolicy.Leave)
            ? Effects.None
            : Effects.Persist(new PaneGuarded(agent.Generation, report.Grace, context.Now));

    /// <summary>What it has committed was pushed.</summary>
    public static Effects Pushing(Agent agent, ReportPushed report, DecisionContext context)
        => report.Generation != agent.Generation || agent is not { Worktree: { } tree, Node: { } node } || (agent.Pushed?.Commit == report.Commit && agent.Pushed.Node == node)
            ? Effects.None
            : Effects.Persist(new BranchPushed(agent.Generation, tree.Branch, new PushedWork(report.Commit, report.Remote, node, context.Now)));

    /// <summary>Its node is down.</summary>
    public static bool IsLost(Agent agent) => agent.Activity == AgentActivity.NodeLost;

    private static LossPlan Planned(Agent agent, LoseNode lose, DecisionContext context) => (agent.OnNodeLoss ?? lose.Default ?? LossPolicy.Wait, agent.GuardGrace) switch
    {
        (LossPolicy.Leave, _) => new LossPlan(LossPolicy.Leave, RePlaceAt: null, $"it is left to a person: it goes on when {agent.Node} is back, or elsewhere after 'orc node rm {agent.Node}' and 'orc agent move'"),
        (LossPolicy.RePlace, { } grace) when lose.Guarded => new LossPlan(LossPolicy.RePlace, context.Now + grace + Margin, $"the guard on {agent.Node} stops its program; it goes on elsewhere then"),
        (LossPolicy.RePlace, null) => new LossPlan(LossPolicy.Wait, RePlaceAt: null, $"it should be re-placed, but its pane on {agent.Node} was not watched by a guard, so that its program may run on: it waits for its node"),
        (LossPolicy.RePlace, _) => new LossPlan(LossPolicy.Wait, RePlaceAt: null, $"it should be re-placed, but the guard on {agent.Node} was not running, so that its program may run on: it waits for its node"),
        _ => new LossPlan(LossPolicy.Wait, RePlaceAt: null, "it waits for its node"),
    };

    private static WorkLeft Left(Agent agent, DecisionContext context)
    {
        var folder = agent.Worktree?.Path ?? agent.Folder;
        var reason = (agent.Worktree, agent.Pushed) switch
        {
            (null, _) => $"what it had in {folder} on {agent.Node} stays there, unless that folder is shared storage",
            ({ } tree, null) => $"nothing of the branch {tree.Branch} was pushed: all its work stays on {agent.Node}, in {folder}",
            ({ } tree, { } pushed) => $"the branch {tree.Branch} is in {pushed.Remote} up to {pushed.Commit}, pushed {pushed.At:O}: what came later, or was not committed, stays on {agent.Node}, in {folder}",
        };
        return new WorkLeft(agent.Generation, agent.Node!, folder, agent.Worktree?.Branch, agent.Pushed, reason, context.Now);
    }

    private static Effects GivingUp(Agent agent, string reason, string? restartOn, Effects effects, DecisionContext context)
    {
        // Not wanted any more as this generation, so that a node that comes back after all removes what it still has of it.
        effects = effects.ThenPersist(new StopRequested(reason, restartOn is not null, agent.AfterStop?.End ?? false, restartOn, context.Sender.Value, context.Now, agent.AfterStop?.Mode));
        if (agent.Queue.InFlight is { } flight)
        {
            effects = MessageDelivery.Ended(flight.Waiting.Message, MessageState.Failed, $"{reason} while it was being delivered: whether {agent.Name} got it cannot be told", effects, context, undecidable: true);
        }

        var stopping = effects.Events.Aggregate(agent, static (state, e) => state.Apply(e));
        return AgentPlacement.PaneEnding(stopping, new ReportPaneEnded(agent.Generation, new PaneExit(ExitCode: null, Signal: null, reason), Output: null), effects, context);
    }
}
