using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Api;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

public sealed class TaskCommandsTests : IAsyncLifetime
{
    private readonly Orc _orc = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        _orc.Environment["ORC_DATA"] = _node.Data;
        await _node.SpawnReadyAsync("alice");
    }

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_task_is_added_worked_off_and_seen_on_the_command_line()
    {
        var added = JsonSerializer.Deserialize((await _orc.RunAsync("task", "add", "repair it", "--id", "t1", "--agent", "alice", "-c", "it works", "-c", "all of it", "--deadline", "2h", "--reviewer", "person", "--json")).Expect(0), ApiJson.Wire.TaskInfo)!;
        Assert.Equal((2, "person"), (added.Criteria.Length, added.Reviewer));
        await Eventually.True(async () => (await _node.Client.GetTaskAsync("t1")).State == "in_progress", "t1 is in progress", TimeSpan.FromSeconds(60));
        Assert.Contains("t1 is in_review", (await _orc.RunAsync("task", "done", "t1", "did it", "-e", "commit 1")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("t1 is in_progress: sent back by client:admin: no test", (await _orc.RunAsync("task", "review", "t1", "--reject", "no test")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("t1 is failed: cannot", (await _orc.RunAsync("task", "fail", "t1", "cannot")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("cannot", (await _orc.RunAsync("task", "show", "t1")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("failed (1)", (await _orc.RunAsync("task", "board")).Expect(0), StringComparison.Ordinal);
        Assert.Matches("failed +1 +[0-9.]+s", (await _orc.RunAsync("task", "stats")).Expect(0));
        Assert.Contains("t1", (await _orc.RunAsync("task", "ls", "--agent", "alice")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("task", "queue", "agent:alice", "pull")).Expect(0);
        (await _orc.RunAsync("task", "assign", "t1", "alice")).Expect(0);
        Assert.Contains("t1 is in_progress", (await _orc.RunAsync("task", "next", "alice")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("task", "cancel", "t1", "not needed")).Expect(0);
        Assert.Contains("no task waits for alice", (await _orc.RunAsync("task", "next", "alice")).Fails(1), StringComparison.Ordinal);
        Assert.Contains("say who is to do it", (await _orc.RunAsync("task", "assign", "t1")).Fails(2), StringComparison.Ordinal);
    }
}
