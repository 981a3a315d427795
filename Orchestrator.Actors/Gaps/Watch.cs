using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Gaps;

/// <summary>Something that holds now, and is a gap if it still does when its time is over.</summary>
/// <param name="Key">Names it among those of one owner: the same key is the same matter.</param>
/// <param name="Kind">The kind of gap.</param>
/// <param name="Since">Since when it holds; may lie ahead.</param>
/// <param name="Threshold">For how long it may; null: as configured for the role.</param>
/// <param name="Agent">The agent that it is about.</param>
/// <param name="Task">The task that it is about.</param>
/// <param name="Role">The role whose thresholds hold.</param>
/// <param name="Cause">What is wrong, in words.</param>
/// <param name="Evidence">What shows it.</param>
public sealed record WatchedCondition(string Key, GapKind Kind, DateTimeOffset Since, TimeSpan? Threshold, AgentName? Agent, TaskId? Task, string? Role, string Cause, string Evidence);

/// <summary>A condition that is watched.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Gap">The gap that it has become.</param>
/// <param name="Dismissed">Somebody has closed that gap: it is not opened again.</param>
public sealed record Watched(WatchedCondition Condition, string? Gap, bool Dismissed);

/// <summary>
/// Watches for gaps of one owner, an agent, a task, a chain or a check-in, which tells it with each of its own events what holds now. It needs no look around: reminders say when something
/// has held for too long.
/// </summary>
public sealed record GapWatch
{
    /// <summary>The kind of entity that watches are.</summary>
    public const string Kind = "watch";

    /// <summary>What it watches for, by the names of gaps: the kind and the id of its owner.</summary>
    public required string Owner { get; init; }

    /// <summary>What holds now.</summary>
    public ImmutableSortedDictionary<string, Watched> Conditions { get; init; } = ImmutableSortedDictionary.Create<string, Watched>(StringComparer.Ordinal);

    /// <summary>How many gaps it has opened.</summary>
    public long Opened { get; init; }

    /// <summary>The watch over <paramref name="owner"/>.</summary>
    public static EntityId Over(EntityId owner) => new(Kind, $"{owner.Kind}.{owner.Id}");
}

/// <summary>What a watch can be asked.</summary>
public abstract record WatchCommand : Command;

/// <summary>These conditions hold now, and no others.</summary>
public sealed record Observe(ImmutableArray<WatchedCondition> Conditions) : WatchCommand;

/// <summary>The time of a condition is over (a reminder).</summary>
public sealed record CheckCondition(string Key) : WatchCommand;

/// <summary>Somebody has closed the gap that a condition had become.</summary>
public sealed record DismissCondition(string Key) : WatchCommand;

/// <summary>Something has happened to a watch.</summary>
public abstract record WatchEvent : Event;

/// <summary>Other conditions hold than before.</summary>
public sealed record ConditionsObserved(ImmutableArray<WatchedCondition> Conditions, DateTimeOffset At) : WatchEvent;

/// <summary>A condition has become a gap.</summary>
public sealed record GapRaised(string Key, string Gap, DateTimeOffset At) : WatchEvent;

/// <summary>The gap of a condition was closed by somebody.</summary>
public sealed record ConditionDismissed(string Key, DateTimeOffset At) : WatchEvent;

/// <summary>The rules of a watch.</summary>
/// <param name="settings">After how long something is a gap.</param>
public sealed class WatchBehavior(GapSettings settings) : Behavior<GapWatch>
{
    /// <inheritdoc/>
    public override GapWatch Empty(EntityId id) => new() { Owner = id.Id };

    /// <inheritdoc/>
    public override Effects Decide(GapWatch state, Command command, DecisionContext context) => command switch
    {
        Observe observe => Observing(state, observe.Conditions, context),
        CheckCondition check => Checking(state, check.Key, context),
        DismissCondition dismiss => state.Conditions.GetValueOrDefault(dismiss.Key) is { Gap: not null } ? Effects.Persist(new ConditionDismissed(dismiss.Key, context.Now)) : Effects.None,
        _ => throw new UnreachableException($"a watch has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override GapWatch Apply(GapWatch state, Event e) => e switch
    {
        ConditionsObserved observed => state with
        {
            Conditions = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                observed.Conditions.Select(c => KeyValuePair.Create(c.Key, Same(state, c) is { } known ? known with { Condition = c } : new Watched(c, Gap: null, Dismissed: false)))),
        },
        GapRaised raised => state with { Opened = state.Opened + 1, Conditions = state.Conditions.SetItem(raised.Key, state.Conditions[raised.Key] with { Gap = raised.Gap }) },
        ConditionDismissed dismissed => state with { Conditions = state.Conditions.SetItem(dismissed.Key, state.Conditions[dismissed.Key] with { Gap = null, Dismissed = true }) },
        _ => throw new UnreachableException($"a watch has no rule for the event {e.GetType().Name}"),
    };

    private Effects Observing(GapWatch watch, ImmutableArray<WatchedCondition> conditions, DecisionContext context)
    {
        if (conditions.SequenceEqual(watch.Conditions.Values.Select(static w => w.Condition)))
        {
            return Effects.None;
        }

        // What began anew is over, too: there was a sign of it in between.
        var effects = Effects.Persist(new ConditionsObserved(conditions, context.Now));
        foreach (var (key, known) in watch.Conditions.Where(known => !conditions.Any(c => c.Key == known.Key && c.Since == known.Value.Condition.Since)))
        {
            effects = known.Gap is { } gap ? effects.ThenTell(Gap.Entity(gap), new CloseGap("what caused it is over")) : effects.ThenForget(Reminder(key));
        }

        return conditions.Aggregate(effects, (all, condition) => Arming(watch, condition, all, context));
    }

    private Effects Arming(GapWatch before, WatchedCondition condition, Effects effects, DecisionContext context)
    {
        if (Same(before, condition) is { } known && (known.Gap is not null || known.Dismissed || known.Condition == condition))
        {
            return effects;
        }

        return Due(condition) <= context.Now
            ? Raising(before, condition, effects.ThenForget(Reminder(condition.Key)), context)
            : effects.ThenRemind(Reminder(condition.Key), Due(condition), new CheckCondition(condition.Key));
    }

    private Effects Checking(GapWatch watch, string key, DecisionContext context)
    {
        if (watch.Conditions.GetValueOrDefault(key) is not { Gap: null, Dismissed: false } watched)
        {
            return Effects.None;
        }

        return Due(watched.Condition) <= context.Now
            ? Raising(watch, watched.Condition, Effects.None, context)
            : Effects.None.ThenRemind(Reminder(key), Due(watched.Condition), new CheckCondition(key));
    }

    private static Effects Raising(GapWatch before, WatchedCondition condition, Effects effects, DecisionContext context)
    {
        var number = before.Opened + effects.Events.Count(static e => e is GapRaised) + 1;
        var id = string.Create(CultureInfo.InvariantCulture, $"{before.Owner}.{condition.Kind.Words()}.{number}");
        return effects.ThenPersist(new GapRaised(condition.Key, id, context.Now)).ThenTell(Gap.Entity(id), new OpenGap(condition));
    }

    private DateTimeOffset Due(WatchedCondition condition) => condition.Since + (condition.Threshold ?? settings.For(condition.Role).Of(condition.Kind));

    private static Watched? Same(GapWatch watch, WatchedCondition condition)
        => watch.Conditions.GetValueOrDefault(condition.Key) is { } known && known.Condition.Since == condition.Since ? known : null;

    private static string Reminder(string key) => $"gap:{key}";
}
