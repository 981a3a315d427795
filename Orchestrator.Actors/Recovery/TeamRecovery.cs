using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>Whether a member of a team is at work.</summary>
public enum TeamPresence
{
    /// <summary>It has no program.</summary>
    Away,

    /// <summary>Its program is there, and not at work.</summary>
    Idle,

    /// <summary>It is at work.</summary>
    Busy,
}

/// <summary>Whether a member of a team has tasks to do.</summary>
public enum TeammateWork
{
    /// <summary>It has never had one.</summary>
    None,

    /// <summary>It has.</summary>
    Open,

    /// <summary>All that it had are over.</summary>
    Done,
}

/// <summary>A member of a team.</summary>
/// <param name="Role">Its role.</param>
/// <param name="ReportsTo">Whom it reports to.</param>
/// <param name="Presence">Whether it is at work.</param>
public sealed record Teammate(string Role, AgentName? ReportsTo, TeamPresence Presence)
{
    /// <summary>Whether it has tasks to do.</summary>
    public TeammateWork Work { get; init; }

    /// <summary>Something has been wanted of it: a task, a message, or a turn.</summary>
    public bool HasBegun { get; init; }

    /// <summary>It waits for a person, who is to answer a question of it or to review what it has done.</summary>
    public bool Awaits { get; init; }
}

/// <summary>What is done about a team that is idle, one after the other.</summary>
public enum TeamStep
{
    /// <summary>Its lead is told.</summary>
    Remind,

    /// <summary>It is a critical gap.</summary>
    Critical,

    /// <summary>It is handed to the supervisor of its lead.</summary>
    RestartLead,
}

/// <summary>One step that was taken.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Step">What.</param>
/// <param name="Outcome">Begun; succeeded once somebody is at work; cancelled; or skipped.</param>
/// <param name="Note">In words.</param>
/// <param name="At">When.</param>
public sealed record TeamAttempt(int Number, TeamStep Step, RecoveryOutcome Outcome, string Note, DateTimeOffset At);

/// <summary>
/// The supervisor of a team, which is a name that agents carry (<c>team</c> in their metadata). Idle is a team of which somebody is there and nobody at work, unless all tasks that it had are over, one of it waits for a person, or nobody has wanted anything of it yet. It touches no agent itself: what becomes of the lead's
/// program is left to the lead's own supervisor, so that no agent is ever recovered by two.
/// </summary>
public sealed record TeamRecovery
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "team_recovery";

    /// <summary>The name of the view.</summary>
    public const string ViewName = "team_recoveries";

    /// <summary>How the supervisor of a team is named where agents are named too.</summary>
    public const string Prefix = "team:";

    private const int LongestName = 60;
    private const int MostKept = 100;

    /// <summary>The team.</summary>
    public required string Team { get; init; }

    /// <summary>Who is in it.</summary>
    public ImmutableSortedDictionary<string, Teammate> Members { get; init; } = ImmutableSortedDictionary.Create<string, Teammate>(StringComparer.Ordinal);

    /// <summary>Since when nobody is at work; null while somebody is, or nobody is there.</summary>
    public DateTimeOffset? IdleSince { get; init; }

    /// <summary>When each step was taken last: the cool-down runs from then on.</summary>
    public ImmutableSortedDictionary<TeamStep, DateTimeOffset> Taken { get; init; } = ImmutableSortedDictionary<TeamStep, DateTimeOffset>.Empty;

    /// <summary>Who has paused it.</summary>
    public string? PausedBy { get; init; }

    /// <summary>What was done, the oldest first; at most the last 100.</summary>
    public ImmutableList<TeamAttempt> Attempts { get; init; } = [];

    /// <summary>How each step has done.</summary>
    public ImmutableSortedDictionary<TeamStep, StrategyFigures> Figures { get; init; } = ImmutableSortedDictionary<TeamStep, StrategyFigures>.Empty;

    /// <summary>The step of this idleness that was taken last.</summary>
    public TeamAttempt? Live => Attempts is [.., { Outcome: RecoveryOutcome.Begun } last] ? last : null;

    /// <summary>Who leads it: the one that most others report to, else the first project manager or orchestrator that is there, else the first that is.</summary>
    public AgentName? Lead
    {
        get
        {
            var chosen = Members.Values.Select(static m => m.ReportsTo?.Value).OfType<string>().Where(Members.ContainsKey)
                .GroupBy(static name => name, StringComparer.Ordinal).OrderByDescending(static g => g.Count()).ThenBy(static g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key
                ?? Members.Where(static m => m.Value.Presence != TeamPresence.Away).OrderBy(static m => m.Value.Role is "project_manager" or "orchestrator" ? 0 : 1).ThenBy(static m => m.Key, StringComparer.Ordinal).Select(static m => m.Key).FirstOrDefault();
            return chosen is null ? null : AgentName.Parse(chosen);
        }
    }

    /// <summary>It has had tasks, and all of them are over: nobody needs to be at work.</summary>
    public bool IsFinished => Members.Values.Any(static m => m.Work == TeammateWork.Done) && Members.Values.All(static m => m.Work != TeammateWork.Open);

    /// <summary>One of it waits for a person.</summary>
    public bool AwaitsPerson => Members.Values.Any(static m => m.Awaits);

    /// <summary>Somebody is there, nobody at work, it has begun and not finished, and none of it waits for a person.</summary>
    public bool IsIdle => !IsFinished && !AwaitsPerson && Members.Values.Any(static m => m.HasBegun) && Members.Values.Any(static m => m.Presence == TeamPresence.Idle) && Members.Values.All(static m => m.Presence != TeamPresence.Busy);

    /// <summary>The supervisor of a team.</summary>
    public static EntityId Of(string team) => new(Kind, team);

    /// <summary>The supervisor of a team; false for a name that cannot be one: 1 to 60 letters, digits and <c>- _ .</c>.</summary>
    public static bool TryOf(string team, out EntityId entity)
    {
        var valid = team.Length is > 0 and <= LongestName && team.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        entity = valid ? Of(team) : default;
        return valid;
    }

    /// <summary>The supervisor after <paramref name="e"/>.</summary>
    public TeamRecovery Apply(Event e) => e switch
    {
        TeammateNoted { Member: { } member } noted => this with { Members = Members.SetItem(noted.Agent.Value, member) },
        TeammateNoted noted => this with { Members = Members.Remove(noted.Agent.Value) },
        TeamIdled idled => this with { IdleSince = idled.At },
        TeamAwoke => this with { IdleSince = null },
        TeamStepTaken taken => this with
        {
            Taken = taken.Attempt.Outcome == RecoveryOutcome.Begun ? Taken.SetItem(taken.Attempt.Step, taken.Attempt.At) : Taken,
            Attempts = Attempts.Count < MostKept ? Attempts.Add(taken.Attempt) : Attempts.RemoveAt(0).Add(taken.Attempt),
        },
        TeamStepEnded ended => Ended(ended),
        TeamRecoveryPaused paused => this with { PausedBy = paused.By },
        TeamRecoveryResumed => this with { PausedBy = null },
        _ => throw new UnreachableException($"the supervisor of a team has no rule for the event {e.GetType().Name}"),
    };

    /// <summary>What is a gap: a team that has been idle for so long that it is critical.</summary>
    internal ImmutableArray<WatchedCondition> Conditions()
        => IdleSince is { } since && Attempts.FindLast(static a => a.Step == TeamStep.Critical && a.Outcome != RecoveryOutcome.Skipped) is { } critical && critical.At >= since
            ? [new WatchedCondition($"idle:{critical.Number}", GapKind.IdleTeam, since, TimeSpan.Zero, Lead, Task: null, Role: null, $"nobody of team {Team} is at work", $"{Members.Count} are in it, idle since {since:O}")]
            : [];

    private TeamRecovery Ended(TeamStepEnded ended)
    {
        var at = Attempts.FindLastIndex(a => a.Number == ended.Number);
        if (at < 0)
        {
            return this;
        }

        var attempt = Attempts[at];
        var known = Figures.GetValueOrDefault(attempt.Step) ?? new StrategyFigures(0, 0);
        return this with
        {
            Attempts = Attempts.SetItem(at, attempt with { Outcome = ended.Outcome, Note = ended.Note, At = attempt.At }),
            Figures = ended.Outcome switch
            {
                RecoveryOutcome.Succeeded => Figures.SetItem(attempt.Step, known with { Succeeded = known.Succeeded + 1 }),
                RecoveryOutcome.Failed => Figures.SetItem(attempt.Step, known with { Failed = known.Failed + 1 }),
                _ => Figures,
            },
        };
    }
}

/// <summary>An agent is in the team, is seen otherwise than before, or is in it no more.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Member">What it is there; null: it has left.</param>
public sealed record NoteTeammate(AgentName Agent, Teammate? Member) : RecoveryCommand;

/// <summary>The team has been idle for long enough for a step (a reminder).</summary>
/// <param name="Step">The step.</param>
/// <param name="Since">Since when it was idle then.</param>
public sealed record TakeTeamStep(TeamStep Step, DateTimeOffset Since) : RecoveryCommand;

/// <summary>Something has happened to the supervisor of a team.</summary>
public abstract record TeamRecoveryEvent : Event;

/// <summary>Who is in it, and whether at work.</summary>
public sealed record TeammateNoted(AgentName Agent, Teammate? Member, DateTimeOffset At) : TeamRecoveryEvent;

/// <summary>Nobody is at work any more.</summary>
public sealed record TeamIdled(DateTimeOffset At) : TeamRecoveryEvent;

/// <summary>Somebody is at work again, or nobody is there.</summary>
public sealed record TeamAwoke(string Because, DateTimeOffset At) : TeamRecoveryEvent;

/// <summary>A step was taken, or it was put on record why not.</summary>
public sealed record TeamStepTaken(TeamAttempt Attempt) : TeamRecoveryEvent;

/// <summary>What came of a step.</summary>
public sealed record TeamStepEnded(int Number, RecoveryOutcome Outcome, string Note, DateTimeOffset At) : TeamRecoveryEvent;

/// <summary>Somebody has paused it.</summary>
public sealed record TeamRecoveryPaused(string By, DateTimeOffset At) : TeamRecoveryEvent;

/// <summary>Somebody lets it go on.</summary>
public sealed record TeamRecoveryResumed(string By, DateTimeOffset At) : TeamRecoveryEvent;

/// <summary>Folds the events of the supervisors of teams into their rows.</summary>
public sealed class TeamRecoveryProjection : Projection<TeamRecovery>
{
    /// <inheritdoc/>
    public override string Name => TeamRecovery.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [TeamRecovery.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is TeamRecoveryEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override TeamRecovery? Fold(string key, TeamRecovery? current, EventEnvelope e)
        => e.Event is TeamRecoveryEvent recovery ? (current ?? new TeamRecovery { Team = e.Entity.Id }).Apply(recovery) : current;
}
