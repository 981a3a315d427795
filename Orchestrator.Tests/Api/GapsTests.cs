using Orchestrator.Actors.Gaps;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

public sealed class GapsTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_gap_is_listed_counted_treated_and_closed()
    {
        var id = await FailedAsync("t1");
        var before = await Eventually.Value(() => _node.Client.GetGapSummaryAsync(), static s => s.Open == 1, "it is counted", TimeSpan.FromSeconds(60));
        Assert.Equal(1, before.BySeverity["error"]);
        Assert.Equal("retry", Assert.Single((await _node.Client.NoteCureAsync(id, new CureRequest("retry", "no help"))).Cures).Strategy);
        Assert.Empty(await _node.Client.ListGapsAsync(kind: "timing"));
        Assert.Equal(id, Assert.Single(await _node.Client.ListGapsAsync(kind: "failed", agent: "alice", task: "t1")).Id);
        var closed = await _node.Client.CloseGapAsync(id, "known");
        Assert.Equal((false, "client:admin", "known"), (closed.Open, closed.ClosedBy, closed.ClosedBecause));
        Assert.Empty(await _node.Client.ListGapsAsync());
        Assert.Single(await _node.Client.ListGapsAsync(closed: true));
        var summary = await _node.Client.GetGapSummaryAsync();
        Assert.Equal((0, 1L, Enum.GetValues<GapKind>().Length), (summary.Open, summary.Closed, summary.ByKind.Length));
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.CloseGapAsync("ghost", "x"))).Problem.Code);
    }

    [Fact]
    public async Task What_is_expected_can_be_taken_back()
    {
        await _node.SpawnReadyAsync("alice");
        var expected = await _node.Client.ExpectAsync(new ExpectRequest { Agent = "alice", Chain = "nightly", InSeconds = 60 });
        Assert.Equal(TimeSpan.FromHours(1), expected.ExpiresAt - expected.Due);
        Assert.Equal(expected.Due, (await _node.Client.ForgetExpectationAsync(expected.Id)).Due);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.ForgetExpectationAsync(expected.Id))).Problem.Code);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.ExpectAsync(new ExpectRequest { Agent = "alice", Chain = "nightly", InSeconds = -1 }))).Problem.Code);
    }

    [Fact]
    public async Task Gaps_are_seen_and_closed_on_the_command_line()
    {
        var id = await FailedAsync("t1");
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = _node.Data;
        Assert.Contains(id, (await orc.RunAsync("gap", "ls")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("task t1 has failed", (await orc.RunAsync("gap", "show", id)).Expect(0), StringComparison.Ordinal);
        Assert.Contains("is closed", (await orc.RunAsync("gap", "close", id, "known")).Expect(0), StringComparison.Ordinal);
        await Eventually.True(async () => (await orc.RunAsync("gap", "summary")).Expect(0).Contains("0 open, 1 closed", StringComparison.Ordinal), "it is counted", TimeSpan.FromSeconds(60));
        var expected = (await orc.RunAsync("gap", "expect", "alice", "nightly", "--in", "10m")).Expect(0);
        Assert.Contains("expected at", expected, StringComparison.Ordinal);
        (await orc.RunAsync("gap", "forget", expected.Split(':')[0])).Expect(0);
    }

    private async Task<string> FailedAsync(string task)
    {
        await _node.SpawnReadyAsync("alice");
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = task, Objective = "x", Agent = "alice" });
        await _node.Client.FailTaskAsync(task, "no disk");
        var gaps = await Eventually.Value(() => _node.Client.ListGapsAsync(), static g => g.Length == 1, "the failure is a gap", TimeSpan.FromSeconds(60));
        return gaps[0].Id;
    }
}
