namespace Orchestrator.Actors.Recovery;

/// <summary>How far an attempt to recover an agent has come.</summary>
public enum RecoveryOutcome
{
    /// <summary>Its pause is not over.</summary>
    Planned,

    /// <summary>It is being made.</summary>
    Begun,

    /// <summary>What was wrong was seen to be gone.</summary>
    Succeeded,

    /// <summary>What was wrong came back, or did not go away in time.</summary>
    Failed,

    /// <summary>It was over before, a person was quicker, or something worse came between.</summary>
    Cancelled,

    /// <summary>It was left to a person.</summary>
    Notified,

    /// <summary>Nothing was done.</summary>
    Skipped,

    /// <summary>It was only put on record what would have been done.</summary>
    DryRun,

    /// <summary>It was done; the end of the task decides whether it has helped.</summary>
    Awaiting,

    /// <summary>The tasks of the agent were given to others; what is wrong with it is not mended by that.</summary>
    PassedOn,
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
    /// <summary>The trouble that it is for.</summary>
    public string Trouble { get; init; } = Recovery.Trouble.OfAgent;

    /// <summary>What kind of trouble that is.</summary>
    public TroubleKind Kind { get; init; } = TroubleKind.Crashed;

    /// <summary>Which program, webhook, profile or model.</summary>
    public string? Argument { get; init; }

    /// <summary>It was not the ladder that decided: recovery is paused, or the budget used up.</summary>
    public bool Held { get; init; }

    /// <summary>No other step of the ladder follows.</summary>
    public bool Last { get; init; }

    /// <summary>The next step, if there is one, is not taken before this time.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>What was to be done is done; whether it has helped is still to be seen.</summary>
    public bool Acted { get; init; }

    /// <summary>Until when the agent is waited for, that was asked for a note before its work goes to somebody else; null if it was not asked.</summary>
    public DateTimeOffset? AskedUntil { get; init; }

    /// <summary>Whether the work went to somebody else with a note of the agent's or without, and why; null while it has not gone.</summary>
    public string? HandOver { get; init; }

    /// <summary>It has been asked for a note, and is waited for.</summary>
    public bool Asks => IsLive && AskedUntil is not null && HandOver is null;

    /// <summary>The step of the ladder that it is.</summary>
    public RecoveryStep Step => new(Strategy, Argument);

    /// <summary>It is under way.</summary>
    public bool IsLive => Outcome is RecoveryOutcome.Planned or RecoveryOutcome.Begun;
}

/// <summary>How a strategy has done.</summary>
/// <param name="Succeeded">How often what was wrong was seen to be gone.</param>
/// <param name="Failed">How often it was not.</param>
public sealed record StrategyFigures(int Succeeded, int Failed);
