using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Inspection;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.History;

/// <summary><c>orc logs</c> and what of <c>pbm</c> shows events.</summary>
internal static class EventCommands
{
    private const int Page = 1000;

    public static Command Logs()
    {
        var name = AgentArguments.Name();
        var follow = Follow();
        var lines = Lines();
        return new OrcCommand("logs", "Show the history of an agent: every event.", "orc logs a1", "orc logs a1 -f --lines 10", "orc logs a1 --json | jq -r .type") { name, follow, lines }.Runs((context, cancellationToken) =>
        {
            var agent = context.Get(name)!;
            return ShowAsync(context, (before, limit, token) => context.Client.GetLastOfHistoryAsync(agent, before, limit, token), $"agent/{agent}", kind: null, context.Get(follow), context.Get(lines), cancellationToken);
        });
    }

    public static Command JournalTail()
    {
        var entity = InspectionArguments.AnyEntity("Only this entity, kind/id.");
        var kind = new Option<string?>("--kind") { Description = "Only events of entities of this kind.", HelpName = "KIND" };
        return new OrcCommand("tail", "Print events as they commit.", "pbm journal tail", "pbm journal tail agent/a1", "pbm journal tail --kind agent --json") { entity, kind }
            .Runs((context, cancellationToken) => FollowAsync(context, after: null, context.Get(entity), context.Get(kind), cancellationToken));
    }

    public static Command JournalShow()
    {
        var entity = InspectionArguments.AnyEntity("The entity, kind/id; all of them if left out.");
        var lines = Lines();
        return new OrcCommand("show", "Print the journal, of one entity or of all.", "pbm journal show agent/a1 --json", "pbm journal show --lines 50") { entity, lines }.Runs((context, cancellationToken) =>
        {
            var wanted = context.Get(entity);
            return ShowAsync(context, (before, limit, token) => context.Client.ReadLastOfJournalAsync(wanted, before, limit, token), wanted, kind: null, follow: false, context.Get(lines), cancellationToken);
        });
    }

    private static Option<bool> Follow() => new("--follow", "-f") { Description = "Go on as events commit, until Ctrl-C." };

    private static Option<int> Lines() => new("--lines", "-n") { Description = "At most the last so many (1000).", DefaultValueFactory = static _ => 1000, HelpName = "N" };

    private static async Task<int> ShowAsync(
        CliContext context,
        Func<long, int, CancellationToken, Task<ImmutableArray<EventInfo>>> read,
        string? entity,
        string? kind,
        bool follow,
        int lines,
        CancellationToken cancellationToken)
    {
        var last = await LastAsync(read, lines, cancellationToken);
        foreach (var e in last.TakeLast(lines))
        {
            Print(context, e, entity);
        }

        return follow ? await FollowAsync(context, last.LastOrDefault()?.Position ?? 0, entity, kind, cancellationToken) : ExitCodes.Happened;
    }

    /// <summary>The last so many events, in order, and the very last one even where none is wanted: from there one goes on.</summary>
    private static async Task<ImmutableList<EventInfo>> LastAsync(Func<long, int, CancellationToken, Task<ImmutableArray<EventInfo>>> read, int lines, CancellationToken cancellationToken)
    {
        var last = ImmutableList<EventInfo>.Empty;
        var wanted = Math.Max(1, lines);
        while (wanted > last.Count)
        {
            var limit = Math.Min(Page, wanted - last.Count);
            var page = await read(last.FirstOrDefault()?.Position ?? long.MaxValue, limit, cancellationToken);
            last = last.InsertRange(0, page);
            if (page.Length < limit)
            {
                break;
            }
        }

        return last;
    }

    private static async Task<int> FollowAsync(CliContext context, long? after, string? entity, string? kind, CancellationToken cancellationToken)
    {
        await foreach (var e in context.Client.FollowEventsAsync(after, entity, kind, cancellationToken))
        {
            Print(context, e, entity);
        }

        return ExitCodes.Happened;
    }

    // A stream is one JSON object a line.
    private static void Print(CliContext context, EventInfo e, string? entity)
    {
        if (context.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(e, ApiJson.Wire.EventInfo));
        }
        else
        {
            EventText.Line(e, withEntity: entity is null);
        }
    }
}
