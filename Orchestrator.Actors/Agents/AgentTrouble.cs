using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What is wrong with an agent, by what has happened to it: what its supervisor is told.</summary>
internal static class AgentTrouble
{
    private const string SupervisorPrefix = AgentRecovery.Kind + "/";

    /// <summary>What is wrong after <paramref name="e"/>, which happens to <paramref name="agent"/>.</summary>
    public static TroubleKind? Folded(Agent agent, Event e) => e switch
    {
        AgentRegistered or AgentTerminated or StateMarked => null,
        StartFailed or PaneEnded { State: AgentState.Error } => TroubleKind.Crashed,
        PaneEnded => agent.AfterStop is { RestartOn: not null } ? agent.Trouble : null,
        ActivityChanged changed => Trouble.KindOf(changed.Activity) ?? (agent.Trouble is { } trouble && !IsOver(trouble, changed.Activity, agent.HasBeenReady) ? trouble : null),
        _ => agent.Trouble,
    };

    /// <summary>Who stopped or started it is a supervisor.</summary>
    public static bool IsSupervisor(string by) => by.StartsWith(SupervisorPrefix, StringComparison.Ordinal);

    /// <summary><paramref name="effects"/>, with its supervisor told what is wrong, what is not any more, and what somebody wants of it.</summary>
    public static Effects Told(Agent before, Effects effects)
    {
        var supervisor = AgentRecovery.Of(before.Name);
        var agent = before;
        foreach (var e in effects.Events)
        {
            var after = agent.Apply(e);
            effects = e switch
            {
                StartFailed failed => Noted(after, TroubleKind.Crashed, failed.Reason, failed.At, until: null, effects),
                PaneEnded { State: AgentState.Error } ended => Noted(after, TroubleKind.Crashed, ended.Exit.Reason, ended.At, until: null, effects),
                ActivityChanged changed when Trouble.KindOf(changed.Activity) is { } kind => Noted(after, kind, changed.Detail ?? changed.Fact.Evidence, changed.At, changed.Until, effects),
                ActivityChanged { Activity: AgentActivity.Ready } when !agent.HasBeenReady => effects.ThenTell(supervisor, new NoteUp()),
                PlacedOnNode placed => effects.ThenTell(supervisor, new NoteWish(placed.By, Runs: true, placed.Node, after.Role)),
                StopRequested stop => effects.ThenTell(supervisor, new NoteWish(stop.By, Runs: false)),
                PaneEnded or AgentTerminated or StateMarked when agent is { State: AgentState.Error, Pane: null } => effects.ThenTell(supervisor, new NoteWish("somebody", Runs: false)),
                TypingPaused paused => effects.ThenTell(supervisor, new NoteLimit(Limited: true, paused.Until)),
                TypingResumed => effects.ThenTell(supervisor, new NoteLimit(Limited: false, Until: null)),
                _ when agent.Trouble is not null && after.Trouble is null => effects.ThenTell(supervisor, new NoteTroubleOver(Trouble.OfAgent, Well(after))),
                _ => effects,
            };
            agent = after;
        }

        return effects;
    }

    // A turn that failed is mended by one that does not; a program that crashed, by being at its prompt again.
    private static bool IsOver(TroubleKind trouble, AgentActivity seen, bool hasBeenReady) => seen switch
    {
        AgentActivity.Ready => true,
        AgentActivity.Working or AgentActivity.AwaitingApproval or AgentActivity.AwaitingAnswer or AgentActivity.UnsubmittedInput => hasBeenReady && trouble != TroubleKind.TurnFailed,
        _ => false,
    };

    private static string Well(Agent agent) => agent.Activity is { } activity ? $"it is {activity.Words()}" : $"it is {agent.State.Words()}";

    private static Effects Noted(Agent agent, TroubleKind kind, string cause, DateTimeOffset at, DateTimeOffset? until, Effects effects)
    {
        var trouble = new Trouble(Trouble.OfAgent, kind, cause, at)
        {
            Role = agent.Role,
            Place = agent.Worktree is { } tree ? $"{tree.Path}, on the branch {tree.Branch}" : agent.Folder,
            Until = until,
            Generation = agent.Generation.Value,
        };
        return effects.ThenTell(AgentRecovery.Of(agent.Name), new NoteTrouble(trouble));
    }
}
