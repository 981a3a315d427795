using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Teams;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Teams;

/// <summary>What members are told first: a template for all, <c>briefing.txt</c>, or one for a role, <c>briefing-ROLE.txt</c>; those in a later folder take the place of those in an earlier one.</summary>
/// <param name="folders">Where they lie.</param>
internal sealed partial class Briefings(IReadOnlyList<string> folders)
{
    /// <summary>What a member is told. What it is told of itself by the file stands in its briefing so far.</summary>
    /// <exception cref="HoconException">The template has a word in braces that stands for nothing.</exception>
    public string Of(TeamPlan plan, TeamMember member, string? prompt)
    {
        var file = Find($"briefing-{member.Role}.txt") ?? Find("briefing.txt") ?? throw new HoconException("there is no template briefing.txt: the folder hocon/teams of the node is not whole");
        var text = Words().Replace(File.ReadAllText(file), match => match.Groups["word"].Value switch
        {
            "agent" => member.Name.Value,
            "role" => member.Role,
            "team" => plan.Name.Value,
            "project" => plan.Project.Value,
            "folder" => plan.Folder,
            "prompt" => prompt ?? string.Empty,
            "worktree" => member.Branch is { } branch ? $" You work in a git worktree of your own, on the branch {branch}." : string.Empty,
            "specification" => Specification(plan.Specification),
            "members" => string.Join('\n', plan.Members.Select(m => $"- {m.Name}, {m.Role}{(m.ReportsTo is { } lead ? $", reports to {lead}" : ", reports to people")}{(m.Name == member.Name ? " (you)" : string.Empty)}")),
            "relations" => Relations(member),
            "rules" => Rules(plan.Rules),
            "notes" => member.Briefing,
            var word => throw new HoconException($"{file} has {{{word}}}, which stands for nothing: use agent, role, team, project, folder, prompt, worktree, specification, members, relations, rules, notes"),
        });
        return Gaps().Replace(text.ReplaceLineEndings("\n"), "\n\n").Trim();
    }

    private string? Find(string name) => folders.Reverse().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string Specification(TeamSpecification specification)
    {
        var text = new StringBuilder(specification.Goal.Length > 0 ? $"Goal: {specification.Goal}\n" : string.Empty);
        foreach (var (title, items) in new[] { ("Constraints", specification.Constraints), ("Deliverables", specification.Deliverables), ("It is reached when", specification.SuccessCriteria) }.Where(static part => !part.Item2.IsEmpty))
        {
            text.Append(title).Append(":\n").AppendJoin('\n', items.Select(static item => $"- {item}")).Append('\n');
        }

        return text.ToString();
    }

    private static string Relations(TeamMember member)
    {
        var text = new StringBuilder(member.ReportsTo is { } lead ? $"You report to {lead}." : "You report to people.");
        if (!member.Manages.IsEmpty)
        {
            text.Append(" To you report ").AppendJoin(", ", member.Manages).Append('.');
        }

        if (!member.CollaboratesWith.IsEmpty)
        {
            text.Append(" You may also speak to ").AppendJoin(", ", member.CollaboratesWith).Append('.');
        }

        return text.ToString();
    }

    private static string Rules(TeamRules rules) => string.Create(CultureInfo.InvariantCulture, $"{(rules.HubAndSpoke ? "Speak to nobody else in the team: messages to others are refused. " : string.Empty)}Two may answer each other {rules.Talk.Exchanges} times about one topic; then whoever they report to decides.");

    [GeneratedRegex(@"\{(?<word>[a-z]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();

    [GeneratedRegex(@"\n\n\n+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gaps();
}
