using System.Collections.Immutable;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Actors.Recovery;

/// <summary>What can be done about a trouble.</summary>
public enum RecoveryStrategy
{
    /// <summary>Start its program again; its conversation is taken up where that is possible.</summary>
    Restart,

    /// <summary>Start its program again in a new conversation, and tell it who it is and what it was at.</summary>
    RestartRebrief,

    /// <summary>Leave it to a person: it is a gap until it is over.</summary>
    Notify,

    /// <summary>Do nothing.</summary>
    Skip,

    /// <summary>The failed execution again, by the same agent.</summary>
    Retry,

    /// <summary>The agent with another profile or model; without either the same as <see cref="Reassign"/>.</summary>
    Fallback,

    /// <summary>Its task, or all of its tasks, to another agent of its role, with what is known.</summary>
    Reassign,

    /// <summary>A program or a webhook.</summary>
    Custom,

    /// <summary>Wait for the end of a limit.</summary>
    Wait,

    /// <summary>Tell the agent by a message.</summary>
    Remind,
}

/// <summary>A rung of a ladder.</summary>
/// <param name="Strategy">What is done.</param>
/// <param name="Argument">For <c>custom</c> which one, for <c>fallback</c> which one or null.</param>
public sealed record RecoveryStep(RecoveryStrategy Strategy, string? Argument = null)
{
    /// <summary>It ends the program and starts it again, or starts it.</summary>
    public bool Restarts => Strategy is RecoveryStrategy.Restart or RecoveryStrategy.RestartRebrief || (Strategy == RecoveryStrategy.Fallback && Argument is not null);

    /// <summary>It gives tasks to others.</summary>
    public bool Reassigns => Strategy == RecoveryStrategy.Reassign || (Strategy == RecoveryStrategy.Fallback && Argument is null);

    /// <summary>It does something, and so counts for the budget.</summary>
    public bool Acts => Strategy is not (RecoveryStrategy.Notify or RecoveryStrategy.Skip or RecoveryStrategy.Wait);

    /// <inheritdoc/>
    public override string ToString() => Argument is null ? Strategy.Words() : $"{Strategy.Words()}:{Argument}";
}

/// <summary>Another profile or model for an agent.</summary>
/// <param name="Profile">The profile; null leaves it.</param>
/// <param name="Model">The model; null leaves it.</param>
public sealed record RecoveryFallback(string? Profile, string? Model);

/// <summary>What is done about the troubles of agents of a role.</summary>
/// <param name="Ladders">For each kind the steps: the first for the first attempt, the next if that has failed, the last from then on.</param>
/// <param name="Budget">How many attempts there may be within <paramref name="Window"/>.</param>
/// <param name="Window">The time that they are counted in.</param>
/// <param name="FirstPause">How long it waits before the first attempt; doubled with each failure.</param>
/// <param name="LastPause">The longest that it waits.</param>
/// <param name="CoolDown">How long nothing is tried once the budget is used up; then one trial.</param>
/// <param name="ReadyWithin">How long an attempt may take until its cause is seen to be gone; longer, and it has failed.</param>
/// <param name="DryRun">Only put on record what would be done.</param>
public sealed record RecoveryPolicy(ImmutableSortedDictionary<TroubleKind, ImmutableArray<RecoveryStep>> Ladders, int Budget, TimeSpan Window, TimeSpan FirstPause, TimeSpan LastPause, TimeSpan CoolDown, TimeSpan ReadyWithin, bool DryRun)
{
    /// <summary>How long an agent is waited for that is asked for a note before its work goes to somebody else; zero: it is not asked.</summary>
    public TimeSpan HandOver { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most that <see cref="Budget"/> can be.</summary>
    public const int MostBudget = 100;

    /// <summary>No program is restarted; failed executions are tried again, limits waited for, and the rest is left to a person.</summary>
    public static readonly RecoveryPolicy Default = new(
        DefaultLadders(),
        Budget: 3,
        Window: TimeSpan.FromMinutes(5),
        FirstPause: TimeSpan.FromSeconds(1),
        LastPause: TimeSpan.FromMinutes(1),
        CoolDown: TimeSpan.FromMinutes(15),
        ReadyWithin: TimeSpan.FromMinutes(2),
        DryRun: false);

    /// <summary>The ladder for a kind.</summary>
    public ImmutableArray<RecoveryStep> Ladder(TroubleKind kind) => Ladders[kind];

    /// <summary>The step after so many failures.</summary>
    public RecoveryStep Step(TroubleKind kind, int failures) => Ladders[kind][Math.Min(failures, Ladders[kind].Length - 1)];

    /// <summary>Whether no other step follows the one after so many failures.</summary>
    public bool IsLast(TroubleKind kind, int failures) => failures >= Ladders[kind].Length - 1;

    /// <summary>How long it waits after so many failures.</summary>
    public TimeSpan Pause(int failures) => TimeSpan.FromTicks(Math.Min(LastPause.Ticks, FirstPause.Ticks << Math.Min(failures, 20)));

    /// <summary>With another ladder for one kind.</summary>
    public RecoveryPolicy With(TroubleKind kind, params ReadOnlySpan<RecoveryStep> steps) => this with { Ladders = Ladders.SetItem(kind, [.. steps]) };

    /// <summary>With another ladder for one kind.</summary>
    public RecoveryPolicy With(TroubleKind kind, params ReadOnlySpan<RecoveryStrategy> steps)
    {
        var ladder = ImmutableArray.CreateBuilder<RecoveryStep>(steps.Length);
        foreach (var strategy in steps)
        {
            ladder.Add(new RecoveryStep(strategy));
        }

        return this with { Ladders = Ladders.SetItem(kind, ladder.ToImmutable()) };
    }

    private static ImmutableSortedDictionary<TroubleKind, ImmutableArray<RecoveryStep>> DefaultLadders() => Enum.GetValues<TroubleKind>().ToImmutableSortedDictionary(
        static kind => kind,
        static kind => ((RecoveryStrategy[])(kind switch
        {
            TroubleKind.FailedExecution => [RecoveryStrategy.Retry, RecoveryStrategy.Retry, RecoveryStrategy.Retry, RecoveryStrategy.Notify],
            TroubleKind.RateLimited => [RecoveryStrategy.Wait, RecoveryStrategy.Notify],
            TroubleKind.IdleTeam => [RecoveryStrategy.RestartRebrief, RecoveryStrategy.Notify],
            TroubleKind.TurnFailed or TroubleKind.NodeLost => [RecoveryStrategy.Skip],
            _ => [RecoveryStrategy.Notify],
        })).Select(static s => new RecoveryStep(s)).ToImmutableArray());
}

/// <summary>What is done about teams that are idle. A time of zero is never.</summary>
/// <param name="RemindAfter">Its lead is told.</param>
/// <param name="CriticalAfter">It is a critical gap.</param>
/// <param name="RestartLeadAfter">It is handed to the supervisor of its lead, as <see cref="TroubleKind.IdleTeam"/>.</param>
/// <param name="CoolDown">The same is not done again before this time is over.</param>
public sealed record IdleTeamPolicy(TimeSpan RemindAfter, TimeSpan CriticalAfter, TimeSpan RestartLeadAfter, TimeSpan CoolDown)
{
    /// <summary>What holds unless something else is configured.</summary>
    public static readonly IdleTeamPolicy Default = new(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(30));

    /// <summary>When a step is due.</summary>
    public TimeSpan After(TeamStep step) => step switch
    {
        TeamStep.Remind => RemindAfter,
        TeamStep.Critical => CriticalAfter,
        TeamStep.RestartLead => RestartLeadAfter,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no time is known for it"),
    };
}

/// <summary>The policies of all roles.</summary>
/// <param name="Defaults">Of roles that have none of their own.</param>
/// <param name="Roles">Of roles that have.</param>
public sealed record RecoverySettings(RecoveryPolicy Defaults, ImmutableSortedDictionary<string, RecoveryPolicy> Roles)
{
    /// <summary>What holds unless something else is configured.</summary>
    public static readonly RecoverySettings Default = new(RecoveryPolicy.Default, ImmutableSortedDictionary<string, RecoveryPolicy>.Empty);

    /// <summary>Of teams that are idle.</summary>
    public IdleTeamPolicy IdleTeams { get; init; } = IdleTeamPolicy.Default;

    /// <summary>Other profiles and models, by name.</summary>
    public ImmutableSortedDictionary<string, RecoveryFallback> Fallbacks { get; init; } = ImmutableSortedDictionary<string, RecoveryFallback>.Empty;

    /// <summary>The policy of a role.</summary>
    public RecoveryPolicy For(string? role) => role is not null && Roles.TryGetValue(role, out var own) ? own : Defaults;
}
