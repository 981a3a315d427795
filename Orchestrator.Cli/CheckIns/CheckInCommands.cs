using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Tasks;
using Orchestrator.Client;

namespace Orchestrator.Cli.CheckIns;

/// <summary><c>orc checkin</c>.</summary>
internal static class CheckInCommands
{
    private const string RolePrefix = "role:";
    private const string TeamPrefix = "team:";
    private const int Preview = 60;

    public static Command Create() => new OrcCommand(
        "checkin",
        "Tell an agent, or all of a role, something at its time.",
        "orc checkin in 10m alice \"how far are you?\"",
        "orc checkin cron \"30 9 * * 1-5\" role:developer \"commit what you have\"")
    {
        In(), At(), Cron(), Ls(), Remove(),
    };

    private static OrcCommand In()
    {
        var (after, target, note) = (new Argument<string>("DURATION") { Description = "10m, 2h, 1d.", HelpName = "DURATION" }, Target(), Note());
        return new OrcCommand("in", "In so much time from now.", "orc checkin in 10m alice \"how far are you?\"") { after, target, note }.Runs((context, cancellationToken) =>
            Durations.TryParse(context.Get(after)!, out var duration)
                ? AddAsync(context, Request(context, target, note) with { InSeconds = duration.TotalSeconds }, cancellationToken)
                : throw new UsageException($"'{context.Get(after)}' is not a duration: write 500ms, 60s, 10m, 2h or 1d"));
    }

    private static OrcCommand At()
    {
        var (time, target, note) = (new Argument<string>("TIME") { Description = "2026-03-01T17:00, local unless it says otherwise.", HelpName = "TIME" }, Target(), Note());
        return new OrcCommand("at", "At a time.", "orc checkin at 2026-03-01T17:00 alice \"hand over\"") { time, target, note }.Runs((context, cancellationToken) =>
            AddAsync(context, Request(context, target, note) with { At = TaskCommands.Time(context.Get(time)!) }, cancellationToken));
    }

    private static OrcCommand Cron()
    {
        var (cron, target, note) = (new Argument<string>("CRON") { Description = "minute hour day month weekday.", HelpName = "CRON" }, Target(), Note());
        var zone = new Option<string?>("--zone") { Description = "The time zone (that of this machine): Europe/Berlin, UTC.", HelpName = "ZONE" };
        return new OrcCommand("cron", "Again and again, by a cron expression.", "orc checkin cron \"30 9 * * 1-5\" role:developer \"commit what you have\" --zone Europe/Berlin") { cron, target, note, zone }.Runs((context, cancellationToken) =>
            AddAsync(context, Request(context, target, note) with { Cron = context.Get(cron), TimeZone = context.Get(zone) ?? TimeZoneInfo.Local.Id }, cancellationToken));
    }

    private static OrcCommand Ls()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also those that are over." };
        return new OrcCommand("ls", "List check-ins.", "orc checkin ls", "orc checkin ls --all --json") { all }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ListCheckInsAsync(closed: context.Get(all), cancellationToken: cancellationToken),
            ApiJson.Readable.ImmutableArrayCheckInInfo,
            static list => Tables.Write(
                ["ID", "FOR", "NEXT", "WHEN", "REACHED", "MISSED", "NOTE"],
                list.Select(static c => new Cell[]
                {
                    c.Id, For(c), c.NextDue is { } due ? AgentText.Time(due) : null, c.Cron is { } cron ? $"{cron} {c.TimeZone}" : "once", Count(c.Delivered), new(Count(c.Missed), c.Missed > 0 ? Tone.Attention : Tone.Plain), SafeText.Line(c.Note, Preview),
                }))));
    }

    private static OrcCommand Remove()
    {
        var id = new Argument<string>("ID") { Description = "The check-in.", HelpName = "ID" };
        return new OrcCommand("rm", "Take a check-in back.", "orc checkin rm c-3k9x2mq4") { id }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.RemoveCheckInAsync(context.Get(id)!, cancellationToken), ApiJson.Readable.CheckInInfo, static c => Tables.Line($"{c.Id} is taken back")));
    }

    private static async Task<int> AddAsync(CliContext context, AddCheckInRequest request, CancellationToken cancellationToken)
        => context.Print(await context.Client.AddCheckInAsync(request, cancellationToken), ApiJson.Readable.CheckInInfo, static c =>
            Tables.Line($"{c.Id}: {For(c)} is told at {(c.NextDue is { } due ? AgentText.Time(due) : "no time")}{(c.Cron is null ? string.Empty : ", and again")}"));

    private static AddCheckInRequest Request(CliContext context, Argument<string> target, Argument<string> note)
    {
        var name = context.Get(target)!;
        var request = new AddCheckInRequest { Note = context.Get(note)! };
        return name.StartsWith(RolePrefix, StringComparison.Ordinal) ? request with { Role = name[RolePrefix.Length..] }
            : name.StartsWith(TeamPrefix, StringComparison.Ordinal) ? request with { Team = name[TeamPrefix.Length..] }
            : request with { Agent = name };
    }

    private static Argument<string> Target() => new("NAME") { Description = "The agent, role:ROLE for all of a role, or team:TEAM for all members of a team.", HelpName = "NAME" };

    private static Argument<string> Note() => new("NOTE") { Description = "What they are told.", HelpName = "NOTE" };

    private static string For(CheckInInfo c) => c.Agent ?? (c.Team is null ? RolePrefix + c.Role : c.Role is null ? TeamPrefix + c.Team : $"{RolePrefix}{c.Role} of {TeamPrefix}{c.Team}");

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
