using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Tmux;

/// <summary>
/// A tmux server of our own, on a socket of its own, that outlives us. Disposing this object lets go of the server and leaves it, and everything in it,
/// running; <see cref="KillAsync"/> is the only way to end it from here.
/// </summary>
public sealed partial class TmuxServer : IAsyncDisposable
{
    private readonly TmuxServerOptions _options;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private volatile ServerIdentity? _identity;

    /// <summary>Prepares the socket's folder; starts nothing yet.</summary>
    /// <exception cref="TmuxServerException">The folder cannot be ours.</exception>
    public TmuxServer(TmuxServerOptions options, ILogger<TmuxServer>? logger = null, TimeProvider? time = null)
    {
        _options = options;
        _logger = logger ?? NullLogger<TmuxServer>.Instance;
        SocketPath = SocketLocation.Prepare(options.Folder);
        Process = new TmuxProcess(options, SocketPath);
        Starter = new ServerStarter(options, Process, SocketPath);
        Control = new ControlClient(this, options, _logger, time ?? TimeProvider.System);
        Panes = new TmuxPanes(this, options);
    }

    /// <summary>Path of the server's socket; anybody who can open it can drive every pane.</summary>
    public string SocketPath { get; }

    /// <summary>The long-lived connection for reads, guarded writes and change signals.</summary>
    public ControlClient Control { get; }

    /// <summary>The panes: inventory, start, capture, end.</summary>
    public TmuxPanes Panes { get; }

    /// <summary>The server last seen by <see cref="EnsureStartedAsync"/>; null before the first call.</summary>
    public ServerIdentity? Identity => _identity;

    internal TmuxProcess Process { get; }

    internal ServerStarter Starter { get; }

    /// <summary>
    /// Makes sure that the server runs, is reachable and has its settings and session: adopts a running one, repairs a deleted socket, starts one
    /// only if there is none. May be called as often as one likes, and costs no process while all is well; calls wait for each other.
    /// </summary>
    /// <param name="known">The server of an earlier life, from the caller's own records. If the answer's identity differs, that one and all its panes are gone.</param>
    /// <param name="cancellation">Gives up waiting; a server that is being started comes up all the same.</param>
    /// <exception cref="TmuxServerException">tmux is missing or too old, or a server process exists that does not answer.</exception>
    public async Task<ServerStart> EnsureStartedAsync(ServerIdentity? known = null, CancellationToken cancellation = default)
    {
        using var activity = TmuxTelemetry.Activities.StartActivity("tmux ensure started");
        await _starting.WaitAsync(cancellation);
        try
        {
            if (await StillThereAsync(cancellation) is { } same)
            {
                return same;
            }

            var start = await Starter.ReachAsync(known ?? _identity, cancellation) ?? await Starter.StartAsync(cancellation);
            await Starter.PrepareAsync(cancellation);
            _identity = start.Identity;
            ServerProcesses.EndOrphanedControlClients(SocketPath);
            Control.Open();
            if (start.Arrival != ServerArrival.Adopted)
            {
                LogArrival(_logger, start.Arrival, start.Identity.Pid, start.Version, SocketPath);
            }

            TmuxTelemetry.ServerStarts.Add(1, new KeyValuePair<string, object?>("how", start.Arrival.ToString()));
            return start;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Whether the server process lives: by the process list, so that it can be told from a server that does not answer.</summary>
    public bool IsAlive()
        => IsCurrentAlive() || ServerProcesses.Of(SocketPath).Count > 0;

    /// <summary>
    /// Makes the server look for children that have ended. It misses one now and then (libutempter, which it calls when another pane comes or goes, sets SIGCHLD aside
    /// for a moment; seen with 3.3a): the pane is dead then, and how it ended stays unknown until the next child ends. The signal is the one the kernel sends; more of them do no harm.
    /// </summary>
    internal void LookForEndedChildren()
    {
        if (_identity is { } identity && ServerProcesses.IsServerOf(identity.Pid, SocketPath))
        {
            Native.Kill(identity.Pid, Native.ChildEnded);
        }
    }

    /// <summary>Ends the server and with it every pane.</summary>
    public async Task KillAsync(CancellationToken cancellation = default)
    {
        await Control.CloseAsync();
        await Process.RunAsync(["kill-server"], cancellation);
        _identity = null;
    }

    /// <summary>
    /// Command line for a person's terminal that shows a window: a session of the person's own in the same group, so that everybody has a current window of their own,
    /// gone when the person leaves. The size of the window stays as it is. Run it without <c>TMUX</c> in its environment: tmux refuses to nest otherwise.
    /// </summary>
    /// <param name="window">The window to show first.</param>
    /// <param name="mayType">False (the usual): the person's keys reach nothing but detaching.</param>
    public IReadOnlyList<string> AttachArguments(WindowId window, bool mayType = false)
    {
        var view = $"view-{Guid.NewGuid():n}"[..21];
        return
        [
            _options.Tmux, "-u", "-S", SocketPath, "-f", "/dev/null", "-N",
            "new-session", "-t", $"={_options.Session}", "-s", view, "-f", mayType ? "ignore-size" : "read-only,ignore-size", ";",
            "set-option", "destroy-unattached", "on", ";",
            "select-window", "-t", $"={view}:{window}",
        ];
    }

    /// <summary>Lets go of the server, which runs on.</summary>
    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        _starting.Dispose();
    }

    /// <summary>Whether the server that was last ensured lives.</summary>
    internal bool IsCurrentAlive() => _identity is { } identity && ServerProcesses.IsServerOf(identity.Pid, SocketPath);

    /// <summary>The quick way, without a process: the connection stands, and so does the socket.</summary>
    private async Task<ServerStart?> StillThereAsync(CancellationToken cancellation)
    {
        if (_identity is not { } identity || Control.Identity != identity || !File.Exists(SocketPath))
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            var answer = await Control.SendAsync(TmuxCommand.Of("display-message", "-p", ServerStarter.AskFormat), limit.Token);
            return ServerStarter.ReadAnswer(answer.OrThrow().Last.Text) is { } start && start.Identity == identity ? start : null;
        }
        catch (TmuxException)
        {
            // The connection was lost just now: the long way finds out.
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "tmux server {Arrival}: process {Pid}, version {Version}, socket {Socket}")]
    private static partial void LogArrival(ILogger logger, ServerArrival arrival, int pid, string version, string socket);
}
