using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Gaps;

/// <summary>What of agents and tasks becomes a gap if it lasts.</summary>
internal static class Conditions
{
    /// <summary><paramref name="effects"/>, with the watch told if other conditions hold after them than before.</summary>
    public static Effects Told<TState>(EntityId owner, TState before, TState after, Func<TState, ImmutableArray<WatchedCondition>> of, Effects effects)
    {
        var now = of(after);
        return now.SequenceEqual(of(before)) ? effects : effects.ThenTell(GapWatch.Over(owner), new Observe(now));
    }

    /// <summary>Those of an agent at <paramref name="now"/>.</summary>
    public static ImmutableArray<WatchedCondition> Of(Agent agent, DateTimeOffset now) => agent.Registered ? [.. OfAgent(agent, now)] : [];

    /// <summary>Those of a task.</summary>
    public static ImmutableArray<WatchedCondition> Of(WorkTask task) => task.State is null ? [] : [.. OfTask(task)];

    private static IEnumerable<WatchedCondition> OfAgent(Agent agent, DateTimeOffset now)
    {
        WatchedCondition About(string key, GapKind kind, DateTimeOffset since, string cause, string evidence) => new(key, kind, since, Threshold: null, agent.Name, Task: null, agent.Role, cause, evidence);

        if (agent is { Pane: not null, Activity: AgentActivity.Starting or AgentActivity.Working or AgentActivity.Hung, Fact: { } fact })
        {
            yield return About("silent", GapKind.SilentAgent, fact.At, $"nothing is heard of {agent.Name}, which is {agent.Activity.Value.Words()}", $"{fact.Source}: {fact.Evidence}");
        }

        if (agent.Dialog is { } dialog)
        {
            yield return About($"dialog:{dialog.Id}", GapKind.DialogUnanswered, dialog.At, $"{agent.Name} asks something, and nobody answers", dialog.Dialog.Question);
        }

        if (UnreadMessages.Overdue(agent, now) is { AcceptedAt: { } accepted } waiting)
        {
            yield return About($"unread:{waiting.Message.Id}", GapKind.UnreadMessage, accepted, $"a message from {waiting.Message.From} has not reached {agent.Name}", $"message {waiting.Message.Id}");
        }

        if (agent.Membership is not { } member)
        {
            yield break;
        }

        foreach (var (message, open) in agent.Assignments)
        {
            yield return About($"unacknowledged:{message}", GapKind.Unacknowledged, open.At, $"{agent.Name} has not acknowledged an assignment from {open.From}", $"message {message} reached it at {open.At:O}") with { Threshold = member.Rules.AcknowledgeWithin };
        }

        if (agent.Blocked is { } blocked)
        {
            yield return About("blocked", GapKind.Blocked, blocked.At, $"{agent.Name} is blocked", blocked.Reason) with { Threshold = member.Rules.BlockedAfter };
        }
    }

    private static IEnumerable<WatchedCondition> OfTask(WorkTask task)
    {
        var description = task.Description!;
        var live = task.Live;
        var agent = live?.Agent ?? (task.State == TaskState.Failed && task.Executions is [.., var last] ? last.Agent : task.Assignee?.Agent);
        WatchedCondition About(string key, GapKind kind, DateTimeOffset since, TimeSpan? threshold, string cause, string evidence) => new(key, kind, since, threshold, agent, task.Id, task.Assignee?.Role, cause, evidence);

        if (task.State == TaskState.Failed)
        {
            yield return About($"failed:{task.Executions[^1].Number}", GapKind.Failed, task.Executions[^1].EndedAt!.Value, threshold: null, $"task {task.Id} has failed, and nobody has dealt with it", task.Reason ?? string.Empty);
        }

        if (description.Deadline is { } deadline && task.State is not (TaskState.Done or TaskState.Cancelled))
        {
            var begun = live?.StartedAt is not null;
            yield return About($"deadline:{(begun ? "late" : "missing")}", begun ? GapKind.LongRunning : GapKind.Missing, deadline, TimeSpan.Zero, $"task {task.Id} {(begun ? "is not done" : "has not begun")} by its deadline", $"its deadline is {deadline:O}");
        }

        if (live is { Status: ExecutionStatus.Pending } && description.Limits.StartWithin is { } within)
        {
            yield return About($"start:{live.Number}", GapKind.Missing, live.QueuedAt, within, $"task {task.Id} was to begin within {within}", $"execution {live.Number} waits since {live.QueuedAt:O}");
        }

        if (live is { StartedAt: { } started })
        {
            yield return About($"long:{live.Number}", GapKind.LongRunning, started, description.Limits.LongRunning, $"task {task.Id} takes long", $"execution {live.Number} by {live.Agent} runs since {started:O}");
        }

        if (task.State == TaskState.InProgress && live is { StartedAt: { } begin })
        {
            var sign = new[] { begin, task.Progress is [.., var progress] ? progress.At : begin, task.Returns is [.., var back] ? back.At : begin }.Max();
            yield return About("progress", GapKind.NoProgress, sign, description.Limits.ProgressWithin, $"there is no sign of progress of task {task.Id}", $"the last was at {sign:O}");
        }

        if (live is not null && task.EndlessReview is { } endless)
        {
            yield return About("returns", GapKind.EndlessReview, endless.At, threshold: null, $"task {task.Id} goes back and forth between {live.Agent} and {endless.By}", endless.Text);
        }

        if (live is not null && task.Contradiction is { } contradiction)
        {
            yield return About("contradiction", GapKind.Contradictory, contradiction.At, threshold: null, $"what is said of task {task.Id} does not fit what is seen", contradiction.Text);
        }
    }
}
