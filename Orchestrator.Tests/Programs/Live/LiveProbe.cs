using Orchestrator.Client;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>One look at an agent's state beside what the model knows.</summary>
/// <param name="At">When.</param>
/// <param name="Truth">What the model waits for.</param>
/// <param name="Since">Since when.</param>
/// <param name="State">The state that the node shows.</param>
/// <param name="Activity">The activity that the node shows.</param>
/// <param name="ShownSince">Since when it shows that.</param>
/// <param name="Fact">What decided it.</param>
internal sealed record LiveProbe(DateTimeOffset At, TurnPhase Truth, DateTimeOffset Since, string State, string? Activity, DateTimeOffset ShownSince, string? Fact)
{
    /// <summary>Whether both say the same.</summary>
    public bool Agrees => Matches(Truth);

    /// <summary>Whether what the node shows fits a phase.</summary>
    public bool Matches(TurnPhase phase) => phase switch
    {
        TurnPhase.Running => Activity == "working",
        TurnPhase.Tool => Activity == "awaiting_approval",
        TurnPhase.Idle => State == "idle",
        _ => throw new InvalidOperationException($"a run never is {phase}"),
    };

    public static LiveProbe Of(AgentInfo agent, TurnChange truth, DateTimeOffset at) => new(at, truth.Phase, truth.At, agent.State, agent.Activity, agent.Since, $"{agent.Fact?.Source} {agent.Fact?.Rule}");
}
