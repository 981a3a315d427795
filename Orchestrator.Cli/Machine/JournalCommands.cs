using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.History;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Machine;

/// <summary><c>orc journal</c>: the history of all entities, and the store of a node on this machine that does not run. The node's program does the copying.</summary>
internal static class JournalCommands
{
    public static Command Create() => new OrcCommand("journal", "Look at the history of all entities, or move that of a node of this machine.", "orc journal show agent/a1", "orc journal copy --to 'Host=db;Username=orchestrator;Database=orchestrator'")
    {
        EventCommands.JournalTail(), EventCommands.JournalShow(), Copy(),
    };

    private static OrcCommand Copy()
    {
        var from = new Option<string?>("--from") { Description = "The data folder of the node, which must be stopped; the usual one if left out.", HelpName = "DIR" };
        var to = new Option<string?>("--to") { Description = "An empty database, as Npgsql reads it; that of the node's settings if left out. The password is taken from ORC_POSTGRES_PASSWORD.", HelpName = "CONNECTION" };
        return new OrcCommand(
            "copy",
            "Copy everything a stopped node has stored in SQLite to an empty PostgreSQL. It happens as a whole or not at all; the source is left as it is.",
            "orc journal copy --from ~/.local/share/orchestrator --to 'Host=db;Username=orchestrator;Database=orchestrator'") { from, to }.Runs(async (context, cancellationToken) =>
        {
            if (Programs.Node() is not { } program)
            {
                return context.Fail("not-found", Programs.NoNode);
            }

            var data = context.Get(from) ?? context.Choice.DataFolder ?? NodeLocator.DefaultDataFolder;
            string[] target = context.Get(to) is { Length: > 0 } named ? ["--to", named] : [];
            var (code, output, errors) = await Programs.ReadAsync(program, ["journal", "copy", "--data", Path.GetFullPath(data), .. target], cancellationToken);
            if (code != 0)
            {
                var said = errors.Trim();
                return context.Fail("failed", said.StartsWith("error: ", StringComparison.Ordinal) ? said["error: ".Length..] : said);
            }

            if (context.Json)
            {
                await Console.Out.WriteLineAsync(output.Trim());
                return ExitCodes.Happened;
            }

            using var tables = JsonDocument.Parse(output);
            Tables.Write(["TABLE", "ROWS"], tables.RootElement.EnumerateObject().Select(static table => new Cell[] { table.Name, table.Value.GetInt64().ToString(CultureInfo.InvariantCulture) }));
            return ExitCodes.Happened;
        });
    }
}
