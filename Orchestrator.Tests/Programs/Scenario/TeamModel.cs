using System.Text.RegularExpressions;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Scenario;

/// <summary>The model behind all members of the team: from nothing but what a request says it knows which member asks, and what that one would do next.</summary>
internal sealed partial class TeamModel(ScenarioSeed seed, TeamFaults faults)
{
    /// <summary>What the first version of a rejected task has in it.</summary>
    private const string Flaw = "to be done";

    private static readonly ModelScript Heard = new ModelScript.Answer("Understood.");

    /// <summary>The content of a file in the end, or of its first version.</summary>
    public static string Content(string task, string? below, bool flawed) => $"{task}: {(flawed ? Flaw : "complete")}\n{(below is null ? "" : $"on top of {below}\n")}";

    public ModelScript Next(ModelTurn turn)
    {
        var member = Member(turn);
        var next = member switch
        {
            "shop-lead" => Lead(turn),
            "shop-review" => Reviewer(turn),
            _ when member.StartsWith("shop-dev-", StringComparison.Ordinal) => faults.Meet(member, Open(turn), turn.Request.Results.Length, Redoing(turn, Open(turn)), Developer(member, turn)),
            _ => throw new InvalidOperationException($"nobody knows {member}"),
        };
        return next with { Thinking = seed.Thinking };
    }

    // The first word of its briefing, of whichever kind.
    private static string Member(ModelTurn turn)
        => turn.Request.UserMessages.Select(static parts => You().Match(ModelRequest.Written(parts))).FirstOrDefault(static match => match.Success)?.Groups["name"].Value ?? throw new InvalidOperationException($"nobody is told who they are: {turn.Text}");

    private ModelScript Lead(ModelTurn turn) => !turn.Text.Contains("Build the shop", StringComparison.Ordinal) ? Heard : turn.Request.Results.Length switch
    {
        0 => Assign(turn, "parser", []),
        1 => Assign(turn, "printer", ["parser"]),
        _ => new ModelScript.Answer("Both tasks are assigned."),
    };

    private ModelScript Assign(ModelTurn turn, string task, string[] after)
        => Tool(turn, "assign_task", new { id = task, objective = $"Write src/{task}.txt", agent = seed.Developer(task), criteria = (string[])["nothing is left to be done"], after, reviewer = "shop-review" })
            ?? ModelScript.RunShell($"orc task add 'Write src/{task}.txt' --id {task} --agent {seed.Developer(task)} -c 'nothing is left to be done' --reviewer shop-review {string.Concat(after.Select(static id => $"--after {id}"))}");

    private ModelScript Reviewer(ModelTurn turn)
    {
        if (Reviewed().Match(turn.Text) is not { Success: true } asked)
        {
            return Heard;
        }

        var (task, author) = (asked.Groups["task"].Value, asked.Groups["author"].Value);
        return turn.Request.Results switch
        {
            [] => ModelScript.RunShell($"git show agent/{author}:src/{task}.txt; git rev-parse agent/{author}"),
            [var seen] when seen.Contains(Flaw, StringComparison.Ordinal) => ModelScript.RunShell($"orc task review {task} --reject 'something is still {Flaw}'"),
            [var seen] => ModelScript.RunShell($"orc merge accept m-{task} --commit {Commit().Match(seen).Value} && orc task review {task} --accept"),
            [_, var decided] when decided.Contains("merged", StringComparison.Ordinal) => Tool(turn, "send_message", new { to = "shop-lead", text = $"{task} is merged" }) ?? ModelScript.RunShell($"orc send shop-lead '{task} is merged'"),
            _ => new ModelScript.Answer("It is reviewed."),
        };
    }

    // Every step may be done again: what is done need not be known.
    private ModelScript Developer(string me, ModelTurn turn)
    {
        if (!Work().IsMatch(turn.Text))
        {
            return Heard;
        }

        var results = turn.Request.Results;
        if (results.IsEmpty)
        {
            return Tool(turn, "list_tasks", new { }) ?? ModelScript.RunShell($"orc task ls --agent {me} --json");
        }

        if (Open(turn) is not { } task)
        {
            return new ModelScript.Answer("There is nothing to be done.");
        }

        var again = Redoing(turn, task);
        return results.Length switch
        {
            1 => ModelScript.RunShell("git merge --quiet --no-edit main; cat src/parser.txt; git rev-parse --show-toplevel"),
            // It writes over a file only after it has been read since the program was started.
            2 => ModelScript.ReadFile($"{Folder().Match(results[1]).Groups["folder"].Value}/src/{task}.txt"),
            3 => ModelScript.WriteFile($"{Folder().Match(results[1]).Groups["folder"].Value}/src/{task}.txt", Content(task, results[1].Contains("parser: complete", StringComparison.Ordinal) && task == "printer" ? "parser" : null, task == seed.Rejected && !again)),
            4 => ModelScript.RunShell($"git add src; git commit --quiet -m 'Write {task}{(again ? " again" : "")}'; git status --short"),
            5 => ModelScript.RunShell($"orc merge request {me} {task} --id m-{task}"),
            6 => Tool(turn, "complete_task", new { task, summary = $"src/{task}.txt is written{(again ? " again" : "")}", evidence = (string[])[$"src/{task}.txt"] }) ?? ModelScript.RunShell($"orc task done {task} 'src/{task}.txt is written{(again ? " again" : "")}' -e src/{task}.txt"),
            _ => new ModelScript.Answer($"{task} is written."),
        };
    }

    // The task that the list at the beginning of the turn shows as its own to be worked on.
    private static string? Open(ModelTurn turn)
        => turn.Request.Results is [var list, ..] && Task().Match(list) is { Success: true } open ? open.Groups["task"].Value : null;

    private static bool Redoing(ModelTurn turn, string? task)
        => turn.Request.UserMessages.Any(parts => ModelRequest.Written(parts).Contains($"Task {task} is not complete", StringComparison.Ordinal));

    // A program may be ready before it knows its servers.
    private static ModelScript? Tool(ModelTurn turn, string name, object arguments)
        => turn.Request.Tools.FirstOrDefault(tool => tool.EndsWith($"__{name}", StringComparison.Ordinal)) is { } tool ? new ModelScript.CallTool(tool, arguments) : null;

    [GeneratedRegex(@"You are (?:the agent )?(?<name>shop-[a-z0-9-]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex You();

    [GeneratedRegex(@"^Review task (?<task>[a-z]+), done by (?<author>[a-z0-9-]+)\.", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reviewed();

    [GeneratedRegex(@"^Task [a-z]+(?:,| is not complete)|^Your program (?:ended before|was started anew)", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Work();

    [GeneratedRegex(@"\\?""id\\?"":\s*\\?""(?<task>parser|printer)\\?"",\s*\\?""state\\?"":\s*\\?""(?:queued|in_progress)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Task();

    [GeneratedRegex(@"\b[0-9a-f]{40}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Commit();

    [GeneratedRegex(@"^(?:Output: )?(?<folder>/\S+)\s*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Folder();
}
