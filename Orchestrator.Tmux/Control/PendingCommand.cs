using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace Orchestrator.Tmux;

/// <summary>
/// A command line on its way: waiting, then sent, then answered. Once sent it can no longer be taken back, only given up as of unknown outcome.
/// </summary>
internal sealed class PendingCommand(TmuxCommand command, string marker)
{
    private const int Waiting = 0;
    private const int Sent = 1;
    private const int GivenUp = 2;

    /// <summary>More than the longest history of the widest pane; beyond it something is wrong.</summary>
    private const int LargestReply = 256 * 1024 * 1024;

    private readonly TaskCompletionSource<CommandReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _marker = Encoding.ASCII.GetBytes(marker);
    private readonly ArrayBufferWriter<byte> _region = new(256);
    private int _state = Waiting;
    private long _sentAt;
    private byte[]? _open;
    private byte[]? _lastBegin;
    private bool _atBegin;
    private bool _markerSeen;
    private int _regionEnd;

    public Task<CommandReply> Reply => _reply.Task;

    /// <summary>Whether the caller gave up before it was sent.</summary>
    public bool IsGivenUp => Volatile.Read(ref _state) == GivenUp;

    /// <summary>The command and, on a line of its own, the marker that shows where its answers end whatever a pane has printed.</summary>
    public byte[] Line { get; } = Encoding.UTF8.GetBytes($"{command.Text}\ndisplay-message -p {marker}\n");

    /// <summary>Claims it for sending; false if the caller has given up.</summary>
    public bool TrySend()
    {
        _sentAt = Stopwatch.GetTimestamp();
        return Interlocked.CompareExchange(ref _state, Sent, Waiting) == Waiting;
    }

    /// <summary>The caller waits no longer.</summary>
    public void GiveUp(string why, CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Sent)
        {
            _reply.TrySetException(new TmuxOutcomeUnknownException($"{why}; the command was sent and may have run, or may still run."));
        }
        else if (cancellation.IsCancellationRequested)
        {
            _reply.TrySetCanceled(cancellation);
        }
        else
        {
            _reply.TrySetException(new TmuxNotSentException($"{why}; the command was not sent."));
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Lost()
        => _reply.TrySetException(new TmuxOutcomeUnknownException("the control connection was lost before tmux answered; the command may have run."));

    /// <summary>Takes the next line that tmux wrote.</summary>
    /// <param name="line">The line.</param>
    /// <param name="notification">Whether the line looks like a notification: it may be one, or text of a pane that imitates one.</param>
    /// <returns>True if this line completed the reply.</returns>
    public bool Take(ReadOnlySpan<byte> line, out bool notification)
    {
        notification = false;
        if (_markerSeen && ReplyParser.Closes(line, _lastBegin))
        {
            Complete();
            return true;
        }

        _markerSeen = _atBegin && line.SequenceEqual(_marker);
        _atBegin = ReplyParser.IsOwnBegin(line);
        if (_atBegin)
        {
            _lastBegin = ReplyParser.Suffix(line).ToArray();
            _regionEnd = _region.WrittenCount;
        }

        if (_open is null)
        {
            notification = line.Length > 0 && line[0] == (byte)'%' && !line.StartsWith("%begin "u8);
            _open = line.StartsWith("%begin "u8) ? ReplyParser.Suffix(line).ToArray() : null;
        }
        else if (ReplyParser.Closes(line, _open))
        {
            _open = null;
        }

        if (_region.WrittenCount > 0 || _atBegin)
        {
            Keep(line);
        }

        return false;
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        if (_region.WrittenCount + line.Length > LargestReply)
        {
            throw new TmuxException($"tmux's answer is over {LargestReply / 1024 / 1024} MB.");
        }

        _region.Write(line);
        _region.Write("\n"u8);
    }

    private void Complete()
    {
        TmuxTelemetry.Commands.Add(1);
        TmuxTelemetry.CommandLatency.Record(Stopwatch.GetElapsedTime(_sentAt).TotalMilliseconds);
        var answers = ReplyParser.Parse(_region.WrittenMemory[.._regionEnd], command.Answers);
        if (answers.Count == 0)
        {
            throw new TmuxException("tmux gave no answer to a command: the control connection is out of step.");
        }

        _reply.TrySetResult(new CommandReply(command.Text, answers));
    }
}
