namespace Orchestrator.Tmux;

/// <summary>
/// What has changed since the watcher last asked. Changes are hints, gathered and never queued: whoever watches reads the screens and the inventory afterwards, and
/// the inventory every few seconds anyway.
/// </summary>
/// <param name="Output">Panes that wrote something.</param>
/// <param name="PanesChanged">A pane or window came, went, died, or entered or left copy mode: read the inventory.</param>
/// <param name="Resynchronise">The connection was made anew; anything may have changed.</param>
/// <param name="ServerLost">The server process is gone, and every pane with it.</param>
public sealed record TmuxChanges(IReadOnlySet<PaneId> Output, bool PanesChanged, bool Resynchronise, bool ServerLost);
