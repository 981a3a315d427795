using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Deliveries;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Channels;

/// <summary>
/// Delivers one message through the channel of a program: write, mark, prove. The same marks on the pane as for one that is typed, set once its line is in the file: before
/// that the file itself tells how far a killed node has come, so it may be begun again at any moment, and a line is never written twice.
/// </summary>
internal sealed class ChannelDelivery(ChannelFile channel, BoundPane pane, PaneWatch watch, DeliverMessage order, WorkerContext context)
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);

    // The proof does not stand on the screen: a look only tells whether the program still runs. Each takes time from the program, which is at work on the message just then.
    private static readonly TimeSpan LookWhileProvingEvery = TimeSpan.FromMilliseconds(250);

    private readonly DeliveryId _id = DeliveryId.Parse(order.Message.Value);
    private readonly byte[] _line = channel.LineOf(pane.Profile.Envelope.Wrap(order.Message.Value, order.From, order.Seal, order.Text));
    private TranscriptSearch? _transcript;
    private TranscriptSearch? _output;

    /// <summary>Whether this message goes through the channel: it is there and the program takes what it holds, or a part of the message is in it already.</summary>
    public async Task<bool> IsTheWayAsync(CancellationToken cancellation)
        => DeliveryMarks.PlaceOf(await pane.MarksAsync(context, cancellation), order) switch
        {
            DeliveryPlace.NotTyped => channel.IsUsable || Place() != ChannelPlace.NotWritten,
            DeliveryPlace.Sent => Place() == ChannelPlace.Written,
            _ => false,
        };

    /// <summary>What became of a delivery whose pane has ended: a line that was written may have been taken although no mark says so.</summary>
    public static DeliveryResult Settle(BoundPane ended, DeliverMessage order, DeliveryResult byMarks)
    {
        if (byMarks.Step != DeliveryStep.Deferred || ended.Profile.Channel is not { } rules)
        {
            return byMarks;
        }

        var file = new ChannelFile(rules, ended.Launch);
        var line = file.LineOf(ended.Profile.Envelope.Wrap(order.Message.Value, order.From, order.Seal, order.Text));
        return file.PlaceOf(order.Message.Value, order.Seal, line) == ChannelPlace.Written ? Unknown() : byMarks;
    }

    /// <summary>Runs the delivery to its end.</summary>
    /// <param name="typed">Called once the line is in the file.</param>
    /// <param name="submitted">Called once the program says that it has taken the message, if that is before its transcript carries it.</param>
    /// <param name="interrupted">The pane is about to be stopped, or is gone.</param>
    /// <param name="cancellation">This process stops: nothing is reported, the next one takes it up.</param>
    public async Task<DeliveryResult> RunAsync(Func<string, Task> typed, Func<string, Task> submitted, CancellationToken interrupted, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, cancellation);
        try
        {
            if (Place() == ChannelPlace.NotWritten)
            {
                _transcript = Transcript(TranscriptSearch.FromNow);
                _output = pane.Profile.Channel?.Output is { } output ? ChannelOutput.FromNow(output, pane.Launch) : null;
                if (await RefusedAsync(either.Token) is { } early)
                {
                    return early;
                }
            }

            _transcript ??= Transcript(static (rules, launch) => TranscriptSearch.FromTheBeginning(rules, launch, DateTimeOffset.MinValue));
            if (Place() != ChannelPlace.Written)
            {
                await channel.WriteAsync(_line, () => HitAsync(FailPoints.ChannelWriting));
            }

            await HitAsync(FailPoints.ChannelWritten);
            if (await MarkAsync(either.Token) is { } gone)
            {
                return gone;
            }

            await HitAsync(FailPoints.ChannelMarked);
            await typed($"line of {_line.Length} bytes in {pane.Launch.Channel}, @n {order.Number + 1}");
            return await ProveAsync(submitted, either.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Settled();
        }
    }

    private async Task<DeliveryResult?> RefusedAsync(CancellationToken cancellation)
    {
        if (order.ExpiresAt <= context.System.Clock.Now)
        {
            return new DeliveryResult(DeliveryStep.Expired, "its time was over before it could be written");
        }

        var started = context.Time.GetTimestamp();

        // That it stands at its prompt, by its screen or by what it has told, is the first of two looks.
        for (var agreed = watch is { AtPromptSince: not null, TurnMayBegin: false } ? 1 : 0; agreed < 2;)
        {
            var seen = await watch.LookAsync(cancellation);
            agreed = seen is not null && CanTake(seen) && context.Deadline.MayAct ? agreed + 1 : 0;
            if (agreed == 0 && (seen is null || seen.Facts.Dead || context.Time.GetElapsedTime(started) > ReadyWithin))
            {
                return new DeliveryResult(DeliveryStep.Deferred, $"it cannot take a message now: {watch.Last?.Reading.Activity.Name() ?? "its screen cannot be read"}");
            }

            if (agreed < 2)
            {
                await Task.Delay(LookEvery, context.Time, cancellation);
            }
        }

        return null;
    }

    // What stands in the input is not touched by what comes through the channel.
    private bool CanTake(PaneObservation seen)
        => seen is { Facts.Dead: false }
            && (seen.Reading.Activity is ScreenActivity.Ready or ScreenActivity.TurnFailed
                || (seen.Reading.Activity == ScreenActivity.RateLimited && watch.MayTryAfterLimit));

    /// <summary>Counts the message on the pane, like one that was typed and submitted: its line is written, so this is tried until it is done or the pane is gone.</summary>
    private async Task<DeliveryResult?> MarkAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var marks = await pane.MarksAsync(context, cancellation);
            switch (DeliveryMarks.PlaceOf(marks, order))
            {
                case DeliveryPlace.Sent:
                    return null;
                case DeliveryPlace.Gone:
                    return Settled();
                case DeliveryPlace.Contradiction or DeliveryPlace.Typed:
                    return Found() is { } line
                        ? new DeliveryResult(DeliveryStep.Confirmed, Carries(line), line)
                        : new DeliveryResult(DeliveryStep.Undecidable, $"it was written into the program's channel, but the marks of the pane (@n {marks?.Sequence}, @last {marks?.Last}) are not those that this delivery began with (@n {order.Number}): look at the pane");
                default:
                    if (watch.Last is { Facts.Dead: true })
                    {
                        return Settled();
                    }

                    if (await context.Deliveries.MarkAsync(Guards.Of(pane, order.Number, context), _id, cancellation) is not DeliveryOutcome.Done)
                    {
                        await Task.Delay(LookEvery, context.Time, cancellation);
                    }

                    break;
            }
        }
    }

    private async Task<DeliveryResult> ProveAsync(Func<string, Task> submitted, CancellationToken cancellation)
    {
        using var proved = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var telling = TellTakenAsync(submitted, proved.Token);
        try
        {
            return await ProveAsync(cancellation);
        }
        finally
        {
            await proved.CancelAsync();
            await telling;
        }
    }

    /// <summary>Waits until the program says that it has taken the message. That it has written it down, so that it also knows it after a crash, only its transcript says.</summary>
    private async Task TellTakenAsync(Func<string, Task> submitted, CancellationToken proved)
    {
        TranscriptLine? taken = null;
        try
        {
            while (taken is null && _output is not null)
            {
                taken = await _output.WithinAsync(order, LookWhileProvingEvery, context.Time, proved);
            }
        }
        catch (OperationCanceledException) when (proved.IsCancellationRequested)
        {
            // The transcript carries it already, or nothing is waited for any more.
            return;
        }

        if (taken is not null)
        {
            await submitted($"the program says that it has taken it: {taken.File}, byte {taken.Offset}; by its channel");
        }
    }

    private async Task<DeliveryResult> ProveAsync(CancellationToken cancellation)
    {
        watch.Submitted();
        var idle = context.Time.GetTimestamp();
        while (true)
        {
            if (await _transcript.WithinAsync(order, LookWhileProvingEvery, context.Time, cancellation) is { } line)
            {
                return new DeliveryResult(DeliveryStep.Confirmed, $"{Carries(line)}; by its channel", line);
            }

            var seen = await watch.LookAsync(cancellation);
            if (seen is null || seen.Facts.Dead)
            {
                return Settled();
            }

            // While it works it may have the message in its own queue.
            if (!CanTake(seen))
            {
                idle = context.Time.GetTimestamp();
            }
            else if (context.Time.GetElapsedTime(idle) > pane.Profile.Typing.ProvenWithin)
            {
                channel.Dead = true;
                return new DeliveryResult(DeliveryStep.Undecidable, $"it was written into the program's channel, and for {pane.Profile.Typing.ProvenWithin.TotalSeconds:0} s nothing showed that the program has taken it: look at the pane before you send it again. Messages are typed from now on");
            }
        }
    }

    private DeliveryResult Settled()
    {
        if (Found() is { } line)
        {
            return new DeliveryResult(DeliveryStep.Confirmed, Carries(line), line);
        }

        return Place() == ChannelPlace.Written ? Unknown() : new DeliveryResult(DeliveryStep.Deferred, "its program ended before the whole of it was in its channel");
    }

    private ChannelPlace Place() => channel.PlaceOf(order.Message.Value, order.Seal, _line);

    private Task HitAsync(string point) => context.FailPoints?.HitAsync(point, CancellationToken.None).AsTask() ?? Task.CompletedTask;

    private TranscriptSearch? Transcript(Func<TranscriptRules, LaunchContext, TranscriptSearch> begin)
        => pane.Profile.Transcript is { } rules ? begin(rules, pane.Launch) : null;

    private TranscriptLine? Found() => _transcript?.Find(order.Message.Value, order.Seal);

    private static string Carries(TranscriptLine line) => $"transcript {line.File}, byte {line.Offset}, carries the message";

    private static DeliveryResult Unknown()
        => new(DeliveryStep.Undecidable, "it was written into the program's channel, and then the program ended before anything showed that it had taken it: look at the program's own records before you send it again");
}
