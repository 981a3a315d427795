using System.Collections.Immutable;

namespace Orchestrator.Actors.Recovery;

/// <summary>What can be done about an agent whose program has crashed.</summary>
public enum RecoveryStrategy
{
    /// <summary>Start its program again; its conversation is taken up where that is possible.</summary>
    Restart,

    /// <summary>Start its program again in a new conversation, and tell it who it is and what it was at.</summary>
    RestartRebrief,

    /// <summary>Leave it to a person: it is a gap until it runs again.</summary>
    Notify,

    /// <summary>Do nothing.</summary>
    Skip,
}

/// <summary>What is done about crashes of agents of a role.</summary>
/// <param name="Ladder">The strategies: the first for the first failure in a row, the next for the next, the last from then on.</param>
/// <param name="Budget">How many restarts there may be within <paramref name="Window"/>.</param>
/// <param name="Window">The time that they are counted in.</param>
/// <param name="FirstPause">How long it waits before the first restart; doubled with each failure in a row.</param>
/// <param name="LastPause">The longest that it waits.</param>
/// <param name="CoolDown">How long nothing is restarted once the budget is used up.</param>
/// <param name="ReadyWithin">How long a restart may take until the agent is at its prompt; longer, and it has failed.</param>
/// <param name="DryRun">Only put on record what would be done.</param>
public sealed record RecoveryPolicy(ImmutableArray<RecoveryStrategy> Ladder, int Budget, TimeSpan Window, TimeSpan FirstPause, TimeSpan LastPause, TimeSpan CoolDown, TimeSpan ReadyWithin, bool DryRun)
{
    /// <summary>The most that <see cref="Budget"/> can be.</summary>
    public const int MostBudget = 100;

    /// <summary>A person is told; nothing is restarted.</summary>
    public static readonly RecoveryPolicy Default = new(
        [RecoveryStrategy.Notify],
        Budget: 3,
        Window: TimeSpan.FromMinutes(5),
        FirstPause: TimeSpan.FromSeconds(1),
        LastPause: TimeSpan.FromMinutes(1),
        CoolDown: TimeSpan.FromMinutes(15),
        ReadyWithin: TimeSpan.FromMinutes(2),
        DryRun: false);

    /// <summary>The strategy after so many failures in a row.</summary>
    public RecoveryStrategy Step(int failures) => Ladder[Math.Min(failures, Ladder.Length - 1)];

    /// <summary>How long it waits after so many failures in a row.</summary>
    public TimeSpan Pause(int failures) => TimeSpan.FromTicks(Math.Min(LastPause.Ticks, FirstPause.Ticks << Math.Min(failures, 20)));
}

/// <summary>The policies of all roles.</summary>
/// <param name="Defaults">Of roles that have none of their own.</param>
/// <param name="Roles">Of roles that have.</param>
public sealed record RecoverySettings(RecoveryPolicy Defaults, ImmutableSortedDictionary<string, RecoveryPolicy> Roles)
{
    /// <summary>What holds unless something else is configured.</summary>
    public static readonly RecoverySettings Default = new(RecoveryPolicy.Default, ImmutableSortedDictionary<string, RecoveryPolicy>.Empty);

    /// <summary>The policy of a role.</summary>
    public RecoveryPolicy For(string? role) => role is not null && Roles.TryGetValue(role, out var own) ? own : Defaults;
}
