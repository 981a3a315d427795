using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>How far an attempt to recover an agent has come.</summary>
public enum RecoveryOutcome
{
    /// <summary>Its pause is not over.</summary>
    Planned,

    /// <summary>The program is being started.</summary>
    Begun,

    /// <summary>The agent is at its prompt again.</summary>
    Succeeded,

    /// <summary>It crashed again, or was not at its prompt in time.</summary>
    Failed,

    /// <summary>A person was quicker, or did not want it.</summary>
    Cancelled,

    /// <summary>It was left to a person.</summary>
    Notified,

    /// <summary>Nothing was done.</summary>
    Skipped,

    /// <summary>It was only put on record what would have been done.</summary>
    DryRun,
}

/// <summary>One attempt to recover an agent.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Strategy">What.</param>
/// <param name="Cause">Why.</param>
/// <param name="Due">When it begins.</param>
/// <param name="Outcome">How far it has come.</param>
/// <param name="Note">What came of it, in words.</param>
/// <param name="At">When that was.</param>
public sealed record RecoveryAttempt(int Number, RecoveryStrategy Strategy, string Cause, DateTimeOffset Due, RecoveryOutcome Outcome, string? Note, DateTimeOffset At)
{
    /// <summary>It is under way.</summary>
    public bool IsLive => Outcome is RecoveryOutcome.Planned or RecoveryOutcome.Begun;
}

/// <summary>How a strategy has done.</summary>
/// <param name="Succeeded">How often the agent was at its prompt again.</param>
/// <param name="Failed">How often it was not.</param>
public sealed record StrategyFigures(int Succeeded, int Failed);

/// <summary>The supervisor of one agent: the state that its events add up to, and the row of the view <c>recoveries</c>.</summary>
public sealed record AgentRecovery
{
    /// <summary>The kind of entity that supervisors are; the id is the agent's name.</summary>
    public const string Kind = "recovery";

    /// <summary>The name of the view.</summary>
    public const string ViewName = "recoveries";

    private const int MostKept = 100;

    /// <summary>The agent.</summary>
    public required AgentName Agent { get; init; }

    /// <summary>Its role, as it was last known.</summary>
    public string? Role { get; init; }

    /// <summary>The node that it ran on.</summary>
    public string? Node { get; init; }

    /// <summary>Why it is down, while it is.</summary>
    public string? Down { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? DownSince { get; init; }

    /// <summary>Who has paused recovery; null while it works.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Failures in a row: where on the ladder it stands.</summary>
    public int Failures { get; init; }

    /// <summary>When programs were started again lately: what the budget is counted by.</summary>
    public ImmutableList<DateTimeOffset> Starts { get; init; } = [];

    /// <summary>The budget is used up: nothing is restarted before this time.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>Its attempts, the oldest first; at most the last 100.</summary>
    public ImmutableList<RecoveryAttempt> Attempts { get; init; } = [];

    /// <summary>How each strategy has done.</summary>
    public ImmutableSortedDictionary<RecoveryStrategy, StrategyFigures> Figures { get; init; } = ImmutableSortedDictionary<RecoveryStrategy, StrategyFigures>.Empty;

    /// <summary>The attempt that is under way: never more than one.</summary>
    public RecoveryAttempt? Live => Attempts is [.., { IsLive: true } last] ? last : null;

    /// <summary>The supervisor of an agent.</summary>
    public static EntityId Of(AgentName agent) => new(Kind, agent.Value);

    /// <summary>How many programs were started again in the time before <paramref name="now"/>.</summary>
    public int StartsWithin(TimeSpan window, DateTimeOffset now) => Starts.Count(at => at > now - window);

    /// <summary>What is a gap: an agent that is down and is not being recovered.</summary>
    internal ImmutableArray<WatchedCondition> Conditions()
        => Down is { } why && DownSince is { } since && Attempts is [.., { Outcome: RecoveryOutcome.Notified } last]
            ? [new WatchedCondition($"down:{last.Number}", GapKind.SilentAgent, since, TimeSpan.Zero, Agent, Task: null, Role, $"{Agent} is down and is not started again: {last.Note}", why)]
            : [];

    internal AgentRecovery With(RecoveryAttempt attempt) => this with { Attempts = Attempts.Count < MostKept ? Attempts.Add(attempt) : Attempts.RemoveAt(0).Add(attempt) };

    internal AgentRecovery Ended(RecoveryEnded ended)
    {
        var last = Attempts[^1];
        var known = Figures.GetValueOrDefault(last.Strategy) ?? new StrategyFigures(0, 0);
        var after = this with { Attempts = Attempts.SetItem(Attempts.Count - 1, last with { Outcome = ended.Outcome, Note = ended.Note, At = ended.At }) };
        return ended.Outcome switch
        {
            RecoveryOutcome.Succeeded => after with { Failures = 0, Figures = Figures.SetItem(last.Strategy, known with { Succeeded = known.Succeeded + 1 }) },
            RecoveryOutcome.Failed => after with { Failures = Failures + 1, Figures = Figures.SetItem(last.Strategy, known with { Failed = known.Failed + 1 }) },
            _ => after,
        };
    }
}

/// <summary>What a supervisor can be asked.</summary>
public abstract record RecoveryCommand : Command;

/// <summary>The agent's program has crashed, or could not be started.</summary>
public sealed record NoteCrash(string Node, string Role, string Reason) : RecoveryCommand;

/// <summary>The agent is at its prompt.</summary>
public sealed record NoteUp : RecoveryCommand;

/// <summary>Somebody wants its program to run, or to stop.</summary>
public sealed record NoteWish(string By, bool Runs) : RecoveryCommand;

/// <summary>The pause before an attempt is over (a reminder).</summary>
public sealed record BeginRecovery(int Number) : RecoveryCommand;

/// <summary>An attempt has taken too long (a reminder).</summary>
public sealed record GiveUpRecovery(int Number) : RecoveryCommand;

/// <summary>The cool-down is over (a reminder).</summary>
public sealed record CloseCircuit : RecoveryCommand;

/// <summary>Do nothing until somebody says so.</summary>
public sealed record PauseRecovery : RecoveryCommand;

/// <summary>Go on; what is down is recovered, also if the budget was used up.</summary>
public sealed record ResumeRecovery : RecoveryCommand;

/// <summary>Something has happened to a supervisor.</summary>
public abstract record RecoveryEvent : Event;

/// <summary>The agent is down.</summary>
public sealed record AgentDown(string Node, string Role, string Reason, DateTimeOffset At) : RecoveryEvent;

/// <summary>The agent is down no more, or is not meant to run.</summary>
public sealed record AgentUp(string Because, DateTimeOffset At) : RecoveryEvent;

/// <summary>An attempt was planned, or it was put on record why there is none.</summary>
public sealed record RecoveryPlanned(RecoveryAttempt Attempt) : RecoveryEvent;

/// <summary>The program is being started again.</summary>
public sealed record RecoveryBegun(int Number, DateTimeOffset At) : RecoveryEvent;

/// <summary>An attempt has ended.</summary>
public sealed record RecoveryEnded(int Number, RecoveryOutcome Outcome, string Note, DateTimeOffset At) : RecoveryEvent;

/// <summary>The budget is used up.</summary>
public sealed record CircuitOpened(DateTimeOffset Until, DateTimeOffset At) : RecoveryEvent;

/// <summary>There may be restarts again.</summary>
/// <param name="By">Who says so.</param>
/// <param name="Anew">The budget begins anew: a person wants it.</param>
/// <param name="At">When.</param>
public sealed record CircuitClosed(string By, bool Anew, DateTimeOffset At) : RecoveryEvent;

/// <summary>Somebody has paused recovery.</summary>
public sealed record RecoveryPaused(string By, DateTimeOffset At) : RecoveryEvent;

/// <summary>Somebody lets it go on.</summary>
public sealed record RecoveryResumed(string By, DateTimeOffset At) : RecoveryEvent;
