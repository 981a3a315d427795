using Orchestrator.Actors.Teams;
using Orchestrator.Api;
using Orchestrator.Node.Teams;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Teams;

/// <summary>The files of teams, read and checked.</summary>
public sealed class TeamFilesTests : IDisposable
{
    private readonly TemporaryFolder _own = new();

    public void Dispose() => _own.Dispose();

    [Theory]
    [InlineData("small", 2)]
    [InlineData("medium", 4)]
    [InlineData("large", 13)]
    public void The_templates_are_whole_teams_with_defaults_for_what_they_leave_out(string template, int members)
    {
        var reading = Files().Read(new TeamFile(Text: null, "none", BaseFolder: null, template, Name: null, "/srv/Web Shop"), static (_, _) => "You do things.");
        Assert.Empty(reading.Warnings);
        var plan = reading.Plan;
        Assert.Equal((members, "web-shop", "web-shop", "/srv/Web Shop"), (plan.Members.Length, plan.Name.Value, plan.Project.Value, plan.Folder));
        Assert.Equal((TeamRules.Default, TimeSpan.FromMinutes(30), "main"), (plan.Rules, plan.Git!.CommitEvery, plan.Git.Target));
        Assert.Single(plan.Members, static m => m.ReportsTo is null);
        Assert.All(plan.Members, m => Assert.Contains(m.Name.Value, m.Briefing, StringComparison.Ordinal));
        Assert.All(plan.Members.Where(static m => m.ReportsTo is not null), m => Assert.Contains(m.Name, plan.Find(m.ReportsTo!.Value)!.Manages));
    }

    [Fact]
    public void A_file_says_what_differs_from_its_template()
    {
        var plan = Read("""
            name = shop
            template = medium
            project = "Web Shop"
            folder = src
            specification { goal = "sell more", success-criteria = [a sale] }
            members { dev { count = 1, notes = "Write tests first." }, review { count = 0 }, dev { collaborates-with = [] } }
            rules { exchanges = 5, hub-and-spoke = false, blocked-after = 2 m }
            git { commit-every = 5 m, refuse = ["*.sqlite"] }
            check-ins { standup { cron = "0 9 * * 1-5", to = lead, note = "Ask everybody." } }
            """).Plan;
        Assert.Equal(["shop-lead", "shop-dev"], plan.Members.Select(static m => m.Name.Value));
        Assert.Equal(("/base/src", "web-shop", 5, false, TimeSpan.FromMinutes(2)), (plan.Folder, plan.Project.Value, plan.Rules.Talk.Exchanges, plan.Rules.HubAndSpoke, plan.Rules.BlockedAfter));
        Assert.Equal("shop-lead", Assert.Single(plan.CheckIns).Member!.Value.Value);
        var briefing = plan.Members[1].Briefing;
        Assert.Contains("You are shop-dev, role developer, in the team shop. You do things.", briefing, StringComparison.Ordinal);
        Assert.Contains("Goal: sell more\nIt is reached when:\n- a sale", briefing, StringComparison.Ordinal);
        Assert.Contains("- shop-lead, project_manager, reports to people", briefing, StringComparison.Ordinal);
        Assert.Contains("You report to shop-lead.", briefing, StringComparison.Ordinal);
        Assert.Contains("Write tests first.", briefing, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_file_read_twice_is_the_same_team()
        => Assert.True(TeamDiff.Between(Read("template = large\nfolder = /srv/x").Plan, Read("template = large\nfolder = /srv/x").Plan).IsEmpty);

    [Theory]
    [InlineData("template = small\nfolder = /srv/x\nmembers { dev { count = 99 } }", "team.conf:3:25: members.dev.count is 99: give 0 to 50")]
    [InlineData("template = small\nfolder = /srv/x\nmembers {\n  dev { reports-to = boss }\n}", "team.conf:4:22: members.dev.reports-to is 'boss', and there is no such section: known are dev, lead")]
    [InlineData("folder = /srv/x\nmembers { a { reports-to = b }, b { reports-to = a } }", "leads round in a circle")]
    [InlineData("template = small", "folder is not set")]
    [InlineData("template = huge\nfolder = /srv/x", "there is no template 'huge': use one of large, medium, small")]
    [InlineData("folder = /srv/x", "members has none")]
    [InlineData("folder = /srv/x\ntemplate = small\nrules { exchanges = many }", "team.conf:3:21: rules.exchanges is")]
    [InlineData("folder = /srv/x\ntemplate = small\ncheck-ins { a { cron = never, to = lead, note = x } }", "team.conf:3:24: check-ins.a.cron is no time")]
    [InlineData("folder = /srv/x\ntemplate = small\nname = Über", "team.conf:3:8: name is 'Über', which is no name of a team: use 1 to 20")]
    [InlineData("folder = /srv/x\ntemplate = small\ngit { target = \"--all\" }", "which is no name of a branch")]
    [InlineData("folder = /srv/x\ntemplate = small\nbudget { members = 1 }", "budget.members allows 1")]
    [InlineData("folder = /srv/x {", "team.conf:1:")]
    public void What_makes_no_sense_is_told_with_its_place_and_what_to_do(string text, string says)
        => Assert.Contains(says, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Keys_that_nobody_knows_are_told_with_the_nearest_that_somebody_does()
    {
        var warnings = Read("template = small\nfolder = /srv/x\nrules { exchangs = 2 }\nmembers { dev { reports-too = lead } }").Warnings;
        Assert.Equal(
            ["unknown key rules.exchangs (team.conf:3:9): did you mean rules.exchanges?", "unknown key members.dev.reports-too (team.conf:4:17): did you mean members.dev.reports-to?"],
            warnings.AsEnumerable());
    }

    [Fact]
    public void A_file_that_was_sent_reads_neither_files_nor_the_environment_of_the_node()
    {
        File.WriteAllText(_own["secret.conf"], "goal = stolen");
        Assert.Contains("include", Assert.Throws<FormatException>(() => Read($"template = small\nfolder = /srv/x\nspecification {{ include file(\"{_own["secret.conf"]}\") }}")).Message, StringComparison.Ordinal);
        Assert.Contains("PATH", Assert.Throws<FormatException>(() => Read("template = small\nfolder = /srv/x\nspecification { goal = ${PATH} }")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_and_briefings_of_the_data_folder_take_the_place_of_the_others()
    {
        File.WriteAllText(_own["pair.conf"], "members { one { role = qa }, two { reports-to = one } }");
        File.WriteAllText(_own["briefing-qa.txt"], "Test, {agent}.\n\n\n\n{relations}\n");
        var plan = Read("template = pair\nfolder = /srv/x").Plan;
        Assert.Equal("Test, x-one.\n\nYou report to people. To you report x-two.", plan.Members[0].Briefing);
        Assert.Contains("in the team x", plan.Members[1].Briefing, StringComparison.Ordinal);
        File.WriteAllText(_own["briefing-qa.txt"], "{nonsense}");
        Assert.Contains("{nonsense}, which stands for nothing", Assert.Throws<FormatException>(() => Read("template = pair\nfolder = /srv/x")).Message, StringComparison.Ordinal);
    }

    private TeamFiles Files() => new([Path.Combine(Repository.Root, "hocon", "teams"), _own.Path]);

    private TeamFileReading Read(string text) => Files().Read(new TeamFile(text, "team.conf", "/base", Template: null, Name: null, Folder: null), static (_, _) => "You do things.");
}
