using Orchestrator.Actors.Agents;
using Orchestrator.Api;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>The marked panes of this node's tmux server.</summary>
internal sealed class PaneInventory(TmuxServer tmux) : IPaneInventory
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<InventoryPane>> ListAsync(CancellationToken cancellationToken)
        => [.. (await tmux.Panes.ListAsync(cancellationToken)).Where(static p => p.Agent is not null).Select(static p => new InventoryPane(p.Pane.ToString(), p.Agent!, p.Generation, p.ProcessId, p.Dead))];

    /// <inheritdoc/>
    public async Task<bool> CloseAsync(InventoryPane pane, CancellationToken cancellationToken)
        => pane.Generation is { } generation
            && (await tmux.Panes.ListAsync(cancellationToken)).FirstOrDefault(p => p.Pane.ToString() == pane.Id) is { } facts
            && await tmux.Panes.KillAsync(facts.Pane, pane.Agent, generation, cancellationToken);
}
