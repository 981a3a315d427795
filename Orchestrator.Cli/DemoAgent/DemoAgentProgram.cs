using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Orchestrator.Cli.DemoAgent;

/// <summary><c>orc demo-agent</c>: a small scripted agent program, so that everything can be tried without an account.</summary>
internal static class DemoAgentProgram
{
    private static readonly TimeSpan EscapeWait = TimeSpan.FromMilliseconds(40);

    /// <summary>Runs until the program is told to end; its exit code.</summary>
    public static int Run(ReadOnlySpan<string> words)
    {
        if (DemoOptions.Parse(words) is not { } options)
        {
            Console.Error.WriteLine(DemoOptions.Usage);
            return ExitCodes.Usage;
        }

        using var terminal = RawTerminal.Open();
        if (terminal is null)
        {
            Console.Error.WriteLine("orc demo-agent draws on a terminal: start it in one, for example in tmux.");
            return ExitCodes.Usage;
        }

        using var input = new BlockingCollection<Input>();
        using var resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => input.Add(Input.Resize));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, input));
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => End(context, input));
        new Thread(() => ReadAll(terminal.Input, input)) { IsBackground = true, Name = "keys" }.Start();
        return Serve(new DemoSession(new DemoScreen(terminal.Output), new DemoTranscript(options.Transcript), options.Work, TimeProvider.System), input);
    }

    private static int Serve(DemoSession session, BlockingCollection<Input> input)
    {
        var keys = new DemoKeys();
        var (columns, rows) = RawTerminal.Size();
        session.Begin(columns, rows);
        while (session.ExitCode is null)
        {
            // Nothing wakes an idle agent but its terminal.
            var wait = keys.Unfinished ? EscapeWait : session.NextTick() ?? Timeout.InfiniteTimeSpan;
            if (!input.TryTake(out var next, wait))
            {
                if (keys.Flush() is { } escape)
                {
                    session.Press(escape);
                }

                session.Tick();
                continue;
            }

            switch (next)
            {
                case { Bytes: { } bytes }:
                    keys.Read(bytes).ForEach(session.Press);
                    break;
                case { Resized: true }:
                    (columns, rows) = RawTerminal.Size();
                    session.Begin(columns, rows);
                    break;
                default:
                    session.Exit(next.ExitCode);
                    break;
            }
        }

        session.End();
        return session.ExitCode.Value;
    }

    private static void End(PosixSignalContext context, BlockingCollection<Input> input)
    {
        context.Cancel = true;
        input.Add(new Input(Bytes: null, Resized: false, ExitCode: 128 + (context.Signal == PosixSignal.SIGHUP ? 1 : 15)));
    }

    private static void ReadAll(Stream terminal, BlockingCollection<Input> input)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (terminal.Read(buffer) is > 0 and var count)
            {
                input.Add(new Input(buffer[..count], Resized: false, ExitCode: 0));
            }
        }
        catch (IOException)
        {
            // The terminal is gone: as good as its end.
        }

        input.Add(new Input(Bytes: null, Resized: false, ExitCode: 0));
    }

    private sealed record Input(byte[]? Bytes, bool Resized, int ExitCode)
    {
        public static readonly Input Resize = new(Bytes: null, Resized: true, ExitCode: 0);
    }
}
