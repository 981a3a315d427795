using System.Net;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

public sealed class TasksTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_task_goes_from_its_adding_to_its_end_with_evidence()
    {
        await _node.SpawnReadyAsync("alice");
        var added = await _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "repair it", Criteria = ["it works"], Agent = "alice", Priority = "high", Reviewer = "person" });
        Assert.Matches("^t-[0-9a-z]{8}$", added.Id);
        Assert.Equal(("alice", "developer", "client:admin", "high"), (added.Agent, added.Role, added.By, added.Priority));
        await BecomesAsync(added.Id, "in_progress");
        await _node.Client.ReportProgressAsync(added.Id, "half");
        var said = await _node.Client.CompleteTaskAsync(added.Id, new CompleteTaskRequest { Summary = "did it", Evidence = ["commit 1"], Agent = "alice" });
        Assert.Equal(("in_review", "agent/alice", "half"), (said.State, said.Completion?.By, said.Progress.Single().Text));
        var sentBack = await _node.Client.ReviewTaskAsync(added.Id, new ReviewTaskRequest(Accepted: false, "no test"));
        Assert.Equal(("in_progress", "no test"), (sentBack.State, sentBack.Returns.Single().Text));
        await _node.Client.CompleteTaskAsync(added.Id, new CompleteTaskRequest { Summary = "with a test" });
        Assert.Equal("done", (await _node.Client.ReviewTaskAsync(added.Id, new ReviewTaskRequest(Accepted: true))).State);

        Assert.Empty(await _node.Client.ListTasksAsync());
        Assert.Equal(added.Id, Assert.Single(await _node.Client.ListTasksAsync(closed: true)).Id);
        Assert.Equal("completed", Assert.Single(await _node.Client.ListExecutionsAsync(agent: "alice")).Status);
        var statistics = await _node.Client.GetExecutionStatisticsAsync("alice");
        Assert.Equal((1, 0, 0), (statistics.Completed.Count, statistics.Failed.Count, statistics.Running));
        Assert.True(statistics.Completed.MeanSeconds > 0);
    }

    [Fact]
    public async Task Executions_are_found_by_task_agent_and_status_and_counted_by_how_they_ended()
    {
        foreach (var (id, agent) in new[] { ("done", "alice"), ("failed", "bob"), ("given-up", "carol"), ("runs", "dave") })
        {
            await _node.SpawnReadyAsync(agent);
            await _node.Client.AddTaskAsync(new AddTaskRequest { Id = id, Objective = "x", Agent = agent });
            await BecomesAsync(id, "in_progress");
        }

        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "later", Objective = "x", Agent = "dave" });
        await _node.Client.CompleteTaskAsync("done", new CompleteTaskRequest { Summary = "did it" });
        await _node.Client.FailTaskAsync("failed", "no disk");
        await _node.Client.CancelTaskAsync("given-up", "not needed");

        async Task<string> Found(string? task = null, string? agent = null, string? status = null)
            => string.Join(' ', (await _node.Client.ListExecutionsAsync(task, agent, status)).Select(static e => $"{e.Task}:{e.Status}"));
        Assert.Equal("failed:failed", await Found(task: "failed"));
        Assert.Equal("done:completed", await Found(agent: "alice"));
        Assert.Equal("given-up:cancelled", await Found(agent: "carol"));
        Assert.Equal("later:pending runs:running", await Found(agent: "dave"));
        Assert.Equal("later:pending", await Found(status: "pending"));
        Assert.Equal("runs:running", await Found(status: "running"));
        Assert.Equal("done:completed", await Found(status: "completed"));
        Assert.Equal("", await Found(agent: "alice", status: "failed"));
        var all = await _node.Client.GetExecutionStatisticsAsync();
        Assert.Equal((1, 1, 1, 1, 1), (all.Pending, all.Running, all.Completed.Count, all.Failed.Count, all.Cancelled.Count));
    }

    [Fact]
    public async Task The_next_task_of_an_agent_is_its_own_before_that_of_its_role_and_none_is_taken_twice()
    {
        await _node.SpawnReadyAsync("alice");
        await _node.Client.SetQueueModeAsync("agent:alice", "pull");
        Assert.Equal("pull", (await _node.Client.SetQueueModeAsync("role:developer", "pull")).Mode);
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "of-role", Objective = "a", Role = "developer", Priority = "urgent" });
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "own", Objective = "b", Agent = "alice" });
        Assert.Equal(("own", "in_progress"), ((await _node.Client.NextTaskAsync("alice")) is var first ? (first.Id, first.State) : default));
        Assert.Equal("of-role", (await _node.Client.NextTaskAsync("alice")).Id);
        await ProblemAsync("not-found", () => _node.Client.NextTaskAsync("alice"));
        Assert.Equal(["own", "of-role"], (await _node.Client.ListQueuesAsync()).Where(static q => q.Mode == "pull").SelectMany(static q => q.Members).Where(static m => m.Task is not null).Select(static m => m.Task));
    }

    [Fact]
    public async Task Many_agents_that_take_at_once_get_different_tasks()
    {
        string[] agents = ["a1", "a2", "a3", "a4"];
        foreach (var agent in agents)
        {
            await _node.SpawnReadyAsync(agent);
        }

        await _node.Client.SetQueueModeAsync("role:developer", "pull");
        for (var i = 0; i < 12; i++)
        {
            await _node.Client.AddTaskAsync(new AddTaskRequest { Objective = $"task {i}", Role = "developer" });
        }

        var taken = await Task.WhenAll(agents.SelectMany(a => Enumerable.Range(0, 3).Select(_ => _node.Client.NextTaskAsync(a))));
        Assert.Equal(12, taken.Select(static t => t.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_board_has_a_column_for_each_state()
    {
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "a", Objective = "a" });
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "b", Objective = "b", Dependencies = ["a"] });
        await _node.Client.CancelTaskAsync((await _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "c" })).Id, "not needed");
        var board = await _node.Client.GetBoardAsync();
        Assert.Equal(["backlog", "blocked", "queued", "in_progress", "checking", "in_review", "done", "failed", "cancelled"], board.Select(static c => c.State));
        Assert.Equal([1, 1, 0, 0, 0, 0, 0, 0, 1], board.Select(static c => c.Tasks.Length));
        Assert.Equal(["a"], (await _node.Client.GetTaskAsync("b")).BlockedBy.AsEnumerable());
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_what_would()
    {
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = " " }), "objective");
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "x", Agent = "ghost" }), "there is no agent ghost");
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "x", Role = "king" }), "there is no role 'king'");
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "x", Reviewer = "ghost" }), "ghost");
        await ProblemAsync("not-found", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "x", Dependencies = ["ghost"] }), "ghost");
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "x", Id = "No Id" }), "lower-case");
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "x", Check = ["true"], CheckTimeLimitSeconds = 0.5 }), "checkTimeLimitSeconds");
        await ProblemAsync("invalid", () => _node.Client.SetQueueModeAsync("alice", "pull"), "agent:NAME");
        await ProblemAsync("not-found", () => _node.Client.FailTaskAsync("ghost", "no"), "ghost");
        var task = await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t1", Objective = "x" });
        await ProblemAsync("already-exists", () => _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t1", Objective = "x" }));
        await ProblemAsync("illegal-state", () => _node.Client.CompleteTaskAsync(task.Id, new CompleteTaskRequest { Summary = "x" }), "backlog");
        await ProblemAsync("illegal-state", () => _node.Client.ReviewTaskAsync(task.Id, new ReviewTaskRequest(Accepted: true)));
        await ProblemAsync("invalid", () => _node.Client.ReviewTaskAsync(task.Id, new ReviewTaskRequest(Accepted: false)), "note");
    }

    [Fact]
    public async Task A_check_runs_a_program_so_it_takes_the_scope_for_agents_too()
    {
        using var tasks = _node.ClientOf(await _node.IssueAsync("tasks", Scopes.TasksWrite, Scopes.TasksRead));
        await tasks.AddTaskAsync(new AddTaskRequest { Objective = "x" });
        var refused = await Assert.ThrowsAsync<ApiException>(() => tasks.AddTaskAsync(new AddTaskRequest { Objective = "x", Check = ["true"] }));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (refused.Status, refused.Problem.Code));
        using var both = _node.ClientOf(await _node.IssueAsync("both", Scopes.TasksWrite, Scopes.AgentsWrite));
        Assert.Equal(["true"], (await both.AddTaskAsync(new AddTaskRequest { Objective = "x", Check = ["true"] })).Check.AsEnumerable());
    }

    [Fact]
    public async Task Tasks_survive_a_restart_in_the_middle()
    {
        await _node.SpawnReadyAsync("alice");
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t1", Objective = "slow work", Agent = "alice" });
        await BecomesAsync("t1", "in_progress");
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t2", Objective = "then this", Agent = "alice" });
        await _node.StopAsync();
        await _node.StartAgainAsync();
        await _node.Client.CompleteTaskAsync("t1", new CompleteTaskRequest { Summary = "did it" });
        Assert.Equal(["t2"], (await _node.Client.ListTasksAsync()).Select(static t => t.Id));
    }

    private Task<TaskInfo> BecomesAsync(string id, string state) => Eventually.Value(() => _node.Client.GetTaskAsync(id), t => t.State == state, $"{id} is {state}", TimeSpan.FromSeconds(60));

    private static async Task ProblemAsync(string code, Func<Task> act, string? says = null)
    {
        var problem = (await Assert.ThrowsAsync<ApiException>(act)).Problem;
        Assert.Equal(code, problem.Code);
        Assert.Contains(says ?? string.Empty, problem.Detail, StringComparison.Ordinal);
    }
}
