using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>What is tried next: by the ladder of the trouble, with pauses that grow, within the budget, one attempt at a time.</summary>
internal sealed class RecoveryPlanning(RecoverySettings settings)
{
    /// <summary>The reminder that ends the cool-down.</summary>
    public const string CircuitReminder = "circuit";

    private const string BeginReminder = "begin";
    private const string GiveUpReminder = "give-up";
    private const string LookReminder = "look";
    private const string HandOverReminder = "hand-over";

    /// <summary>The supervisor after <paramref name="effects"/>.</summary>
    public static AgentRecovery After(AgentRecovery recovery, Effects effects) => effects.Events.Aggregate(recovery, static (state, e) => state.Apply(e));

    /// <summary>The policy for a trouble.</summary>
    public RecoveryPolicy Policy(AgentRecovery recovery, Trouble trouble) => settings.For(trouble.Role ?? recovery.Role);

    /// <summary>After <paramref name="effects"/>, what the policy says is planned, unless something is under way.</summary>
    public Effects Next(AgentRecovery before, Effects effects, DecisionContext context)
    {
        while (true)
        {
            var recovery = After(before, effects);
            if (recovery.Live is not null)
            {
                return effects;
            }

            if (recovery.Open().FirstOrDefault(t => t.NotBefore is not { } at || at <= context.Now) is not { } trouble)
            {
                return recovery.Open().Min(static t => t.NotBefore) is { } next ? effects.ThenRemind(LookReminder, next, new LookAgain()) : effects;
            }

            effects = Planned(recovery, trouble, effects, context);
        }
    }

    /// <summary>An attempt has ended; a trial of a half-open circuit decides it.</summary>
    public Effects Ended(AgentRecovery recovery, RecoveryAttempt attempt, RecoveryOutcome outcome, string note, DecisionContext context)
    {
        var effects = Effects.Persist(new RecoveryEnded(attempt.Number, outcome, note, context.Now));
        effects = attempt.IsLive ? effects.ThenForget(BeginReminder).ThenForget(GiveUpReminder) : effects;
        effects = attempt.Asks ? effects.ThenForget(HandOverReminder) : effects;
        if (!recovery.HalfOpen || !attempt.Step.Acts)
        {
            return effects;
        }

        return outcome switch
        {
            RecoveryOutcome.Succeeded => effects.ThenPersist(new CircuitClosed("its trial has succeeded", Anew: false, context.Now)),
            RecoveryOutcome.Failed => Opening(recovery.Troubles.GetValueOrDefault(attempt.Trouble) is { } trouble ? Policy(recovery, trouble) : settings.For(recovery.Role), effects, context),
            _ => effects,
        };
    }

    /// <summary>Sets the time at which an attempt that has begun is given up.</summary>
    public static Effects GivingUp(RecoveryAttempt attempt, DateTimeOffset at, Effects effects) => effects.ThenRemind(GiveUpReminder, at, new GiveUpRecovery(attempt.Number));

    /// <summary>Sets the time until which the agent is waited for, that was asked for a note.</summary>
    public static Effects Awaiting(RecoveryAttempt attempt, DateTimeOffset until, Effects effects) => effects.ThenRemind(HandOverReminder, until, new StopAwaitingHandOver(attempt.Number));

    /// <summary>What would be done now, and why.</summary>
    public RecoveryForecast Forecast(AgentRecovery recovery, ForecastRecovery query, DateTimeOffset now)
    {
        recovery = recovery with { Role = recovery.Role ?? query.Role };
        var troubles = query.Kind is { } kind
            ? [recovery.Troubles.Values.FirstOrDefault(t => t.Kind == kind) ?? new Trouble(Trouble.OfAgent, kind, "as if it were so", now)]
            : recovery.Troubles.Values.OrderBy(static t => t.Kind).ThenBy(static t => t.Since).ToList();
        return new RecoveryForecast([.. troubles.Select(t => Forecast(recovery, t, now))]);
    }

    private ForecastStep Forecast(AgentRecovery recovery, Trouble trouble, DateTimeOffset now)
    {
        ForecastStep Nothing(string why) => new(trouble.Kind, trouble.Cause, Strategy: null, At: null, why);
        if (recovery.Live is { } live && live.Trouble == trouble.Key)
        {
            return new ForecastStep(trouble.Kind, trouble.Cause, live.Step.ToString(), live.Due, $"attempt {live.Number} is {live.Outcome.Words()}");
        }

        if (trouble.Settled || trouble.Awaiting)
        {
            return Nothing(trouble.Awaiting ? "something was done, and the end of the task decides whether it has helped" : $"its ladder is at its end{(trouble.Left is { } left ? $": {left}" : string.Empty)}");
        }

        var verdict = Judge(recovery, trouble, now);
        var policy = Policy(recovery, trouble);
        var rung = string.Create(CultureInfo.InvariantCulture, $"step {Math.Min(trouble.Step + 1, policy.Ladder(trouble.Kind).Length)} of {policy.Ladder(trouble.Kind).Length} of {trouble.Kind.Words()} for role {trouble.Role ?? recovery.Role ?? "any"}; {recovery.StartsWithin(policy.Window, now)} of {policy.Budget} attempts within {policy.Window}");
        return verdict.Held is { } held
            ? Nothing($"{held}; {rung}")
            : new ForecastStep(
                trouble.Kind,
                trouble.Cause,
                verdict.Step.ToString(),
                trouble.NotBefore > verdict.Due ? trouble.NotBefore : verdict.Due,
                $"{rung}{(policy.DryRun ? "; dry-run is set, so it is only put on record" : string.Empty)}{(verdict.Why is { } why ? $"; {why}" : string.Empty)}");
    }

    private Effects Planned(AgentRecovery recovery, Trouble trouble, Effects effects, DecisionContext context)
    {
        var policy = Policy(recovery, trouble);
        var last = policy.IsLast(trouble.Kind, trouble.Step);
        var verdict = Judge(recovery, trouble, context.Now);
        var attempt = new RecoveryAttempt(recovery.NextNumber, verdict.Step.Strategy, trouble.Cause, verdict.Due, RecoveryOutcome.Planned, Note: null, context.Now)
        {
            Trouble = trouble.Key,
            Kind = trouble.Kind,
            Argument = verdict.Step.Argument,
            Last = last,
        };
        Effects Noted(RecoveryOutcome outcome, string note, bool held = false) => effects.ThenPersist(new RecoveryPlanned(attempt with
        {
            Outcome = outcome,
            Note = note,
            Due = context.Now,
            Held = held,
            Next = held || last ? null : context.Now + policy.ReadyWithin,
            Last = last || outcome == RecoveryOutcome.DryRun,
        }));
        if (verdict.Held is { } why)
        {
            effects = verdict.Opens ? Opening(policy, effects, context) : effects;
            return Noted(recovery.PausedBy is null ? RecoveryOutcome.Notified : RecoveryOutcome.Skipped, why, held: true);
        }

        return verdict.Step.Strategy switch
        {
            RecoveryStrategy.Notify => Noted(RecoveryOutcome.Notified, "its policy leaves it to a person"),
            RecoveryStrategy.Skip => Noted(RecoveryOutcome.Skipped, "its policy does nothing"),
            _ when policy.DryRun => Noted(RecoveryOutcome.DryRun, $"{verdict.Step} would be tried after {policy.Pause(trouble.Step)}"),
            _ => effects.ThenPersist(new RecoveryPlanned(attempt)).ThenRemind(BeginReminder, verdict.Due, new BeginRecovery(attempt.Number)),
        };
    }

    /// <summary>What is to be done about a trouble, when, and what stands against it.</summary>
    private Verdict Judge(AgentRecovery recovery, Trouble trouble, DateTimeOffset now)
    {
        var policy = Policy(recovery, trouble);
        var step = policy.Step(trouble.Kind, trouble.Step);
        var due = step.Acts ? now + policy.Pause(trouble.Step) : now;
        if (recovery.PausedBy is { } paused)
        {
            return new Verdict(step, due, $"recovery is paused by {paused}");
        }

        if (!step.Acts || policy.DryRun)
        {
            return new Verdict(step, due);
        }

        if (recovery.OpenUntil is { } open && open > now)
        {
            return new Verdict(step, due, Spent(policy, open));
        }

        if (recovery.StartsWithin(policy.Window, now) >= policy.Budget)
        {
            if (!recovery.HalfOpen)
            {
                return new Verdict(step, due, Spent(policy, now + policy.CoolDown), Opens: true);
            }

            var free = recovery.Starts[^policy.Budget] + policy.Window;
            due = free > due ? free : due;
        }

        // A program that is started anew does not get more of its account.
        return !step.Restarts || !recovery.Limited || recovery.LimitedUntil <= due ? new Verdict(step, due, Why: recovery.HalfOpen ? "it is the trial after the cool-down" : null)
            : recovery.LimitedUntil is { } until ? new Verdict(step, until, Why: string.Create(CultureInfo.InvariantCulture, $"its account is limited until {until:O}"))
            : new Verdict(step, due, "its account is limited, and nobody knows until when: 'orc quota clear' says that it is over");
    }

    private static Effects Opening(RecoveryPolicy policy, Effects effects, DecisionContext context)
        => effects.ThenPersist(new CircuitOpened(context.Now + policy.CoolDown, context.Now)).ThenRemind(CircuitReminder, context.Now + policy.CoolDown, new CloseCircuit());

    private static string Spent(RecoveryPolicy policy, DateTimeOffset until)
        => string.Create(CultureInfo.InvariantCulture, $"it was tried {policy.Budget} times within {policy.Window}; nothing more before {until:O}, unless somebody says so");

    /// <param name="Step">What is to be done.</param>
    /// <param name="Due">When.</param>
    /// <param name="Held">Why nothing is done now; null if something is.</param>
    /// <param name="Opens">The budget is used up by it.</param>
    /// <param name="Why">What else there is to say.</param>
    private sealed record Verdict(RecoveryStep Step, DateTimeOffset Due, string? Held = null, bool Opens = false, string? Why = null);
}
