using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Orchestrator.Tmux;

/// <summary>One life of a control-mode client process: writes command lines, reads answers and notifications, until either end goes.</summary>
internal sealed class ControlConnection : IDisposable
{
    private const int LargestBatch = 32 * 1024;

    private readonly Process _process;
    private readonly ChangeFeed _changes;
    private readonly ConcurrentQueue<PendingCommand> _sent = new();
    private readonly LineReader _lines;
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<PaneId> _paused;
    private string _complaint = "";

    public ControlConnection(TmuxProcess processes, string session, ChangeFeed changes, Action<PaneId> paused)
    {
        _paused = paused;
        _changes = changes;
        _process = TmuxProcess.Start(processes.Describe(["-C", "attach-session", "-t", $"={session}"]));
        _lines = new LineReader(_process.StandardOutput.BaseStream);
    }

    /// <summary>Process id of the tmux client.</summary>
    public int ClientPid => _process.Id;

    /// <summary>What tmux said when it ended the connection, if it said anything.</summary>
    public string Complaint => _complaint;

    /// <summary>
    /// Sends the greeting, then what comes through the channel, and reads answers, until the client ends or <paramref name="stop"/>. Commands sent and unanswered
    /// by then fail as of unknown outcome; those still in the channel stay there.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<PendingCommand> greeting, ChannelReader<PendingCommand> commands, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);

        // A thread of its own: with many panes repainting, handing every read to the pool costs more than the reading.
        var reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var writing = WriteAsync(greeting, commands, ending.Token);
        try
        {
            await await Task.WhenAny(reading, writing);
        }
        finally
        {
            await ending.CancelAsync();
            End();
            await Settle(reading);
            await Settle(writing);
            _complaint = $"{_complaint} {(await _process.StandardError.ReadToEndAsync(CancellationToken.None)).Trim()}".Trim();
            foreach (var command in greeting)
            {
                command.Lost();
            }

            while (_sent.TryDequeue(out var command))
            {
                command.Lost();
            }
        }
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private static async Task Settle(Task task)
    {
        await task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        // Its error, if it has one, is that the connection is over, which is what is being dealt with.
        _ = task.Exception;
    }

    private void End()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    private async Task WriteAsync(IReadOnlyList<PendingCommand> greeting, ChannelReader<PendingCommand> commands, CancellationToken cancellation)
    {
        var stream = _process.StandardInput.BaseStream;
        using var batch = new MemoryStream();

        // A client that is not attached yet may still be turned away; nothing is risked on it.
        await _attached.Task.WaitAsync(cancellation);
        foreach (var command in greeting)
        {
            Add(batch, command);
        }

        do
        {
            while (batch.Length < LargestBatch && commands.TryRead(out var command))
            {
                Add(batch, command);
            }

            await stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), cancellation);
            await stream.FlushAsync(cancellation);
            batch.SetLength(0);
        }
        while (await commands.WaitToReadAsync(cancellation));
    }

    private void Add(MemoryStream batch, PendingCommand command)
    {
        if (command.TrySend())
        {
            // Before it is written: from here on its outcome is unknown until the answer is here.
            _sent.Enqueue(command);
            batch.Write(command.Line);
        }
    }

    private void Read()
    {
        do
        {
            while (_lines.TryRead(out var line))
            {
                Take(line);
            }
        }
        while (_lines.Fill());
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (!_attached.Task.IsCompleted)
        {
            Attach(line);
            return;
        }

        var notification = true;
        if (_sent.TryPeek(out var command) && command.Take(line, out notification))
        {
            _sent.TryDequeue(out _);
            return;
        }

        if (notification && Notifications.Read(line, _changes) is { } paused)
        {
            _paused(paused);
        }
    }

    /// <summary>The client's own attach command is answered first, like any other.</summary>
    private void Attach(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("%end "u8))
        {
            _attached.TrySetResult();
        }
        else if (!line.StartsWith("%"u8))
        {
            _complaint = Encoding.UTF8.GetString(line);
        }
    }
}
