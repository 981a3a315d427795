using Microsoft.Extensions.Logging;

namespace Orchestrator.Tmux;

/// <summary>
/// The long-lived connection to a server in control mode: command lines are pipelined and answered in order, changes are gathered for watchers. When its tmux client
/// dies, a new one is started with back-off; commands sent by then fail as of unknown outcome, those not yet sent wait for the new one, each no longer than its time allows.
/// </summary>
public sealed partial class ControlClient : IAsyncDisposable
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(1);

    private readonly TmuxServer _server;
    private readonly TmuxServerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ChangeFeed _changes = new();
    private readonly CommandQueue _queue;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile ServerIdentity? _identity;
    private volatile ControlConnection? _connection;

    internal ControlClient(TmuxServer server, TmuxServerOptions options, ILogger logger, TimeProvider time)
    {
        _server = server;
        _options = options;
        _logger = logger;
        _time = time;
        _queue = new CommandQueue(options.CommandTimeout, time);
    }

    /// <summary>The server this connection speaks to; null while there is no connection.</summary>
    public ServerIdentity? Identity => _identity;

    /// <summary>Whether commands are being answered right now.</summary>
    public bool IsConnected => _identity is not null;

    /// <summary>Process id of the tmux client, if one runs.</summary>
    internal int? ClientPid => _connection?.ClientPid;

    /// <summary>
    /// Changes, gathered until asked for; the first comes at once and says to read everything. Several may watch. Ends only by <paramref name="cancellation"/>.
    /// </summary>
    /// <param name="gather">How long to go on gathering after the first change, so that panes that repaint all the time wake the watcher less often; none by default.</param>
    /// <param name="cancellation">Ends the watch.</param>
    public IAsyncEnumerable<TmuxChanges> WatchAsync(TimeSpan gather = default, CancellationToken cancellation = default)
        => _changes.WatchAsync(gather, _time, cancellation);

    /// <summary>Sends one command line and waits for its answers, which may hold errors.</summary>
    /// <param name="command">The line.</param>
    /// <param name="cancellation">Gives up: as cancelled if the line was not sent yet, else as of unknown outcome.</param>
    /// <exception cref="TmuxNotSentException">There was no connection within the time allowed: nothing happened.</exception>
    /// <exception cref="TmuxOutcomeUnknownException">It was sent, and no answer came: it may have run.</exception>
    public Task<CommandReply> SendAsync(TmuxCommand command, CancellationToken cancellation = default) => _queue.SendAsync(command, cancellation);

    /// <summary>Starts connecting, and keeps at it; idempotent.</summary>
    internal void Open()
    {
        lock (_lock)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }

            if (_running.IsCompleted)
            {
                _stop.Dispose();
                _stop = new CancellationTokenSource();
                var stop = _stop.Token;
                _running = Task.Run(() => KeepConnectedAsync(stop), CancellationToken.None);
            }
        }
    }

    /// <summary>Ends the connection and stops connecting; <see cref="Open"/> starts anew.</summary>
    internal async Task CloseAsync()
    {
        Task running;
        CancellationTokenSource stop;
        lock (_lock)
        {
            (running, stop) = (_running, _stop);
        }

        await stop.CancelAsync();
        await running;
    }

    /// <summary>Ends the connection; commands that wait fail as not sent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Complete())
        {
            return;
        }

        await CloseAsync();
        _queue.GiveUpAll();
        _stop.Dispose();
    }

    private async Task KeepConnectedAsync(CancellationToken stop)
    {
        var backOff = FirstBackOff;
        var lost = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // A client that meets a server in the middle of its start can make it fail: none is started before the server stands.
                if (_server.IsCurrentAlive())
                {
                    lost = false;
                    backOff = await ConnectOnceAsync(stop) ? FirstBackOff : Longer(backOff);
                    await RecoverAsync(stop);
                }
                else if (!lost)
                {
                    // Only the owner may decide to start another server: all panes are gone with the old one.
                    lost = true;
                    _changes.ServerLost();
                }
                else
                {
                    backOff = Longer(backOff);
                }

                await _wake.WaitAsync(backOff, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is TmuxException or IOException or InvalidOperationException)
            {
                backOff = Longer(backOff);
                LogLost(_logger, exception.Message);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan backOff) => backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;

    /// <summary>One connection from start to end; true if it came to answer commands.</summary>
    private async Task<bool> ConnectOnceAsync(CancellationToken stop)
    {
        using var connection = new ControlConnection(_server.Process, _options.Session, _changes, GoOn);
        _connection = connection;
        var identity = _queue.Pend(TmuxCommand.Of("display-message", "-p", ServerIdentity.Format));
        PendingCommand[] greeting =
        [
            _queue.Pend(TmuxCommand.Of("refresh-client", "-f", "pause-after=2")),
            _queue.Pend(TmuxCommand.Of("refresh-client", "-B", "dead:%*:#{pane_dead}")),
            identity,
        ];
        var running = connection.RunAsync(greeting, _queue.Reader, stop);
        var greeted = GreetAsync(identity);
        try
        {
            await running;
        }
        finally
        {
            _identity = null;
            _connection = null;
        }

        LogEnded(_logger, connection.Complaint);
        return await greeted;
    }

    private async Task<bool> GreetAsync(PendingCommand identity)
    {
        try
        {
            var answer = (await identity.Reply).Last;
            if (!answer.Succeeded || !ServerIdentity.TryParse(answer.Text, out var server))
            {
                return false;
            }

            _identity = server;
            _changes.Connected();
            return true;
        }
        catch (TmuxOutcomeUnknownException)
        {
            // The connection ended before it stood.
            return false;
        }
    }

    /// <summary>After a connection was lost while the server may live: its socket may be gone.</summary>
    private async Task RecoverAsync(CancellationToken stop)
    {
        TmuxTelemetry.Reconnections.Add(1);
        _changes.Note(resynchronise: true);
        if (_server.IsCurrentAlive())
        {
            await _server.Starter.ReachAsync(_server.Identity, stop);
        }
    }

    /// <summary>Tells tmux to send a pane's output again after it held it back because we were late.</summary>
    private void GoOn(PaneId pane) => _queue.Add(TmuxCommand.Of("refresh-client", "-A", $"{pane}:continue"));

    [LoggerMessage(Level = LogLevel.Warning, Message = "control connection to tmux lost: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "control connection to tmux ended: {Complaint}")]
    private static partial void LogEnded(ILogger logger, string complaint);
}
