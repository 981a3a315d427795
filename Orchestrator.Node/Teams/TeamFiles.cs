using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Teams;
using Orchestrator.Api;
using Orchestrator.Hocon;
using Orchestrator.Node.Git;
using Orchestrator.Node.Policies;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Teams;

/// <summary>Reads the files of teams: their own text over a template over the defaults.</summary>
/// <param name="folders">Folders of templates, later ones win; the first has <c>base.conf</c> and <c>briefing.txt</c>.</param>
internal sealed class TeamFiles(IReadOnlyList<string> folders) : ITeamFiles
{
    private const int MostCharacters = 1024 * 1024;
    private const int MostMembers = 200;
    private const int MostPerSection = 50;
    private const int MostMessages = 1000;
    private const string BaseName = "base";

    // What a client sends must not read files of the node, nor its environment.
    private static readonly HoconOptions Foreign = new() { AllowIncludes = false, Environment = static _ => null, MaxCharacters = MostCharacters };

    /// <inheritdoc/>
    public Task<TeamFileReading> ReadAsync(TeamFile file, Func<string, string, string?> prompt, CancellationToken cancellationToken) => Task.FromResult(Read(file, prompt));

    /// <summary>What a file says, with its template and the defaults.</summary>
    /// <exception cref="FormatException">It cannot be used; says where, what, and what to do.</exception>
    public TeamFileReading Read(TeamFile file, Func<string, string, string?> prompt)
    {
        try
        {
            return Reading(file, prompt);
        }
        catch (HoconException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>The templates there are.</summary>
    public IReadOnlyList<string> Templates => [.. folders.Where(Directory.Exists).SelectMany(static folder => Directory.EnumerateFiles(folder, "*.conf")).Select(static f => Path.GetFileNameWithoutExtension(f)).Where(static name => name != BaseName).Distinct().Order(StringComparer.Ordinal)];

    private TeamFileReading Reading(TeamFile file, Func<string, string, string?> prompt)
    {
        var defaults = HoconParser.ParseFile(Path.Combine(folders[0], $"{BaseName}.conf"));
        var own = file.Text is { } text ? HoconParser.Parse(text, Foreign with { SourceName = file.Source }) : HoconDocument.Empty;
        var template = file.Template ?? own.WithFallback(defaults).Resolve(Foreign).GetString("template");
        var all = (template.Length == 0 ? own : own.WithFallback(HoconParser.ParseFile(FileOf(template)))).WithFallback(defaults).Resolve(Foreign);
        var root = new ProfileSection(all, string.Empty, []);

        var folder = Folder(root, file);
        var project = root.TextOrNull("project") ?? Path.GetFileName(folder);
        if (!ProjectSlug.TryOf(project, out var slug))
        {
            throw root.Wrong("project", $"is '{project}', which is no name of a project: use letters and digits, at most 40");
        }

        var name = file.Name ?? root.TextOrNull("name") ?? slug.Value;
        if (!TeamName.TryParse(name, out var team))
        {
            throw root.Wrong("name", $"is '{name}', which is no name of a team: {TeamName.Rule}");
        }

        var specification = root.Section("specification");
        var sections = new TeamSections(team, all.GetObject("members"), all.GetObject("member-defaults"), MostPerSection);
        var plan = new TeamPlan
        {
            Name = team,
            Project = slug,
            Folder = folder,
            Specification = new TeamSpecification(specification.Text("goal"), specification.Texts("constraints"), specification.Texts("deliverables"), specification.Texts("success-criteria")),
            Members = sections.Members,
            Rules = Rules(root.Section("rules")),
            Git = Git(root.Section("git")),
            CheckIns = [.. CheckIns(all, sections)],
        };
        var most = root.Section("budget").Number("members", 1, MostMembers);
        if (plan.Members.Length is 0 || plan.Members.Length > most)
        {
            throw root.Wrong("members", plan.Members.IsEmpty ? "has none: add sections, or choose a template with --template small, medium or large" : $"are {plan.Members.Length}, and budget.members allows {most}: have fewer, or allow more");
        }

        var briefings = new Briefings(folders);
        return new TeamFileReading(
            plan with { Members = [.. plan.Members.Select(member => member with { Briefing = briefings.Of(plan, member, prompt(member.Role, member.Name.Value)) })] },
            sections.Wishes,
            [.. Warnings(all, defaults.Resolve())]);
    }

    private string FileOf(string template)
        => template.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && template != BaseName && folders.Reverse().Select(folder => Path.Combine(folder, $"{template}.conf")).FirstOrDefault(File.Exists) is { } found
            ? found
            : throw new HoconException($"there is no template '{template}': use one of {string.Join(", ", Templates)}");

    private static string Folder(ProfileSection root, TeamFile file)
    {
        var folder = file.Folder ?? root.TextOrNull("folder") ?? throw root.Wrong("folder", "is not set: give the folder of the project here or with --project");
        if (Path.IsPathFullyQualified(folder))
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        }

        return file.BaseFolder is { } at && Path.IsPathFullyQualified(at)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder, at))
            : throw root.Wrong("folder", $"is '{folder}', which is not an absolute path: write the whole path");
    }

    private static TeamRules Rules(ProfileSection rules) => new(
        rules.Flag("hub-and-spoke"),
        new TalkLimits(rules.Number("hops", 1, MostMessages), rules.Number("exchanges", 1, MostMessages), rules.Number("messages-per-pair", 1, MostMessages), Time(rules, "pair-window"), Time(rules, "topic-ends-after")),
        Time(rules, "acknowledge-within"),
        Time(rules, "blocked-after"),
        rules.Number("broadcasts", 0, AgentTalk.MostBroadcasts),
        Time(rules, "broadcast-window"));

    private static TeamGit? Git(ProfileSection git)
    {
        foreach (var pattern in git.Texts("refuse"))
        {
            try
            {
                PathPattern.Parse(pattern);
            }
            catch (FormatException e)
            {
                throw git.Wrong("refuse", $"has a pattern that is none: {e.Message}");
            }
        }

        var target = git.Text("target");
        var known = new TeamGit(Time(git, "commit-every"), git.Flag("commit-before-switch"), git.Bytes("largest-file", 1, int.MaxValue), git.Texts("refuse"), target);
        return !git.Flag("enabled") ? null
            : GitNames.IsBranch(target) ? known
            : throw git.Wrong("target", $"is '{target}', which is no name of a branch: use letters, digits and . _ / -");
    }

    private static IEnumerable<TeamCheckIn> CheckIns(HoconObject all, TeamSections sections)
    {
        var (given, defaults) = (all.GetObject("check-ins"), all.GetObject("check-in-defaults"));
        foreach (var name in given.Keys)
        {
            var section = TeamSections.Layered(given, name, defaults, "check-ins");
            if (name.Length > 10 || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            {
                throw new HoconException(given.KeyOrigin(name), $"check-ins.{name}: use 1 to 10 lower-case letters and digits as a name");
            }

            var (cron, zone) = (section.Text("cron"), section.Text("zone"));
            if (!CronTimes.IsValid(cron, zone, out var wrong))
            {
                throw section.Wrong("cron", $"is no time: {wrong}");
            }

            var to = section.Text("to");
            var (member, role) = to.StartsWith("role:", StringComparison.Ordinal) ? ((AgentName?)null, to["role:".Length..]) : (sections.Single(to, section, "to"), null);
            yield return new TeamCheckIn(name, member, role, cron, zone, section.TextOrNull("note") ?? throw section.Wrong("note", "is empty: say what they are to be told"));
        }
    }

    private static IEnumerable<string> Warnings(HoconObject all, HoconObject reference)
        => UnknownKeys.Find(reference, all, ["members", "check-ins"]).Select(static key => key.ToString())
            .Concat(Inner(all, reference, "members", "member-defaults"))
            .Concat(Inner(all, reference, "check-ins", "check-in-defaults"));

    private static IEnumerable<string> Inner(HoconObject all, HoconObject reference, string sections, string defaults)
    {
        var known = reference.GetObject(defaults);
        return all.GetObject(sections).Keys.SelectMany(name => UnknownKeys.Find(known, all.GetObject(sections).GetObject($"\"{name}\""), [])
            .Select(key => $"unknown key {sections}.{name}.{key.Path} ({key.Origin}): {(key.Nearest is { } nearest ? $"did you mean {sections}.{name}.{nearest}?" : $"known are {string.Join(", ", known.Keys)}")}"));
    }

    private static TimeSpan Time(ProfileSection section, string key)
        => section.Duration(key) is { Ticks: > 0, TotalDays: <= 365 } time ? time : throw section.Wrong(key, string.Create(CultureInfo.InvariantCulture, $"is {section.Duration(key).TotalSeconds} s: use more than 0 and at most 365 days"));
}
