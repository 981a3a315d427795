using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Api;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>Teams on the command line, through the API, with a scripted worker.</summary>
public sealed class TeamCommandsTests : IAsyncLifetime
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private readonly Orc _orc = new();
    private readonly TemporaryFolder _folder = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        _orc.Environment["ORC_DATA"] = _node.Data;
    }

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_team_is_deployed_changed_stopped_and_removed_and_its_history_is_replayed_to_any_point()
    {
        var file = WriteFile("members { lead { role = project_manager, profile = demo }, dev { count = 2, reports-to = lead, profile = demo } }");
        Assert.Contains("+ shop-dev-2", (await _orc.RunAsync("team", "deploy", file, "--dry-run")).Expect(0), StringComparison.Ordinal);
        Assert.Empty(await _node.Client.ListTeamsAsync());
        (await _orc.RunAsync("team", "deploy", file, "--wait")).Expect(0);
        await UpAsync("shop-lead", "shop-dev-1", "shop-dev-2");
        Assert.Contains("shop is as the file says", (await _orc.RunAsync("team", "deploy", file)).Expect(0), StringComparison.Ordinal);
        Assert.Contains("You report to shop-lead.", Assert.Single(await _node.Client.ListMessagesAsync("shop-dev-1")).Text, StringComparison.Ordinal);
        var before = (await _node.Client.GetWholeHistoryAsync("team/shop"))[^1].Position;

        file = WriteFile("members { lead { role = project_manager, profile = demo }, dev { count = 1, reports-to = lead, profile = demo }, qa { role = qa, reports-to = lead, profile = demo } }\nruls {}");
        var diff = (await _orc.RunAsync("team", "diff", file)).Expect(0);
        Assert.Contains("unknown key ruls", diff, StringComparison.Ordinal);
        Assert.Contains("- shop-dev-1", diff, StringComparison.Ordinal);
        Assert.Contains("it would end shop-dev-1, shop-dev-2", (await _orc.RunAsync("team", "apply", file)).Fails(1), StringComparison.Ordinal);
        Assert.Equal(3, (await _node.Client.GetTeamAsync("shop")).Members.Length);
        (await _orc.RunAsync("team", "apply", file, "--yes")).Expect(0);
        await UpAsync("shop-lead", "shop-dev", "shop-qa");
        await Eventually.True(async () => (await _node.Client.GetAgentAsync("shop-dev-2")).State == "terminated", "shop-dev-2 is gone", Within);
        Assert.Contains("shop-qa", (await _orc.RunAsync("team", "show", "shop")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("running", (await _orc.RunAsync("team", "ls")).Expect(0), StringComparison.Ordinal);

        var then = JsonSerializer.Deserialize((await _orc.RunAsync("history", "team/shop", "--until", $"{before}", "--json")).Expect(0), ApiJson.Wire.ImmutableArrayPastStateInfo);
        Assert.Equal(["shop-dev-1", "shop-dev-2", "shop-lead"], then.Single(static s => s.Entity == "team/shop").State.GetProperty("members").EnumerateObject().Select(static m => m.Name).Order(StringComparer.Ordinal));
        Assert.True(then.Single(static s => s.Entity == "agent/shop-dev-2").State.GetProperty("registered").GetBoolean());
        Assert.All(then, static s => Assert.DoesNotContain("\"secret\"", s.State.GetRawText(), StringComparison.Ordinal));
        Assert.Equal("terminated", JsonSerializer.Deserialize((await _orc.RunAsync("history", "agent/shop-dev-2", "--until", "2200-01-01", "--json")).Expect(0), ApiJson.Wire.ImmutableArrayPastStateInfo)[0].State.GetProperty("state").GetString());
        Assert.Contains("neither a time nor a position", (await _orc.RunAsync("history", "team/shop", "--until", "yesterday")).Fails(2), StringComparison.Ordinal);
        var lines = (await _orc.RunAsync("history", "team/shop")).Expect(0).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("team/shop  team.deployed.v1", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, static l => l.Contains("agent/shop-dev-2  agent.terminated.v1", StringComparison.Ordinal));

        (await _orc.RunAsync("team", "stop", "shop")).Expect(0);
        await Eventually.True(async () => (await _node.Client.GetTeamAsync("shop")).Members.All(static m => m.State == "down"), "everybody is down", Within);
        Assert.Contains("nothing was done", (await _orc.RunAsync("team", "rm", "shop")).Fails(1), StringComparison.Ordinal);
        (await _orc.RunAsync("team", "rm", "shop", "--yes")).Expect(0);
        await Eventually.True(async () => (await _node.Client.ListTeamsAsync()).IsEmpty, "the team is gone", Within);
        Assert.Contains("there is no team shop", (await _orc.RunAsync("team", "show", "shop")).Fails(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_its_place_and_members_are_held_to_the_rules_of_agents()
    {
        Assert.Contains("say which team", (await _orc.RunAsync("team", "deploy")).Fails(2), StringComparison.Ordinal);
        var file = WriteFile("members { lead { profile = nothing } }");
        Assert.Contains("members.lead (shop-lead): there is no profile 'nothing'", (await _orc.RunAsync("team", "deploy", file)).Fails(1), StringComparison.Ordinal);
        file = WriteFile("members { lead { profile = demo, count = no } }");
        Assert.Contains($"{file}:3:42", (await _orc.RunAsync("team", "deploy", file)).Fails(1), StringComparison.Ordinal);
        Assert.Contains("its briefing has", (await _orc.RunAsync("team", "deploy", WriteFile($"members {{ lead {{ profile = shell, notes = \"{new string('x', 1000)}\" }} }}"))).Fails(1), StringComparison.Ordinal);
        Assert.Contains("there is no folder", (await _orc.RunAsync("team", "deploy", WriteFile("members { lead { profile = demo } }"), "--project", _folder["missing"])).Fails(1), StringComparison.Ordinal);
        Assert.Contains("nothing has happened to team/none", (await _orc.RunAsync("history", "team/none")).Fails(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_are_held_to_their_team_with_tokens_of_their_own()
    {
        (await _orc.RunAsync("team", "deploy", WriteFile("member-defaults { profile = demo }\nmembers { lead {}, dev { count = 2, reports-to = lead } }"), "--wait")).Expect(0);
        using var dev = _node.ClientOf(await _node.IssueAsync("agent/shop-dev-1", Orchestrator.Actors.Identity.Scopes.MessagesWrite, Orchestrator.Actors.Identity.Scopes.MessagesRead));
        var refused = await Assert.ThrowsAsync<ApiException>(() => dev.SendMessageAsync(new SendRequest { To = "shop-dev-2", Text = "hello" }));
        Assert.Equal(("forbidden", "not_in_touch"), (refused.Problem.Code, refused.Problem.Violation));
        await dev.SendMessageAsync(new SendRequest { To = "shop-lead", Text = "hello" });
        Assert.Equal("not_in_touch", (await Assert.ThrowsAsync<ApiException>(() => dev.StartConversationAsync(new StartConversationRequest { Participants = ["me", "shop-dev-2"] }))).Problem.Violation);
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ApiException>(() => dev.ReportBlockedAsync("shop-lead", "no"))).Problem.Code);
        await dev.ReportBlockedAsync("shop-dev-1", "no database");
        (await _orc.RunAsync("team", "blocked", "shop-dev-1")).Expect(0);
        Assert.Equal(["agent.blocked.v1", "agent.unblocked.v1"], (await _node.Client.GetHistoryAsync("shop-dev-1", limit: 1000)).Select(static e => e.Type).Where(static t => t.EndsWith("blocked.v1", StringComparison.Ordinal)));
    }

    private async Task UpAsync(params string[] members)
        => await Eventually.True(async () => (await _node.Client.GetTeamAsync("shop")) is { State: "running" } team && members.All(name => team.Members.Any(m => m.Name == name && m.State == "up")), $"{string.Join(", ", members)} are up", Within);

    private string WriteFile(string members)
    {
        var file = _folder["team.conf"];
        File.WriteAllText(file, $"name = shop\nfolder = \"{_folder.Path}\"\n{members}\n");
        return file;
    }
}
