using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>A limit as the agent was last shown with it. Words like "in 5 minutes" that still stand on its screen count from when they were first seen, not from when a node is started again.</summary>
/// <param name="Rule">The rule that saw it.</param>
/// <param name="Evidence">What it saw, as it is reported.</param>
/// <param name="Until">When it ends; null if nobody knows.</param>
internal sealed record KnownLimit(string? Rule, string Evidence, DateTimeOffset? Until)
{
    /// <summary>The limit with which an agent is shown; null if it is shown with none. One that may be over is shown as a turn that failed, since its end.</summary>
    public static KnownLimit? Of(AgentView view) => view switch
    {
        { Activity: AgentActivity.RateLimited, Fact: { } fact } => new KnownLimit(fact.Rule, fact.Evidence, view.Until),
        { Activity: AgentActivity.TurnFailed, Fact: { } fact } => new KnownLimit(fact.Rule, fact.Evidence, view.Since),
        _ => null,
    };

    /// <summary>Whether a reading is of the same limit.</summary>
    public bool Is(ScreenReading settled) => settled.Rule == Rule && PaneWatch.Shortened(settled.Evidence) == Evidence;
}
