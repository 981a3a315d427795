using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Deliveries;

/// <summary>How a delivery ended, and by what evidence.</summary>
/// <param name="Step">How.</param>
/// <param name="Evidence">By what.</param>
/// <param name="Transcript">The line of a transcript that carries the message, if one does.</param>
internal sealed record DeliveryResult(DeliveryStep Step, string Evidence, TranscriptLine? Transcript = null);

/// <summary>
/// Delivers one message into one pane: load, type, submit, prove. The marks on the pane say how far an earlier process has come, so it may be begun again at any moment
/// after a crash; only Enter is ever repeated, the text never.
/// </summary>
internal sealed class DeliveryRun(BoundPane pane, PaneWatch watch, DeliverMessage order, WorkerContext context)
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan UnseenWithin = TimeSpan.FromSeconds(60);
    private readonly DeliveryId _id = DeliveryId.Parse(order.Message.Value);
    private readonly string _typed = pane.Profile.Envelope.Wrap(order.Message.Value, order.From, order.Seal, order.Text);
    private TranscriptSearch? _transcript;
    private int _presses;
    private bool _sent;
    private bool _untouched;

    /// <summary>Runs the delivery to its end.</summary>
    /// <param name="typed">Called once the text is known to be in the program's input.</param>
    /// <param name="interrupted">The pane is about to be stopped, or is gone: settle by the marks.</param>
    /// <param name="cancellation">This process stops: nothing is reported, the next one takes it up.</param>
    public async Task<DeliveryResult> RunAsync(Func<string, Task> typed, CancellationToken interrupted, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, cancellation);
        try
        {
            while (true)
            {
                var marks = await pane.MarksAsync(context, either.Token);
                switch (DeliveryMarks.PlaceOf(marks, order))
                {
                    case DeliveryPlace.NotTyped:
                        _untouched = true;
                        _transcript = Transcript(TranscriptSearch.FromNow);
                        if (await TypeAsync(either.Token) is { } early)
                        {
                            return early;
                        }

                        break;
                    case DeliveryPlace.Typed:
                        _transcript ??= Transcript((rules, launch) => TranscriptSearch.FromTheBeginning(rules, launch, DateTimeOffset.MinValue));
                        await typed($"mark @last on pane {pane.Pane}, @n {order.Number + 1}");
                        return await SubmitAsync(either.Token);
                    case DeliveryPlace.Sent:
                        _sent = true;
                        _transcript ??= Transcript((rules, launch) => TranscriptSearch.FromTheBeginning(rules, launch, DateTimeOffset.MinValue));
                        await typed($"mark @last on pane {pane.Pane}, @n {order.Number + 1}");
                        return await ProveAsync(either.Token);
                    case DeliveryPlace.Gone:
                        return DeliveryMarks.Settle(null, order, Found(), neverBegun: false);
                    case DeliveryPlace.Contradiction:
                        return Found() is { } line
                            ? new DeliveryResult(DeliveryStep.Confirmed, Carries(line), line)
                            : new DeliveryResult(DeliveryStep.Undecidable, $"the marks of the pane (@n {marks?.Sequence}, @last {marks?.Last}) are not those that this delivery began with (@n {order.Number}): look at the pane");
                    default:
                        throw new InvalidOperationException("unknown place of a delivery");
                }
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return await SettleAsync(cancellation);
        }
    }

    private async Task<DeliveryResult?> TypeAsync(CancellationToken cancellation)
    {
        if (order.ExpiresAt <= context.System.Clock.Now)
        {
            return new DeliveryResult(DeliveryStep.Expired, "its time was over before it could be typed");
        }

        if (!TerminalText.TrySanitize(_typed, out var text, out var reason))
        {
            return new DeliveryResult(DeliveryStep.Failed, reason!);
        }

        // What has stood for as long as its rule demands is the first of two looks.
        var stood = watch.Settled is { Activity: Screens.ScreenActivity.Ready or Screens.ScreenActivity.TurnFailed, Composer.IsFree: true };
        if (!await SeenTwiceAsync(CanTake, ReadyWithin, cancellation, seen: stood ? 1 : 0))
        {
            return Deferred($"it cannot take a message now: {Words()}");
        }

        var loaded = await context.Deliveries.LoadAsync(_id, text!, cancellation);
        await MayActAsync(cancellation);
        var guard = Guards.Of(pane, order.Number, context);
        _untouched = false;
        switch (await context.Deliveries.TypeAsync(guard, loaded, cancellation))
        {
            case DeliveryOutcome.Done:
                return null;
            case DeliveryOutcome.Refused refused:
                await context.Deliveries.DiscardAsync(loaded, cancellation);
                return refused.Mismatches.HasFlag(GuardMismatches.Sequence) || refused.Mismatches.HasFlag(GuardMismatches.Writer)
                    ? null
                    : Deferred($"tmux refused to type it: {refused.Mismatches}");
            case DeliveryOutcome.NotSent notSent:
                await context.Deliveries.DiscardAsync(loaded, cancellation);
                return Deferred(notSent.Why);
            default:
                await UntilTooLateAsync(guard, cancellation);
                return null;
        }
    }

    private async Task<DeliveryResult> SubmitAsync(CancellationToken cancellation)
    {
        var rules = pane.Profile.Typing;
        if (rules.LooksBeforeSubmit)
        {
            if (!await SeenTwiceAsync(HoldsText, UnseenWithin, cancellation, rules.SeenWithin))
            {
                return Found() is { } line
                    ? new DeliveryResult(DeliveryStep.Confirmed, Carries(line), line)
                    : await watch.LookAsync(cancellation) is not { Facts.Dead: false }
                    ? await SettleAsync(cancellation)
                    : new DeliveryResult(DeliveryStep.Failed, $"it was typed, but for {UnseenWithin.TotalSeconds:0} s its text was not seen alone in the input ({Words()}), so Enter was not pressed: look at the pane, submit or clear it there");
            }
        }

        await Task.Delay(rules.Settle, context.Time, cancellation);
        if (rules.LooksBeforeSubmit && !await SeenTwiceAsync(HoldsText, rules.SeenWithin, cancellation))
        {
            return await ProveAsync(cancellation);
        }

        return await PressAsync(cancellation) ?? await ProveAsync(cancellation);
    }

    private async Task<DeliveryResult?> PressAsync(CancellationToken cancellation)
    {
        var started = context.Time.GetTimestamp();
        while (true)
        {
            await MayActAsync(cancellation);
            var guard = Guards.Of(pane, order.Number + 1, context);
            switch (await context.Deliveries.SubmitAsync(guard, _id, cancellation))
            {
                case DeliveryOutcome.Done:
                    (_presses, _sent) = (_presses + 1, true);
                    watch.Submitted();
                    return null;
                case DeliveryOutcome.Refused { Mismatches: GuardMismatches.Deadline }:
                    continue;
                case DeliveryOutcome.Refused refused when (refused.Mismatches & (GuardMismatches.PaneDead | GuardMismatches.PaneGone)) != GuardMismatches.None:
                    return Deferred($"the program went away before it was submitted: {refused.Mismatches}");
                case DeliveryOutcome.Refused { Mismatches: GuardMismatches.Command } when context.Time.GetElapsedTime(started) < UnseenWithin:
                    // Another program stands in front of it, with the text behind.
                    await Task.Delay(LookEvery, context.Time, cancellation);
                    continue;
                case DeliveryOutcome.Refused refused:
                    return new DeliveryResult(DeliveryStep.Failed, $"it was typed, but tmux refused to press Enter: {refused.Mismatches}; look at the pane");
                case DeliveryOutcome.NotSent:
                    await Task.Delay(LookEvery, context.Time, cancellation);
                    continue;
                default:
                    _presses++;
                    await UntilTooLateAsync(guard, cancellation);
                    return null;
            }
        }
    }

    private async Task<DeliveryResult> ProveAsync(CancellationToken cancellation)
    {
        var rules = pane.Profile.Typing;
        var started = context.Time.GetTimestamp();
        var pressed = started;
        var emptied = 0;
        while (true)
        {
            if (await _transcript.WithinAsync(order, LookEvery, context.Time, cancellation) is { } line)
            {
                return new DeliveryResult(DeliveryStep.Confirmed, $"{Carries(line)}; Enter pressed {Math.Max(1, _presses)} time(s)", line);
            }

            var seen = await watch.LookAsync(cancellation);
            if (seen is null || seen.Facts.Dead)
            {
                return await SettleAsync(cancellation);
            }

            // An input that cannot be seen may hold the text still, until Enter was pressed.
            var stands = rules.LooksBeforeSubmit && HoldsText(seen);
            var occupied = rules.LooksBeforeSubmit && (seen.Reading.Composer.IsOccupied || (!_sent && !seen.Reading.Composer.IsFree));
            emptied = stands || occupied ? 0 : emptied + 1;
            if (emptied >= 2 && (_transcript is null || context.Time.GetElapsedTime(started) > rules.ProvenWithin))
            {
                return !await WasSentAsync(cancellation) ? NotSent() : new DeliveryResult(
                    DeliveryStep.Submitted,
                    rules.LooksBeforeSubmit
                        ? $"mark @sent; the input is empty again and the screen shows {seen.Reading.Activity}; Enter pressed {Math.Max(1, _presses)} time(s)"
                        : "mark @sent: Enter was pressed; this program shows no input that could be looked at");
            }

            if (stands && context.Time.GetElapsedTime(pressed) > rules.EmptiedWithin)
            {
                if (_presses >= rules.SubmitPresses)
                {
                    return new DeliveryResult(DeliveryStep.Failed, $"Enter was pressed {_presses} times and its text still stands in the input: look at the pane, submit or clear it there");
                }

                if (await SeenTwiceAsync(HoldsText, LookEvery * 4, cancellation) && await PressAsync(cancellation) is { } ended)
                {
                    return ended;
                }

                pressed = context.Time.GetTimestamp();
            }
            else if (!stands && emptied == 0 && context.Time.GetElapsedTime(started) > UnseenWithin)
            {
                return !await WasSentAsync(cancellation) ? NotSent() : new DeliveryResult(DeliveryStep.Submitted, $"mark @sent: Enter was pressed; the input now holds something else ({Words()})");
            }
        }
    }

    /// <summary>Whether Enter was pressed; where that is not known here, the mark says so.</summary>
    private async Task<bool> WasSentAsync(CancellationToken cancellation)
        => _sent = _sent || DeliveryMarks.PlaceOf(await pane.MarksAsync(context, cancellation), order) == DeliveryPlace.Sent;

    private DeliveryResult NotSent()
        => new(DeliveryStep.Failed, $"it was typed, but its text went from the input ({Words()}), so Enter was not pressed, and nothing shows that the program has it: look at the pane, and send it again if it is still wanted");

    /// <summary>The pane goes away under the delivery: what the marks and the transcript say is all there is.</summary>
    private async Task<DeliveryResult> SettleAsync(CancellationToken cancellation)
        => _untouched
            ? Deferred("its pane ended before it was typed")
            : DeliveryMarks.Settle(await pane.MarksAsync(context, cancellation), order, Found(), neverBegun: false);

    private bool CanTake(PaneObservation seen)
        => seen is { Facts: { Dead: false, InMode: false } }
            && !watch.TurnMayBegin
            && (seen.Reading.Activity is Screens.ScreenActivity.Ready or Screens.ScreenActivity.TurnFailed
                || (seen.Reading.Activity == Screens.ScreenActivity.RateLimited && watch.MayTryAfterLimit)
                || (seen.Reading.Activity == Screens.ScreenActivity.Working && pane.Profile.Typing.WhileWorking == WhileWorking.QueueInProgram))
            && (!pane.Profile.Typing.LooksBeforeSubmit || seen.Reading.Composer.IsFree);

    private bool HoldsText(PaneObservation seen) => seen.Reading.Composer.Holds(_typed) && !seen.Facts.InMode;

    /// <summary>Whether two looks in a row agree on <paramref name="test"/>.</summary>
    private async Task<bool> SeenTwiceAsync(Func<PaneObservation, bool> test, TimeSpan within, CancellationToken cancellation, TimeSpan? least = null, int seen = 0)
    {
        var started = context.Time.GetTimestamp();
        var limit = least > within ? least.Value : within;
        var agreed = seen;
        while (true)
        {
            var look = await watch.LookAsync(cancellation);
            agreed = look is not null && test(look) ? agreed + 1 : 0;
            if (agreed >= 2)
            {
                return true;
            }

            if (agreed == 0 && (look is null || look.Facts.Dead || context.Time.GetElapsedTime(started) > limit))
            {
                return false;
            }

            await Task.Delay(LookEvery, context.Time, cancellation);
        }
    }

    /// <summary>What was sent may still happen until its deadline: only after that do the marks tell.</summary>
    private Task UntilTooLateAsync(DeliveryGuard guard, CancellationToken cancellation)
    {
        var wait = guard.Deadline - context.Time.GetUtcNow() + TimeSpan.FromSeconds(1);
        return Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, context.Time, cancellation);
    }

    private async Task MayActAsync(CancellationToken cancellation)
    {
        while (!context.Deadline.MayAct)
        {
            await Task.Delay(LookEvery, context.Time, cancellation);
        }
    }

    private TranscriptSearch? Transcript(Func<TranscriptRules, LaunchContext, TranscriptSearch> begin)
        => pane.Profile.Transcript is { } rules ? begin(rules, pane.Launch) : null;

    private TranscriptLine? Found() => _transcript?.Find(order.Message.Value, order.Seal);

    private string Carries(TranscriptLine line)
        => $"transcript {line.File}, byte {line.Offset}, carries the message{ReceivedText.Compared(line.Text, _typed, pane.Profile.Transforms)}";

    private string Words() => watch.Last is { } last
        ? $"{Screens.ScreenActivityNames.Name(last.Reading.Activity)} by {last.Reading.Rule}, input {last.Reading.Composer.State}"
        : "its screen cannot be read";

    private static DeliveryResult Deferred(string why) => new(DeliveryStep.Deferred, why);
}
