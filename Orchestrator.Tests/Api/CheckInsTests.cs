using System.Collections.Immutable;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

public sealed class CheckInsTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        await _node.SpawnReadyAsync("alice");
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_check_in_reaches_its_agent_as_a_message()
    {
        var added = await _node.Client.AddCheckInAsync(new AddCheckInRequest { Agent = "alice", Note = "how far are you?", InSeconds = 0.2 });
        Assert.Matches("^c-[0-9a-z]{8}$", added.Id);
        await Eventually.True(async () => (await _node.Client.GetCheckInAsync(added.Id)) is { Delivered: 1, Open: false }, "it was delivered", TimeSpan.FromSeconds(60));
        var message = Assert.Single(await _node.Client.ListMessagesAsync("alice"));
        Assert.Equal($"checkin/{added.Id}", message.From);
        Assert.Contains("how far are you?", message.Text, StringComparison.Ordinal);
        Assert.Empty(await _node.Client.ListCheckInsAsync());
        Assert.Single(await _node.Client.ListCheckInsAsync(closed: true));
    }

    [Fact]
    public async Task A_target_that_is_not_there_and_times_that_make_no_sense_are_refused()
    {
        foreach (var (request, says) in new (AddCheckInRequest, string)[]
        {
            (new() { Agent = "ghost", Note = "x", InSeconds = 60 }, "there is no agent ghost"),
            (new() { Role = "king", Note = "x", InSeconds = 60 }, "there is no role 'king'"),
            (new() { Note = "x", InSeconds = 60 }, "whom it is for"),
            (new() { Agent = "alice", Note = " ", InSeconds = 60 }, "note"),
            (new() { Agent = "alice", Note = "x" }, "say when"),
            (new() { Agent = "alice", Note = "x", InSeconds = 0 }, "inSeconds"),
            (new() { Agent = "alice", Note = "x", InSeconds = 60, Cron = "0 9 * * *" }, "say when"),
            (new() { Agent = "alice", Note = "x", At = DateTimeOffset.UnixEpoch }, "never be due"),
            (new() { Agent = "alice", Note = "x", Cron = "61 * * * *" }, "minute hour day month weekday"),
            (new() { Agent = "alice", Note = "x", Cron = "0 9 * * *", TimeZone = "Mars/Olympus" }, "no time zone"),
        })
        {
            var problem = (await Assert.ThrowsAsync<ApiException>(() => _node.Client.AddCheckInAsync(request))).Problem;
            Assert.Equal("invalid", problem.Code);
            Assert.Contains(says, problem.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_agent_of_a_team_makes_none_for_a_role_beyond_its_team()
    {
        await _node.Client.SpawnAsync(new SpawnRequest { Name = "bob", Profile = "shell", Folder = _node.Data, Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", "red") });
        using var bob = _node.ClientOf(await _node.IssueAsync("agent/bob", Scopes.TasksRead, Scopes.TasksWrite));
        var problem = (await Assert.ThrowsAsync<ApiException>(() => bob.AddCheckInAsync(new AddCheckInRequest { Role = "developer", Note = "x", InSeconds = 60 }))).Problem;
        Assert.Equal("forbidden", problem.Code);
        Assert.Contains("members of it only: name one of them, or ask a person", problem.Detail, StringComparison.Ordinal);
        Assert.Equal("bob", (await bob.AddCheckInAsync(new AddCheckInRequest { Agent = "bob", Note = "x", InSeconds = 60 })).Agent);
        Assert.Equal("developer", (await _node.Client.AddCheckInAsync(new AddCheckInRequest { Role = "developer", Note = "x", InSeconds = 60 })).Role);
    }

    [Fact]
    public async Task Check_ins_are_made_listed_and_taken_back_on_the_command_line()
    {
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = _node.Data;
        Assert.Contains("alice is told at", (await orc.RunAsync("checkin", "in", "10m", "alice", "how far?")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("alice is told at 2099-03-01", (await orc.RunAsync("checkin", "at", "2099-03-01T17:00", "alice", "hand over")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("and again", (await orc.RunAsync("checkin", "cron", "30 9 * * 1-5", "role:developer", "commit", "--zone", "Europe/Berlin")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("not a duration", (await orc.RunAsync("checkin", "in", "soon", "alice", "x")).Fails(2), StringComparison.Ordinal);
        Assert.Contains("there is no team blue", (await orc.RunAsync("checkin", "in", "10m", "team:blue", "x")).Fails(1), StringComparison.Ordinal);
        var list = (await orc.RunAsync("checkin", "ls")).Expect(0).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, list.Length);
        Assert.Contains("30 9 * * 1-5 Europe/Berlin", string.Concat(list), StringComparison.Ordinal);
        (await orc.RunAsync("checkin", "rm", list[1].Split(' ')[0])).Expect(0);
        Assert.Equal(2, (await _node.Client.ListCheckInsAsync()).Length);
    }
}
