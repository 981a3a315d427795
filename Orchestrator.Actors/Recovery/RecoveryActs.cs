using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>What each strategy does. What it did is told; whether it has helped is decided by what is seen afterwards.</summary>
internal static class RecoveryActs
{
    private const string From = "orchestrator";
    private const int MostNote = 8000;

    /// <summary>The attempt begins.</summary>
    public static Effects Begin(AgentRecovery recovery, RecoveryAttempt attempt, Trouble trouble, RecoverySettings settings, RecoveryPlanning planning, DecisionContext context)
    {
        var effects = Effects.Persist(new RecoveryBegun(attempt.Number, context.Now));
        effects = trouble.Gap is { } gap ? effects.ThenTell(Gap.Entity(gap), new NoteCure(attempt.Step.ToString(), $"attempt {attempt.Number} begun")) : effects;
        var giveUp = context.Now + planning.Policy(recovery, trouble).ReadyWithin;
        Effects Failed(string why) => effects.Then(planning.Ended(recovery, attempt, RecoveryOutcome.Failed, why, context));
        Effects Waiting(Effects acting) => RecoveryPlanning.GivingUp(attempt, giveUp, acting);
        Effects Acted(string note, Effects acting) => Waiting(acting.ThenPersist(new RecoveryActed(attempt.Number, note, context.Now)));
        switch (attempt.Step)
        {
            case { Restarts: true } when recovery.Node is null:
                return Failed($"nobody knows on which node {recovery.Agent} is to run");
            case { Restarts: true }:
                return Waiting(Restarting(recovery, attempt, trouble, settings, effects));
            case { Reassigns: true } when trouble.Task is not null || trouble.Key == Trouble.OfAgent:
                return Asking(recovery, attempt, trouble, effects, planning, context);
            case { Strategy: RecoveryStrategy.Retry } when trouble is { Kind: TroubleKind.FailedExecution, Task: { } task, Execution: { } execution }:
                return Handed(task.Entity, new RetryTask(execution) { ReportTo = context.Self });
            case { Strategy: RecoveryStrategy.Retry or RecoveryStrategy.Remind }:
                return Acted($"{recovery.Agent} is told", effects.ThenTell(recovery.Agent.Entity, new EnqueueMessage(Message(trouble, context))));
            case { Strategy: RecoveryStrategy.Wait }:
                var until = trouble.Until > context.Now ? trouble.Until.Value : context.Now;
                return RecoveryPlanning.GivingUp(attempt, until + planning.Policy(recovery, trouble).ReadyWithin, effects.ThenPersist(new RecoveryActed(attempt.Number, string.Create(CultureInfo.InvariantCulture, $"it waits until {until:O}"), context.Now)));
            case { Strategy: RecoveryStrategy.Custom, Argument: { } name } when recovery.Node is { } node:
                return Waiting(effects.ThenWorker(node, new RunCustom(name, recovery.Agent, attempt.Number, trouble.Kind, trouble.Cause, trouble.Task)));
            case { Strategy: RecoveryStrategy.Custom }:
                return Failed($"nobody knows on which node {attempt.Step} is to run for {recovery.Agent}");
            case { Reassigns: true }:
                return Failed("there is no task that could be given to somebody else");
            default:
                throw new UnreachableException($"a supervisor has no rule for {attempt.Step}");
        }

        Effects Handed(EntityId to, Command command) => effects.ThenTell(to, command).Then(planning.Ended(recovery, attempt, RecoveryOutcome.Awaiting, "the end of the task decides", context));
    }

    /// <summary>Its work goes to somebody else: as long as it can leave a note for that, it is asked for one first.</summary>
    private static Effects Asking(AgentRecovery recovery, RecoveryAttempt attempt, Trouble trouble, Effects effects, RecoveryPlanning planning, DecisionContext context)
    {
        var limit = planning.Policy(recovery, trouble).HandOver;
        return limit == TimeSpan.Zero ? Reassigning(recovery, attempt, trouble, "its policy does not ask for a note", effects, planning, context)
            : recovery.Left is { } left && left.At >= trouble.Since ? Reassigning(recovery, attempt, trouble, "with the note that it had left by then", effects, planning, context)
            : RecoveryPlanning.Awaiting(attempt, context.Now + limit, effects.ThenPersist(new HandOverWanted(attempt.Number, context.Now + limit, context.Now))).ThenTell(recovery.Agent.Entity, new AskToHandOver(limit));
    }

    /// <summary>The work goes to somebody else.</summary>
    /// <param name="recovery">Whose it was.</param>
    /// <param name="attempt">By which attempt.</param>
    /// <param name="trouble">Why.</param>
    /// <param name="handOver">With a note of the agent's or without.</param>
    /// <param name="effects">What has happened in this turn.</param>
    /// <param name="planning">The plan.</param>
    /// <param name="context">The turn.</param>
    public static Effects Reassigning(AgentRecovery recovery, RecoveryAttempt attempt, Trouble trouble, string handOver, Effects effects, RecoveryPlanning planning, DecisionContext context)
    {
        effects = effects.ThenPersist(new HandOverSettled(attempt.Number, handOver, context.Now));
        return trouble.Task is { } task
            ? effects.ThenTell(recovery.Agent.Entity, new PassTaskOn(task, trouble.Execution, Note(recovery, trouble)) { ReportTo = trouble.Kind == TroubleKind.FailedExecution ? context.Self : null })
                .Then(planning.Ended(recovery, attempt, RecoveryOutcome.Awaiting, "the end of the task decides", context))
            : effects.ThenTell(recovery.Agent.Entity, new PassTaskOn(Task: null, Execution: null, Note(recovery, trouble)))
                .Then(planning.Ended(recovery, attempt, RecoveryOutcome.PassedOn, $"its tasks are given to others of its role; {recovery.Agent} itself is not mended by that", context));
    }

    private static Effects Restarting(AgentRecovery recovery, RecoveryAttempt attempt, Trouble trouble, RecoverySettings settings, Effects effects)
    {
        if (attempt is { Strategy: RecoveryStrategy.Fallback, Argument: { } name } && settings.Fallbacks.GetValueOrDefault(name) is { } other)
        {
            effects = effects.ThenTell(recovery.Agent.Entity, new Refit(other.Profile, other.Model));
        }

        var mode = attempt.Strategy == RecoveryStrategy.Restart ? StartMode.Auto : StartMode.Rebrief;
        return effects.ThenTell(recovery.Agent.Entity, trouble.Kind == TroubleKind.Crashed ? new Start(recovery.Node!, mode) : new Restart(recovery.Node!, Force: true, mode));
    }

    private static string Note(AgentRecovery recovery, Trouble trouble)
        => $"It was with {recovery.Agent} and is taken from it ({trouble.Kind.Words()}): {trouble.Cause}.{(trouble.Place is { } place ? $" {recovery.Agent} has worked in {place}; look there first for what is done already." : string.Empty)}{OwnNote(recovery)}";

    // Set in, so that nothing in it can look like more than a note.
    private static string OwnNote(AgentRecovery recovery)
        => recovery.Left is { } left ? string.Create(CultureInfo.InvariantCulture, $"\n\nThe note that {recovery.Agent} left last, at {left.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC:\n  {Cut(left.Text).ReplaceLineEndings("\n  ")}") : string.Empty;

    // Never in the middle of a character.
    private static string Cut(string text) => text.Length <= MostNote ? text : text[..(char.IsHighSurrogate(text[MostNote - 1]) ? MostNote - 1 : MostNote)] + " …";

    // Only words of this program and of its own records: nothing that stood on a screen.
    private static NewMessage Message(Trouble trouble, DecisionContext context)
    {
        var text = trouble.Kind switch
        {
            TroubleKind.TurnFailed => "Your last turn ended in an error. See how far you had come, and go on with it; what is done need not be done again.",
            _ => $"{trouble.Cause}, since {trouble.Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Go on with it, or say what keeps you from it.",
        };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"remind/{context.Self}/{context.CommandId}/{context.Version}"));
        return new NewMessage(MessageId.Derived(context.Now, hash), From, FromPerson: false, text, MessagePriority.High, ExpiresAt: null, Seal.Derived(hash));
    }
}
