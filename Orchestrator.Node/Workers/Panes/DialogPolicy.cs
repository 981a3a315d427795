using Orchestrator.Node.Screens;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>Answers those dialogs that a person has allowed in the profile, each at most as often as it says. Nothing else is ever answered here.</summary>
internal sealed class DialogPolicy(BoundPane pane, WorkerContext context, bool hasBeenReady)
{
    private readonly Dictionary<string, int> _answered = new(StringComparer.Ordinal);
    private bool _ready = hasBeenReady;

    public async Task AnswerAsync(ScreenReading reading, PaneObservation seen, CancellationToken cancellation)
    {
        _ready |= reading.Activity == ScreenActivity.Ready;
        if (reading.Activity is not (ScreenActivity.AwaitingApproval or ScreenActivity.AwaitingAnswer or ScreenActivity.AuthRequired)
            || pane.Profile.Dialogs.FirstOrDefault(d => d.Rule == reading.Rule) is not { } dialog
            || (dialog.OnlyAtStart && _ready)
            || _answered.GetValueOrDefault(dialog.Rule) >= dialog.Most
            || !context.Deadline.MayAct)
        {
            return;
        }

        _answered[dialog.Rule] = _answered.GetValueOrDefault(dialog.Rule) + 1;
        foreach (var key in dialog.Keys)
        {
            if (!PaneKey.TryParse(key, out var paneKey))
            {
                throw new InvalidOperationException($"the profile {pane.Profile.Name} answers {dialog.Rule} with the key {key}, which is none");
            }

            var outcome = await context.Deliveries.SendKeyAsync(Guards.Of(pane, seen.Facts.Marks.Sequence ?? 0, context), paneKey!, cancellation);
            if (outcome is not DeliveryOutcome.Done)
            {
                return;
            }
        }
    }
}

/// <summary>The guard that every step of this worker's hands goes through.</summary>
internal static class Guards
{
    public static DeliveryGuard Of(BoundPane pane, long sequence, WorkerContext context) => new()
    {
        Pane = pane.Pane,
        Writer = pane.Writer,
        Sequence = sequence,
        ProcessId = pane.ProcessId,
        Commands = pane.Programs,
        Deadline = context.Deadline.Moment,
    };
}
