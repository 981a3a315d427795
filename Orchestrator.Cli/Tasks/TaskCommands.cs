using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Tasks;

/// <summary><c>orc task</c>.</summary>
internal static class TaskCommands
{
    private static readonly TimeSpan CheckPatience = TimeSpan.FromMinutes(11);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create() => new OrcCommand(
        "task",
        "Tasks of agents: what is to be done, by whom, and what came of it.",
        "orc task add \"Repair the parser\" --agent alice --criterion \"all tests pass\" --check ./test",
        "orc task board",
        "orc task done t-3k9x2mq4 \"The parser takes comments\" --evidence src/parser.cs")
    {
        Add(), Ls(), Show(), Assign(), Start(), Progress(), Done(), Fail(), Cancel(), Review(), Next(), Board(), Runs(), Stats(), Queue(),
    };

    private static OrcCommand Add()
    {
        var objective = new Argument<string>("OBJECTIVE") { Description = "What is to be reached.", HelpName = "OBJECTIVE" };
        var id = new Option<string?>("--id") { Description = "Its id (one is made).", HelpName = "ID" };
        var agent = new Option<string?>("--agent") { Description = "The agent that is to do it.", HelpName = "NAME" };
        var role = new Option<string?>("--role") { Description = "The role of which some agent is to do it.", HelpName = "ROLE" };
        var team = Team();
        var criteria = new Option<string[]>("--criterion", "-c") { Description = "By what one sees that it is done; may be given several times.", HelpName = "TEXT" };
        var priority = new Option<string?>("--priority") { Description = "low, medium, high or urgent (medium).", HelpName = "PRIORITY" };
        priority.AcceptOnlyFromAmong("low", "medium", "high", "urgent");
        var deadline = new Option<string?>("--deadline") { Description = "When it is to be done: 2026-03-01T17:00 (local unless it says otherwise), or a duration from now.", HelpName = "TIME" };
        var after = new Option<string[]>("--after") { Description = "A task that must be done before; may be given several times.", HelpName = "ID" };
        var reviewer = new Option<string?>("--reviewer") { Description = "The agent whose review decides, or person.", HelpName = "NAME" };
        var check = new Option<string[]>("--check") { Description = "A program that decides by its exit code, run in the agent's working folder; its words follow, without a shell.", HelpName = "WORD", AllowMultipleArgumentsPerToken = true };
        var checkLimit = Durations.Option("--check-limit", "How long that program may run (10m).");
        var notes = new Option<string?>("--notes") { Description = "What else there is to say.", HelpName = "TEXT" };
        var chain = new Option<string?>("--chain") { Description = "The series of tasks that it is a part of.", HelpName = "NAME" };
        var startWithin = Durations.Option("--start-within", "From its queueing to its start; later is a gap.");
        var longRunning = Durations.Option("--long-running", "From its start to its end; longer is a gap.");
        var progressWithin = Durations.Option("--progress-within", "From one sign of progress to the next; longer is a gap.");
        return new OrcCommand(
            "add",
            "Add a task.",
            "orc task add \"Repair the parser\" --agent alice --check ./test",
            "orc task add \"Review the parser\" --role code_reviewer --after t-3k9x2mq4 --priority high --deadline 2h")
        {
            objective, id, agent, role, team, criteria, priority, deadline, after, reviewer, check, checkLimit, notes, chain, startWithin, longRunning, progressWithin,
        }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.AddTaskAsync(
                new AddTaskRequest
                {
                    Id = context.Get(id),
                    Objective = context.Get(objective)!,
                    Criteria = [.. context.Get(criteria) ?? []],
                    Priority = context.Get(priority),
                    Deadline = context.Get(deadline) is { } due ? Time(due) : null,
                    Dependencies = [.. context.Get(after) ?? []],
                    Agent = context.Get(agent),
                    Role = context.Get(role),
                    Team = context.Get(team),
                    Reviewer = context.Get(reviewer),
                    Check = [.. context.Get(check) ?? []],
                    CheckTimeLimitSeconds = context.Get(checkLimit)?.TotalSeconds,
                    Notes = context.Get(notes),
                    Chain = context.Get(chain),
                    StartWithinSeconds = context.Get(startWithin)?.TotalSeconds,
                    LongRunningSeconds = context.Get(longRunning)?.TotalSeconds,
                    ProgressWithinSeconds = context.Get(progressWithin)?.TotalSeconds,
                },
                cancellationToken),
            ApiJson.Readable.TaskInfo,
            TaskText.Outcome));
    }

    private static Option<string?> Team() => new("--team") { Description = "The team whose members of the role only are to do it.", HelpName = "TEAM" };

    private static OrcCommand Ls()
    {
        var state = new Option<string?>("--state") { Description = "Only tasks in this state.", HelpName = "STATE" };
        var agent = new Option<string?>("--agent") { Description = "Only tasks of this agent.", HelpName = "NAME" };
        var role = new Option<string?>("--role") { Description = "Only tasks of this role.", HelpName = "ROLE" };
        var all = new Option<bool>("--all", "-a") { Description = "Also tasks that are done or cancelled." };
        return new OrcCommand("ls", "List tasks.", "orc task ls", "orc task ls --agent alice --all") { state, agent, role, all }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ListTasksAsync(context.Get(state), context.Get(agent), context.Get(role), context.Get(all), cancellationToken: cancellationToken),
            ApiJson.Readable.ImmutableArrayTaskInfo,
            static list => TaskText.List(list)));
    }

    private static OrcCommand Show()
    {
        var id = Id();
        return new OrcCommand("show", "Show all about a task.", "orc task show t-3k9x2mq4") { id }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetTaskAsync(context.Get(id)!, cancellationToken), ApiJson.Readable.TaskInfo, TaskText.Details));
    }

    private static OrcCommand Assign()
    {
        var id = Id();
        var agent = new Argument<string?>("NAME") { Description = "The agent that is to do it.", HelpName = "NAME", Arity = ArgumentArity.ZeroOrOne };
        var role = new Option<string?>("--role") { Description = "The role of which some agent is to do it.", HelpName = "ROLE" };
        var team = Team();
        var nobody = new Option<bool>("--nobody") { Description = "Nobody is to do it for now." };
        return new OrcCommand("assign", "Let an agent or a role do a task. What runs elsewhere is cancelled, what failed begins anew.", "orc task assign t-3k9x2mq4 bob", "orc task assign t-3k9x2mq4 --role developer --team shop") { id, agent, role, team, nobody }.Runs((context, cancellationToken) =>
        {
            var wishes = (context.Get(agent) is null ? 0 : 1) + (context.Get(role) is null ? 0 : 1) + (context.Get(nobody) ? 1 : 0);
            return wishes == 1
                ? OutcomeAsync(context, context.Client.AssignTaskAsync(context.Get(id)!, new AssignTaskRequest(context.Get(agent), context.Get(role), context.Get(team)), cancellationToken))
                : throw new UsageException("say who is to do it: NAME, --role ROLE or --nobody");
        });
    }

    private static OrcCommand Start()
    {
        var id = Id();
        var agent = new Argument<string>("NAME") { Description = "The agent that has begun.", HelpName = "NAME" };
        return new OrcCommand("start", "Say that an agent has begun a task.", "orc task start t-3k9x2mq4 alice") { id, agent }.Runs((context, cancellationToken) =>
            OutcomeAsync(context, context.Client.StartTaskAsync(context.Get(id)!, context.Get(agent)!, cancellationToken)));
    }

    private static OrcCommand Progress()
    {
        var (id, text) = (Id(), Words("What was reached so far."));
        return new OrcCommand("progress", "Report progress.", "orc task progress t-3k9x2mq4 \"the lexer is done\"") { id, text }.Runs((context, cancellationToken) =>
            OutcomeAsync(context, context.Client.ReportProgressAsync(context.Get(id)!, context.Get(text)!, cancellationToken)));
    }

    private static OrcCommand Done()
    {
        var (id, summary) = (Id(), Words("What was done."));
        var evidence = new Option<string[]>("--evidence", "-e") { Description = "What shows it: a file, a commit, an address; may be given several times.", HelpName = "TEXT" };
        var agent = new Option<string?>("--agent") { Description = "The agent that has completed it.", HelpName = "NAME" };
        return new OrcCommand("done", "Say that a task is complete: 0 once its check has accepted it, 1 if that sent it back. A review is not waited for.", "orc task done t-3k9x2mq4 \"The parser takes comments\" -e src/parser.cs") { id, summary, evidence, agent }.Runs(async (context, cancellationToken) =>
        {
            var task = await context.Client.CompleteTaskAsync(
                context.Get(id)!, new CompleteTaskRequest { Summary = context.Get(summary)!, Evidence = [.. context.Get(evidence) ?? []], Agent = context.Get(agent) }, cancellationToken);
            var limit = task.CheckTimeLimitSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) + Pause : CheckPatience;
            var decided = await context.WaitAsync($"the check of {task.Id} runs", limit + CheckPatience, token => DecidedAsync(context.Client, task, token), cancellationToken);
            if (decided is null)
            {
                return context.Fail("unknown", $"the check of {task.Id} has not ended yet: orc task show {task.Id}", ExitCodes.Unknown);
            }

            context.Print(decided, ApiJson.Readable.TaskInfo, TaskText.Outcome);
            return decided.State is "done" or "in_review" ? ExitCodes.Happened : ExitCodes.Failed;
        });
    }

    private static async Task<TaskInfo> DecidedAsync(OrchestratorClient client, TaskInfo task, CancellationToken cancellationToken)
    {
        while (task.State == "checking")
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            task = await client.GetTaskAsync(task.Id, cancellationToken);
        }

        return task;
    }

    private static OrcCommand Fail()
    {
        var (id, reason) = (Id(), Words("Why."));
        return new OrcCommand("fail", "Say that a task has failed.", "orc task fail t-3k9x2mq4 \"the file does not exist\"") { id, reason }.Runs((context, cancellationToken) =>
            OutcomeAsync(context, context.Client.FailTaskAsync(context.Get(id)!, context.Get(reason)!, cancellationToken)));
    }

    private static OrcCommand Cancel()
    {
        var (id, reason) = (Id(), Words("Why."));
        return new OrcCommand("cancel", "Give a task up.", "orc task cancel t-3k9x2mq4 \"not needed any more\"") { id, reason }.Runs((context, cancellationToken) =>
            OutcomeAsync(context, context.Client.CancelTaskAsync(context.Get(id)!, context.Get(reason)!, cancellationToken)));
    }

    private static OrcCommand Review()
    {
        var id = Id();
        var accept = new Option<bool>("--accept") { Description = "It is complete." };
        var reject = new Option<string?>("--reject") { Description = "It is not; what is missing.", HelpName = "REASON" };
        var note = new Option<string?>("--note") { Description = "With --accept: a word on it.", HelpName = "TEXT" };
        return new OrcCommand("review", "Accept a task as complete, or send it back.", "orc task review t-3k9x2mq4 --accept", "orc task review t-3k9x2mq4 --reject \"no test for comments\"") { id, accept, reject, note }.Runs((context, cancellationToken) =>
            context.Get(accept) == context.Get(reject) is not null
                ? throw new UsageException("give --accept or --reject REASON")
                : OutcomeAsync(context, context.Client.ReviewTaskAsync(context.Get(id)!, new ReviewTaskRequest(context.Get(accept), context.Get(reject) ?? context.Get(note)), cancellationToken)));
    }

    private static OrcCommand Next()
    {
        var agent = new Argument<string>("NAME") { Description = "The agent that is to have it.", HelpName = "NAME" };
        return new OrcCommand("next", "Take the next task for an agent, from its own queue or that of its role, and start it. 1 if none waits.", "orc task next alice", "orc task next alice --json") { agent }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.NextTaskAsync(context.Get(agent)!, cancellationToken), ApiJson.Readable.TaskInfo, TaskText.Details));
    }

    private static OrcCommand Board() => new OrcCommand("board", "Show the board: tasks by state.", "orc task board").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.GetBoardAsync(cancellationToken), ApiJson.Readable.ImmutableArrayBoardColumnInfo, TaskText.Board));

    private static OrcCommand Runs()
    {
        var task = new Option<string?>("--task") { Description = "Only those of this task.", HelpName = "ID" };
        var agent = new Option<string?>("--agent") { Description = "Only those of this agent.", HelpName = "NAME" };
        var status = new Option<string?>("--status") { Description = "pending, running, completed, failed or cancelled.", HelpName = "STATUS" };
        return new OrcCommand("executions", "List executions of tasks.", "orc task executions --agent alice --status failed") { task, agent, status }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ListExecutionsAsync(context.Get(task), context.Get(agent), context.Get(status), cancellationToken: cancellationToken),
            ApiJson.Readable.ImmutableArrayExecutionInfo,
            static list => TaskText.Executions(list)));
    }

    private static OrcCommand Stats()
    {
        var agent = new Option<string?>("--agent") { Description = "Only those of this agent.", HelpName = "NAME" };
        return new OrcCommand("stats", "Show how many executions ended how, and how long they took.", "orc task stats", "orc task stats --agent alice") { agent }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetExecutionStatisticsAsync(context.Get(agent), cancellationToken), ApiJson.Readable.ExecutionStatisticsInfo, TaskText.Statistics));
    }

    private static OrcCommand Queue()
    {
        var name = new Argument<string?>("QUEUE") { Description = "agent:NAME or role:NAME.", HelpName = "QUEUE", Arity = ArgumentArity.ZeroOrOne };
        var mode = new Argument<string?>("MODE") { Description = "push (whose turn it is gets a message) or pull (orc task next).", HelpName = "MODE", Arity = ArgumentArity.ZeroOrOne };
        mode.AcceptOnlyFromAmong("push", "pull");
        return new OrcCommand("queue", "List the queues, or choose how tasks leave one.", "orc task queue", "orc task queue role:developer pull") { name, mode }.Runs(async (context, cancellationToken) => (context.Get(name), context.Get(mode)) switch
        {
            (null, _) => context.Print(await context.Client.ListQueuesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayQueueInfo, static list => TaskText.Queues(list)),
            ({ } queue, { } chosen) => context.Print(await context.Client.SetQueueModeAsync(queue, chosen, cancellationToken), ApiJson.Readable.QueueInfo, static q => TaskText.Queues([q])),
            _ => throw new UsageException("say push or pull"),
        });
    }

    private static Argument<string> Id() => new("ID") { Description = "The task.", HelpName = "ID" };

    private static Argument<string> Words(string description) => new("TEXT") { Description = description, HelpName = "TEXT" };

    private static async Task<int> OutcomeAsync(CliContext context, Task<TaskInfo> asking) => context.Print(await asking, ApiJson.Readable.TaskInfo, TaskText.Outcome);

    /// <summary>A time of the clock, local unless it says otherwise, or a duration from now.</summary>
    public static DateTimeOffset Time(string text)
        => Durations.TryParse(text, out var duration) ? TimeProvider.System.GetUtcNow() + duration
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time
            : throw new UsageException($"'{text}' is neither a time (2026-03-01T17:00) nor a duration (90m)");
}
