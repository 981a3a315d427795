using System.Collections.Immutable;

using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Guard;

/// <summary>Stops the programs whose time is over: exactly those, once each. The guard process does it, and the node too, while it lives.</summary>
internal sealed class PaneGuard
{
    private const int MostRemembered = 500;
    private readonly HashSet<(string Agent, long Generation)> _done = [];

    /// <summary>What was stopped, the last of it.</summary>
    public ImmutableArray<StoppedByGuard> Stopped { get; private set; } = [];

    /// <summary>Whether there is anything that this guard may still have to stop.</summary>
    public bool HasWork(GuardLease lease) => lease.Panes.Any(pane => !_done.Contains((pane.Agent, pane.Generation)));

    /// <summary>Those whose time is over, and which have not been stopped.</summary>
    public static ImmutableArray<GuardedPane> Over(GuardLease lease, long now) => [.. lease.Panes.Where(pane => pane.Until <= now)];

    /// <summary>Stops what is to be stopped now; says what.</summary>
    /// <exception cref="TmuxException">Something does not end: it is tried again with the next look.</exception>
    public async Task<IReadOnlyList<StoppedByGuard>> LookAsync(GuardLease lease, CancellationToken cancellation)
    {
        var over = Over(lease, ActionDeadline.Boottime()).Where(pane => !_done.Contains((pane.Agent, pane.Generation))).Select(static pane => new StoppablePane(pane.Agent, pane.Generation, pane.Pid, pane.StartedAt)).ToList();
        if (over.Count == 0)
        {
            return [];
        }

        List<StoppedByGuard> stopped = [.. (await new ProgramStopper(lease.Socket, lease.Tmux).StopAsync(over, cancellation)).Select(static pane => new StoppedByGuard(pane.Agent, pane.Generation))];
        _done.UnionWith(over.Select(static pane => (pane.Agent, pane.Generation)));
        Stopped = [.. Stopped.AddRange(stopped).TakeLast(MostRemembered)];
        return stopped;
    }
}
