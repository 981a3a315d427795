using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Tasks;

/// <summary>The rules of a task.</summary>
/// <param name="mostReturns">How often a reviewer may send back what one execution has brought until that is a gap; at least 1.</param>
public sealed class TaskBehavior(int mostReturns = TaskBehavior.DefaultMostReturns) : Behavior<WorkTask>
{
    /// <summary>How often that is unless something else is configured.</summary>
    public const int DefaultMostReturns = 5;

    /// <inheritdoc/>
    public override WorkTask Empty(EntityId id) => WorkTask.Empty(id);

    /// <inheritdoc/>
    public override WorkTask Apply(WorkTask state, Event e) => state.Apply(e);

    /// <inheritdoc/>
    public override Effects Decide(WorkTask state, Command command, DecisionContext context)
        => TaskNews.Told(state, state.State is null && command is not AddTask ? Unknown(state, command) : Deciding(state, command, context), context);

    /// <inheritdoc/>
    public override Reply Answer(WorkTask state, Query query, DateTimeOffset now) => query is GetTask ? new KnownTask(state) : base.Answer(state, query, now);

    private Effects Deciding(WorkTask task, Command command, DecisionContext context) => command switch
    {
        AddTask add => Adding(task, add, context),
        AssignTask assign => Assigning(task, assign, context),
        RetryTask retry => Retrying(task, retry, context),
        ReassignTask reassign => Reassigning(task, reassign, context),
        StartTask start => Starting(task, start, context),
        ReportProgress progress => Progressing(task, progress, context),
        CompleteTask complete => Completing(task, complete, context),
        FailTask fail => Failing(task, fail.Reason, context),
        CancelTask cancel => Cancelling(task, cancel.Reason, context),
        ReviewTask review => Reviewing(task, review, context),
        AwaitTask await => Awaiting(task, await.Task, context),
        MeetDependency met => task.Open.Contains(met.Task.Value) ? Queueing(task, Effects.Persist(new DependencyMet(met.Task, context.Now)), context) : Effects.None,
        PassOn pass => Passing(task, pass, context),
        HandOver hand => Handing(task, hand, context),
        NoteReceipt receipt => Receiving(task, receipt, context),
        ReportCheck report => Checking(task, report.Result, context),
        _ => throw new UnreachableException($"a task has no rule for {command.GetType().Name}"),
    };

    // What queues, agents and workers say of a task that was never added is of no use to anybody.
    private static Effects Unknown(WorkTask task, Command command) => command is AwaitTask or MeetDependency or PassOn or HandOver or NoteReceipt or ReportCheck or RetryTask or ReassignTask
        ? Effects.None
        : Effects.Refuse(RefusalCodes.NotFound, $"there is no task {task.Id}: 'orc task ls' shows those there are");

    private static Effects Adding(WorkTask task, AddTask add, DecisionContext context)
    {
        if (task.State is not null)
        {
            return Effects.Refuse(RefusalCodes.AlreadyExists, $"there is a task {task.Id} already: use another id");
        }

        if (add.Description.Dependencies.Contains(task.Id))
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"the task {task.Id} cannot depend on itself");
        }

        if (add.Assignee?.Agent is { } agent && add.Description.IsReviewedBy(agent))
        {
            return OwnReview(task, agent);
        }

        var effects = Effects.Persist(new TaskAdded(add.Description, add.Secret, context.Sender.Value, context.Now));
        effects = add.Description.Dependencies.Aggregate(effects, (all, dependency) => all.ThenTell(dependency.Entity, new AwaitTask(task.Id)));
        return add.Assignee is null ? effects : Queueing(task, effects.ThenPersist(new TaskAssigned(add.Assignee, context.Sender.Value, context.Now)), context);
    }

    private static Effects Assigning(WorkTask task, AssignTask assign, DecisionContext context)
    {
        if (task.State is TaskState.Done or TaskState.Cancelled or TaskState.Checking or TaskState.InReview)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State.Value.Words()}: it can be assigned before it is done, and not while that is being decided");
        }

        if (assign.Assignee?.Agent is { } agent && task.Description!.IsReviewedBy(agent))
        {
            return OwnReview(task, agent);
        }

        var effects = task.Live is null ? Effects.None : Withdrawing(task, $"assigned to {assign.Assignee?.ToString() ?? "nobody"} by {context.Sender}", context);
        return Queueing(task, effects.ThenPersist(new TaskAssigned(assign.Assignee, context.Sender.Value, context.Now)), context);
    }

    private static Effects OwnReview(WorkTask task, AgentName agent)
        => Effects.Refuse(RefusalCodes.Invalid, $"{agent} reviews the task {task.Id}, and nobody reviews its own work: let another agent do it, or name another reviewer, or {TaskDescription.AnyPerson}");

    /// <summary>After <paramref name="effects"/>, an execution waits in the queue of the assignee, if the task can be done now.</summary>
    private static Effects Queueing(WorkTask before, Effects effects, DecisionContext context)
    {
        var task = After(before, effects);
        if (task.Assignee is not { } assignee || task.Live is not null || task.State is not (TaskState.Backlog or TaskState.Failed))
        {
            return effects;
        }

        var number = (task.Executions is [.., var last] ? last.Number : 0) + 1;
        return effects
            .ThenPersist(new ExecutionQueued(number, assignee.Queue.Id, assignee.Agent, context.Now))
            .ThenTell(assignee.Queue, new OfferTask(task.Id, number, task.Description!.Priority) { Except = assignee.Agent is null ? task.TakenFrom : null, Reviewer = task.Description.ReviewingAgent, Team = assignee.Agent is null ? assignee.Team : null, Beside = task.Description.Beside });
    }

    private static Effects Retrying(WorkTask task, RetryTask retry, DecisionContext context)
        => task.State == TaskState.Failed && task.Executions[^1].Number == retry.Execution
            ? Queueing(task, Effects.Persist(new TaskRetried(retry.Execution, retry.ReportTo?.ToString(), context.Now)), context)
            : Effects.None;

    private static Effects Reassigning(WorkTask task, ReassignTask reassign, DecisionContext context)
    {
        var last = task.Executions is [.., var execution] ? execution : null;
        if (task.State is not (TaskState.Failed or TaskState.Queued or TaskState.InProgress) || last?.Agent != reassign.Except || (reassign.Execution is { } number && last?.Number != number))
        {
            return Effects.None;
        }

        var effects = task.Live is null ? Effects.None : Withdrawing(task, $"it is given to another {task.Assignee?.Role ?? AgentRole.Default}", context);
        return Queueing(task, effects.ThenPersist(new TaskReassigned(reassign.Except, reassign.Note, reassign.ReportTo?.ToString(), context.Now) { Team = reassign.Team }), context);
    }

    private static Effects Passing(WorkTask task, PassOn pass, DecisionContext context)
    {
        if (task.State != TaskState.Queued || task.Live?.Number != pass.Number)
        {
            return Effects.None;
        }

        var queue = WorkQueue.Of(pass.Agent);
        return Effects.Persist(new ExecutionPassedOn(pass.Number, queue.Id, pass.Agent, context.Now))
            .ThenTell(queue, new OfferTask(task.Id, pass.Number, task.Description!.Priority));
    }

    private static Effects Handing(WorkTask task, HandOver hand, DecisionContext context)
    {
        if (task.State != TaskState.Queued || task.Live?.Number != hand.Number || task.HandOver is not null)
        {
            return Effects.None;
        }

        if (hand.Pulled)
        {
            return Effects.Persist(new ExecutionStarted(hand.Number, hand.Agent, context.Now));
        }

        var message = Message(task, TaskText.Assignment(task), context);
        return Effects.Persist(new TaskHandedOver(hand.Number, hand.Agent, message.Id, context.Now)).ThenTell(hand.Agent.Entity, new EnqueueMessage(message));
    }

    private static Effects Receiving(WorkTask task, NoteReceipt receipt, DecisionContext context)
    {
        if (task.HandOver != receipt.Message || task.Live is not { } live)
        {
            return Effects.None;
        }

        return receipt.Arrived
            ? Effects.Persist(new ExecutionStarted(live.Number, receipt.Agent, context.Now))
            : Ending(task, ExecutionStatus.Failed, $"{receipt.Agent} could not be told of it: {receipt.Reason}", context);
    }

    private static Effects Starting(WorkTask task, StartTask start, DecisionContext context)
    {
        if (task.State == TaskState.InProgress && task.Live?.Agent == start.Agent)
        {
            return Effects.None;
        }

        if (task.State == TaskState.Blocked)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} waits for {string.Join(", ", task.Open)}: it can be started when those are done");
        }

        if (task.State != TaskState.Queued)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State!.Value.Words()}: it can be started when it is queued; 'orc task assign {task.Id} {start.Agent}' queues it");
        }

        if (task.Assignee?.Agent is { } other && other != start.Agent)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is for {other}: assign it to {start.Agent} first");
        }

        if (task.Description!.IsReviewedBy(start.Agent))
        {
            return OwnReview(task, start.Agent);
        }

        var live = task.Live!;
        var effects = Effects.Persist(new ExecutionStarted(live.Number, start.Agent, context.Now));
        return task.Description.Beside ? effects : task.Queues.Aggregate(
            effects,
            (all, queue) => all.ThenTell(new EntityId(WorkQueue.Kind, queue), new NoteStarted(task.Id, start.Agent)));
    }

    private static Effects Progressing(WorkTask task, ReportProgress progress, DecisionContext context)
        => task.State == TaskState.InProgress
            ? Effects.Persist(new ProgressReported(progress.Text, context.Sender.Value, context.Now))
            : Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State!.Value.Words()}: progress is reported while it is in progress");

    private static Effects Completing(WorkTask task, CompleteTask complete, DecisionContext context)
    {
        if (complete.Agent is { } said && task.Live is { } other && other.Agent != said)
        {
            // Stored, because it contradicts what is known; the refusal is what the reporter sees.
            return Effects.Persist(new CompletionDisputed(said, other.Agent, context.Sender.Value, context.Now))
                .ThenReply(new Refused(RefusalCodes.IllegalState, $"the task {task.Id} is executed by {other.Agent?.Value ?? "nobody"}, not by {said}"));
        }

        if (task.State != TaskState.InProgress || task.Live is not { } live)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State!.Value.Words()}: only one that is in progress can be completed");
        }

        var completion = new TaskCompletion(complete.Agent?.Entity.ToString() ?? context.Sender.Value, complete.Summary, complete.Evidence, complete.Place, context.Now);
        var effects = Effects.Persist(new CompletionReported(live.Number, completion, context.Now));
        if (task.Description!.Check is not { } check)
        {
            return Accepting(task, completion, effects, context);
        }

        return complete.Place is { } place
            ? effects.ThenPersist(new CheckOrdered(task.Completions + 1, place, context.Now)).ThenWorker(place.Node, new RunCheck(task.Id, task.Completions + 1, check, place.Folder))
            : Effects.Refuse(RefusalCodes.IllegalState, $"the check of {task.Id} runs in the working folder of {live.Agent}, which is on no node: start that agent");
    }

    private static Effects Checking(WorkTask task, CheckResult result, DecisionContext context)
    {
        if (task.State != TaskState.Checking || task.Completions != result.Attempt)
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new CheckEnded(result, context.Now));
        return result.Passed
            ? Accepting(task, task.Completion!, effects, context)
            : Returning(task, TaskText.Failed(task.Description!.Check!, result), "its check", effects, context);
    }

    /// <summary>What had to be checked is: the reviewer is next, if there is one.</summary>
    private static Effects Accepting(WorkTask task, TaskCompletion completion, Effects effects, DecisionContext context)
    {
        if (task.Description!.Reviewer is not { } reviewer)
        {
            return Finishing(task, effects, completion.Summary, context);
        }

        effects = effects.ThenPersist(new ReviewRequested(reviewer, context.Now));
        return task.Description.ReviewingAgent is { } agent
            ? effects.ThenTell(agent.Entity, new EnqueueMessage(Message(task, TaskText.Review(task, completion), context)))
            : effects;
    }

    private Effects Reviewing(WorkTask task, ReviewTask review, DecisionContext context)
    {
        if (task.State != TaskState.InReview)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State!.Value.Words()}: only one that is in review can be reviewed");
        }

        // Sending its own work back does no harm.
        if (review.Accepted && SenderNames.AgentOf(context.Sender.Value) is { } agent && task.WasDoneBy(agent))
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"{agent} has worked on the task {task.Id} itself, and nobody accepts its own work: {(task.Description!.IsReviewedBy(agent) ? "another agent that may assign tasks, or a person," : task.Description.Reviewer)} reviews it");
        }

        var effects = Effects.Persist(new TaskReviewed(review.Accepted, review.Note, context.Sender.Value, context.Now));
        return review.Accepted
            ? Finishing(task, effects, task.Completion!.Summary, context)
            : Returning(task, review.Note, context.Sender.Value, TooOften(task, review, effects, context), context);
    }

    // The work goes on all the same; that it goes back and forth is brought to the notice of whoever can end it.
    private Effects TooOften(WorkTask task, ReviewTask review, Effects effects, DecisionContext context)
    {
        if (task.ReviewReturns + 1 != mostReturns)
        {
            return effects;
        }

        effects = effects.ThenPersist(new ReturnsExceeded(mostReturns, review.Note, context.Sender.Value, context.Now));
        return task.Live?.Agent is { } agent ? effects.ThenTell(agent.Entity, new EscalateReturns(task.Id, mostReturns, review.Note)) : effects;
    }

    private static Effects Returning(WorkTask task, string reason, string by, Effects effects, DecisionContext context)
    {
        effects = effects.ThenPersist(new TaskReturned(reason, by, context.Now));
        return task.Live?.Agent is { } agent
            ? effects.ThenTell(agent.Entity, new EnqueueMessage(Message(task, TaskText.Return(task, by, reason), context)))
            : effects;
    }

    private static Effects Finishing(WorkTask task, Effects effects, string reason, DecisionContext context)
        => task.Awaited.Aggregate(
            effects.Then(Ending(task, ExecutionStatus.Completed, reason, context)),
            (all, waiting) => all.ThenTell(TaskId.Parse(waiting).Entity, new MeetDependency(task.Id)));

    private static Effects Failing(WorkTask task, string reason, DecisionContext context)
        => task.Live is null
            ? Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State!.Value.Words()}: only one that is queued or under way can fail")
            : Ending(task, ExecutionStatus.Failed, reason, context);

    private static Effects Cancelling(WorkTask task, string reason, DecisionContext context)
    {
        if (task.State is TaskState.Done or TaskState.Cancelled)
        {
            return Effects.Refuse(RefusalCodes.IllegalState, $"the task {task.Id} is {task.State.Value.Words()} already");
        }

        var effects = task.Live is null ? Effects.None : Withdrawing(task, reason, context);
        return effects.ThenPersist(new TaskCancelled(reason, context.Sender.Value, context.Now));
    }

    private static Effects Awaiting(WorkTask task, TaskId waiting, DecisionContext context)
        => task.State == TaskState.Done
            ? Effects.None.ThenTell(waiting.Entity, new MeetDependency(task.Id))
            : task.Awaited.Contains(waiting.Value) ? Effects.None : Effects.Persist(new TaskAwaited(waiting, context.Now));

    // Who was told of it, or soon will be, is told that it is over: their message cannot be taken back.
    private static Effects Withdrawing(WorkTask task, string reason, DecisionContext context)
    {
        var effects = Ending(task, ExecutionStatus.Cancelled, reason, context);
        return task.Live is { Agent: { } agent } live && (live.Status == ExecutionStatus.Running || task.HandOver is not null)
            ? effects.ThenTell(agent.Entity, new EnqueueMessage(Message(task, TaskText.Withdrawal(task, reason), context)))
            : effects;
    }

    private static Effects Ending(WorkTask task, ExecutionStatus status, string reason, DecisionContext context)
    {
        var live = task.Live!;
        return task.Queues.Aggregate(
            Effects.Persist(new ExecutionEnded(live.Number, live.Status, status, live.Agent, live.StartedAt, reason, context.Now)),
            (all, queue) => all.ThenTell(new EntityId(WorkQueue.Kind, queue), new LeaveQueue(task.Id)));
    }

    private static WorkTask After(WorkTask task, Effects effects) => effects.Events.Aggregate(task, static (state, e) => state.Apply(e));

    private static NewMessage Message(WorkTask task, string text, DecisionContext context)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Self}/{task.Secret}/{context.Version}"));
        return new NewMessage(MessageId.Derived(context.Now, hash), context.Self.ToString(), FromPerson: false, text, task.Description!.Priority, ExpiresAt: null, Seal.Derived(hash));
    }
}
