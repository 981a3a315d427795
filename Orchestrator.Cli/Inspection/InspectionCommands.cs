using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.History;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm</c> (also <c>orc pbm</c>): looks into the actor system.</summary>
internal static class InspectionCommands
{
    public static Command Create() => new OrcCommand("pbm", "Look into the actor system (also started as pbm).", "pbm actor hierarchy", "pbm journal show agent/a1", "pbm dead-letters ls")
    {
        new OrcCommand("actor", "The entities in memory.") { Hierarchy() },
        new OrcCommand("log", "Events of all entities.") { EventCommands.LogTail(), EventCommands.LogPeek() },
        new OrcCommand("hocon", "The settings in force.") { HoconShow(), HoconGet() },
        new OrcCommand("dead-letters", "Commands that were set aside.") { DeadLetters(), Resend(), Drop() },
        new OrcCommand("journal", "The journal.") { EventCommands.JournalTail(), EventCommands.JournalShow() },
        new OrcCommand("inbox", "Stored commands that are not yet processed.") { Inbox() },
    };

    public static Command Profiles() => new OrcCommand("profiles", "List the profiles that agents can be spawned with.", "orc profiles").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListProfilesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayProfileInfo, static profiles => Tables.Write(
            ["PROFILE", "INSTALLED", "COMMAND", "DESCRIPTION"],
            profiles.Select(static p => new Cell[] { p.Name, new(p.Installed ? "yes" : "no", p.Installed ? Tone.Good : Tone.Quiet), SafeText.Line(string.Join(' ', p.Command), 60), SafeText.Line(p.Description, 100) }))));

    private static OrcCommand Hierarchy() => new OrcCommand("hierarchy", "List the entities in memory by kind.", "pbm actor hierarchy").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListActorsAsync(cancellationToken), ApiJson.Readable.ImmutableArrayActorInfo, static actors =>
        {
            var now = TimeProvider.System.GetUtcNow();
            Tables.Write(
                ["ENTITY", "SHARD", "MAILBOX", "RESTARTS", "LAST ACTIVE"],
                actors.OrderBy(static a => a.Entity, StringComparer.Ordinal).Select(a => new Cell[] { a.Entity, Number(a.Shard), Number(a.MailboxLength), new(Number(a.Restarts), a.Restarts > 0 ? Tone.Attention : Tone.Plain), Durations.Ago(a.LastActive, now) }));
        }));

    private static OrcCommand HoconShow()
    {
        var prefix = new Argument<string?>("PATH") { Description = "Only settings under this path.", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand("show", "Print the settings in force, secrets redacted.", "pbm hocon show orchestrator.node") { prefix }.Runs(async (context, cancellationToken) =>
        {
            var under = context.Get(prefix);
            var settings = await context.Client.ListSettingsAsync(cancellationToken);
            settings = [.. settings.Where(s => under is null || s.Path == under || s.Path.StartsWith(under + ".", StringComparison.Ordinal))];
            return context.Print(settings, ApiJson.Readable.ImmutableArraySettingInfo, static list => Tables.Write(["PATH", "VALUE", "FROM"], list.Select(static s => new Cell[] { s.Path, s.Value, new(s.Origin ?? "-", Tone.Quiet) })));
        });
    }

    private static OrcCommand HoconGet()
    {
        var path = new Argument<string>("PATH") { Description = "The setting." };
        return new OrcCommand("get", "Print one setting.", "pbm hocon get orchestrator.node.name") { path }.Runs(async (context, cancellationToken) =>
        {
            var found = (await context.Client.ListSettingsAsync(cancellationToken)).FirstOrDefault(s => s.Path == context.Get(path));
            return found is null
                ? context.Fail("not-found", $"there is no setting {context.Get(path)}: pbm hocon show lists all")
                : context.Print(found, ApiJson.Readable.SettingInfo, static s => Console.Out.WriteLine(SafeText.Of(s.Value ?? string.Empty)));
        });
    }

    private static OrcCommand DeadLetters() => new OrcCommand("ls", "List commands that were set aside, the oldest first.", "pbm dead-letters ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListDeadLettersAsync(limit: 1000, cancellationToken: cancellationToken), ApiJson.Readable.ImmutableArrayDeadLetterInfo, static letters => Tables.Write(
            ["ID", "AT", "TO", "COMMAND", "ATTEMPTS", "REASON"],
            letters.Select(static l => new Cell[] { l.Id.ToString(CultureInfo.InvariantCulture), AgentText.Time(l.At), l.To, l.Manifest, Number(l.Attempts), SafeText.Line(l.Reason, 120) }))));

    private static OrcCommand Resend() => OnDeadLetter("resend", "Put one back into its entity's inbox.", static (client, id, token) => client.ResendDeadLetterAsync(id, token));

    private static OrcCommand Drop() => OnDeadLetter("drop", "Remove one for good.", static (client, id, token) => client.DropDeadLetterAsync(id, token));

    private static OrcCommand OnDeadLetter(string verb, string description, Func<OrchestratorClient, long, CancellationToken, Task> act)
    {
        var id = new Argument<long>("ID") { Description = "Its number, from pbm dead-letters ls." };
        return new OrcCommand(verb, description, $"pbm dead-letters {verb} 7") { id }.Runs(async (context, cancellationToken) =>
        {
            await act(context.Client, context.Get(id), cancellationToken);
            return ExitCodes.Happened;
        });
    }

    private static OrcCommand Inbox()
    {
        var entity = new Argument<string?>("ENTITY") { Description = "Only for this entity, kind/id.", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand("ls", "List stored commands that are not yet processed.", "pbm inbox ls", "pbm inbox ls agent/a1") { entity }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ListInboxAsync(context.Get(entity), cancellationToken), ApiJson.Readable.ImmutableArrayInboxRowInfo, static rows => Tables.Write(
                ["ID", "TO", "COMMAND", "FROM", "AT"],
                rows.Select(static r => new Cell[] { r.Id.ToString(CultureInfo.InvariantCulture), r.To, r.Manifest, r.Sender, AgentText.Time(r.At) }))));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
