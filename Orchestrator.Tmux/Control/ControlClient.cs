using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Tmux;

/// <summary>
/// The long-lived connection to a server in control mode: command lines are pipelined and answered in order, changes are gathered for watchers. When its tmux client
/// dies, a new one is started with back-off; commands sent by then fail as of unknown outcome, those not yet sent wait for the new one, each no longer than its time allows.
/// </summary>
public sealed partial class ControlClient : IAsyncDisposable
{
    private const int MostWaiting = 4096;
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(1);

    private readonly TmuxServer _server;
    private readonly TmuxServerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ChangeFeed _changes = new();
    private readonly Channel<PendingCommand> _commands = Channel.CreateUnbounded<PendingCommand>(new UnboundedChannelOptions { SingleReader = true });
    // Never disposed: it holds no handle, and callers may still be leaving.
    private readonly SemaphoreSlim _room = new(MostWaiting, MostWaiting);
    private readonly string _markerPrefix = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 20);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private long _markers;
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
    public IAsyncEnumerable<TmuxChanges> WatchAsync(CancellationToken cancellation = default) => _changes.WatchAsync(cancellation);

    /// <summary>Sends one command line and waits for its answers, which may hold errors.</summary>
    /// <param name="command">The line.</param>
    /// <param name="cancellation">Gives up: as cancelled if the line was not sent yet, else as of unknown outcome.</param>
    /// <exception cref="TmuxNotSentException">There was no connection within the time allowed: nothing happened.</exception>
    /// <exception cref="TmuxOutcomeUnknownException">It was sent, and no answer came: it may have run.</exception>
    public async Task<CommandReply> SendAsync(TmuxCommand command, CancellationToken cancellation = default)
    {
        var pending = Pend(command);
        using var limit = new CancellationTokenSource(_options.CommandTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await _room.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TmuxNotSentException($"{MostWaiting} commands wait already for the tmux server; the command was not sent.");
        }

        try
        {
            if (!_commands.Writer.TryWrite(pending))
            {
                throw new TmuxNotSentException("the control connection is closed; the command was not sent.");
            }

            await using var givingUp = either.Token.Register(
                () => pending.GiveUp($"tmux did not answer within {_options.CommandTimeout.TotalSeconds:0.#} s", cancellation));
            return await pending.Reply;
        }
        finally
        {
            _room.Release();
        }
    }

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
        if (!_commands.Writer.TryComplete())
        {
            return;
        }

        await CloseAsync();
        while (_commands.Reader.TryRead(out var pending))
        {
            pending.GiveUp("the control connection is closed", CancellationToken.None);
        }

        _stop.Dispose();
    }

    private PendingCommand Pend(TmuxCommand command)
        => new(command, _markerPrefix + Interlocked.Increment(ref _markers).ToString(CultureInfo.InvariantCulture));

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
                    _changes.Note(panes: true, resynchronise: true, serverLost: true);
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
        var identity = Pend(TmuxCommand.Of("display-message", "-p", ServerIdentity.Format));
        PendingCommand[] greeting =
        [
            Pend(TmuxCommand.Of("refresh-client", "-f", "pause-after=2")),
            Pend(TmuxCommand.Of("refresh-client", "-B", "dead:%*:#{pane_dead}")),
            identity,
        ];
        var running = connection.RunAsync(greeting, _commands.Reader, stop);
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
            _changes.Note(panes: true, resynchronise: true);
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
            await _server.ReachAsync(_server.Identity, stop);
        }
    }

    /// <summary>Tells tmux to send a pane's output again after it held it back because we were late.</summary>
    private void GoOn(PaneId pane) => _commands.Writer.TryWrite(Pend(TmuxCommand.Of("refresh-client", "-A", $"{pane}:continue")));

    [LoggerMessage(Level = LogLevel.Warning, Message = "control connection to tmux lost: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "control connection to tmux ended: {Complaint}")]
    private static partial void LogEnded(ILogger logger, string complaint);
}
