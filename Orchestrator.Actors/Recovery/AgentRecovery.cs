using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

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

    /// <summary>The node that it runs or ran on.</summary>
    public string? Node { get; init; }

    /// <summary>The note that the agent has left last, for whoever gets its work.</summary>
    public HandOverNoted? Left { get; init; }

    /// <summary>What is wrong now.</summary>
    public ImmutableSortedDictionary<string, Trouble> Troubles { get; init; } = ImmutableSortedDictionary.Create<string, Trouble>(StringComparer.Ordinal);

    /// <summary>Who has paused recovery; null while it works.</summary>
    public string? PausedBy { get; init; }

    /// <summary>When attempts were begun lately: what the budget is counted by.</summary>
    public ImmutableList<DateTimeOffset> Starts { get; init; } = [];

    /// <summary>The budget is used up: nothing is tried before this time.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>The cool-down is over, and a trial decides.</summary>
    public bool HalfOpen { get; init; }

    /// <summary>The agent's account is limited.</summary>
    public bool Limited { get; init; }

    /// <summary>Until then, if that is known.</summary>
    public DateTimeOffset? LimitedUntil { get; init; }

    /// <summary>Its attempts, the oldest first; at most the last 100.</summary>
    public ImmutableList<RecoveryAttempt> Attempts { get; init; } = [];

    /// <summary>How each strategy has done.</summary>
    public ImmutableSortedDictionary<RecoveryStrategy, StrategyFigures> Figures { get; init; } = ImmutableSortedDictionary<RecoveryStrategy, StrategyFigures>.Empty;

    /// <summary>The attempt that is under way: never more than one.</summary>
    public RecoveryAttempt? Live => Attempts is [.., { IsLive: true } last] ? last : null;

    /// <summary>Why the agent is down, while it is.</summary>
    public string? Down => Troubles.GetValueOrDefault(Trouble.OfAgent) is { Kind: TroubleKind.Crashed } crash ? crash.Cause : null;

    /// <summary>There has been anything to do.</summary>
    public bool HasHistory => PausedBy is not null || !Troubles.IsEmpty || !Attempts.IsEmpty;

    /// <summary>The number of the next attempt.</summary>
    public int NextNumber => (Attempts is [.., var last] ? last.Number : 0) + 1;

    /// <summary>The supervisor of an agent.</summary>
    public static EntityId Of(AgentName agent) => new(Kind, agent.Value);

    /// <summary>How many attempts were begun in the time before <paramref name="now"/>.</summary>
    public int StartsWithin(TimeSpan window, DateTimeOffset now) => Starts.Count(at => at > now - window);

    /// <summary>What nothing is being done about and something could be, the most urgent first.</summary>
    public IEnumerable<Trouble> Open() => Troubles.Values.Where(static t => t is { Settled: false, Held: false, Awaiting: false }).OrderBy(static t => t.Kind).ThenBy(static t => t.Since);

    /// <summary>What is a gap: an agent that is in trouble itself, and was left to a person.</summary>
    internal ImmutableArray<WatchedCondition> Conditions()
        => Troubles.GetValueOrDefault(Trouble.OfAgent) is { Left: { } left } trouble && Attempts.FindLast(static a => a is { Trouble: Trouble.OfAgent, Outcome: RecoveryOutcome.Notified or RecoveryOutcome.PassedOn }) is { } last
            ? [new WatchedCondition(
                $"down:{last.Number}",
                GapKind.SilentAgent,
                trouble.Since,
                TimeSpan.Zero,
                Agent,
                Task: null,
                Role,
                trouble.Kind == TroubleKind.Crashed ? $"{Agent} is down and is not started again: {left}" : $"{Agent} is in trouble ({trouble.Kind.Words()}) and was left to a person: {left}",
                trouble.Cause)]
            : [];

    /// <summary>The supervisor after <paramref name="e"/>.</summary>
    public AgentRecovery Apply(Event e) => e switch
    {
        AgentDown down => this with { Node = down.Node, Role = down.Role, Troubles = Troubles.SetItem(Trouble.OfAgent, new Trouble(Trouble.OfAgent, TroubleKind.Crashed, down.Reason, Troubles.GetValueOrDefault(Trouble.OfAgent)?.Since ?? down.At)) },
        AgentUp => this with { Troubles = Troubles.Remove(Trouble.OfAgent) },
        TroubleNoted noted => this with { Troubles = Troubles.SetItem(noted.Trouble.Key, noted.Trouble), Role = noted.Trouble.Role ?? Role },
        TroubleEnded ended => this with { Troubles = Troubles.Remove(ended.Key) },
        AgentSeated seated => this with { Node = seated.Node, Role = seated.Role ?? Role },
        LimitNoted limit => this with { Limited = limit.Limited, LimitedUntil = limit.Until, Troubles = limit.Limited ? Troubles : Released() },
        RecoveryPlanned planned => Planned(planned.Attempt),
        RecoveryBegun begun => Changed(begun.Number, a => a with { Outcome = RecoveryOutcome.Begun, At = begun.At }) with { Starts = Counts(begun.Number) ? Kept(Starts.Add(begun.At), RecoveryPolicy.MostBudget) : Starts },
        RecoveryActed acted => Changed(acted.Number, a => a with { Acted = true, Note = acted.Note, At = acted.At }),
        RecoveryEnded ended => Ended(ended),
        CircuitOpened opened => this with { OpenUntil = opened.Until, HalfOpen = false },
        CircuitHalfOpened => this with { OpenUntil = null, HalfOpen = true, Troubles = Released() },
        CircuitClosed closed => this with { OpenUntil = null, HalfOpen = false, Starts = closed.Anew ? [] : Starts, Troubles = Released() },
        HandOverNoted noted => this with { Left = noted },
        HandOverWanted wanted => Changed(wanted.Number, a => a with { AskedUntil = wanted.Until, At = wanted.At }),
        HandOverSettled settled => Changed(settled.Number, a => a with { HandOver = settled.HandOver, At = settled.At }),
        RecoveryPaused paused => this with { PausedBy = paused.By },
        RecoveryResumed => this with { PausedBy = null, Troubles = Released() },
        _ => throw new UnreachableException($"a supervisor has no rule for the event {e.GetType().Name}"),
    };

    private bool Counts(int number) => Attempts.Find(a => a.Number == number)?.Step.Acts ?? false;

    private AgentRecovery Planned(RecoveryAttempt attempt)
    {
        var with = this with { Attempts = Kept(Attempts.Add(attempt), MostKept) };
        if (Troubles.GetValueOrDefault(attempt.Trouble) is not { } trouble)
        {
            return with;
        }

        var left = attempt.Outcome == RecoveryOutcome.Notified ? attempt.Note : null;
        return with with
        {
            Troubles = Troubles.SetItem(attempt.Trouble, attempt switch
            {
                { IsLive: true } => trouble with { Left = null, NotBefore = null },
                { Held: true } => trouble with { Held = true, Left = left },
                _ => trouble with { Step = trouble.Step + 1, Settled = attempt.Last, NotBefore = attempt.Next, Left = left },
            }),
        };
    }

    private AgentRecovery Ended(RecoveryEnded ended)
    {
        if (Attempts.FindLast(a => a.Number == ended.Number) is not { } attempt)
        {
            return this;
        }

        var after = Changed(ended.Number, a => a with { Outcome = ended.Outcome, Note = ended.Note, At = ended.At });
        var known = Figures.GetValueOrDefault(attempt.Strategy) ?? new StrategyFigures(0, 0);
        after = ended.Outcome switch
        {
            RecoveryOutcome.Succeeded => after with { Figures = Figures.SetItem(attempt.Strategy, known with { Succeeded = known.Succeeded + 1 }) },
            RecoveryOutcome.Failed => after with { Figures = Figures.SetItem(attempt.Strategy, known with { Failed = known.Failed + 1 }) },
            _ => after,
        };
        return Troubles.GetValueOrDefault(attempt.Trouble) is not { } trouble ? after : ended.Outcome switch
        {
            RecoveryOutcome.Failed => after with { Troubles = Troubles.SetItem(trouble.Key, trouble with { Step = trouble.Step + 1, Awaiting = false }) },
            RecoveryOutcome.Awaiting => after with { Troubles = Troubles.SetItem(trouble.Key, trouble with { Awaiting = true }) },
            RecoveryOutcome.PassedOn => after with { Troubles = Troubles.SetItem(trouble.Key, trouble with { Step = trouble.Step + 1, Settled = attempt.Last, Left = attempt.Last ? ended.Note : null }) },
            _ => after,
        };
    }

    private AgentRecovery Changed(int number, Func<RecoveryAttempt, RecoveryAttempt> change)
        => Attempts.FindLastIndex(a => a.Number == number) is >= 0 and var at ? this with { Attempts = Attempts.SetItem(at, change(Attempts[at])) } : this;

    private ImmutableSortedDictionary<string, Trouble> Released() => Troubles.SetItems(Troubles.Where(static t => t.Value.Held).Select(static t => KeyValuePair.Create(t.Key, t.Value with { Held = false, Left = null })));

    private static ImmutableList<T> Kept<T>(ImmutableList<T> list, int most) => list.Count > most ? list.RemoveAt(0) : list;
}
