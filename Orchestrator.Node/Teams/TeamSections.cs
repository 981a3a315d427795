using System.Collections.Immutable;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;
using Orchestrator.Api;
using Orchestrator.Hocon;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Teams;

/// <summary>The sections <c>members</c> of a team's file, and the members that they stand for.</summary>
internal sealed class TeamSections
{
    private readonly SortedDictionary<string, (ProfileSection Section, ImmutableArray<AgentName> Names)> _sections = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    /// <exception cref="HoconException">One cannot be used; says where, what, and what to do.</exception>
    public TeamSections(TeamName team, HoconObject members, HoconObject defaults, int most)
    {
        foreach (var name in members.Keys)
        {
            if (name.Length > 12 || !AgentName.TryParse(name, out _))
            {
                throw new HoconException(members.KeyOrigin(name), $"members.{name}: use 1 to 12 lower-case letters, digits and dashes as a name, first a letter or a digit");
            }

            var section = Layered(members, name, defaults, "members");
            var count = section.Number("count", 0, most);
            _sections.Add(name, (section, [.. Enumerable.Range(1, count).Select(number => AgentName.Parse(count == 1 ? $"{team}-{name}" : string.Create(CultureInfo.InvariantCulture, $"{team}-{name}-{number}")))]));
        }

        var leads = _sections.Where(static s => !s.Value.Names.IsEmpty).ToDictionary(static s => s.Key, s => Lead(s.Value.Section), StringComparer.Ordinal);
        Members = [.. leads.Keys.OrderBy(name => Depth(name, leads)).ThenBy(static name => name, StringComparer.Ordinal).SelectMany(name => Of(name, leads))];
        Wishes = _sections.Values.SelectMany(static s => s.Names.Select(name => (Name: name, s.Section))).ToImmutableDictionary(static m => m.Name, static m => new MemberWish(m.Section.TextOrNull("node"), m.Section.Texts("labels")));
    }

    /// <summary>All members, those that lead before those that they lead.</summary>
    public ImmutableArray<TeamMember> Members { get; }

    /// <summary>Where they are to be started.</summary>
    public ImmutableDictionary<AgentName, MemberWish> Wishes { get; }

    /// <summary>A section, over the defaults for its like.</summary>
    public static ProfileSection Layered(HoconObject of, string name, HoconObject defaults, string group)
        => new(of.GetObject($"\"{name}\"").WithDefaults(defaults), $"{group}.{name}", []);

    /// <summary>The one member of a section.</summary>
    /// <exception cref="HoconException">There is no such section, or it stands for none or several.</exception>
    public AgentName Single(string name, ProfileSection from, string key)
        => _sections.GetValueOrDefault(name).Names is { IsDefault: false } names
            ? names is [var one] ? one : throw from.Wrong(key, $"is {name}, of which there are {names.Length}: name a section with one member")
            : throw from.Wrong(key, $"is '{name}', and there is no such section: known are {string.Join(", ", _sections.Keys)}");

    private string? Lead(ProfileSection section)
    {
        if (section.TextOrNull("reports-to") is not { } lead)
        {
            return null;
        }

        Single(lead, section, "reports-to");
        return lead;
    }

    private int Depth(string name, Dictionary<string, string?> leads)
    {
        var depth = 0;
        for (var above = leads[name]; above is not null; above = leads[above])
        {
            if (++depth > leads.Count)
            {
                throw _sections[name].Section.Wrong("reports-to", "leads round in a circle: somebody must report to people");
            }
        }

        return depth;
    }

    private IEnumerable<TeamMember> Of(string name, Dictionary<string, string?> leads)
    {
        var (section, names) = _sections[name];
        var lead = leads[name] is { } above ? _sections[above].Names[0] : (AgentName?)null;
        var manages = leads.Where(l => l.Value == name).SelectMany(l => _sections[l.Key].Names).ToImmutableArray();
        var others = section.Texts("collaborates-with").SelectMany(other => Collaborators(other, section)).ToList();
        foreach (var member in names)
        {
            yield return new TeamMember
            {
                Name = member,
                Section = name,
                Role = section.Text("role"),
                Profile = section.Text("profile"),
                Command = section.Texts("command"),
                Model = section.TextOrNull("model"),
                Temperature = section.DecimalOrNull("temperature", 0, 2),
                Branch = section.Flag("worktree") ? $"agent/{member}" : null,
                ReportsTo = lead,
                Manages = manages,
                CollaboratesWith = [.. others.Where(other => other != member && other != lead && !manages.Contains(other)).Distinct().OrderBy(static other => other.Value, StringComparer.Ordinal)],
                Policy = section.TextOrNull("policy"),
                MessagesPerHour = section.Number("messages-per-hour", 0, RoleLimits.MostPerHour) is > 0 and var most ? most : null,
                Briefing = section.Text("notes"),
            };
        }
    }

    private ImmutableArray<AgentName> Collaborators(string name, ProfileSection section)
        => _sections.GetValueOrDefault(name).Names is { IsDefault: false } names ? names : throw section.Wrong("collaborates-with", $"has '{name}', and there is no such section: known are {string.Join(", ", _sections.Keys)}");
}
