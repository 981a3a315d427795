using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;

namespace Orchestrator.Tests.Actors.Tasks;

public sealed class TaskTests
{
    private readonly World _world = new();

    [Fact]
    public void A_task_for_an_agent_is_told_to_it_and_runs_once_its_program_has_the_message()
    {
        _world.Ready("alice");
        _world.Adds("t1", "alice", change: static d => d with { Priority = MessagePriority.High, Notes = "with care", Deadline = GivenAgent.Start.AddDays(1) });
        Assert.Equal(TaskState.Queued, _world.Task("t1").State);
        Assert.Equal(ExecutionStatus.Pending, _world.Task("t1").Live?.Status);
        var text = _world.Delivered("alice");
        foreach (var part in new[] { "Task t1, priority high, to be done by 2026-01-02 00:00", "Objective: repair it", "- it works", "Notes: with care", "say why" })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.Equal((TaskState.InProgress, ExecutionStatus.Running), (_world.Task("t1").State, _world.Task("t1").Live!.Status));
        Assert.Equal("task/t1", _world.Events<MessageAccepted>().Single().Message.From);
        Assert.False(_world.Events<MessageAccepted>().Single().Message.FromPerson);
    }

    [Fact]
    public void A_queue_hands_out_one_task_at_a_time_the_most_urgent_first()
    {
        _world.Ready("alice");
        _world.Adds("first", "alice");
        _world.Adds("low", "alice", change: static d => d with { Priority = MessagePriority.Low });
        _world.Adds("urgent", "alice", change: static d => d with { Priority = MessagePriority.Urgent });
        _world.Delivered("alice");
        Assert.Equal([TaskState.InProgress, TaskState.Queued, TaskState.Queued], States("first", "low", "urgent"));
        _world.Tells("first", World.Completed());
        _world.Delivered("alice");
        Assert.Equal([TaskState.Done, TaskState.Queued, TaskState.InProgress], States("first", "low", "urgent"));
    }

    [Fact]
    public void A_task_that_belongs_to_what_an_agent_has_at_hand_does_not_wait_behind_it()
    {
        _world.Ready("alice");
        _world.Adds("work", "alice", change: static d => d with { Reviewer = TaskDescription.AnyPerson });
        _world.Delivered("alice");
        _world.Tells("work", World.Completed());
        Assert.Equal(TaskState.InReview, _world.Task("work").State);
        _world.Adds("mend", "alice", change: static d => d with { Beside = true });
        _world.Adds("next", "alice");
        Assert.Contains("Task mend", _world.Delivered("alice"), StringComparison.Ordinal);
        Assert.Equal([TaskState.InReview, TaskState.InProgress, TaskState.Queued], States("work", "mend", "next"));

        // The end of it does not open the queue: the agent has still the other one.
        _world.Tells("mend", World.Completed());
        Assert.Equal([TaskState.InReview, TaskState.Done, TaskState.Queued], States("work", "mend", "next"));
        _world.Tells("work", new ReviewTask(true, "good"));
        _world.Delivered("alice");
        Assert.Equal([TaskState.Done, TaskState.Done, TaskState.InProgress], States("work", "mend", "next"));
    }

    [Fact]
    public void A_review_that_goes_back_and_forth_is_one_gap_from_the_fifth_return_on_until_the_task_ends()
    {
        _world.Ready("alice");
        _world.Adds("t1", "alice", change: static d => d with { Reviewer = TaskDescription.AnyPerson });
        _world.Delivered("alice");
        for (var round = 1; round <= 7; round++)
        {
            _world.Tells("t1", World.Completed());
            _world.Tells("t1", new ReviewTask(false, $"no, {round}"));
            Assert.Equal(round < TaskBehavior.DefaultMostReturns ? 0 : 1, _world.Gaps.Count(static g => g.Condition!.Kind == GapKind.EndlessReview));
            Assert.Contains($"no, {round}", _world.Delivered("alice"), StringComparison.Ordinal);
        }

        var gap = Assert.Single(_world.Gaps);
        Assert.Contains("between alice and client:test", gap.Condition!.Cause, StringComparison.Ordinal);
        Assert.Contains("5 times, the last time: no, 5", gap.Condition.Evidence, StringComparison.Ordinal);
        _world.Tells("t1", World.Completed());
        _world.Tells("t1", new ReviewTask(true, "good"));
        Assert.Empty(_world.Gaps);
        Assert.Single(_world.Events<ReturnsExceeded>());
    }

    [Fact]
    public void Whoever_gets_a_task_that_another_one_has_begun_is_told_how_far_that_came()
    {
        _world.Ready("alice");
        _world.Ready("bob");
        _world.Adds("t1", "alice");
        _world.Delivered("alice");
        _world.Tells("t1", new ReportProgress("the parser is done"));
        _world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("bob"), AgentRole.Default)));
        var told = _world.Delivered("bob");
        Assert.Contains("alice has worked on it before", told, StringComparison.Ordinal);
        Assert.Contains("the parser is done", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_waits_until_all_that_it_depends_on_is_done()
    {
        _world.Ready("alice");
        _world.Ready("bob");
        _world.Adds("a", "alice");
        _world.Adds("b", "alice");
        _world.Adds("c", "bob", change: static d => d with { Dependencies = [TaskId.Parse("a"), TaskId.Parse("b")] });
        Assert.Equal(TaskState.Blocked, _world.Task("c").State);
        Assert.Contains("waits for a, b", _world.Refuses(TaskId.Parse("c").Entity, new StartTask(AgentName.Parse("bob"))), StringComparison.Ordinal);
        _world.Delivered("alice");
        _world.Tells("a", World.Completed());
        Assert.Equal(TaskState.Blocked, _world.Task("c").State);
        _world.Delivered("alice");
        _world.Tells("b", World.Completed());
        Assert.Equal(TaskState.Queued, _world.Task("c").State);
        _world.Delivered("bob");
        Assert.Equal(TaskState.InProgress, _world.Task("c").State);

        _world.Adds("d", "bob", change: static d => d with { Dependencies = [TaskId.Parse("a")] });
        Assert.Equal(TaskState.Queued, _world.Task("d").State);
    }

    [Fact]
    public void A_task_for_a_role_goes_to_one_of_it_whose_program_runs_and_who_has_none()
    {
        _world.Ready("alice", "qa");
        _world.Ready("bob", "qa");
        _world.Ready("carol", "developer");
        _world.Ends("alice");
        _world.Adds("t1", role: "qa");
        _world.Adds("t2", role: "qa");
        Assert.Equal("bob", _world.Task("t1").Assignee?.Agent?.Value);
        Assert.Null(_world.Task("t2").Assignee?.Agent);
        _world.Starts("alice");
        Assert.Equal("alice", _world.Task("t2").Assignee?.Agent?.Value);
        _world.Delivered("bob");
        _world.Adds("t3", role: "qa");
        _world.Tells("t1", World.Completed());
        Assert.Equal("bob", _world.Task("t3").Live?.Agent?.Value);
        Assert.DoesNotContain("carol", _world.Queue("role:qa").Members.Keys);
    }

    [Fact]
    public void An_agent_that_changes_its_role_or_ends_works_its_old_queue_off_no_more()
    {
        _world.Ready("alice", "qa");
        _world.Does(AgentName.Parse("alice").Entity, new Describe("devops", null, null, null, null, null));
        Assert.Empty(_world.Queue("role:qa").Members);
        Assert.Equal(["alice"], _world.Queue("role:devops").Members.Keys);
        _world.Does(AgentName.Parse("alice").Entity, new End(Force: true));
        _world.Ends("alice");
        Assert.Empty(_world.Queue("role:devops").Members);
    }

    [Fact]
    public void From_a_queue_that_is_pulled_a_task_leaves_only_when_it_is_asked_for()
    {
        _world.Ready("alice");
        _world.Does(WorkQueue.OfRole("developer"), new SetQueueMode(QueueMode.Pull));
        _world.Adds("t1", role: "developer");
        Assert.Equal(TaskState.Queued, _world.Task("t1").State);
        Assert.Equal(new TaskTaken(TaskId.Parse("t1"), 1), _world.Ask(WorkQueue.OfRole("developer"), new TakeTask(AgentName.Parse("alice"))));
        Assert.Equal((TaskState.InProgress, "alice"), (_world.Task("t1").State, _world.Task("t1").Live?.Agent?.Value));
        Assert.Empty(_world.Events<MessageAccepted>());
        Assert.Contains("no task waits", _world.Refuses(WorkQueue.OfRole("developer"), new TakeTask(AgentName.Parse("alice"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_is_decided_by_the_check_and_what_it_printed_goes_back_to_the_agent()
    {
        _world.Ready("alice");
        _world.Adds("t1", "alice", change: static d => d with { Check = new TaskCheck(["./test", "--all of it"], TimeSpan.FromMinutes(1)) });
        Assert.Contains("./test '--all of it'", _world.Delivered("alice"), StringComparison.Ordinal);
        _world.Tells("t1", World.Completed());
        Assert.Equal(TaskState.Checking, _world.Task("t1").State);
        var order = Assert.IsType<RunCheck>(_world.Worker[^1].Command);
        Assert.Equal((1, "/srv/repo"), (order.Attempt, order.Folder));
        Assert.Equal(["./test", "--all of it"], order.Check.Command.AsEnumerable());

        _world.Tells("t1", new ReportCheck(new CheckResult(1, Passed: false, 3, "2 tests fail", "ended with 3", TimeSpan.FromSeconds(2))));
        Assert.Equal((TaskState.InProgress, ExecutionStatus.Running), (_world.Task("t1").State, _world.Task("t1").Live!.Status));
        Assert.Contains("2 tests fail", _world.Task("t1").Returns.Single().Text, StringComparison.Ordinal);
        Assert.Contains("2 tests fail", _world.Delivered("alice"), StringComparison.Ordinal);

        _world.Tells("t1", World.Completed());
        _world.Tells("t1", new ReportCheck(new CheckResult(1, Passed: true, 0, "", "an old one", TimeSpan.Zero)));
        Assert.Equal(TaskState.Checking, _world.Task("t1").State);
        _world.Tells("t1", new ReportCheck(new CheckResult(2, Passed: true, 0, "", "ended with 0", TimeSpan.Zero)));
        Assert.Equal((TaskState.Done, ExecutionStatus.Completed), (_world.Task("t1").State, _world.Task("t1").Executions[^1].Status));
    }

    [Fact]
    public void A_reviewer_that_is_an_agent_is_asked_and_decides()
    {
        _world.Ready("alice");
        _world.Ready("rob", "code_reviewer");
        _world.Adds("t1", "alice", change: static d => d with { Reviewer = "rob" });
        _world.Delivered("alice");
        _world.Tells("t1", World.Completed());
        Assert.Equal(TaskState.InReview, _world.Task("t1").State);
        var asked = _world.Delivered("rob");
        Assert.Contains("Review task t1, done by alice", asked, StringComparison.Ordinal);
        Assert.Contains("commit 1", asked, StringComparison.Ordinal);
        _world.Tells("t1", new ReviewTask(Accepted: false, "no test"));
        Assert.Equal(TaskState.InProgress, _world.Task("t1").State);
        Assert.Contains("no test", _world.Delivered("alice"), StringComparison.Ordinal);
        _world.Tells("t1", World.Completed());
        _world.Tells("t1", new ReviewTask(Accepted: true, "fine"));
        Assert.Equal(TaskState.Done, _world.Task("t1").State);
        Assert.Single(_world.Task("t1").Executions);
    }

    [Theory]
    [InlineData("client:agent/alice")]
    [InlineData("agent/alice")]
    public void Whoever_has_worked_on_a_task_may_send_it_back_and_never_accepts_it(string alice)
    {
        var id = TaskId.Parse("t1").Entity;
        _world.Ready("alice");
        _world.Ready("bob");
        _world.Adds("t1", "alice", change: static d => d with { Reviewer = TaskDescription.AnyPerson });
        _world.Delivered("alice");
        _world.Tells("t1", World.Completed("alice"));
        Assert.Contains("nobody accepts its own work", _world.Refuses(id, new ReviewTask(Accepted: true, "good"), alice), StringComparison.Ordinal);
        Assert.Equal(TaskState.InReview, _world.Task("t1").State);
        _world.Does(id, new ReviewTask(Accepted: false, "not yet"), alice);
        Assert.Contains("not yet", _world.Delivered("alice"), StringComparison.Ordinal);

        // What one has begun and another has ended is the work of both.
        _world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("bob"), AgentRole.Default)));
        _world.Delivered("bob");
        _world.Tells("t1", World.Completed("bob"));
        Assert.Contains("person reviews it", _world.Refuses(id, new ReviewTask(Accepted: true, "good"), alice), StringComparison.Ordinal);
        _world.Does(id, new ReviewTask(Accepted: true, "good"), "client:agent/lead");
        Assert.Equal(TaskState.Done, _world.Task("t1").State);
    }

    [Fact]
    public void A_task_of_a_role_goes_to_any_of_it_but_its_reviewer()
    {
        _world.Ready("alice", "qa");
        _world.Adds("t1", role: "qa", change: static d => d with { Reviewer = "alice" });
        Assert.Null(_world.Task("t1").Assignee?.Agent);
        _world.Does(WorkQueue.OfRole("qa"), new SetQueueMode(QueueMode.Pull));
        Assert.Contains("no task waits", _world.Refuses(WorkQueue.OfRole("qa"), new TakeTask(AgentName.Parse("alice"))), StringComparison.Ordinal);
        _world.Does(WorkQueue.OfRole("qa"), new SetQueueMode(QueueMode.Push));
        _world.Ready("bob", "qa");
        Assert.Equal("bob", _world.Task("t1").Assignee?.Agent?.Value);
    }

    [Fact]
    public void A_task_is_neither_given_to_its_reviewer_nor_begun_by_it()
    {
        const string NotItsOwn = "nobody reviews its own work";
        var (id, alice) = (TaskId.Parse("t1").Entity, new TaskAssignee(AgentName.Parse("alice"), "qa"));
        _world.Ready("alice", "qa");
        Assert.Contains(NotItsOwn, _world.Refuses(id, World.Adding("alice", change: static d => d with { Reviewer = "alice" })), StringComparison.Ordinal);
        _world.Adds("t1", role: "qa", change: static d => d with { Reviewer = "alice" });
        Assert.Contains(NotItsOwn, _world.Refuses(id, new StartTask(AgentName.Parse("alice"))), StringComparison.Ordinal);
        Assert.Contains(NotItsOwn, _world.Refuses(id, new AssignTask(alice)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_cannot_be_told_has_failed_and_can_be_given_to_somebody_else()
    {
        _world.Ready("alice");
        _world.Ready("bob");
        _world.Adds("t1", "alice");
        _world.Delivered("alice", DeliveryStep.Failed);
        Assert.Equal((TaskState.Failed, ExecutionStatus.Failed), (_world.Task("t1").State, _world.Task("t1").Executions[0].Status));
        Assert.Contains("alice could not be told", _world.Task("t1").Reason, StringComparison.Ordinal);
        _world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("bob"), "developer")));
        _world.Delivered("bob");
        Assert.Equal((TaskState.InProgress, 2), (_world.Task("t1").State, _world.Task("t1").Live!.Number));

        _world.Adds("t2", "nobody-there");
        Assert.Equal(TaskState.Failed, _world.Task("t2").State);
        Assert.Contains("there is no agent nobody-there", _world.Task("t2").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_assigned_to_somebody_else_is_cancelled_there_and_its_queue_goes_on()
    {
        _world.Ready("alice");
        _world.Ready("bob");
        _world.Adds("t1", "alice");
        _world.Adds("t2", "alice");
        _world.Delivered("alice");
        _world.Tells("t1", new AssignTask(new TaskAssignee(AgentName.Parse("bob"), "developer")));
        Assert.Equal(ExecutionStatus.Cancelled, _world.Task("t1").Executions[0].Status);
        _world.Delivered("bob");
        Assert.Contains("Task t1 is taken from you: assigned to bob", _world.Delivered("alice"), StringComparison.Ordinal);
        _world.Delivered("alice");
        Assert.Equal([TaskState.InProgress, TaskState.InProgress], States("t1", "t2"));
        _world.Tells("t2", new CancelTask("not needed"));
        Assert.Equal(TaskState.Cancelled, _world.Task("t2").State);
        Assert.Empty(_world.Queue("agent:alice").Waiting);
        Assert.Null(_world.Queue("agent:alice").Members["alice"].Task);
    }

    [Fact]
    public void Only_who_executes_a_task_can_have_completed_it()
    {
        _world.Ready("alice");
        _world.Adds("t1", "alice");
        _world.Delivered("alice");
        Assert.Contains("executed by alice, not by bob", _world.Refuses(TaskId.Parse("t1").Entity, World.Completed("bob")), StringComparison.Ordinal);
        Assert.Single(_world.Events<CompletionDisputed>());
        Assert.Equal(TaskState.InProgress, _world.Task("t1").State);
        _world.Tells("t1", World.Completed("alice"));
        Assert.Contains("is done", _world.Refuses(TaskId.Parse("t1").Entity, World.Completed("alice")), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_order_of_commands_leaves_one_live_execution_at_most_and_queues_that_agree_with_their_tasks()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var (random, world) = (new Random(seed), new World());
            string[] agents = ["alice", "bob"];
            string[] tasks = ["t1", "t2", "t3", "t4"];
            foreach (var agent in agents)
            {
                world.Ready(agent);
            }

            for (var step = 0; step < 60; step++)
            {
                Step(world, random, agents, tasks);
                Check(world, agents, tasks, seed);
            }
        }
    }

    private static void Step(World world, Random random, string[] agents, string[] tasks)
    {
        var (agent, task) = (agents[random.Next(agents.Length)], TaskId.Parse(tasks[random.Next(tasks.Length)]).Entity);
        var assignee = random.Next(3) == 0 ? new TaskAssignee(Agent: null, "developer") : new TaskAssignee(AgentName.Parse(agent), "developer");
        switch (random.Next(11))
        {
            case 0: world.Ask(task, World.Adding() with { Assignee = assignee }); break;
            case 1: world.Ask(task, new AssignTask(random.Next(4) == 0 ? null : assignee)); break;
            case 2: world.Ask(task, new StartTask(AgentName.Parse(agent))); break;
            case 3: world.Ask(task, World.Completed(random.Next(2) == 0 ? agent : null)); break;
            case 4: world.Ask(task, new FailTask("no")); break;
            case 5 when random.Next(4) == 0: world.Ask(task, new CancelTask("no")); break;
            case 6: world.Ask(WorkQueue.Of(AgentName.Parse(agent)), new TakeTask(AgentName.Parse(agent))); break;
            case 7: world.Ask(WorkQueue.OfRole("developer"), new TakeTask(AgentName.Parse(agent))); break;
            case 8: world.Ask(WorkQueue.OfRole("developer"), new SetQueueMode((QueueMode)random.Next(2))); break;
            default:
                if (world.Agent(agent).Queue.InFlight is not null)
                {
                    world.Delivered(agent, random.Next(5) == 0 ? DeliveryStep.Failed : DeliveryStep.Submitted);
                }

                break;
        }
    }

    private static void Check(World world, string[] agents, string[] tasks, int seed)
    {
        foreach (var task in tasks.Select(world.Task).Where(static t => t.State is not null))
        {
            Assert.True(task.Executions.Count(static e => e.IsLive) <= 1, $"seed {seed}: two live executions of {task.Id}");
            Assert.True(task.Live is not null == task.State is TaskState.Queued or TaskState.InProgress or TaskState.Checking or TaskState.InReview, $"seed {seed}: {task.Id} is {task.State}");
        }

        foreach (var queue in agents.Select(static a => "agent:" + a).Append("role:developer").Select(world.Queue))
        {
            var known = queue.Waiting.Select(static w => w.Task).Concat(queue.Members.Values.Where(static m => m.Task is not null).Select(static m => m.Task!.Value)).ToList();
            Assert.Equal(known.Distinct(), known);
            Assert.All(known, id => Assert.True(world.Task(id.Value).Live is not null, $"seed {seed}: {queue.Name} has {id}, which is {world.Task(id.Value).State}"));
        }
    }

    private TaskState?[] States(params string[] tasks) => [.. tasks.Select(t => _world.Task(t).State)];
}
