using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc role</c>.</summary>
internal static class RoleCommands
{
    public static Command Create() => new OrcCommand("role", "What agents of each role are told and may use.", "orc role ls", "orc role show qa") { Ls(), Show() };

    private static OrcCommand Ls() => new OrcCommand("ls", "List the roles.", "orc role ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListRolesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayRoleInfo, static roles => Tables.Write(
            ["ROLE", "MODEL", "TEMPERATURE", "QUEUE", "BYTES", "PER HOUR", "PROMPT"],
            roles.Select(static r => new Cell[] { r.Name, r.Model, Number(r.Temperature), Number(r.Limits.QueueLength), Number(r.Limits.MessageBytes), Number(r.Limits.MessagesPerHour), SafeText.Line(r.Prompt, 80) }))));

    private static OrcCommand Show()
    {
        var name = new Argument<string>("ROLE") { Description = "The role.", HelpName = "ROLE" };
        return new OrcCommand("show", "Show all about a role, and which programs can be told what of it.", "orc role show developer") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetRoleAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.RoleInfo, Details));
    }

    private static void Details(RoleInfo role)
    {
        Tables.Pairs(
        [
            ("role", role.Name),
            ("prompt", role.Prompt.Length == 0 ? "-" : role.Prompt),
            ("model", role.Model ?? "left to the program"),
            ("temperature", Number(role.Temperature) ?? "left to the program"),
            ("messages that may wait", Number(role.Limits.QueueLength)),
            ("largest message", $"{Number(role.Limits.MessageBytes)} bytes"),
            ("messages an hour", Number(role.Limits.MessagesPerHour) ?? "no limit"),
            ("permissions", role.Permissions.IsEmpty ? "none, and no token" : string.Join(' ', role.Permissions)),
        ]);
        Tables.Write(
            ["PROFILE", "PROMPT BY", "MODEL BY", "TEMPERATURE BY"],
            role.Profiles.Select(static p => new Cell[] { p.Profile, Way(p.Prompt), Way(p.Model), Way(p.Temperature) }));
    }

    private static Cell Way(string? way) => way is null ? new Cell("not told", Tone.Quiet) : new Cell(way);

    private static string? Number(double? number) => number?.ToString(CultureInfo.InvariantCulture);
}
