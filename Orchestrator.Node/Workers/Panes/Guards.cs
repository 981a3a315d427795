using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Panes;

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
