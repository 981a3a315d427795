using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>Stops programs: gently by the keys of the profile, then by signals; the whole pane is captured before it goes.</summary>
internal sealed class PaneStopper(WorkerContext context)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SignalWithin = TimeSpan.FromSeconds(3);

    /// <summary>Stops the program of a pane, and says how it ended and what stood on the pane.</summary>
    public async Task<(PaneExit Exit, string? Output)> StopAsync(BoundPane pane, bool force, CancellationToken cancellation)
    {
        // The program may clear its screen when it ends: what stood there before is worth more.
        var before = await CaptureAsync(pane, context, cancellation);
        var ended = !force && await GentlyAsync(pane, cancellation);
        if (!ended && !force)
        {
            ended = await SignalAsync(pane, PaneSignal.Terminate, cancellation);
        }

        if (!ended)
        {
            await SignalAsync(pane, PaneSignal.Kill, cancellation);
        }

        var facts = await context.Tmux.Panes.FindAsync(pane.Pane, cancellation);
        var after = await CaptureAsync(pane, context, cancellation);
        var output = after is not null && before is not null && after.Length >= before.Length ? after : before ?? after;
        return (facts is { Dead: true } ? Exits.Of(facts) : new PaneExit(ExitCode: null, Signal: null, "its pane was closed"), output);
    }

    /// <summary>The whole text of a pane, history included, at most the last million characters; null if the pane is gone.</summary>
    public static async Task<string?> CaptureAsync(BoundPane pane, WorkerContext context, CancellationToken cancellation)
    {
        const int Most = 1_000_000;
        var capture = await context.Tmux.Panes.CaptureAsync(pane.Pane, new CaptureOptions { HistoryLines = CaptureOptions.WholeHistory, JoinWrapped = true }, cancellation);
        if (capture is null || !pane.Is(capture.Facts))
        {
            return null;
        }

        var text = Secret.Redact(string.Join('\n', capture.Lines.Select(static line => line.TrimEnd())).Trim('\n'));
        return text.Length <= Most ? text : text[^Most..];
    }

    private async Task<bool> GentlyAsync(BoundPane pane, CancellationToken cancellation)
    {
        var rules = pane.Profile.Stop;
        foreach (var (index, key) in rules.Keys.Index())
        {
            if (await context.Tmux.Panes.FindAsync(pane.Pane, cancellation) is not { Dead: false } facts)
            {
                return await EndsAsync(pane, rules.Within, cancellation);
            }

            if (!PaneKey.TryParse(key, out var paneKey))
            {
                throw new InvalidOperationException($"the profile {pane.Profile.Name} stops with the key {key}, which is none");
            }

            if (await context.Deliveries.SendKeyAsync(Guards.Of(pane, facts.Marks.Sequence ?? 0, context), paneKey!, cancellation) is not DeliveryOutcome.Done)
            {
                return false;
            }

            if (await EndsAsync(pane, index == rules.Keys.Length - 1 ? rules.Within : rules.Between, cancellation))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> SignalAsync(BoundPane pane, PaneSignal signal, CancellationToken cancellation)
    {
        if (signal == PaneSignal.Kill)
        {
            // Asked again: a process that was stopped takes nothing but this.
            await context.Tmux.Panes.SignalAsync(pane.Pane, pane.Agent.Value, pane.Generation.Value, PaneSignal.Continue, cancellation);
        }

        return !await context.Tmux.Panes.SignalAsync(pane.Pane, pane.Agent.Value, pane.Generation.Value, signal, cancellation)
            || await EndsAsync(pane, SignalWithin, cancellation);
    }

    private async Task<bool> EndsAsync(BoundPane pane, TimeSpan within, CancellationToken cancellation)
    {
        var started = context.Time.GetTimestamp();
        while (true)
        {
            // A program may let go of its terminal before it ends: only its exit status says that it has.
            if (await context.Tmux.Panes.FindAsync(pane.Pane, cancellation) is not { } facts || (facts.Dead && Exits.IsKnown(facts)))
            {
                return true;
            }

            if (context.Time.GetElapsedTime(started) > within)
            {
                return false;
            }

            await Task.Delay(LookEvery, context.Time, cancellation);
        }
    }
}
