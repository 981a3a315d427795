using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm log</c>: the node's own log.</summary>
internal static class LogCommands
{
    private const int WaitSeconds = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create() => new OrcCommand("log", "The node's own log, secrets redacted; it keeps the last 2000 lines in memory.") { Peek(), Tail() };

    private static OrcCommand Peek()
    {
        var (lines, level) = (Lines(100), Level());
        return new OrcCommand("peek", "Print the newest lines of the node's log.", "pbm log peek --lines 50", "pbm log peek --level warning") { lines, level }.Runs(async (context, cancellationToken) =>
        {
            var log = await context.Client.ReadLogAsync(after: null, context.Get(lines), context.Get(level), cancellationToken: cancellationToken);
            return context.Print(log, ApiJson.Readable.LogInfo, static found => Print(found.Lines));
        });
    }

    private static OrcCommand Tail()
    {
        var (lines, level) = (Lines(10), Level());
        return new OrcCommand("tail", "Print lines of the node's log as they are written, until Ctrl-C; after a restart of the node it goes on.", "pbm log tail", "pbm log tail --level warning --json") { lines, level }
            .Runs((context, cancellationToken) => FollowAsync(context, context.Get(lines), context.Get(level), cancellationToken));
    }

    private static async Task<int> FollowAsync(CliContext context, int lines, string? level, CancellationToken cancellationToken)
    {
        var log = await context.Client.ReadLogAsync(after: null, lines, level, cancellationToken: cancellationToken);
        while (true)
        {
            Show(context, log);
            var last = log.Last;
            try
            {
                log = await context.Client.ReadLogAsync(last, level: level, wait: WaitSeconds, cancellationToken: cancellationToken);

                // A node that was started anew counts from 1.
                log = log.Last < last ? await context.Client.ReadLogAsync(after: 0, level: level, cancellationToken: cancellationToken) : log;
            }
            catch (NodeUnreachableException)
            {
                await Task.Delay(Pause, cancellationToken);
                log = log with { Lines = [], Lost = 0 };
            }
        }
    }

    private static void Show(CliContext context, LogInfo log)
    {
        if (context.Json)
        {
            foreach (var line in log.Lines)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(line, ApiJson.Wire.LogLineInfo));
            }

            return;
        }

        if (log.Lost > 0)
        {
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"({log.Lost} lines in between are no longer kept)"), Tone.Quiet));
        }

        Print(log.Lines);
    }

    private static void Print(IEnumerable<LogLineInfo> lines)
    {
        foreach (var line in lines)
        {
            var time = line.At.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
            Tables.Line(new Cell($"{time}  {line.Level,-11}  {line.Source}: {SafeText.Line(line.Text, 2000)}", ToneOf(line.Level)));
            if (line.Error is { } error)
            {
                Tables.Line(new Cell(error, Tone.Quiet));
            }
        }
    }

    private static Option<int> Lines(int otherwise) => new("--lines", "-n") { Description = $"At most so many lines that are there already, 1 to 2000 ({otherwise}).", DefaultValueFactory = _ => otherwise, HelpName = "N" };

    private static Option<string?> Level()
    {
        var level = new Option<string?>("--level") { Description = "Only lines of at least this level.", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error", "critical");
        return level;
    }

    private static Tone ToneOf(string level) => level switch
    {
        "error" or "critical" => Tone.Bad,
        "warning" => Tone.Attention,
        "trace" or "debug" => Tone.Quiet,
        _ => Tone.Plain,
    };
}
