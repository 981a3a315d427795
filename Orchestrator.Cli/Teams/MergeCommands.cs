using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Teams;

/// <summary><c>orc merge</c>.</summary>
internal static class MergeCommands
{
    private const int ShortCommit = 12;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static Command Create() => new OrcCommand(
        "merge",
        "Merge requests: the branch of a member is to be merged, somebody reviews it.",
        "orc merge request shop-dev \"the parser takes comments\"",
        "orc merge ls",
        "orc merge accept m1")
    {
        Request(), Ls(), Accept(), Reject(),
    };

    private static OrcCommand Request()
    {
        var (agent, title) = (new Argument<string>("AGENT") { Description = "The member whose branch it is.", HelpName = "AGENT" }, new Argument<string>("TITLE") { Description = "What it is about.", HelpName = "TITLE" });
        var (id, reviewer) = (new Option<string?>("--id") { Description = "Its id; made if it is left out.", HelpName = "ID" }, new Option<string?>("--reviewer") { Description = "The agent that reviews it, or person; a code_reviewer of the team if it is left out.", HelpName = "NAME" });
        return new OrcCommand("request", "Ask that the branch of a member be merged; its reviewer gets a task.", "orc merge request shop-dev \"the parser takes comments\" --reviewer shop-review") { agent, title, id, reviewer }
            .Runs(async (context, cancellationToken) => Print(context, await context.Client.RequestMergeAsync(new MergeRequestRequest { Id = context.Get(id), Agent = context.Get(agent)!, Title = context.Get(title)!, Reviewer = context.Get(reviewer) }, cancellationToken)));
    }

    private static OrcCommand Ls()
    {
        var (team, all) = (new Option<string?>("--team") { Description = "Only of this team.", HelpName = "TEAM" }, new Option<bool>("--all", "-a") { Description = "Also those that are over." });
        return new OrcCommand("ls", "List merge requests.", "orc merge ls", "orc merge ls --team shop --all") { team, all }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ListMergesAsync(context.Get(team), context.Get(all), cancellationToken),
            ApiJson.Readable.ImmutableArrayMergeInfo,
            static merges => Tables.Write(
                ["ID", "STATE", "TEAM", "FROM", "COMMIT", "INTO", "REVIEWER", "TITLE"],
                merges.Select(static m => new Cell[] { m.Id, TeamText.State(m.State), m.Team, m.Source, m.SourceCommit?[..ShortCommit] ?? string.Empty, m.Target, m.Reviewer ?? "person", m.Title }))));
    }

    private static OrcCommand Accept()
    {
        var (id, commit) = (Id(), new Option<string?>("--commit") { Description = "The commit that you have reviewed, or how it begins; a request that was renewed wants it.", HelpName = "COMMIT" });
        return new OrcCommand("accept", "Merge it with a commit of its own; a conflict goes back to its author as a task.", "orc merge accept m1", "orc merge accept m1 --commit 3f2a9c1") { id, commit }.Runs(async (context, cancellationToken) =>
        {
            await context.Client.AcceptMergeAsync(context.Get(id)!, context.Get(commit), cancellationToken);
            var merge = await context.WaitAsync(
                "merging",
                Longest,
                async token =>
                {
                    MergeInfo known;
                    while ((known = await context.Client.GetMergeAsync(context.Get(id)!, token)).State == "merging")
                    {
                        await Task.Delay(Pause, token);
                    }

                    return known;
                },
                cancellationToken);
            return merge switch
            {
                null => context.Fail("not-yet", $"the merge request {context.Get(id)} is not merged yet: 'orc merge ls --all' shows when it is", ExitCodes.Unknown),
                { State: "merged" } => Print(context, merge),
                _ => context.Fail("not-merged", $"{merge.Id} is {merge.State}: {merge.Reason}{(merge.Conflicts.IsEmpty ? string.Empty : $": {string.Join(", ", merge.Conflicts)}")}"),
            };
        });
    }

    private static OrcCommand Reject()
    {
        var (id, reason) = (Id(), new Argument<string>("REASON") { Description = "What must be mended.", HelpName = "REASON" });
        return new OrcCommand("reject", "Send it back to its author as a task.", "orc merge reject m1 \"the tests are missing\"") { id, reason }
            .Runs(async (context, cancellationToken) => Print(context, await context.Client.RejectMergeAsync(context.Get(id)!, context.Get(reason)!, cancellationToken)));
    }

    private static int Print(CliContext context, MergeInfo merge) => context.Print(merge, ApiJson.Readable.MergeInfo, static m =>
        Tables.Line($"{m.Id} is {m.State}: {m.Source}{(m.SourceCommit is { } source ? $" at {source}" : string.Empty)} into {m.Target}{(m.Commit is { } commit ? $", commit {commit}" : string.Empty)}{(m.State == "open" ? $", to be reviewed by {m.Reviewer ?? "a person"} (task {m.Task})" : string.Empty)}{(m.Reason is { } reason ? $": {reason}" : string.Empty)}"));

    private static Argument<string> Id() => new("ID") { Description = "The merge request.", HelpName = "ID" };
}
