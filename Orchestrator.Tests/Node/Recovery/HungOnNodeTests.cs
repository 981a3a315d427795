using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Recovery;

/// <summary>Programs that really hang and fail, with what is configured against that: one node for all of it.</summary>
public sealed class HungOnNodeTests(RecoveringNode shared) : IClassFixture<RecoveringNode>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    private readonly NodeUnderTest _node = shared.Node;

    [Fact]
    public async Task A_hung_program_is_restarted_and_told_what_it_was_at_and_what_was_in_work_is_neither_lost_nor_doubled()
    {
        var alice = await _node.SpawnFakeAsync("alice", ["--hang-once", Path.Combine(_node.Work, "hung")], "fake-hangs");
        var first = await _node.AgentIs("alice", static a => a is { State: "idle", Pane: not null }, "is idle", Within);
        var work = await _node.Client.SendMessageAsync(new SendRequest { To = "alice", Text = "build it" });
        await _node.MessageIs(work.Id, ["submitted", "confirmed"], Within);
        var next = await _node.Client.SendMessageAsync(new SendRequest { To = "alice", Text = "then test it" });
        var again = await _node.AgentIs("alice", static a => a is { State: "idle", Generation: 2, Pane: not null }, "is idle as generation 2", Within);
        Assert.NotEqual(first.Pane!.Pid, again.Pane!.Pid);

        var recovery = await Eventually.Value(() => _node.Client.GetRecoveryAsync("alice"), static r => r.State == "watching", "it is recovered", Within);
        Assert.Equal(["hung restart succeeded"], recovery.Attempts.Select(static a => $"{a.Trouble} {a.Strategy} {a.Outcome}"));
        await Eventually.True(() => alice.Log().Count >= 3, "all has been told", Within);
        var told = alice.Log();
        Assert.Single(told, static t => FakeAgentOnNode.IsWhole(t, "build it"));
        Assert.Single(told, static t => FakeAgentOnNode.IsWhole(t, "then test it"));
        Assert.Single(told, static t => t.Text.Contains("Your program was started anew", StringComparison.Ordinal));
        Assert.Equal(3, told.Count);
        await _node.MessageIs(next.Id, ["submitted", "confirmed"], Within);
        Assert.Contains(await _node.Client.RecoveryHistoryAsync("alice"), static h => h.Attempt is { Strategy: "restart", Outcome: "succeeded" });
        Assert.Equal(1, Assert.Single(await _node.Client.RecoveryStatsAsync(), static s => s.Strategy == "restart").Succeeded);
    }

    [Fact]
    public async Task A_command_of_ones_own_really_runs_without_a_shell_and_what_it_could_not_mend_is_left_to_a_person()
    {
        await _node.SpawnFakeAsync("bob");
        await _node.AgentIs("bob", static a => a is { State: "idle", Pane: not null }, "is idle", Within);
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t1", Objective = "x", Agent = "bob" });
        await _node.Client.FailTaskAsync("t1", "no disk");
        await Eventually.True(() => File.Exists(Path.Combine(_node.Data, "repaired")), "the command has run", Within);
        var recovery = await Eventually.Value(() => _node.Client.GetRecoveryAsync("bob"), static r => r.Attempts is [{ Note: { } note }, ..] && note.Contains("ended with 0", StringComparison.Ordinal), "it has ended", Within);
        Assert.Equal(("custom:repair", "begun"), (recovery.Attempts[0].Strategy, recovery.Attempts[0].Outcome));
        var policies = await _node.Client.ListRecoveryPoliciesAsync();
        Assert.Equal(["custom:repair", "notify"], policies[0].Ladders["failed_execution"].AsEnumerable());
    }

    [Fact]
    public async Task An_agent_is_asked_for_a_note_before_its_task_goes_to_another_who_gets_it()
    {
        await _node.Client.SpawnAsync(new SpawnRequest { Name = "carol", Profile = "demo", Role = "researcher", Folder = _node.Work });
        await _node.AgentIs("carol", static a => a is { State: "idle", Pane: not null }, "is idle", Within);
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t2", Objective = "find it", Agent = "carol" });
        await Eventually.Value(() => _node.Client.GetTaskAsync("t2"), static t => t.State == "in_progress", "carol has begun", Within);
        await _node.Client.SpawnAsync(new SpawnRequest { Name = "dave", Profile = "demo", Role = "researcher", Folder = _node.Work });
        await _node.AgentIs("dave", static a => a is { State: "idle", Pane: not null }, "is idle", Within);
        await _node.Client.FailTaskAsync("t2", "no disk");

        var told = await Eventually.Value(() => _node.Client.ListMessagesAsync("dave"), static m => m is [{ State: "confirmed" }], "dave has the task", Within);
        var left = await _node.Client.GetHandOverAsync("carol");
        Assert.Equal(("left", "answer"), (left.State, left.Notes.Single().Source));
        Assert.Contains("The note that carol left last", told[0].Text, StringComparison.Ordinal);
        Assert.Contains(left.Note!.Trim().Split('\n')[0], told[0].Text, StringComparison.Ordinal);
        var attempt = Assert.Single(await _node.Client.RecoveryHistoryAsync("carol")).Attempt;
        Assert.Equal(("reassign", "awaiting", "with the note that it left when it was asked"), (attempt.Strategy, attempt.Outcome, attempt.HandOver));
    }
}

/// <summary>A node with what is configured against that.</summary>
public sealed class RecoveringNode : IAsyncLifetime
{
    internal NodeUnderTest Node { get; } = NodeUnderTest.Create("-D", """
        orchestrator.recovery={
          hung=[restart, restart_rebrief, notify], failed-execution=["custom:repair", notify], first-pause=100ms, budget=20
          customs { repair { command=[touch, "repaired"], within=30s } }
          roles { researcher { failed-execution=[reassign], handover=10m } }
        }
        """);

    /// <inheritdoc/>
    public Task InitializeAsync() => Node.StartAgainAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Node.DisposeAsync();
}
