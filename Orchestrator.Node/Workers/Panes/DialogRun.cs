using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// Carries out one decision about a dialog: if the dialog on the screen is still the one that was decided, the key is pressed, and the dialog has to close. tmux itself looks
/// once more at the screen and at the mark of the decision when it presses, so a key never reaches another dialog, nor is it pressed a second time after a crash.
/// </summary>
internal sealed class DialogRun(BoundPane pane, PaneWatch watch, AnswerDialog order, WorkerContext context)
{
    private const int LooksUntilGone = 5;
    private const int ShownOfText = 20;
    private static readonly TimeSpan PressWithin = TimeSpan.FromSeconds(30);

    // Another key before the one before it was taken would move the selection too far, and what is confirmed then is not what was seen: only one that must have been lost is pressed again.
    private static readonly TimeSpan MovedWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ClosedWithin = TimeSpan.FromSeconds(5);
    private readonly TimeSpan _closedWithin = pane.Profile.Typing.EmptiedWithin > ClosedWithin ? pane.Profile.Typing.EmptiedWithin : ClosedWithin;
    private readonly DeliveryId _decision = DeliveryId.Parse(order.Decision);
    private readonly DeliveryId _typing = DeliveryId.Parse($"{order.Decision}typed");

    /// <summary>Runs it to its end.</summary>
    public async Task<ReportDecision> RunAsync(CancellationToken cancellation)
    {
        if (await WasPressedAsync(cancellation))
        {
            return await ProveAsync("its key was pressed before this node was started again", cancellation);
        }

        var started = context.Time.GetTimestamp();
        var (missed, held) = (0, "the dialog was not seen");
        while (context.Time.GetElapsedTime(started) < PressWithin)
        {
            if (await watch.LookAsync(cancellation) is not { Facts.Dead: false } seen)
            {
                return Ended(DialogOutcome.TooLate, "its program ended before anything was pressed");
            }

            if (Same(seen) is not { } reading)
            {
                if (++missed == LooksUntilGone)
                {
                    return Ended(DialogOutcome.TooLate, $"the dialog was not on the screen any more, which shows {Words(seen)}: nothing was pressed");
                }
            }
            else
            {
                missed = 0;
                var (done, why) = await StepAsync(seen, reading, cancellation);
                if (done is not null)
                {
                    return done;
                }

                held = why ?? held;
            }

            await Task.Delay(LookEvery, context.Time, cancellation);
        }

        return Ended(DialogOutcome.Failed, $"for {PressWithin.TotalSeconds:0} s its key could not be pressed: {held}");
    }

    private async Task<(ReportDecision? Done, string? Held)> StepAsync(PaneObservation seen, DialogReading reading, CancellationToken cancellation)
    {
        var option = reading.Dialog.Options[order.Option - 1];
        var (name, decides) = Key(reading, option);
        if (name is null)
        {
            // A frame may be half drawn.
            return (null, "which of its options is selected cannot be seen: choose it at the pane");
        }

        if (!PaneKey.TryParse(name, out var key))
        {
            return (Ended(DialogOutcome.Failed, $"'{name}' is none of the keys that are pressed in dialogs: choose it at the pane"), null);
        }

        if (!context.Deadline.MayAct)
        {
            return (null, "the store is not confirming that this node may act");
        }

        string[] rows = [.. reading.Rows, .. decides && Keys(reading) == DialogKeys.Named ? [] : Selected(reading)];
        var guard = Guards.Of(pane, seen.Facts.Marks.Sequence ?? 0, context);
        if (decides && order.Text is { } text)
        {
            if (seen.Facts.Marks.Decided != _typing.Value)
            {
                return (null, await TypeAsync(guard, text, rows, cancellation));
            }

            if (!option.Label.Contains(text[..Math.Min(text.Length, ShownOfText)], StringComparison.Ordinal))
            {
                return (null, "its text was typed and is not seen in the option");
            }
        }

        var outcome = await context.Deliveries.PressInDialogAsync(guard, key!, rows, decides ? _decision : null, cancellation);
        switch (outcome)
        {
            case DeliveryOutcome.Done when decides:
                return (await ProveAsync($"{name} was pressed", cancellation), null);
            case DeliveryOutcome.Done:
                await MovedAsync(reading.Selected!, cancellation);
                return (null, "its selection does not come to the option");
            case DeliveryOutcome.Unknown:
                await UntilTooLateAsync(guard, cancellation);
                return (await WasPressedAsync(cancellation) ? await ProveAsync($"{name} was pressed", cancellation) : null, "whether tmux pressed it was not known");
            default:
                return (null, Why(outcome));
        }
    }

    private async Task<string> TypeAsync(DeliveryGuard guard, string text, string[] rows, CancellationToken cancellation)
    {
        var loaded = await context.Deliveries.LoadAsync(_typing, TerminalText.Sanitize(text), cancellation);
        var outcome = await context.Deliveries.TypeInDialogAsync(guard, loaded, rows, _typing, cancellation);
        if (outcome is DeliveryOutcome.Unknown)
        {
            await UntilTooLateAsync(guard, cancellation);
        }
        else if (outcome is not DeliveryOutcome.Done)
        {
            await context.Deliveries.DiscardAsync(loaded, cancellation);
        }

        return Why(outcome);
    }

    private static string Why(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Refused { Mismatches: GuardMismatches.None } => "tmux did not find its rows on the screen",
        DeliveryOutcome.Refused refused => $"tmux refused: {refused.Mismatches}",
        DeliveryOutcome.NotSent notSent => notSent.Why,
        DeliveryOutcome.Unknown unknown => unknown.Why,
        DeliveryOutcome.Done => "its text was typed",
        _ => throw new InvalidOperationException($"unknown outcome {outcome}"),
    };

    // A text is typed into the option that is selected, whatever key the others have.
    private DialogKeys Keys(DialogReading reading) => order.Text is null ? reading.Rules!.Options.Keys : DialogKeys.Moved;

    /// <summary>The next key, and whether it decides; no key if it cannot be told.</summary>
    private (string? Key, bool Decides) Key(DialogReading reading, DialogOption option)
    {
        var rules = reading.Rules!.Options;
        return (Keys(reading), reading.Selected) switch
        {
            (DialogKeys.Named, _) => (option.Key, true),
            (_, null) => (null, false),
            (_, var selected) when selected.Number == option.Number => (rules.Confirm, true),
            (_, var selected) => (selected.Number < option.Number ? rules.Next : rules.Previous, false),
        };
    }

    private static string[] Selected(DialogReading reading) => reading.Selected is { } selected ? [reading.OptionRows[selected.Number - 1]] : [];

    private async Task MovedAsync(DialogOption from, CancellationToken cancellation)
    {
        var started = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(started) < MovedWithin
            && await watch.LookAsync(cancellation) is { } seen && Same(seen) is { } reading && reading.Selected?.Number == from.Number)
        {
            await Task.Delay(LookEvery, context.Time, cancellation);
        }
    }

    private async Task<ReportDecision> ProveAsync(string pressed, CancellationToken cancellation)
    {
        var started = context.Time.GetTimestamp();
        var closed = 0;
        while (true)
        {
            var seen = await watch.LookAsync(cancellation);
            if (seen is null || seen.Facts.Dead)
            {
                return Ended(DialogOutcome.Answered, $"{pressed}, and the program ended");
            }

            closed = Same(seen) is null ? closed + 1 : 0;
            if (closed == 2)
            {
                return Ended(DialogOutcome.Answered, $"{pressed}, and the dialog closed: the screen shows {Words(seen)}");
            }

            if (closed == 0 && context.Time.GetElapsedTime(started) > _closedWithin)
            {
                return Ended(DialogOutcome.Failed, $"{pressed}, and {_closedWithin.TotalSeconds:0} s later the dialog, or one just like it, stands there: decide again");
            }

            await Task.Delay(LookEvery, context.Time, cancellation);
        }
    }

    private DialogReading? Same(PaneObservation seen) => seen.Dialog is { Rules: not null } reading && IsOrdered(reading.Dialog) && !seen.Facts.InMode ? reading : null;

    // The option that takes a text shows what was typed into it.
    private bool IsOrdered(AgentDialog dialog)
        => order.Text is null || dialog.Options.Length != order.Dialog.Options.Length
            ? dialog.IsSame(order.Dialog)
            : (dialog with { Options = dialog.Options.SetItem(order.Option - 1, order.Dialog.Options[order.Option - 1]) }).IsSame(order.Dialog);

    private async Task<bool> WasPressedAsync(CancellationToken cancellation) => (await pane.MarksAsync(context, cancellation))?.Decided == order.Decision;

    private Task UntilTooLateAsync(DeliveryGuard guard, CancellationToken cancellation)
    {
        var wait = guard.Deadline - context.Time.GetUtcNow() + TimeSpan.FromSeconds(1);
        return Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, context.Time, cancellation);
    }

    private static string Words(PaneObservation seen) => seen.Dialog is { } other ? $"{seen.Reading.Activity.Name()} ({other.Dialog.Kind} {other.Dialog.Question})" : seen.Reading.Activity.Name();

    private ReportDecision Ended(DialogOutcome outcome, string evidence) => new(order.Decision, outcome, evidence);
}
