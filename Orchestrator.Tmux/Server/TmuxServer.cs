using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Tmux;

/// <summary>
/// A tmux server of our own, on a socket of its own, that outlives us. Disposing this object lets go of the server and leaves it, and everything in it,
/// running; <see cref="KillAsync"/> is the only way to end it from here.
/// </summary>
public sealed partial class TmuxServer : IAsyncDisposable
{
    // tmux gives up a start when another client meets the new server at the wrong moment; nothing is lost by asking again.
    private const int StartAttempts = 5;

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

    /// <summary>
    /// Makes sure that the server runs, is reachable and has its settings and session: adopts a running one, repairs a deleted socket, starts one
    /// only if there is none. May be called as often as one likes; calls wait for each other.
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
            var start = await ReachAsync(known ?? _identity, cancellation) ?? await StartAsync(cancellation);
            await PrepareAsync(cancellation);
            _identity = start.Identity;
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

    /// <summary>Ends the server and with it every pane.</summary>
    public async Task KillAsync(CancellationToken cancellation = default)
    {
        await Control.CloseAsync();
        await Process.RunAsync(["kill-server"], cancellation);
        _identity = null;
    }

    /// <summary>
    /// Command line for a person's terminal that shows a window: a session of the person's own in the same group, so that everybody has a current window of their own,
    /// gone when the person leaves. The size of the window stays as it is.
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

    /// <summary>Makes a running server reachable again; null if there is none.</summary>
    internal async Task<ServerStart?> ReachAsync(ServerIdentity? known, CancellationToken cancellation)
    {
        if (await AskAsync(cancellation) is { } found)
        {
            return found with { Arrival = ServerArrival.Adopted };
        }

        var living = ServerProcesses.Of(SocketPath).OrderBy(pid => pid != known?.Pid).ToList();
        foreach (var pid in living)
        {
            ServerProcesses.AskForSocket(pid);
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < TimeSpan.FromSeconds(3))
            {
                if (await AskAsync(cancellation) is { } repaired)
                {
                    return repaired with { Arrival = ServerArrival.SocketRepaired };
                }

                await Task.Delay(TimeSpan.FromMilliseconds(25), cancellation);
            }
        }

        return living.Count == 0
            ? null
            : throw new TmuxServerException(
                $"the tmux server (process {string.Join(", ", living)}) runs but does not answer on {SocketPath}. It may be stopped (kill -CONT) or stuck; no second one is started beside it.");
    }

    private async Task<ServerStart?> AskAsync(CancellationToken cancellation)
    {
        if (!File.Exists(SocketPath))
        {
            return null;
        }

        TmuxProcessResult answer;
        try
        {
            answer = await Process.RunAsync(["display-message", "-p", $"{ServerIdentity.Format} #{{version}}"], cancellation);
        }
        catch (TmuxOutcomeUnknownException exception)
        {
            throw new TmuxServerException($"the tmux server does not answer on {SocketPath}. It may be stopped (kill -CONT) or stuck.", exception);
        }

        var end = answer.Output.LastIndexOf(' ');
        return answer.Succeeded && end > 0 && ServerIdentity.TryParse(answer.Output[..end], out var identity)
            ? new ServerStart(identity!, ServerArrival.Adopted, answer.Output[(end + 1)..])
            : null;
    }

    private async Task<ServerStart> StartAsync(CancellationToken cancellation)
    {
        var trouble = "";
        for (var attempt = 0; attempt < StartAttempts; attempt++)
        {
            // One list: the server would leave again before a second client could tell it to stay.
            var answer = await Process.RunAsync(
                ["start-server", ";", .. ServerSettings.Apply(_options), ";", .. ServerSettings.MakeSession(_options)], cancellation, mayStart: true);
            if (await AskAsync(cancellation) is { } start)
            {
                return start with { Arrival = ServerArrival.Started };
            }

            trouble = answer.Error.Length > 0 ? answer.Error : $"exit code {answer.ExitCode}";
            await Task.Delay(TimeSpan.FromMilliseconds(40), cancellation);
        }

        throw new TmuxServerException($"the tmux server did not start: {trouble}");
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        var settings = await Process.RunAsync([.. ServerSettings.Apply(_options)], cancellation);
        if (!settings.Succeeded)
        {
            throw new TmuxServerException($"the tmux server did not take its settings: {settings.Error}");
        }

        var session = await Process.RunAsync(["has-session", "-t", $"={_options.Session}"], cancellation);
        if (!session.Succeeded)
        {
            var made = await Process.RunAsync(ServerSettings.MakeSession(_options), cancellation);
            if (!made.Succeeded && !made.Error.Contains("duplicate session", StringComparison.Ordinal))
            {
                throw new TmuxServerException($"the session '{_options.Session}' could not be made: {made.Error}");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "tmux server {Arrival}: process {Pid}, version {Version}, socket {Socket}")]
    private static partial void LogArrival(ILogger logger, ServerArrival arrival, int pid, string version, string socket);
}
