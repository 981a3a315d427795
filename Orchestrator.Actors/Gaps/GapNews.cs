using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Gaps;

/// <summary>The supervisor of the agent that a gap is about learns of it. What a supervisor has left to a person is a gap too, but none for the supervisor.</summary>
internal static class GapNews
{
    private const string OfSupervisors = $"{GapWatch.Kind}/{AgentRecovery.Kind}.";

    /// <summary>It was found by whoever sends this.</summary>
    public static Effects Opened(string gap, WatchedCondition condition, DecisionContext context, Effects effects)
        => condition.Agent is { } agent && !context.Sender.Value.StartsWith(OfSupervisors, StringComparison.Ordinal) && Trouble.KindOf(condition.Kind) is { } kind
            ? effects.ThenTell(AgentRecovery.Of(agent), new NoteTrouble(new Trouble(Trouble.OfGap(gap), kind, condition.Cause, condition.Since) { Role = condition.Role, Task = condition.Task, Gap = gap }))
            : effects;

    /// <summary>It is over.</summary>
    public static Effects Closed(Gap gap, string because, Effects effects)
        => gap.Condition is { Agent: { } agent } condition && Trouble.KindOf(condition.Kind) is not null
            ? effects.ThenTell(AgentRecovery.Of(agent), new NoteTroubleOver(Trouble.OfGap(gap.Id), because))
            : effects;
}
