using System.Globalization;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Teams;

/// <summary>Teams and merge requests as people read them.</summary>
internal static class TeamText
{
    private const int Short = 10;

    public static void Write(TeamChangesInfo changes)
    {
        foreach (var warning in changes.Warnings)
        {
            Tables.Line(new Cell($"warning: {warning}", Tone.Attention));
        }

        if (changes.Unchanged)
        {
            Tables.Line($"{changes.Team} is as the file says");
            return;
        }

        Lines("+", changes.Added, Tone.Good);
        Lines("-", changes.Removed, Tone.Bad);
        Lines("~", changes.Changed.Select(static c => $"{c.Member}: {string.Join(", ", c.Fields)}"), Tone.Active);
        Lines("!", changes.NeedsRestart.Select(c => $"{c.Member}: {string.Join(", ", c.Fields)}{(changes.Done && !changes.Left.Contains(c.Member) ? " (made anew)" : changes.Done ? " (left as it is: 'orc team apply --restart' makes it anew)" : " (needs --restart)")}"), Tone.Attention);
        Lines("~", changes.TeamChanged.Select(static field => $"the team: {field}"), Tone.Active);
        if (changes.Done)
        {
            Tables.Line($"'orc team show {changes.Team}' shows how it goes");
        }
    }

    public static void Write(TeamInfo team)
    {
        Tables.Line($"{team.Name} is {team.State}, works on {team.Project} in {team.Folder}, deployed by {team.By}");
        if (team.Specification.Goal.Length > 0)
        {
            Tables.Line($"goal: {SafeText.Line(team.Specification.Goal, 200)}");
        }

        Tables.Write(
            ["MEMBER", "STATE", "ROLE", "REPORTS TO", "PROFILE", "BRANCH", "NODE", "COMMIT", "NOTE"],
            team.Members.Select(static m => new Cell[] { m.Name, State(m.State), m.Role, m.ReportsTo ?? "people", m.Profile, m.Branch, m.Node, m.Commit is { } commit ? commit[..Math.Min(Short, commit.Length)] : null, Note(m) }));
        foreach (var file in team.Members.SelectMany(static m => m.RefusedFiles.Select(file => (m.Name, File: file))))
        {
            Tables.Line(new Cell($"{file.Name}: {SafeText.Line(file.File.Path, 200)} {file.File.Reason}", Tone.Attention));
        }

        foreach (var tag in team.Tags)
        {
            Tables.Line(tag.Problem is { } problem ? new Cell($"{tag.Name}: {problem}", Tone.Bad) : $"{tag.Name} {tag.Commit ?? "is being made"}");
        }
    }

    public static Cell State(string state) => new(state, state switch
    {
        "running" or "up" or "merged" => Tone.Good,
        "deploying" or "starting" or "waiting" or "merging" => Tone.Active,
        "failed" or "rejected" => Tone.Bad,
        "removing" or "conflicted" => Tone.Attention,
        _ => Tone.Plain,
    });

    public static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string? Note(TeamMemberInfo member) => member.Reason ?? member.CommitProblem ?? (member.RefusedFiles.IsEmpty ? null : $"{Count(member.RefusedFiles.Length)} files left uncommitted");

    private static void Lines(string sign, IEnumerable<string> lines, Tone tone)
    {
        foreach (var line in lines)
        {
            Tables.Line(new Cell($"{sign} {line}", tone));
        }
    }
}
