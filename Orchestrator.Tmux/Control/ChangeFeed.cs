using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Orchestrator.Tmux;

/// <summary>Hands changes to every watcher.</summary>
internal sealed class ChangeFeed
{
    private ImmutableArray<ChangeWatcher> _watchers = [];
    private volatile bool _serverLost;

    public void Output(PaneId pane)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Output(pane);
        }
    }

    /// <summary>A connection stands, and is a new one.</summary>
    public void Connected()
    {
        _serverLost = false;
        Note(panes: true, resynchronise: true);
    }

    /// <summary>The server is gone; whoever begins to watch before there is another hears of it, too.</summary>
    public void ServerLost()
    {
        _serverLost = true;
        Note(panes: true, resynchronise: true, serverLost: true);
    }

    public void Note(bool panes = false, bool resynchronise = false, bool serverLost = false)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Note(panes, resynchronise, serverLost);
        }
    }

    public async IAsyncEnumerable<TmuxChanges> WatchAsync(TimeSpan gather, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var watcher = new ChangeWatcher();
        ImmutableInterlocked.Update(ref _watchers, static (all, added) => all.Add(added), watcher);
        watcher.Note(panes: true, resynchronise: true, serverLost: _serverLost);
        try
        {
            while (true)
            {
                yield return await watcher.NextAsync(gather, time, cancellation);
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, static (all, gone) => all.Remove(gone), watcher);
        }
    }
}
