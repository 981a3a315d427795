using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Tasks;

/// <summary>Tasks with a real node, a real pane and real check programs.</summary>
public sealed class TasksOnNodeTests : IAsyncLifetime
{
    private NodeUnderTest _node = null!;

    public async Task InitializeAsync() => _node = await NodeUnderTest.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Complete_that_is_not_goes_back_to_the_agent_with_what_its_check_printed()
    {
        var agent = await _node.SpawnFakeAsync("alice");
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t1", Objective = "write the file", Agent = "alice", Check = ["ls", "--", "the file; echo $HOME"] });
        await BecomesAsync("t1", "in_progress");
        Assert.Contains("Objective: write the file", Assert.Single(agent.Log()).Text, StringComparison.Ordinal);

        await _node.Client.CompleteTaskAsync("t1", new CompleteTaskRequest { Summary = "done" });
        var sentBack = await Eventually.Value(() => _node.Client.GetTaskAsync("t1"), static t => !t.Returns.IsEmpty, "the check sent it back", TimeSpan.FromSeconds(60));
        Assert.Equal(("in_progress", false, 2), (sentBack.State, sentBack.LastCheck!.Passed, sentBack.LastCheck.ExitCode));
        Assert.Contains("the file; echo $HOME", sentBack.LastCheck.Output, StringComparison.Ordinal);
        await Eventually.True(() => agent.Log().Any(static s => s.Text.Contains("Task t1 is not complete", StringComparison.Ordinal) && s.Text.Contains("the file; echo $HOME", StringComparison.Ordinal)), "the agent is told why", TimeSpan.FromSeconds(60));

        await File.WriteAllTextAsync(Path.Combine(_node.Work, "the file; echo $HOME"), "text");
        await _node.Client.CompleteTaskAsync("t1", new CompleteTaskRequest { Summary = "done now", Evidence = ["the file"] });
        Assert.Equal((true, 2), (await BecomesAsync("t1", "done")).LastCheck is { } check ? (check.Passed, check.Attempt) : default);
    }

    [Fact]
    public async Task A_check_that_takes_too_long_cannot_be_started_or_was_cut_off_by_the_end_of_the_node_decides_rightly()
    {
        await _node.SpawnFakeAsync("alice");
        foreach (var (id, check, says) in new (string, string[], string)[]
        {
            ("slow", ["sh", "-c", "sleep 600 & echo began; sleep 600"], "killed after its time limit of 1 s:\nbegan"),
            ("missing", ["./no-such-program"], "there is no program ./no-such-program"),
            ("environment", ["sh", "-c", "test \"$ORC_TASK\" = environment && ! env | grep ^ORC_DATA || exit 9"], string.Empty),
        })
        {
            await _node.Client.AddTaskAsync(new AddTaskRequest { Id = id, Objective = id, Agent = "alice", Check = [.. check], CheckTimeLimitSeconds = 1 });
            await BecomesAsync(id, "in_progress");
            await _node.Client.CompleteTaskAsync(id, new CompleteTaskRequest { Summary = "done" });
            if (says.Length == 0)
            {
                await BecomesAsync(id, "done");
                continue;
            }

            var sentBack = await Eventually.Value(() => _node.Client.GetTaskAsync(id), static t => !t.Returns.IsEmpty, $"{id} was sent back", TimeSpan.FromSeconds(60));
            Assert.Contains(says, sentBack.Returns[0].Text, StringComparison.Ordinal);
            await _node.Client.CancelTaskAsync(id, "seen");
        }

        var flag = Path.Combine(_node.Work, "go");
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "again", Objective = "again", Agent = "alice", Check = ["sh", "-c", "test -f go || sleep 600"] });
        await BecomesAsync("again", "in_progress");
        await _node.Client.CompleteTaskAsync("again", new CompleteTaskRequest { Summary = "done" });
        Assert.Equal("checking", (await _node.Client.GetTaskAsync("again")).State);
        await _node.KillAsync();
        await File.WriteAllTextAsync(flag, string.Empty);
        await _node.StartAgainAsync();
        await BecomesAsync("again", "done");
    }

    private Task<TaskInfo> BecomesAsync(string id, string state) => Eventually.Value(() => _node.Client.GetTaskAsync(id), t => t.State == state, $"{id} is {state}", TimeSpan.FromSeconds(60));
}
