namespace Orchestrator.Tmux;

/// <summary>Gathers changes for one watcher until it asks for them; its memory is bounded by the number of panes.</summary>
internal sealed class ChangeWatcher
{
    private readonly Lock _lock = new();
    // Never disposed: it holds no handle, and a change may still be noted while the watcher leaves.
    private readonly SemaphoreSlim _signal = new(0, 1);
    private HashSet<PaneId> _output = [];
    private bool _panes;
    private bool _resynchronise;
    private bool _serverLost;
    private bool _signalled;

    public void Output(PaneId pane)
    {
        lock (_lock)
        {
            if (_output.Add(pane))
            {
                Signal();
            }
        }
    }

    public void Note(bool panes = false, bool resynchronise = false, bool serverLost = false)
    {
        lock (_lock)
        {
            _panes |= panes;
            _resynchronise |= resynchronise;
            _serverLost |= serverLost;
            Signal();
        }
    }

    public async Task<TmuxChanges> NextAsync(TimeSpan gather, TimeProvider time, CancellationToken cancellation)
    {
        await _signal.WaitAsync(cancellation);
        if (gather > TimeSpan.Zero)
        {
            await Task.Delay(gather, time, cancellation);
        }

        lock (_lock)
        {
            var changes = new TmuxChanges(_output, _panes, _resynchronise, _serverLost);
            (_output, _panes, _resynchronise, _serverLost, _signalled) = ([], false, false, false, false);
            return changes;
        }
    }

    private void Signal()
    {
        if (!_signalled)
        {
            _signalled = true;
            _signal.Release();
        }
    }
}
