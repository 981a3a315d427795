using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Orchestrator.Tmux;

/// <summary>One step of a recording.</summary>
/// <param name="After">Since the recording began.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Data">The output, the new size as <c>COLUMNSxROWS</c>, or for people how much was left out.</param>
public sealed record PaneStep(TimeSpan After, PaneStepKind Kind, string Data);

/// <summary>What a step of a recording is.</summary>
public enum PaneStepKind
{
    /// <summary>The program wrote something; the first one draws the screen as it was.</summary>
    Output,

    /// <summary>The pane has another size; the first one says the size at the beginning.</summary>
    Size,

    /// <summary>Something was left out before it, because the reader was too slow; the screen is drawn anew behind it.</summary>
    Marker,
}

/// <summary>
/// Records what the program of one pane writes, from now on, by a control-mode client of its own: the pane, its program, its size and every other client are left as they are.
/// Client and recording end with each other. About 2 MB wait for a slow reader; what comes beyond them is left out, a <see cref="PaneStepKind.Marker"/> says so, and the screen is drawn anew.
/// </summary>
public sealed class PaneRecording(TmuxServer server, string session, TimeProvider time)
{
    private const string Facts = "#{pane_width}x#{pane_height} #{cursor_x} #{cursor_y} #{alternate_on} #{cursor_flag} #{window_id}";

    private RecordingBacklog? _backlog;

    /// <summary>How many characters of output are left out since the screen was last drawn, because the reader is too slow; 0 while nothing is missing.</summary>
    public long LeftOut => _backlog?.LeftOut ?? 0;

    /// <summary>The steps: first the size, then the screen as it is, then everything as it comes, until the pane or its server is gone, or <paramref name="cancellation"/>.</summary>
    /// <exception cref="TmuxException">There is no such pane.</exception>
    public async IAsyncEnumerable<PaneStep> RecordAsync(PaneId pane, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var client = TmuxProcess.Start(server.Process.Describe(["-C", "attach-session", "-f", "ignore-size,read-only", "-t", $"={session}"]));
        var steps = _backlog = new RecordingBacklog(RecordingBacklog.Room, () => Ask(client, pane));
        Ask(client, pane);
        var reading = Task.Factory.StartNew(() => Read(client, pane, steps), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var step in steps.TakeAllAsync(cancellation))
            {
                yield return step;
            }
        }
        finally
        {
            if (!client.HasExited)
            {
                client.Kill();
            }

            await reading;
        }
    }

    // First asked before anything is read, then by the reader of the steps: never two at a time.
    private static void Ask(Process client, PaneId pane)
    {
        try
        {
            client.StandardInput.Write($"display-message -p -t {pane} '{Facts}' ; capture-pane -p -e -t {pane}\n");
            client.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended: so do its lines, and the recording with them.
            return;
        }
    }

    private void Read(Process client, PaneId pane, RecordingBacklog steps)
    {
        Exception? failure = null;
        try
        {
            new Reader(client, pane, steps, time).Run();
        }
        catch (Exception exception) when (exception is IOException or TmuxException)
        {
            failure = exception;
        }

        steps.Complete(failure);
    }

    /// <summary>Reads the client's lines. Answers and output come in the order in which tmux made them, so what was written before the screen was captured is left out.</summary>
    private sealed class Reader(Process client, PaneId pane, RecordingBacklog steps, TimeProvider time)
    {
        private readonly LineReader _lines = new(client.StandardOutput.BaseStream);
        private readonly byte[] _output = Encoding.ASCII.GetBytes($"%output {pane} ");
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private readonly List<string> _answer = [];
        private byte[] _layout = [];
        private byte[] _closed = [];
        private long _start;
        private int _answers;
        private bool _inAnswer;
        private bool _isOurs;
        private string _facts = string.Empty;
        private string _size = string.Empty;

        public void Run()
        {
            do
            {
                while (_lines.TryRead(out var line))
                {
                    if (!Take(line))
                    {
                        return;
                    }
                }
            }
            while (_lines.Fill());
        }

        private bool Take(ReadOnlySpan<byte> line)
        {
            if (_inAnswer)
            {
                return Answer(line);
            }

            if (line.StartsWith("%begin "u8))
            {
                (_inAnswer, _isOurs) = (true, line.EndsWith(" 1"u8));
                _answer.Clear();
            }
            else if (_start != 0 && line.StartsWith(_output))
            {
                Write(Text(line[_output.Length..]));
            }
            else if (_start != 0 && line.StartsWith(_layout) && SizeIn(line[_layout.Length..]) is { } size && size != _size)
            {
                _size = size;
                steps.Add(new PaneStep(Elapsed, PaneStepKind.Size, size));
            }

            return _start == 0 || !(line.SequenceEqual(_closed) || line.StartsWith("%exit"u8));
        }

        // First the facts, then the screen, each time that it is asked for. What this client did not ask for by its input, the attaching itself, is marked with 0; it may come first or not at all.
        private bool Answer(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("%error "u8) && (_isOurs || _answers == 0))
            {
                if (_start != 0)
                {
                    // It went while the screen was to be drawn anew.
                    return false;
                }

                throw new TmuxException($"{pane} cannot be recorded: {string.Join(' ', _answer)}");
            }

            if (!line.StartsWith("%end "u8))
            {
                _answer.Add(Encoding.UTF8.GetString(line));
                return true;
            }

            _inAnswer = false;
            if (!_isOurs)
            {
                return true;
            }

            if (++_answers % 2 == 1)
            {
                _facts = _answer.Count > 0 ? _answer[0] : throw new TmuxException($"there is no pane {pane}");
            }
            else if (_start == 0)
            {
                Begin(_facts.Split(' '));
            }
            else
            {
                DrawAnew(_facts.Split(' '));
            }

            return true;
        }

        private void DrawAnew(string[] facts)
        {
            _size = facts[0];
            steps.Drawn(Elapsed, new PaneStep(Elapsed, PaneStepKind.Size, _size), new PaneStep(Elapsed, PaneStepKind.Output, Screen(facts)));
        }

        private void Begin(string[] facts)
        {
            _size = facts[0];
            _layout = Encoding.ASCII.GetBytes($"%layout-change {facts[5]} ");
            _closed = Encoding.ASCII.GetBytes($"%window-close {facts[5]}");
            _start = time.GetTimestamp();
            steps.Add(new PaneStep(TimeSpan.Zero, PaneStepKind.Size, _size));
            Write(Screen(facts));
        }

        private string Screen(string[] facts)
        {
            var screen = new StringBuilder(facts[3] == "1" ? "\e[?1049h" : "\e[?1049l").Append("\e[m\e[H\e[2J");
            screen.AppendJoin("\r\n", _answer).Append("\e[m");
            screen.Append(CultureInfo.InvariantCulture, $"\e[{int.Parse(facts[2], CultureInfo.InvariantCulture) + 1};{int.Parse(facts[1], CultureInfo.InvariantCulture) + 1}H");
            return screen.Append(facts[4] == "1" ? "\e[?25h" : "\e[?25l").ToString();
        }

        private TimeSpan Elapsed => time.GetElapsedTime(_start);

        private void Write(string text)
        {
            if (text.Length > 0)
            {
                steps.Add(new PaneStep(Elapsed, PaneStepKind.Output, text));
            }
        }

        /// <summary>tmux writes control characters and backslashes as three octal digits behind a backslash.</summary>
        private string Text(ReadOnlySpan<byte> escaped)
        {
            var bytes = new byte[escaped.Length];
            var length = 0;
            for (var i = 0; i < escaped.Length; i++)
            {
                if (escaped[i] == (byte)'\\' && i + 3 < escaped.Length)
                {
                    bytes[length++] = (byte)(((escaped[i + 1] - '0') << 6) | ((escaped[i + 2] - '0') << 3) | (escaped[i + 3] - '0'));
                    i += 3;
                }
                else
                {
                    bytes[length++] = escaped[i];
                }
            }

            // A character may be cut in two between two lines.
            var text = new char[_decoder.GetCharCount(bytes, 0, length, flush: false)];
            _decoder.GetChars(bytes, 0, length, text, 0, flush: false);
            return new string(text);
        }

        /// <summary>The size in a layout, <c>checksum,COLUMNSxROWS,…</c>; the window of an agent has one pane.</summary>
        private static string? SizeIn(ReadOnlySpan<byte> layout)
        {
            var comma = layout.IndexOf((byte)',');
            var rest = comma < 0 ? default : layout[(comma + 1)..];
            return Utf8Parser.TryParse(rest, out int columns, out var used) && used < rest.Length && rest[used] == (byte)'x' && Utf8Parser.TryParse(rest[(used + 1)..], out int rows, out _)
                ? string.Create(CultureInfo.InvariantCulture, $"{columns}x{rows}")
                : null;
        }
    }
}
