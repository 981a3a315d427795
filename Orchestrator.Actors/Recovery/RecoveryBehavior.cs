using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>The rules of a supervisor: by a ladder, with pauses that grow, within a budget, one attempt at a time.</summary>
/// <param name="settings">What is done for agents of which role.</param>
public sealed class RecoveryBehavior(RecoverySettings settings) : Behavior<AgentRecovery>
{
    private const string BeginReminder = "begin";
    private const string GiveUpReminder = "give-up";
    private const string CircuitReminder = "circuit";

    /// <inheritdoc/>
    public override AgentRecovery Empty(EntityId id) => new() { Agent = AgentName.Parse(id.Id) };

    /// <inheritdoc/>
    public override Effects Decide(AgentRecovery state, Command command, DecisionContext context)
    {
        var effects = Deciding(state, command, context);
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, After(state, effects), static recovery => recovery.Conditions(), effects);
    }

    /// <inheritdoc/>
    public override AgentRecovery Apply(AgentRecovery state, Event e) => e switch
    {
        AgentDown down => state with { Node = down.Node, Role = down.Role, Down = down.Reason, DownSince = state.DownSince ?? down.At },
        AgentUp => state with { Down = null, DownSince = null },
        RecoveryPlanned planned => state.With(planned.Attempt),
        RecoveryBegun begun => state with
        {
            Starts = state.Starts.Count < RecoveryPolicy.MostBudget ? state.Starts.Add(begun.At) : state.Starts.RemoveAt(0).Add(begun.At),
            Attempts = state.Attempts.SetItem(state.Attempts.Count - 1, state.Attempts[^1] with { Outcome = RecoveryOutcome.Begun, At = begun.At }),
        },
        RecoveryEnded ended => state.Ended(ended),
        CircuitOpened opened => state with { OpenUntil = opened.Until },
        CircuitClosed closed => state with { OpenUntil = null, Starts = closed.Anew ? [] : state.Starts, Failures = 0 },
        RecoveryPaused paused => state with { PausedBy = paused.By },
        RecoveryResumed => state with { PausedBy = null },
        _ => throw new UnreachableException($"a supervisor has no rule for the event {e.GetType().Name}"),
    };

    private Effects Deciding(AgentRecovery recovery, Command command, DecisionContext context) => command switch
    {
        NoteCrash crash => Crashing(recovery, crash, context),
        NoteUp => Rising(recovery, context),
        NoteWish wish => Wishing(recovery, wish, context),
        BeginRecovery begin => recovery.Live is { Outcome: RecoveryOutcome.Planned } live && live.Number == begin.Number ? Beginning(recovery, live, context) : Effects.None,
        GiveUpRecovery give => recovery.Live is { Outcome: RecoveryOutcome.Begun } live && live.Number == give.Number ? Planning(recovery, Ending(live, RecoveryOutcome.Failed, "it was not at its prompt in time", context), context) : Effects.None,
        CloseCircuit => recovery.OpenUntil is { } until && until <= context.Now ? Planning(recovery, Effects.Persist(new CircuitClosed("its cool-down is over", Anew: false, context.Now)), context) : Effects.None,
        PauseRecovery when recovery.PausedBy is not null => Effects.None,
        PauseRecovery => Pausing(recovery, context),
        ResumeRecovery => Resuming(recovery, context),
        _ => throw new UnreachableException($"a supervisor has no rule for {command.GetType().Name}"),
    };

    private Effects Crashing(AgentRecovery recovery, NoteCrash crash, DecisionContext context)
    {
        var effects = Effects.Persist(new AgentDown(crash.Node, crash.Role, crash.Reason, context.Now));
        return recovery.Live switch
        {
            { Outcome: RecoveryOutcome.Planned } => effects,
            { } live => Planning(recovery, effects.Then(Ending(live, RecoveryOutcome.Failed, crash.Reason, context)), context),
            null => Planning(recovery, effects, context),
        };
    }

    private static Effects Rising(AgentRecovery recovery, DecisionContext context)
    {
        var effects = recovery.Down is null ? Effects.None : Effects.Persist(new AgentUp("it is at its prompt", context.Now));
        if (recovery.Live is not { } live)
        {
            return effects;
        }

        // One that was only planned had no part in it.
        var begun = live.Outcome == RecoveryOutcome.Begun;
        effects = effects.Then(Ending(live, begun ? RecoveryOutcome.Succeeded : RecoveryOutcome.Cancelled, "it is at its prompt", context));
        return begun && live.Strategy == RecoveryStrategy.RestartRebrief ? effects.ThenTell(recovery.Agent.Entity, new Rebrief(Prompt: null)) : effects;
    }

    private static Effects Wishing(AgentRecovery recovery, NoteWish wish, DecisionContext context)
    {
        if (wish.By == Sender.Entity(context.Self).Value)
        {
            return Effects.None;
        }

        var effects = recovery.Down is null ? Effects.None : Effects.Persist(new AgentUp($"{(wish.Runs ? "started" : "stopped")} by {wish.By}", context.Now));
        return recovery.Live is { } live ? effects.Then(Ending(live, RecoveryOutcome.Cancelled, $"{(wish.Runs ? "started" : "stopped")} by {wish.By}", context)) : effects;
    }

    /// <summary>After <paramref name="effects"/>, what the policy says is planned, if the agent is down.</summary>
    private Effects Planning(AgentRecovery before, Effects effects, DecisionContext context)
    {
        var recovery = After(before, effects);
        if (recovery.Down is not { } cause || recovery.Live is not null)
        {
            return effects;
        }

        var policy = settings.For(recovery.Role);
        var number = (recovery.Attempts is [.., var last] ? last.Number : 0) + 1;
        var strategy = policy.Step(recovery.Failures);
        RecoveryAttempt Noted(RecoveryOutcome outcome, string note) => new(number, strategy, cause, context.Now, outcome, note, context.Now);

        if (recovery.PausedBy is { } paused)
        {
            return effects.ThenPersist(new RecoveryPlanned(Noted(RecoveryOutcome.Skipped, $"recovery is paused by {paused}")));
        }

        if (recovery.OpenUntil is { } open && open > context.Now)
        {
            return effects.ThenPersist(new RecoveryPlanned(Noted(RecoveryOutcome.Notified, Spent(policy, open))));
        }

        if (strategy is RecoveryStrategy.Notify or RecoveryStrategy.Skip)
        {
            return effects.ThenPersist(new RecoveryPlanned(strategy == RecoveryStrategy.Notify ? Noted(RecoveryOutcome.Notified, "its policy leaves it to a person") : Noted(RecoveryOutcome.Skipped, "its policy does nothing")));
        }

        if (policy.DryRun)
        {
            return effects.ThenPersist(new RecoveryPlanned(Noted(RecoveryOutcome.DryRun, $"{strategy.Words()} would be tried after {policy.Pause(recovery.Failures)}")));
        }

        if (recovery.StartsWithin(policy.Window, context.Now) >= policy.Budget)
        {
            var until = context.Now + policy.CoolDown;
            return effects.ThenPersist(new CircuitOpened(until, context.Now), new RecoveryPlanned(Noted(RecoveryOutcome.Notified, Spent(policy, until)))).ThenRemind(CircuitReminder, until, new CloseCircuit());
        }

        var due = context.Now + policy.Pause(recovery.Failures);
        return effects.ThenPersist(new RecoveryPlanned(new RecoveryAttempt(number, strategy, cause, due, RecoveryOutcome.Planned, Note: null, context.Now))).ThenRemind(BeginReminder, due, new BeginRecovery(number));
    }

    private Effects Beginning(AgentRecovery recovery, RecoveryAttempt live, DecisionContext context)
        => Effects.Persist(new RecoveryBegun(live.Number, context.Now))
            .ThenTell(recovery.Agent.Entity, new Start(recovery.Node!, live.Strategy == RecoveryStrategy.RestartRebrief ? StartMode.Fresh : StartMode.Auto))
            .ThenRemind(GiveUpReminder, context.Now + settings.For(recovery.Role).ReadyWithin, new GiveUpRecovery(live.Number));

    private static Effects Pausing(AgentRecovery recovery, DecisionContext context)
    {
        var effects = Effects.Persist(new RecoveryPaused(context.Sender.Value, context.Now));
        return recovery.Live is { Outcome: RecoveryOutcome.Planned } live ? effects.Then(Ending(live, RecoveryOutcome.Cancelled, $"paused by {context.Sender}", context)) : effects;
    }

    private Effects Resuming(AgentRecovery recovery, DecisionContext context)
    {
        var effects = recovery.PausedBy is null ? Effects.None : Effects.Persist(new RecoveryResumed(context.Sender.Value, context.Now));
        effects = recovery.OpenUntil is null ? effects : effects.ThenPersist(new CircuitClosed(context.Sender.Value, Anew: true, context.Now)).ThenForget(CircuitReminder);
        return effects.Events.IsEmpty ? effects : Planning(recovery, effects, context);
    }

    private static Effects Ending(RecoveryAttempt live, RecoveryOutcome outcome, string note, DecisionContext context)
        => Effects.Persist(new RecoveryEnded(live.Number, outcome, note, context.Now)).ThenForget(BeginReminder).ThenForget(GiveUpReminder);

    private static string Spent(RecoveryPolicy policy, DateTimeOffset until)
        => string.Create(CultureInfo.InvariantCulture, $"it was started {policy.Budget} times within {policy.Window}; nothing more before {until:O}, unless somebody says so");

    private AgentRecovery After(AgentRecovery recovery, Effects effects) => effects.Events.Aggregate(recovery, Apply);
}

/// <summary>Folds the events of supervisors into their rows.</summary>
public sealed class RecoveryProjection : Projection<AgentRecovery>
{
    private readonly RecoveryBehavior _behavior = new(RecoverySettings.Default);

    /// <inheritdoc/>
    public override string Name => AgentRecovery.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [AgentRecovery.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is RecoveryEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override AgentRecovery? Fold(string key, AgentRecovery? current, EventEnvelope e)
        => e.Event is RecoveryEvent recovery ? _behavior.Apply(current ?? _behavior.Empty(e.Entity), recovery) : current;
}
