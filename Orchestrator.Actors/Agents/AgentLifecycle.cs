using System.Collections.Frozen;

namespace Orchestrator.Actors.Agents;

/// <summary>The table of legal transitions between states, and the state that each activity means. Nothing else.</summary>
public static class AgentLifecycle
{
    private static readonly FrozenDictionary<AgentState, FrozenSet<AgentState>> Table = new Dictionary<AgentState, FrozenSet<AgentState>>
    {
        [AgentState.Offline] = [AgentState.Active, AgentState.Error, AgentState.Terminated],
        [AgentState.Active] = [AgentState.Idle, AgentState.Busy, AgentState.Error, AgentState.Offline],
        [AgentState.Idle] = [AgentState.Busy, AgentState.Active, AgentState.Error, AgentState.Offline],
        [AgentState.Busy] = [AgentState.Idle, AgentState.Active, AgentState.Error, AgentState.Offline],
        [AgentState.Error] = [AgentState.Idle, AgentState.Busy, AgentState.Active, AgentState.Offline, AgentState.Terminated],
        [AgentState.Terminated] = [],
    }.ToFrozenDictionary();

    /// <summary>Whether <paramref name="to"/> may follow <paramref name="from"/>. Staying is no transition and always allowed, but in <see cref="AgentState.Terminated"/>.</summary>
    public static bool Allows(AgentState from, AgentState to) => Table[from].Contains(to) || (from == to && from != AgentState.Terminated);

    /// <summary>The state that an observed activity means for an agent that is in <paramref name="current"/>.</summary>
    /// <param name="activity">What was observed.</param>
    /// <param name="current">The state before.</param>
    /// <param name="hasBeenReady">It has been at its prompt since it was started: a question before that belongs to its start.</param>
    public static AgentState StateOf(AgentActivity activity, AgentState current, bool hasBeenReady) => activity switch
    {
        AgentActivity.Starting => AgentState.Active,
        AgentActivity.Ready or AgentActivity.UnsubmittedInput or AgentActivity.TurnFailed => AgentState.Idle,
        AgentActivity.Working or AgentActivity.RateLimited => AgentState.Busy,
        AgentActivity.AwaitingApproval or AgentActivity.AwaitingAnswer => hasBeenReady ? AgentState.Busy : AgentState.Active,
        AgentActivity.AuthRequired => hasBeenReady ? AgentState.Error : AgentState.Active,
        AgentActivity.Hung or AgentActivity.Exited => AgentState.Error,
        AgentActivity.CopyMode => current,
        AgentActivity.NodeLost => AgentState.Offline,
        _ => throw new ArgumentOutOfRangeException(nameof(activity), activity, "no state is known for this activity"),
    };
}
