using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.History;

/// <summary><c>orc history</c>.</summary>
internal static class HistoryCommand
{
    private const int Page = 1000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var entity = new Argument<string>("ENTITY") { Description = "team/NAME, agent/NAME, task/ID, or another kind/id.", HelpName = "ENTITY" };
        var until = new Option<string?>("--until") { Description = "A time (local unless it says otherwise) or a position: show the state as it was then.", HelpName = "TIME|POSITION" };
        var events = new Option<bool>("--events") { Description = "With --until: the events up to then in place of the state." };
        var lines = new Option<int>("--lines", "-n") { Description = "At most the last so many events (10000).", DefaultValueFactory = static _ => 10_000, HelpName = "N" };
        return new OrcCommand(
            "history",
            "Show what has happened to a thing and to what belongs to it, in order; of a team its members, their tasks, conversations, gaps, recoveries and merges.",
            "orc history team/shop",
            "orc history task/t1 --json",
            "orc history team/shop --until 2026-03-01T17:00",
            "orc history agent/a1 --until 4711") { entity, until, events, lines }
            .Runs((context, cancellationToken) => context.Get(until) is { } then && !context.Get(events)
                ? ThenAsync(context, context.Get(entity)!, Point(then), cancellationToken)
                : AllAsync(context, context.Get(entity)!, context.Get(until) is { } end ? Point(end) : null, context.Get(lines), cancellationToken));
    }

    private static async Task<int> AllAsync(CliContext context, string entity, string? until, int lines, CancellationToken cancellationToken)
    {
        var last = new Queue<EventInfo>();
        long position = 0;
        while (await context.Client.GetWholeHistoryAsync(entity, position, until, Page, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var e in page)
            {
                last.Enqueue(e);
                if (last.Count > lines)
                {
                    last.Dequeue();
                }
            }

            position = page[^1].Position;
            if (page.Length < Page)
            {
                break;
            }
        }

        foreach (var e in last)
        {
            Print(context, e);
        }

        return last.Count > 0 ? ExitCodes.Happened : context.Fail("not-found", $"nothing has happened to {entity}{(until is null ? string.Empty : " then")}");
    }

    // One JSON object a line, as a stream is.
    private static void Print(CliContext context, EventInfo e)
    {
        if (context.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(e, ApiJson.Wire.EventInfo));
        }
        else
        {
            EventText.Line(e, withEntity: true);
        }
    }

    private static async Task<int> ThenAsync(CliContext context, string entity, string until, CancellationToken cancellationToken)
        => context.Print(await context.Client.GetPastStateAsync(entity, until, cancellationToken), ApiJson.Readable.ImmutableArrayPastStateInfo, static states =>
        {
            foreach (var state in states)
            {
                Tables.Line(string.Create(CultureInfo.InvariantCulture, $"{state.Entity}, after {state.Events} events, the last at {state.At:yyyy-MM-dd HH:mm:ss.fff zzz}, position {state.Position}"));
                Console.Out.WriteLine(SafeText.Of(JsonSerializer.Serialize(state.State, Indented)));
            }
        });

    // A time without a zone is that of whoever asks.
    private static string Point(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time.ToString("O", CultureInfo.InvariantCulture)
        : throw new UsageException($"'{text}' is neither a time nor a position: write 2026-03-01T17:00 or a whole number");
}
