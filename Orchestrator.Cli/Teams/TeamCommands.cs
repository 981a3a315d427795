using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Teams;

/// <summary><c>orc team</c>.</summary>
internal static class TeamCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);

    public static Command Create() => new OrcCommand(
        "team",
        "Agents that are made, changed and ended together, as a file says.",
        "orc team deploy team.conf",
        "orc team deploy --template small --project ~/src/shop",
        "orc team show shop")
    {
        Deploy(), Ls(), Show(), Diff(), Apply(), Stop(), Remove(), TagStable(), Blocked(),
    };

    private static OrcCommand Deploy()
    {
        var options = new FileOptions(optional: true);
        var (dryRun, wait) = (new Option<bool>("--dry-run") { Description = "Only say what would be done." }, new Option<bool>("--wait") { Description = "Wait until every member has its place, at most 5 minutes." });
        var command = new OrcCommand("deploy", "Make a team as a file or a template says. The same again changes nothing.", "orc team deploy team.conf", "orc team deploy --template small --project ~/src/shop --wait", "orc team deploy team.conf --dry-run") { options.File, options.Template, options.Project, options.Name, dryRun, wait };
        return command.Runs(async (context, cancellationToken) =>
        {
            var changes = await context.Client.DeployTeamAsync(options.Read(context) with { DryRun = context.Get(dryRun) }, cancellationToken);
            if (changes.Done && context.Get(wait) && !await UntilAsync(context, changes.Team, static team => team.State == "running", cancellationToken))
            {
                return context.Fail("not-yet", $"the team {changes.Team} is not complete yet, and goes on by itself: 'orc team show {changes.Team}' shows who is missing", ExitCodes.Unknown);
            }

            return Print(context, changes);
        });
    }

    private static OrcCommand Diff()
    {
        var options = new FileOptions(optional: true);
        return new OrcCommand("diff", "Show what lies between a team and a file; changes nothing.", "orc team diff team.conf") { options.File, options.Template, options.Project, options.Name }
            .Runs(async (context, cancellationToken) => Print(context, await context.Client.DiffTeamAsync(options.Read(context), cancellationToken)));
    }

    private static OrcCommand Apply()
    {
        var options = new FileOptions(optional: true);
        var (yes, restart, dryRun) = (Yes("End members that are gone without asking."), new Option<bool>("--restart") { Description = "Also end and make anew members whose program must be started anew for it." }, new Option<bool>("--dry-run") { Description = "Only say what would be done." });
        return new OrcCommand("apply", "Make a team as a file says now: new members, those that are gone, those that are others.", "orc team apply team.conf", "orc team apply team.conf --yes --restart") { options.File, options.Template, options.Project, options.Name, yes, restart, dryRun }
            .Runs(async (context, cancellationToken) =>
            {
                var request = options.Read(context) with { Restart = context.Get(restart) };
                var planned = await context.Client.DiffTeamAsync(request, cancellationToken);
                if (context.Get(dryRun))
                {
                    return Print(context, planned);
                }

                string[] ended = [.. planned.Removed, .. request.Restart ? planned.NeedsRestart.Select(static c => c.Member) : []];
                return ended.Length == 0 || context.Get(yes) || Confirmed($"This ends {string.Join(", ", ended)}. Go on?")
                    ? Print(context, await context.Client.ApplyTeamAsync(request, cancellationToken))
                    : context.Fail("not-confirmed", $"nothing was done: it would end {string.Join(", ", ended)}; say --yes if that is meant");
            });
    }

    private static OrcCommand Ls() => new OrcCommand("ls", "List teams.", "orc team ls", "orc team ls --json").Runs(async (context, cancellationToken) => context.Print(
        await context.Client.ListTeamsAsync(cancellationToken),
        ApiJson.Readable.ImmutableArrayTeamInfo,
        static teams => Tables.Write(
            ["TEAM", "STATE", "MEMBERS", "UP", "PROJECT", "FOLDER"],
            teams.Select(static team => new Cell[] { team.Name, TeamText.State(team.State), TeamText.Count(team.Members.Length), TeamText.Count(team.Members.Count(static m => m.State == "up")), team.Project, team.Folder }))));

    private static OrcCommand Show()
    {
        var name = Name();
        return new OrcCommand("show", "Show a team, its members and what they are held to.", "orc team show shop") { name }
            .Runs(async (context, cancellationToken) => context.Print(await context.Client.GetTeamAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.TeamInfo, TeamText.Write));
    }

    private static OrcCommand Stop()
    {
        var name = Name();
        return new OrcCommand("stop", "Stop the programs of a team's members; their messages wait. Deploying its file again starts them.", "orc team stop shop") { name }
            .Runs(async (context, cancellationToken) => context.Print(await context.Client.StopTeamAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.TeamInfo, static team => Tables.Line($"{team.Name} is {team.State}")));
    }

    private static OrcCommand Remove()
    {
        var (name, yes) = (Name(), Yes("Do not ask."));
        return new OrcCommand("rm", "End the members of a team for good; worktrees, branches and histories stay.", "orc team rm shop", "orc team rm shop --yes") { name, yes }
            .Runs(async (context, cancellationToken) => context.Get(yes) || Confirmed($"This ends every member of {context.Get(name)}. Go on?")
                ? context.Print(await context.Client.RemoveTeamAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.TeamInfo, static team => Tables.Line($"{team.Name} is {team.State}"))
                : context.Fail("not-confirmed", $"nothing was done: say --yes if every member of {context.Get(name)} is to be ended"));
    }

    private static OrcCommand TagStable()
    {
        var (name, tag) = (Name(), new Argument<string?>("TAG") { Description = "What follows stable-; the time if it is left out.", HelpName = "TAG", Arity = ArgumentArity.ZeroOrOne });
        return new OrcCommand("tag-stable", "Tag the target branch of a team as a state that is known to work.", "orc team tag-stable shop", "orc team tag-stable shop release-1") { name, tag }.Runs(async (context, cancellationToken) =>
        {
            var asked = (await context.Client.TagStableAsync(context.Get(name)!, context.Get(tag), cancellationToken)).Tags[^1];
            StableTagInfo? made = null;
            await UntilAsync(context, context.Get(name)!, team => (made = team.Tags.FirstOrDefault(known => known.Name == asked.Name && (known.Commit ?? known.Problem) is not null)) is not null, cancellationToken);
            return made switch
            {
                null => context.Fail("not-yet", $"{asked.Name} is not made yet: 'orc team show {context.Get(name)}' shows when it is", ExitCodes.Unknown),
                { Problem: { } problem } => context.Fail("not-tagged", problem),
                _ => context.Print(made, ApiJson.Readable.StableTagInfo, static known => Tables.Line($"{known.Name} names {known.Commit}")),
            };
        });
    }

    private static OrcCommand Blocked()
    {
        var agent = new Argument<string>("AGENT") { Description = "The member.", HelpName = "AGENT" };
        var reason = new Argument<string?>("REASON") { Description = "Why it cannot go on; without it: it can.", HelpName = "REASON", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand("blocked", "Say that a member cannot go on; whom it reports to is told if it lasts.", "orc team blocked shop-dev \"the tests need a database\"", "orc team blocked shop-dev") { agent, reason }
            .Runs(async (context, cancellationToken) =>
            {
                var blocked = context.Get(reason) is not null;
                return context.Print(await context.Client.ReportBlockedAsync(context.Get(agent)!, context.Get(reason), cancellationToken), ApiJson.Readable.AgentInfo, a => Tables.Line($"{a.Name} is {(blocked ? "blocked" : "not blocked")}"));
            });
    }

    private static int Print(CliContext context, TeamChangesInfo changes) => context.Print(changes, ApiJson.Readable.TeamChangesInfo, TeamText.Write);

    private static async Task<bool> UntilAsync(CliContext context, string name, Func<TeamInfo, bool> holds, CancellationToken cancellationToken)
        => await context.WaitAsync(
            $"waiting for {name}",
            DefaultWait,
            async token =>
            {
                TeamInfo team;
                while (!holds(team = await context.Client.GetTeamAsync(name, token)))
                {
                    await Task.Delay(Pause, token);
                }

                return team;
            },
            cancellationToken) is not null;

    private static bool Confirmed(string question)
    {
        if (Console.IsInputRedirected)
        {
            return false;
        }

        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static Option<bool> Yes(string description) => new("--yes", "-y") { Description = description };

    private static Argument<string> Name() => new("TEAM") { Description = "The team.", HelpName = "TEAM" };

    /// <summary>Which team is meant: a file, a template, and what is said beside it.</summary>
    private sealed class FileOptions(bool optional)
    {
        public Argument<string?> File { get; } = new("FILE") { Description = "The team's file.", HelpName = "FILE", Arity = optional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };

        public Option<string?> Template { get; } = new("--template") { Description = "The template: small, medium, large, or one of the data folder.", HelpName = "NAME" };

        public Option<string?> Project { get; } = new("--project") { Description = "The folder of the project, in place of that of the file.", HelpName = "DIR" };

        public Option<string?> Name { get; } = new("--name") { Description = "The name of the team, in place of that of the file.", HelpName = "NAME" };

        public TeamFileRequest Read(CliContext context)
        {
            var file = context.Get(File);
            if (file is null && context.Get(Template) is null)
            {
                throw new UsageException("say which team: a file, or --template small, medium or large with --project DIR");
            }

            try
            {
                return new TeamFileRequest
                {
                    Text = file is null ? null : System.IO.File.ReadAllText(file),
                    Source = file,
                    BaseFolder = file is null ? null : Path.GetDirectoryName(Path.GetFullPath(file)),
                    Template = context.Get(Template),
                    Name = context.Get(Name),
                    Folder = context.Get(Project) is { } project ? Path.GetFullPath(project) : null,
                };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{file} cannot be read: {e.Message}");
            }
        }
    }
}
