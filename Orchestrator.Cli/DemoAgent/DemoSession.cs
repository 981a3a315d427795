using System.Globalization;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>What the demo agent does with keys and time: composes, works, asks, answers.</summary>
internal sealed class DemoSession(DemoScreen screen, DemoTranscript transcript, TimeSpan work, TimeProvider time)
{
    private const int MostEchoed = 400;

    private readonly DemoComposer _composer = new();
    private readonly Queue<DemoMessage> _waiting = new();
    private DemoMessage? _message;
    private DemoTurn? _turn;
    private long _workingSince;
    private bool _asking;
    private bool _interruptedOnce;

    /// <summary>Set once the program is to end.</summary>
    public int? ExitCode { get; private set; }

    private TimeSpan Worked => time.GetElapsedTime(_workingSince);

    public void Begin(int columns, int rows)
    {
        screen.Begin(columns, rows);
        Draw();
    }

    public void End()
    {
        screen.End();
        screen.Flush();
    }

    public void Exit(int code) => ExitCode = code;

    /// <summary>When <see cref="Tick"/> is next due; null while nothing moves.</summary>
    public TimeSpan? NextTick()
    {
        if (_turn is null || _asking)
        {
            return null;
        }

        var worked = Worked;
        var nextSecond = TimeSpan.FromSeconds(Math.Floor(worked.TotalSeconds) + 1) - worked;
        var left = _turn.Work - worked;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < nextSecond ? left : nextSecond;
    }

    public void Tick()
    {
        if (_turn is not null && !_asking && Worked >= _turn.Work)
        {
            Finish();
        }

        Draw();
    }

    public void Press(DemoKey key)
    {
        if (_asking)
        {
            Decide(key);
        }
        else
        {
            Compose(key);
        }

        _interruptedOnce &= key is DemoKey.Interrupt;
        Draw();
    }

    private void Compose(DemoKey key)
    {
        switch (key)
        {
            case DemoKey.Text text:
                _composer.Type(text.Value);
                break;
            case DemoKey.Paste paste:
                _composer.Paste(paste.Value);
                break;
            case DemoKey.NewLine:
                _composer.Type("\n");
                break;
            case DemoKey.Backspace:
                _composer.Backspace();
                break;
            case DemoKey.ClearDraft:
                _composer.Clear();
                break;
            case DemoKey.Enter when !_composer.IsEmpty:
                Submit(_composer.Submit());
                break;
            case DemoKey.Escape when _turn is not null:
                screen.Say("■ cancelled");
                transcript.AppendAnswer(_message!, text: null, "cancelled");
                Next();
                break;
            case DemoKey.Interrupt when !_composer.IsEmpty:
                _composer.Clear();
                break;
            case DemoKey.Interrupt when _interruptedOnce:
            case DemoKey.EndOfInput when _composer.IsEmpty:
                ExitCode = 0;
                break;
            case DemoKey.Interrupt:
                _interruptedOnce = true;
                break;
            default:
                break;
        }
    }

    private void Decide(DemoKey key)
    {
        switch (key)
        {
            case DemoKey.Text { Value: "y" or "Y" }:
                _asking = false;
                screen.Say("✓ allowed");
                _workingSince = time.GetTimestamp();
                break;
            case DemoKey.Text { Value: "n" or "N" } or DemoKey.Escape:
                screen.Say("✕ not allowed");
                transcript.AppendAnswer(_message!, text: null, "not allowed");
                Next();
                break;
            default:
                break;
        }
    }

    private void Submit(string text)
    {
        var message = DemoMessage.Read(text);
        transcript.Append(message, text);
        screen.Say("> " + Shortened(text).ReplaceLineEndings("\n  "));
        if (_turn is null)
        {
            Take(message);
        }
        else
        {
            _waiting.Enqueue(message);
        }
    }

    private void Take(DemoMessage message)
    {
        transcript.AppendTurn(message);
        _message = message;
        _turn = DemoTurn.For(message.Body, work);
        _asking = _turn.Asks;
        _workingSince = time.GetTimestamp();
    }

    private void Finish()
    {
        var (message, turn) = (_message!, _turn!);
        if (turn.Fails)
        {
            screen.Say("✕ error: told to fail");
            transcript.AppendAnswer(message, text: null, "told to fail");
        }
        else
        {
            var who = message.Id is null ? "you" : $"{message.From} in message {message.Id}";
            var said = string.Create(CultureInfo.InvariantCulture, $"told by {who}, {DemoComposer.Characters(message.Body)} characters: ");
            transcript.AppendAnswer(message, said + message.Body, error: null);
            screen.Say($"● {said}{Shortened(message.Body)}");
        }

        ExitCode = turn.ExitCode;
        Next();
    }

    private void Next()
    {
        (_turn, _message, _asking) = (null, null, false);
        if (ExitCode is null && _waiting.TryDequeue(out var message))
        {
            Take(message);
        }
    }

    private void Draw()
    {
        var (state, status) = (_asking, _turn) switch
        {
            (true, _) => ("approval", "The next step needs your permission."),
            (_, not null) => ("working", string.Create(CultureInfo.InvariantCulture, $"({(int)Worked.TotalSeconds}s · esc to cancel)")),
            _ => ("ready", _interruptedOnce ? "press Ctrl-C again to exit" : string.Empty),
        };
        screen.Show($"demo · {state}", status, _composer.Shown(), _asking ? "Allow this? (y/n)" : null);
        screen.Flush();
    }

    private static string Shortened(string text)
        => text.Length <= MostEchoed ? text : string.Concat(text.AsSpan(0, MostEchoed), " …");
}
