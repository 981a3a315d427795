using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>
/// The state set by hand: compared first, so that of two who set it only one does. While a program runs its state is what is observed of it, and no hand may say otherwise; without
/// one a failure can be acknowledged (error to offline), an agent marked as broken (offline to error), or ended (to terminated).
/// </summary>
internal static class AgentTransition
{
    public static Effects Transitioning(Agent agent, Transition transition, DecisionContext context)
    {
        if (agent.State != transition.From)
        {
            return Refused(RefusalCodes.Stale, $"{agent.Name} is {agent.State.Words()}, not {transition.From.Words()}: look at it again before you set it");
        }

        if (!AgentLifecycle.Allows(transition.From, transition.To) || transition.From == transition.To)
        {
            return Refused(RefusalCodes.IllegalState, $"an agent does not go from {transition.From.Words()} to {transition.To.Words()}");
        }

        if (AgentPlacement.HasProgram(agent))
        {
            return Refused(RefusalCodes.IllegalState, $"the program of {agent.Name} runs, and its state is what is observed of it ('orc explain {agent.Name}'): stop, restart or end it");
        }

        return transition.To switch
        {
            AgentState.Offline or AgentState.Error => Effects.Persist(new StateMarked(transition.From, transition.To, transition.Reason, context.Sender.Value, context.Now)),
            AgentState.Terminated => AgentPlacement.Terminating(agent, Effects.Persist(new StateMarked(transition.From, transition.To, transition.Reason, context.Sender.Value, context.Now)), context),
            _ => Refused(RefusalCodes.IllegalState, $"only a program that runs makes an agent {transition.To.Words()}: 'orc start {agent.Name}' starts it"),
        };

        Effects Refused(string code, string reason) => AgentPlacement.Refusing(agent, transition.To, reason, context, code);
    }
}
