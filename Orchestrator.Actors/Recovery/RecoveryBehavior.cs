using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>
/// The rules of a supervisor: what it hears, and what that means for the attempt that is under way. What is tried next is in <see cref="RecoveryPlanning"/>, how in <see cref="RecoveryActs"/>.
/// An attempt has succeeded only when what it was begun for was seen to be gone.
/// </summary>
/// <param name="settings">What is done for agents of which role.</param>
public sealed class RecoveryBehavior(RecoverySettings settings) : Behavior<AgentRecovery>
{
    private const string WorkerPrefix = "worker:";

    private readonly RecoveryPlanning _planning = new(settings);

    /// <inheritdoc/>
    public override AgentRecovery Empty(EntityId id) => new() { Agent = AgentName.Parse(id.Id) };

    /// <inheritdoc/>
    public override Effects Decide(AgentRecovery state, Command command, DecisionContext context)
    {
        var effects = Deciding(state, command, context);
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, RecoveryPlanning.After(state, effects), static recovery => recovery.Conditions(), effects);
    }

    /// <inheritdoc/>
    public override AgentRecovery Apply(AgentRecovery state, Event e) => state.Apply(e);

    /// <inheritdoc/>
    public override Reply Answer(AgentRecovery state, Query query, DateTimeOffset now)
        => query is ForecastRecovery forecast ? _planning.Forecast(state, forecast, now) : base.Answer(state, query, now);

    private Effects Deciding(AgentRecovery recovery, Command command, DecisionContext context) => command switch
    {
        NoteCrash crash => Troubling(recovery, new Trouble(Trouble.OfAgent, TroubleKind.Crashed, crash.Reason, context.Now) { Role = crash.Role }, Effects.Persist(new AgentSeated(crash.Node, crash.Role, context.Now)), context),
        NoteTrouble note => Troubling(recovery, note.Trouble, Effects.None, context),
        NoteTroubleOver over => Ending(recovery, over.Key, over.Because, context),
        NoteUp => Rising(recovery, context),
        NoteWish wish => Wishing(recovery, wish, context),
        NoteLimit limit => Limiting(recovery, limit, context),
        NoteTaskOutcome outcome => TaskEnding(recovery, outcome, context),
        BeginRecovery begin => recovery.Live is { Outcome: RecoveryOutcome.Planned } live && live.Number == begin.Number ? Beginning(recovery, live, context) : Effects.None,
        GiveUpRecovery give => recovery.Live is { Outcome: RecoveryOutcome.Begun } live && live.Number == give.Number ? _planning.Next(recovery, _planning.Ended(recovery, live, RecoveryOutcome.Failed, TooLate(live), context), context) : Effects.None,
        LookAgain => _planning.Next(recovery, Effects.None, context),
        CloseCircuit => recovery.OpenUntil is { } until && until <= context.Now ? _planning.Next(recovery, Effects.Persist(new CircuitHalfOpened(context.Now)), context) : Effects.None,
        ReportCustom report => Reporting(recovery, report, context),
        NoteHandOver note => HandingOver(recovery, "with the note that it left when it was asked", Effects.Persist(new HandOverNoted(note.Text, note.At)), context),
        NoteNoHandOver none => HandingOver(recovery, $"without a note: {none.Why}", Effects.None, context),
        StopAwaitingHandOver stop when recovery.Live?.Number == stop.Number => HandingOver(recovery, "without a note: it was asked, and its time was over", Effects.None, context),
        StopAwaitingHandOver => Effects.None,
        PauseRecovery when recovery.PausedBy is not null => Effects.None,
        PauseRecovery => Pausing(recovery, context),
        ResumeRecovery => Resuming(recovery, context),
        _ => throw new UnreachableException($"a supervisor has no rule for {command.GetType().Name}"),
    };

    /// <summary>Something is wrong, or wrong again.</summary>
    private Effects Troubling(AgentRecovery recovery, Trouble heard, Effects effects, DecisionContext context)
    {
        var known = recovery.Troubles.GetValueOrDefault(heard.Key);
        var same = known?.Kind == heard.Kind;
        var live = recovery.Live;
        var anew = heard.Kind is TroubleKind.Crashed or TroubleKind.TurnFailed;

        // What the attempt was for has come back, or the program did not come up in it: it has failed.
        if (live is { Outcome: RecoveryOutcome.Begun, Asks: false } begun && Fails(begun, known, heard))
        {
            var failed = effects.Then(_planning.Ended(recovery, begun, RecoveryOutcome.Failed, heard.Cause, context));
            var after = RecoveryPlanning.After(recovery, failed).Troubles.GetValueOrDefault(heard.Key);
            return _planning.Next(recovery, failed.ThenPersist(new TroubleNoted(heard with { Since = known?.Since ?? heard.Since, Step = same ? after?.Step ?? 0 : 0 }, context.Now)), context);
        }

        if (same && !anew)
        {
            var now = known! with { Cause = heard.Cause, Until = heard.Until, Place = heard.Place, Role = heard.Role, Generation = heard.Generation };
            return now == known ? effects : effects.ThenPersist(new TroubleNoted(now, context.Now));
        }

        // Trouble of the agent itself goes before trouble with its work.
        if (live is not null && (live.Trouble == heard.Key ? !same : heard.Key == Trouble.OfAgent))
        {
            effects = effects.Then(_planning.Ended(recovery, live, RecoveryOutcome.Cancelled, $"it is {heard.Kind.Words()} now: {heard.Cause}", context));
        }

        effects = effects.ThenPersist(new TroubleNoted(heard with { Since = same ? known!.Since : heard.Since, Step = same && live is not null ? known!.Step : 0 }, context.Now));
        return _planning.Next(recovery, effects, context);
    }

    /// <summary>It is not wrong any more.</summary>
    private Effects Ending(AgentRecovery recovery, string key, string because, DecisionContext context)
    {
        // While a program is being restarted what it shows is no sign: that it is at its prompt again is.
        if (!recovery.Troubles.ContainsKey(key) || (key == Trouble.OfAgent && recovery.Live is { Outcome: RecoveryOutcome.Begun, Acted: false, Trouble: Trouble.OfAgent, Step.Restarts: true }))
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new TroubleEnded(key, because, context.Now));
        if (recovery.Live is { } live && live.Trouble == key)
        {
            effects = (live.Outcome, live.Acted) switch
            {
                (RecoveryOutcome.Begun, true) => effects.Then(_planning.Ended(recovery, live, RecoveryOutcome.Succeeded, because, context)),
                (RecoveryOutcome.Begun, false) when !live.Asks => effects,
                _ => effects.Then(_planning.Ended(recovery, live, RecoveryOutcome.Cancelled, $"it was over by itself: {because}", context)),
            };
        }

        foreach (var awaiting in recovery.Attempts.Where(a => a.Trouble == key && a.Outcome == RecoveryOutcome.Awaiting))
        {
            effects = effects.Then(_planning.Ended(recovery, awaiting, RecoveryOutcome.Succeeded, because, context));
        }

        return _planning.Next(recovery, effects, context);
    }

    /// <summary>The program is at its prompt, for the first time since it was started.</summary>
    private Effects Rising(AgentRecovery recovery, DecisionContext context)
    {
        const string Prompt = "it is at its prompt";
        var effects = recovery.Troubles.ContainsKey(Trouble.OfAgent) ? Effects.Persist(new TroubleEnded(Trouble.OfAgent, Prompt, context.Now)) : Effects.None;
        if (recovery.Live is { } live && (live.Trouble == Trouble.OfAgent || live.Step.Restarts))
        {
            // One that was only planned had no part in it.
            var begun = live is { Outcome: RecoveryOutcome.Begun, Step.Restarts: true };
            var gone = live.Trouble == Trouble.OfAgent || !recovery.Troubles.ContainsKey(live.Trouble);
            effects = !begun && live.Trouble != Trouble.OfAgent ? effects
                : begun && !gone ? effects.ThenPersist(new RecoveryActed(live.Number, $"{Prompt}; whether that has helped is still to be seen", context.Now))
                : effects.Then(_planning.Ended(recovery, live, begun ? RecoveryOutcome.Succeeded : RecoveryOutcome.Cancelled, Prompt, context));
        }

        return effects.Events.IsEmpty ? effects : _planning.Next(recovery, effects, context);
    }

    /// <summary>Somebody starts or stops the program: that goes before what the supervisor wants.</summary>
    private Effects Wishing(AgentRecovery recovery, NoteWish wish, DecisionContext context)
    {
        var seat = wish.Node is { } node && (node != recovery.Node || (wish.Role ?? recovery.Role) != recovery.Role) ? Effects.Persist(new AgentSeated(node, wish.Role, context.Now)) : Effects.None;
        var restarting = recovery.Live is { Outcome: RecoveryOutcome.Begun, Step.Restarts: true };
        if (wish.By == Sender.Entity(context.Self).Value || (restarting && wish.By.StartsWith(WorkerPrefix, StringComparison.Ordinal)))
        {
            return seat;
        }

        var because = $"{(wish.Runs ? "started" : "stopped")} by {wish.By}";
        var effects = recovery.Troubles.ContainsKey(Trouble.OfAgent) ? seat.ThenPersist(new TroubleEnded(Trouble.OfAgent, because, context.Now)) : seat;
        if (recovery.Live is { } live && (live.Trouble == Trouble.OfAgent || live.Step.Restarts))
        {
            effects = effects.Then(_planning.Ended(recovery, live, RecoveryOutcome.Cancelled, because, context));
        }

        return effects.Events.IsEmpty ? effects : _planning.Next(recovery, effects, context);
    }

    private Effects Limiting(AgentRecovery recovery, NoteLimit limit, DecisionContext context)
        => limit.Limited == recovery.Limited && limit.Until == recovery.LimitedUntil
            ? Effects.None
            : _planning.Next(recovery, Effects.Persist(new LimitNoted(limit.Limited, limit.Until, context.Now)), context);

    /// <summary>A task that failed, was tried again or given away has come to an end.</summary>
    private Effects TaskEnding(AgentRecovery recovery, NoteTaskOutcome outcome, DecisionContext context)
    {
        var key = Trouble.OfTask(outcome.Task);
        var attempt = recovery.Attempts.FindLast(a => a.Trouble == key && (a.IsLive || a.Outcome == RecoveryOutcome.Awaiting));
        var known = recovery.Troubles.GetValueOrDefault(key);
        if (outcome.Status == ExecutionStatus.Failed)
        {
            if (known?.Execution >= outcome.Execution)
            {
                return Effects.None;
            }

            var failed = attempt is { Outcome: RecoveryOutcome.Awaiting } awaited ? _planning.Ended(recovery, awaited, RecoveryOutcome.Failed, outcome.Reason, context) : Effects.None;
            var step = RecoveryPlanning.After(recovery, failed).Troubles.GetValueOrDefault(key)?.Step ?? 0;
            var heard = new Trouble(key, TroubleKind.FailedExecution, outcome.Reason, known?.Since ?? context.Now) { Task = outcome.Task, Execution = outcome.Execution, Step = step };
            return _planning.Next(recovery, failed.ThenPersist(new TroubleNoted(heard, context.Now)), context);
        }

        if (known is null)
        {
            return Effects.None;
        }

        var completed = outcome.Status == ExecutionStatus.Completed;
        var effects = Effects.Persist(new TroubleEnded(key, outcome.Reason, context.Now));
        effects = attempt is null ? effects : effects.Then(_planning.Ended(recovery, attempt, completed && attempt.Outcome == RecoveryOutcome.Awaiting ? RecoveryOutcome.Succeeded : RecoveryOutcome.Cancelled, outcome.Reason, context));
        return _planning.Next(recovery, effects, context);
    }

    private Effects Beginning(AgentRecovery recovery, RecoveryAttempt live, DecisionContext context)
        => recovery.Troubles.GetValueOrDefault(live.Trouble) is { } trouble
            ? _planning.Next(recovery, RecoveryActs.Begin(recovery, live, trouble, settings, _planning, context), context)
            : _planning.Next(recovery, _planning.Ended(recovery, live, RecoveryOutcome.Cancelled, "it was over by itself", context), context);

    private Effects Reporting(AgentRecovery recovery, ReportCustom report, DecisionContext context)
    {
        if (recovery.Live is not { Outcome: RecoveryOutcome.Begun, Strategy: RecoveryStrategy.Custom } live || live.Number != report.Number)
        {
            return Effects.None;
        }

        if (!report.Worked)
        {
            return _planning.Next(recovery, _planning.Ended(recovery, live, RecoveryOutcome.Failed, report.Note, context), context);
        }

        var effects = Effects.Persist(new RecoveryActed(live.Number, report.Note, context.Now));
        return recovery.Troubles.ContainsKey(live.Trouble) ? effects : _planning.Next(recovery, effects.Then(_planning.Ended(recovery, live, RecoveryOutcome.Succeeded, report.Note, context)), context);
    }

    /// <summary>The agent that is waited for has left a note, or none will come: its work goes to somebody else.</summary>
    private Effects HandingOver(AgentRecovery before, string handOver, Effects effects, DecisionContext context)
    {
        var recovery = RecoveryPlanning.After(before, effects);
        return recovery.Live is { Asks: true } live && recovery.Troubles.GetValueOrDefault(live.Trouble) is { } trouble
            ? _planning.Next(before, RecoveryActs.Reassigning(recovery, live, trouble, handOver, effects, _planning, context), context)
            : effects;
    }

    private Effects Pausing(AgentRecovery recovery, DecisionContext context)
    {
        var effects = Effects.Persist(new RecoveryPaused(context.Sender.Value, context.Now));
        return recovery.Live is { Outcome: RecoveryOutcome.Planned } live ? effects.Then(_planning.Ended(recovery, live, RecoveryOutcome.Cancelled, $"paused by {context.Sender}", context)) : effects;
    }

    private Effects Resuming(AgentRecovery recovery, DecisionContext context)
    {
        var effects = recovery.PausedBy is null ? Effects.None : Effects.Persist(new RecoveryResumed(context.Sender.Value, context.Now));
        effects = recovery is { OpenUntil: null, HalfOpen: false } ? effects : effects.ThenPersist(new CircuitClosed(context.Sender.Value, Anew: true, context.Now)).ThenForget(RecoveryPlanning.CircuitReminder);
        return effects.Events.IsEmpty ? effects : _planning.Next(recovery, effects, context);
    }

    private static bool Fails(RecoveryAttempt begun, Trouble? known, Trouble heard)
    {
        if (begun.Step.Restarts)
        {
            // While the old program is being stopped, what it shows is no sign of the new one.
            return heard.Key == Trouble.OfAgent && (heard.Kind == TroubleKind.Crashed || known is null || heard.Generation > known.Generation);
        }

        return begun.Trouble == heard.Key && known?.Kind == heard.Kind && begun.Strategy != RecoveryStrategy.Wait;
    }

    private static string TooLate(RecoveryAttempt live) => live is { Acted: false, Step.Restarts: true } ? "it was not at its prompt in time" : "what it was begun for was not gone in time";
}
