using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Orchestrator.Tmux;

/// <summary>Command lines on their way to whichever connection stands, no more than <see cref="MostWaiting"/> at a time and each for a limited time.</summary>
internal sealed class CommandQueue(TimeSpan timeout, TimeProvider time)
{
    private const int MostWaiting = 4096;
    private readonly Channel<PendingCommand> _commands = Channel.CreateUnbounded<PendingCommand>();

    // Never disposed: it holds no handle, and callers may still be leaving.
    private readonly SemaphoreSlim _room = new(MostWaiting, MostWaiting);
    private readonly string _markerPrefix = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 20);
    private long _markers;

    /// <summary>Where a connection takes what it sends.</summary>
    public ChannelReader<PendingCommand> Reader => _commands.Reader;

    /// <inheritdoc cref="ControlClient.SendAsync"/>
    public async Task<CommandReply> SendAsync(TmuxCommand command, CancellationToken cancellation)
    {
        var pending = Pend(command);
        using var limit = new CancellationTokenSource(timeout, time);
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

            await using var givingUp = either.Token.Register(() => pending.GiveUp($"tmux did not answer within {timeout.TotalSeconds:0.#} s", cancellation));
            return await pending.Reply;
        }
        finally
        {
            DropIfGivenUp(pending);
            _room.Release();
        }
    }

    /// <summary>A command with a marker of its own; it belongs to nobody's queue yet.</summary>
    public PendingCommand Pend(TmuxCommand command)
        => new(command, _markerPrefix + Interlocked.Increment(ref _markers).ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a command whose answer nobody waits for.</summary>
    public void Add(TmuxCommand command) => _commands.Writer.TryWrite(Pend(command));

    /// <summary>Takes no more; false if it took none already.</summary>
    public bool Complete() => _commands.Writer.TryComplete();

    /// <summary>Everything that still waits fails as not sent.</summary>
    public void GiveUpAll()
    {
        while (_commands.Reader.TryRead(out var pending))
        {
            pending.GiveUp("the control connection is closed", CancellationToken.None);
        }
    }

    /// <summary>While there is no connection nobody reads the queue: what was given up must not stay in it.</summary>
    private void DropIfGivenUp(PendingCommand pending)
    {
        if (!pending.IsGivenUp)
        {
            return;
        }

        for (var count = _commands.Reader.Count; count > 0 && _commands.Reader.TryRead(out var waiting); count--)
        {
            if (!waiting.IsGivenUp && !_commands.Writer.TryWrite(waiting))
            {
                waiting.GiveUp("the control connection is closed", CancellationToken.None);
            }
        }
    }
}
