using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Actors.Recovery;

/// <summary>What can be wrong with an agent or its work; the first is dealt with first.</summary>
public enum TroubleKind
{
    /// <summary>Its program ended by itself and not well, or could not be started.</summary>
    Crashed,

    /// <summary>Its program counts as hung by the limits of its profile.</summary>
    Hung,

    /// <summary>It is not signed in.</summary>
    AuthRequired,

    /// <summary>Its node is lost.</summary>
    NodeLost,

    /// <summary>It has met a usage limit.</summary>
    RateLimited,

    /// <summary>Its last turn ended in an error.</summary>
    TurnFailed,

    /// <summary>An execution of a task has failed.</summary>
    FailedExecution,

    /// <summary>An execution takes too long.</summary>
    LongRunning,

    /// <summary>A task is in progress without a sign of it.</summary>
    NoProgress,

    /// <summary>Nothing is heard of it while it should be at work.</summary>
    SilentAgent,

    /// <summary>It asks something, and nobody answers.</summary>
    DialogUnanswered,

    /// <summary>A message has not reached its program.</summary>
    UnreadMessage,

    /// <summary>What was expected of it has not begun.</summary>
    Missing,

    /// <summary>It does not begin the next task of a chain.</summary>
    Timing,

    /// <summary>A check-in has not reached it.</summary>
    CheckinMissed,

    /// <summary>What is said of its task does not fit what is seen.</summary>
    Contradictory,

    /// <summary>It leads a team that has been idle for too long.</summary>
    IdleTeam,
}

/// <summary>Something that is wrong, until it is seen to be over.</summary>
/// <param name="Key">Names it among those of one agent: <see cref="OfAgent"/>, <c>task:ID</c>, <c>gap:ID</c> or <c>team:NAME</c>.</param>
/// <param name="Kind">What.</param>
/// <param name="Cause">In words.</param>
/// <param name="Since">Since when.</param>
public sealed record Trouble(string Key, TroubleKind Kind, string Cause, DateTimeOffset Since)
{
    /// <summary>The key of what is wrong with the agent itself: one thing at a time.</summary>
    public const string OfAgent = "agent";

    /// <summary>The role whose policy holds; null for that of the agent.</summary>
    public string? Role { get; init; }

    /// <summary>Where the agent works, for whoever takes over.</summary>
    public string? Place { get; init; }

    /// <summary>The task that it is about.</summary>
    public TaskId? Task { get; init; }

    /// <summary>The execution of that task.</summary>
    public int? Execution { get; init; }

    /// <summary>The gap that it is.</summary>
    public string? Gap { get; init; }

    /// <summary>For a limit: when it ends, if that is known.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The placement of the agent that it was seen on.</summary>
    public long Generation { get; init; }

    /// <summary>How far up the ladder it stands: from 0.</summary>
    public int Step { get; init; }

    /// <summary>Nothing more is done until it is over, or begins anew.</summary>
    public bool Settled { get; init; }

    /// <summary>Nothing is done until recovery goes on: it is paused, its budget is used up, or its account is limited.</summary>
    public bool Held { get; init; }

    /// <summary>Something was done, and the end of its task decides whether that has helped.</summary>
    public bool Awaiting { get; init; }

    /// <summary>The next step is not taken before this time.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Why it was left to a person, if it was.</summary>
    public string? Left { get; init; }

    /// <summary>The key of what is wrong with a task.</summary>
    public static string OfTask(TaskId task) => $"task:{task}";

    /// <summary>The key of a gap.</summary>
    public static string OfGap(string gap) => $"gap:{gap}";

    /// <summary>The kind of trouble that a gap of this kind is; null for those that are heard of in another way.</summary>
    public static TroubleKind? KindOf(GapKind gap) => gap switch
    {
        GapKind.LongRunning => TroubleKind.LongRunning,
        GapKind.NoProgress => TroubleKind.NoProgress,
        GapKind.SilentAgent => TroubleKind.SilentAgent,
        GapKind.DialogUnanswered => TroubleKind.DialogUnanswered,
        GapKind.UnreadMessage => TroubleKind.UnreadMessage,
        GapKind.Missing => TroubleKind.Missing,
        GapKind.Timing => TroubleKind.Timing,
        GapKind.CheckinMissed => TroubleKind.CheckinMissed,
        GapKind.Contradictory => TroubleKind.Contradictory,
        GapKind.Failed or GapKind.IdleTeam => null,

        // The rules of a team deal with these: its lead is told, or a person.
        GapKind.Unacknowledged or GapKind.Blocked or GapKind.EndlessTalk or GapKind.RefusedFiles or GapKind.EndlessReview => null,
        _ => throw new System.Diagnostics.UnreachableException($"no trouble for {gap}"),
    };

    /// <summary>The kind of trouble that an agent is in while it is seen like this; null if it is in none.</summary>
    public static TroubleKind? KindOf(AgentActivity activity) => activity switch
    {
        AgentActivity.Hung => TroubleKind.Hung,
        AgentActivity.AuthRequired => TroubleKind.AuthRequired,
        AgentActivity.NodeLost => TroubleKind.NodeLost,
        AgentActivity.RateLimited => TroubleKind.RateLimited,
        AgentActivity.TurnFailed => TroubleKind.TurnFailed,
        _ => null,
    };
}
