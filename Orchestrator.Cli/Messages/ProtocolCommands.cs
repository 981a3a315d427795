using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary><c>orc message</c>, <c>orc protocol</c> and <c>orc route</c>.</summary>
internal static class ProtocolCommands
{
    private const int Preview = 80;

    public static Command Message() => new OrcCommand("message", "Types of messages, messages to roles, teams and projects, dead letters, statistics.", "orc message types", "orc message dispatch --to role:qa \"please look at the build\"")
    {
        Types(), Dispatch(), Dispatches(), Statistics(),
    };

    public static Command Protocol() => new OrcCommand("protocol", "What messages are held to.", "orc protocol violations") { Violations() };

    public static Command Route() => new OrcCommand("route", "Where messages without a recipient go.", "orc route ls", "orc route add escalations --type escalation --to lead") { RouteList(), RouteAdd(), RouteRemove() };

    private static OrcCommand Types()
    {
        var name = new Argument<string?>("TYPE") { Description = "Show all about this one.", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand("types", "List the types of messages, or show one with its fields.", "orc message types", "orc message types task_assignment") { name }.Runs(async (context, cancellationToken) =>
        {
            var types = await context.Client.ListMessageTypesAsync(cancellationToken);
            if (context.Get(name) is { } wanted)
            {
                types = [.. types.Where(t => t.Name == wanted)];
                if (types.IsEmpty)
                {
                    return context.Fail("not-found", $"there is no type {wanted}: 'orc message types' lists those there are");
                }
            }

            return context.Print(types, ApiJson.Readable.ImmutableArrayMessageTypeInfo, list => TypeText(list, details: context.Get(name) is not null));
        });
    }

    private static void TypeText(ImmutableArray<MessageTypeInfo> types, bool details)
    {
        Tables.Write(["TYPE", "ORIGIN", "NEW TOPIC", "WHAT IT IS FOR"], types.Select(static t => new Cell[] { t.Name, t.BuiltIn ? "built in" : "messages.conf", t.StartsTopic ? "yes" : "no", SafeText.Line(t.Description, Preview) }));
        if (!details)
        {
            return;
        }

        Console.Out.WriteLine();
        Console.Out.WriteLine(types[0].Schema is { } schema ? SafeText.Of(JsonSerializer.Serialize(schema, ApiJson.Readable.JsonElement)) : "a text");
        if (types[0].Template.Length > 0)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine(SafeText.Of(types[0].Template));
        }
    }

    private static OrcCommand Dispatch()
    {
        var text = new Argument<string?>("TEXT") { Description = "The text.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string?>("--to") { Description = "An agent, role:NAME, team:NAME or project:NAME; the routes decide without it.", HelpName = "ADDRESS" };
        var (type, content) = (TypeOption(), ContentOption());
        var priority = new Option<string?>("--priority") { Description = "low, medium, high or urgent (medium).", HelpName = "PRIORITY" };
        var expires = Durations.Option("--expires", "Do not type it any more after this time.");
        var id = new Option<string?>("--id") { Description = "Its id, a ULID: sent again with the same id it is the same message.", HelpName = "ULID" };
        return new OrcCommand("dispatch", "Send a message to a role, a team or a project, or to where the routes say. 1 if nobody gets it.", "orc message dispatch --to team:web --type broadcast \"deploy at noon\"", "orc message dispatch --type escalation --content '{\"issue\": \"disk full\", \"severity\": \"high\", \"requesting\": \"a larger disk\"}'")
        {
            text, to, type, content, priority, expires, id,
        }.Runs(async (context, cancellationToken) =>
        {
            var dispatch = await context.Client.DispatchAsync(
                new DispatchRequest
                {
                    Id = context.Get(id),
                    To = context.Get(to),
                    Type = context.Get(type),
                    Text = context.Get(text),
                    Content = Content(context.Get(content)),
                    Priority = context.Get(priority),
                    ExpiresInSeconds = context.Get(expires)?.TotalSeconds,
                },
                cancellationToken);
            context.Print(dispatch, ApiJson.Readable.DispatchInfo, static d => DispatchText([d]));
            return dispatch.State == "dead_letter" ? ExitCodes.Failed : ExitCodes.Happened;
        });
    }

    private static OrcCommand Dispatches()
    {
        var dead = new Option<bool>("--dead") { Description = "Only those that nobody got." };
        return new OrcCommand("dispatches", "List dispatched messages and what became of them, the newest first.", "orc message dispatches --dead") { dead }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ListDispatchesAsync(context.Get(dead), cancellationToken: cancellationToken), ApiJson.Readable.ImmutableArrayDispatchInfo, DispatchText));
    }

    private static void DispatchText(ImmutableArray<DispatchInfo> dispatches) => Tables.Write(
        ["ID", "TYPE", "STATE", "FROM", "TO", "ROUTES", "RECIPIENTS", "REASON"],
        dispatches.Select(static d => new Cell[]
        {
            d.Id, d.Type, new(d.State, d.State == "dead_letter" ? Tone.Bad : Tone.Good), d.From, d.Address, string.Join(", ", d.Routes),
            string.Join(", ", d.Recipients.Select(static r => r.Taken == false ? $"{r.Agent} (refused: {r.Reason})" : r.Agent)), d.Reason,
        }));

    private static OrcCommand Statistics()
    {
        var since = Durations.Option("--since", "Count from so long ago until now (7d).");
        var (from, to) = (TimeOption("--from", "Count from this time."), TimeOption("--to", "Count up to this time."));
        return new OrcCommand("stats", "Count messages by type, priority and agent, in full minutes.", "orc message stats --since 1d", "orc message stats --from 2026-01-01T00:00Z --to 2026-02-01T00:00Z") { since, from, to }.Runs(async (context, cancellationToken) =>
        {
            var begin = context.Get(since) is { } ago ? TimeProvider.System.GetUtcNow() - ago : context.Get(from);
            return context.Print(await context.Client.GetMessageStatisticsAsync(begin, context.Get(to), cancellationToken), ApiJson.Readable.MessageStatisticsInfo, StatisticsText);
        });
    }

    private static void StatisticsText(MessageStatisticsInfo s)
    {
        Tables.Pairs(
        [
            ("from", AgentText.Time(s.From)), ("to", AgentText.Time(s.To)), ("received", Number(s.Received)), ("by type", Counts(s.ByType)), ("by priority", Counts(s.ByPriority)), ("deliveries", Counts(s.Outcomes)),
            ("refused", Number(s.Refused)), ("nobody got", Number(s.Undeliverable)),
        ]);
        Tables.Write(
            ["PARTY", "SENT", "RECEIVED", "TYPES", "PRIORITIES", "DELIVERIES", "REFUSED"],
            s.Parties.Select(static p => new Cell[] { p.Party, Number(p.Sent), Number(p.Received), Counts(p.ByType), Counts(p.ByPriority), Counts(p.Outcomes), Number(p.Refused) }));
    }

    private static OrcCommand Violations()
    {
        var sender = new Option<string?>("--sender") { Description = "Only of this sender: an agent, or client:NAME.", HelpName = "SENDER" };
        return new OrcCommand("violations", "List messages that were refused because they violate the protocol, by sender.", "orc protocol violations", "orc protocol violations --sender a1") { sender }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ListViolationsAsync(context.Get(sender), cancellationToken), ApiJson.Readable.ImmutableArrayViolationInfo, static senders => Tables.Write(
                ["SENDER", "VIOLATION", "COUNT", "TO", "SINCE", "LAST", "TOLD"],
                senders.SelectMany(static s => s.Incidents.Select(i => new Cell[] { s.Sender, new(i.Violation, Tone.Bad), Number(i.Count), i.Recipient, AgentText.Time(i.Since), AgentText.Time(i.Last), SafeText.Line(i.Reason, Preview) })))));
    }

    private static OrcCommand RouteList() => new OrcCommand("ls", "List the routes.", "orc route ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListRoutesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayRouteInfo, RouteText));

    private static OrcCommand RouteAdd()
    {
        var name = new Argument<string>("NAME") { Description = "Its name; a route of this name is replaced." };
        var types = Many("--type", "Messages of this type; repeat it for several.", "TYPE");
        var roles = Many("--role", "From agents of this role.", "ROLE");
        var teams = Many("--team", "From agents of this team (their metadata team).", "TEAM");
        var projects = Many("--project", "From agents that work on this project (their metadata project).", "PROJECT");
        var to = Many("--to", "Where they go: an agent, role:NAME, team:NAME, project:NAME.", "ADDRESS");
        var otherwise = new Option<bool>("--default") { Description = "Only for messages that no other route takes." };
        return new OrcCommand("add", "Add a route for messages without a recipient, or replace one.", "orc route add escalations --type escalation --to lead", "orc route add rest --default --to role:orchestrator") { name, types, roles, teams, projects, to, otherwise }.Runs(async (context, cancellationToken) =>
        {
            var request = new RouteRequest { Types = Words(context, types), Roles = Words(context, roles), Teams = Words(context, teams), Projects = Words(context, projects), To = Words(context, to), Default = context.Get(otherwise) };
            return context.Print(await context.Client.PutRouteAsync(context.Get(name)!, request, cancellationToken), ApiJson.Readable.RouteInfo, static route => RouteText([route]));
        });
    }

    private static OrcCommand RouteRemove()
    {
        var name = new Argument<string>("NAME") { Description = "The route, from orc route ls." };
        return new OrcCommand("rm", "Remove a route.", "orc route rm escalations") { name }.Runs(async (context, cancellationToken) =>
        {
            await context.Client.RemoveRouteAsync(context.Get(name)!, cancellationToken);
            return ExitCodes.Happened;
        });
    }

    private static void RouteText(ImmutableArray<RouteInfo> routes) => Tables.Write(
        ["ROUTE", "TYPES", "ROLES", "TEAMS", "PROJECTS", "TO", "DEFAULT", "MESSAGES"],
        routes.Select(static r => new Cell[] { r.Name, All(r.Types), All(r.Roles), All(r.Teams), All(r.Projects), string.Join(", ", r.To), r.Default ? "yes" : "no", Number(r.Messages) }));

    /// <summary>The type of a message.</summary>
    public static Option<string?> TypeOption() => new("--type") { Description = "Its type (direct_message); orc message types lists them.", HelpName = "TYPE" };

    /// <summary>The fields of a message.</summary>
    public static Option<string?> ContentOption() => new("--content") { Description = "For a type with fields: a JSON object with them.", HelpName = "JSON" };

    /// <summary>Reads what <see cref="ContentOption"/> was given.</summary>
    public static JsonElement? Content(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, ApiJson.Wire.JsonElement);
        }
        catch (JsonException e)
        {
            throw new UsageException($"--content is no JSON: {e.Message}");
        }
    }

    private static Option<string[]> Many(string name, string description, string help) => new(name) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = true };

    private static ImmutableArray<string> Words(CliContext context, Option<string[]> option) => [.. context.Get(option) ?? []];

    private static Option<DateTimeOffset?> TimeOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = static result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no time: write 2026-01-31T12:00Z");
            return null;
        },
    };

    private static string All(ImmutableArray<string> words) => words.IsEmpty ? "all" : string.Join(", ", words);

    private static string Counts(ImmutableSortedDictionary<string, int> counts) => counts.IsEmpty ? "-" : string.Join(", ", counts.Select(static c => $"{c.Key} {Number(c.Value)}"));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
