using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Orchestrator.Tmux;

/// <summary>Hands changes to every watcher.</summary>
internal sealed class ChangeFeed
{
    private ImmutableArray<ChangeWatcher> _watchers = [];

    public void Output(PaneId pane)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Output(pane);
        }
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
        watcher.Note(panes: true, resynchronise: true);
        ImmutableInterlocked.Update(ref _watchers, static (all, added) => all.Add(added), watcher);
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
