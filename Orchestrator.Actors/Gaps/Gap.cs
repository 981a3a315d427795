using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Gaps;

/// <summary>What is not as it should be.</summary>
public enum GapKind
{
    /// <summary>Something that was expected has not begun.</summary>
    Missing,

    /// <summary>In one chain of tasks of one agent, too long between the end of one and the start of the next.</summary>
    Timing,

    /// <summary>An execution has failed, and nobody has dealt with it.</summary>
    Failed,

    /// <summary>An execution takes longer than it should.</summary>
    LongRunning,

    /// <summary>Nothing is heard of an agent that should be at work.</summary>
    SilentAgent,

    /// <summary>A message has not reached the program of its agent.</summary>
    UnreadMessage,

    /// <summary>An agent asks something, and nobody answers.</summary>
    DialogUnanswered,

    /// <summary>A check-in has not reached its agent.</summary>
    CheckinMissed,

    /// <summary>A task is in progress without a sign of it.</summary>
    NoProgress,

    /// <summary>What is said does not fit what is seen.</summary>
    Contradictory,

    /// <summary>Nobody of a team is at work.</summary>
    IdleTeam,

    /// <summary>An assignment has reached a member of a team, and it has not said that it has it.</summary>
    Unacknowledged,

    /// <summary>A member of a team cannot go on, and says so.</summary>
    Blocked,

    /// <summary>Two agents go on answering each other, and were stopped.</summary>
    EndlessTalk,

    /// <summary>Files of a member were kept out of a commit.</summary>
    RefusedFiles,

    /// <summary>A reviewer sends a task back again and again.</summary>
    EndlessReview,
}

/// <summary>How bad a gap is.</summary>
public enum GapSeverity
{
    /// <summary>To be known.</summary>
    Info,

    /// <summary>To be looked at.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Error,

    /// <summary>Somebody is needed now.</summary>
    Critical,
}

/// <summary>What was tried against a gap.</summary>
/// <param name="Strategy">What: retry, restart, notify or another word.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="By">Who tried it.</param>
/// <param name="At">When.</param>
public sealed record GapCure(string Strategy, string Outcome, string By, DateTimeOffset At);

/// <summary>One gap: the state that its events add up to, and the row of the view <c>gaps</c>, listed as open or closed.</summary>
public sealed record Gap
{
    /// <summary>The kind of entity that gaps are.</summary>
    public const string EntityKind = "gap";

    /// <summary>The name of the view.</summary>
    public const string ViewName = "gaps";

    /// <summary>Those that are open.</summary>
    public const string OpenPartition = "open";

    /// <summary>Those that are closed.</summary>
    public const string ClosedPartition = "closed";

    /// <summary>Its id: what it is about, what is wrong there, and a number.</summary>
    public required string Id { get; init; }

    /// <summary>What was seen; null: it has never been opened.</summary>
    public WatchedCondition? Condition { get; init; }

    /// <summary>Who watches for it.</summary>
    public EntityId Watch { get; init; }

    /// <summary>How bad it is.</summary>
    public GapSeverity Severity { get; init; }

    /// <summary>When it was found.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>What was tried against it; at most the last 50.</summary>
    public ImmutableList<GapCure> Cures { get; init; } = [];

    /// <summary>Who closed it; null while it is open.</summary>
    public string? ClosedBy { get; init; }

    /// <summary>Why.</summary>
    public string? ClosedBecause { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>It has been opened and not closed.</summary>
    public bool IsOpen => Condition is not null && ClosedAt is null;

    /// <summary>The entity of the gap <paramref name="id"/>.</summary>
    public static EntityId Entity(string id) => new(EntityKind, id);

    /// <summary>How bad a gap of this kind is.</summary>
    public static GapSeverity SeverityOf(GapKind kind) => kind switch
    {
        GapKind.IdleTeam => GapSeverity.Critical,
        GapKind.Failed or GapKind.SilentAgent or GapKind.Contradictory => GapSeverity.Error,
        _ => GapSeverity.Warning,
    };
}

/// <summary>What a gap can be asked.</summary>
public abstract record GapCommand : Command;

/// <summary>It has been found.</summary>
public sealed record OpenGap(WatchedCondition Condition) : GapCommand;

/// <summary>It is over, or nobody minds it.</summary>
public sealed record CloseGap(string Because) : GapCommand;

/// <summary>Something was tried against it.</summary>
public sealed record NoteCure(string Strategy, string Outcome) : GapCommand;

/// <summary>Something has happened to a gap.</summary>
public abstract record GapEvent : Event;

/// <summary>It was found.</summary>
public sealed record GapOpened(WatchedCondition Condition, GapSeverity Severity, string Watch, DateTimeOffset At) : GapEvent;

/// <summary>Something was tried against it.</summary>
public sealed record CureTried(GapCure Cure) : GapEvent;

/// <summary>It is over.</summary>
public sealed record GapClosed(string By, string Because, DateTimeOffset At) : GapEvent;

/// <summary>The rules of a gap.</summary>
public sealed class GapBehavior : Behavior<Gap>
{
    private const int MostCures = 50;

    /// <inheritdoc/>
    public override Gap Empty(EntityId id) => new() { Id = id.Id };

    /// <inheritdoc/>
    public override Effects Decide(Gap state, Command command, DecisionContext context) => command switch
    {
        OpenGap when state.Condition is not null => Effects.None,
        OpenGap open => GapNews.Opened(state.Id, open.Condition, context, Effects.Persist(new GapOpened(open.Condition, Gap.SeverityOf(open.Condition.Kind), context.Sender.Value, context.Now))),
        GapCommand when state.Condition is null => Effects.Refuse(RefusalCodes.NotFound, $"there is no gap {state.Id}: 'orc gap ls' shows those there are"),
        CloseGap when !state.IsOpen => Effects.None,
        CloseGap close => Closing(state, close, context),
        NoteCure when !state.IsOpen => Effects.Refuse(RefusalCodes.IllegalState, $"the gap {state.Id} is closed"),
        NoteCure cure => Effects.Persist(new CureTried(new GapCure(cure.Strategy, cure.Outcome, context.Sender.Value, context.Now))),
        _ => throw new UnreachableException($"a gap has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Gap Apply(Gap state, Event e) => e switch
    {
        GapOpened opened => state with { Condition = opened.Condition, Severity = opened.Severity, Watch = EntityId.Parse(opened.Watch), OpenedAt = opened.At },
        CureTried tried => state with { Cures = state.Cures.Count < MostCures ? state.Cures.Add(tried.Cure) : state.Cures.RemoveAt(0).Add(tried.Cure) },
        GapClosed closed => state with { ClosedBy = closed.By, ClosedBecause = closed.Because, ClosedAt = closed.At },
        _ => throw new UnreachableException($"a gap has no rule for the event {e.GetType().Name}"),
    };

    // Who watches for it closes it when it is over. If somebody else does, whoever watches must not open it again for the same cause.
    private static Effects Closing(Gap state, CloseGap close, DecisionContext context)
    {
        var effects = GapNews.Closed(state, close.Because, Effects.Persist(new GapClosed(context.Sender.Value, close.Because, context.Now)));
        return context.Sender == Sender.Entity(state.Watch) ? effects : effects.ThenTell(state.Watch, new DismissCondition(state.Condition!.Key));
    }
}

/// <summary>Folds the events of gaps into their rows.</summary>
public sealed class GapProjection : Projection<Gap>
{
    private readonly GapBehavior _behavior = new();

    /// <inheritdoc/>
    public override string Name => Gap.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [Gap.EntityKind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is GapEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, Gap value) => value.IsOpen ? Gap.OpenPartition : Gap.ClosedPartition;

    /// <inheritdoc/>
    public override Gap? Fold(string key, Gap? current, EventEnvelope e)
        => e.Event is GapEvent gap ? _behavior.Apply(current ?? _behavior.Empty(e.Entity), gap) : current;
}
