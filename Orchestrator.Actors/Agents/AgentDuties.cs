using System.Collections.Immutable;

using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>It cannot go on.</summary>
/// <param name="Reason">Why, as it says.</param>
/// <param name="At">Since when.</param>
/// <param name="Escalated">Whom it reports to has been told.</param>
public sealed record AgentBlock(string Reason, DateTimeOffset At, bool Escalated);

/// <summary>An assignment that has reached it.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="At">When it reached it.</param>
public sealed record OpenAssignment(string From, DateTimeOffset At);

/// <summary>It says that it is blocked, or, without a reason, that it is not any more.</summary>
/// <param name="Reason">Why it cannot go on; null: it can.</param>
public sealed record ReportBlocked(string? Reason) : AgentCommand;

/// <summary>It has been blocked for as long as its team allows (a reminder).</summary>
public sealed record EscalateBlock(DateTimeOffset Since) : AgentCommand;

/// <summary>Its supervisor wants a task of it, or all of them, done by another of its role: of its team, if it is in one.</summary>
/// <param name="Task">The task; null: all in its queue and what it executes.</param>
/// <param name="Execution">The execution that this is about; null: whichever is live.</param>
/// <param name="Note">What whoever takes over is told.</param>
public sealed record PassTaskOn(TaskId? Task, int? Execution, string Note) : AgentCommand
{
    /// <summary>The supervisor that is told how that ends; null for nobody.</summary>
    public EntityId? ReportTo { get; init; }
}

/// <summary>It cannot go on.</summary>
public sealed record AgentBlocked(string Reason, string By, DateTimeOffset At) : AgentEvent;

/// <summary>It can go on.</summary>
public sealed record AgentUnblocked(string By, DateTimeOffset At) : AgentEvent;

/// <summary>Whom it reports to is told that it cannot go on.</summary>
public sealed record BlockEscalated(DateTimeOffset At) : AgentEvent;

/// <summary>What a member of a team owes: to say that it has an assignment, and to be helped when it is blocked.</summary>
internal static class AgentDuties
{
    private const string Reminder = "blocked";
    private const int MostAssignments = 50;
    private const int LongestReason = 500;

    /// <summary>The assignments that are not acknowledged, after <paramref name="e"/>.</summary>
    /// <param name="before">The agent before it.</param>
    /// <param name="e">What has happened.</param>
    public static ImmutableSortedDictionary<string, OpenAssignment> Folded(Agent before, Event e) => e switch
    {
        DeliveryAdvanced { State: MessageState.Submitted or MessageState.Confirmed } advanced when before.Membership is not null
            && before.Queue.Find(advanced.Message)?.Message is { Type: MessageTypes.TaskAssignment } message && before.Assignments.Count < MostAssignments
                => before.Assignments.SetItem(message.Id.Value, new OpenAssignment(message.From, advanced.At)),
        MessagePermitted permitted => before.Assignments.RemoveRange(before.Assignments.Where(a => permitted.Recipients.Any(to => a.Value.From == to.Entity.ToString())).Select(static a => a.Key)),
        MessageAnswered answered => before.Assignments.Remove(answered.Message.Value),
        AgentTerminated or AgentRegistered => before.Assignments.Clear(),
        _ => before.Assignments,
    };

    public static Effects Blocking(Agent agent, ReportBlocked report, DecisionContext context)
    {
        if (report.Reason is not { Length: > 0 } reason)
        {
            return agent.Blocked is null ? Effects.None : Effects.Persist(new AgentUnblocked(context.Sender.Value, context.Now)).ThenForget(Reminder);
        }

        if (agent.Blocked is not null)
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new AgentBlocked(Cut(Secret.Redact(reason)), context.Sender.Value, context.Now));
        return agent.Membership is { } member ? effects.ThenRemind(Reminder, context.Now + member.Rules.BlockedAfter, new EscalateBlock(context.Now)) : effects;
    }

    public static Effects Escalating(Agent agent, EscalateBlock escalate, DecisionContext context)
        => agent is { Blocked: { Escalated: false } blocked, Membership: { } member } && blocked.At == escalate.Since
            ? Effects.Persist(new BlockEscalated(context.Now)).ThenTell(member.Team.Entity, new Escalate(
                $"blocked-{agent.Name}",
                [agent.Name],
                agent.ReportsTo,
                $"{agent.Name} has been blocked for {member.Rules.BlockedAfter.TotalMinutes:0.#} minutes: {OneLine(blocked.Reason)}",
                "help it, give it something else to do, or hand the matter to whom you report to"))
            : Effects.None;

    public static Effects Escalating(Agent agent, EscalateReturns escalate) => agent.Membership is { } member
        ? Effects.None.ThenTell(member.Team.Entity, new Escalate(
            $"returns-{escalate.Task}",
            [agent.Name],
            agent.ReportsTo,
            $"task {escalate.Task} of {agent.Name} was sent back {escalate.Returns} times, the last time: {OneLine(Cut(escalate.Reason))}",
            "decide what is to be done, assign the task anew, or cancel it"))
        : Effects.None;

    public static Effects Ending(Agent agent, NoteTaskOver over, DecisionContext context)
    {
        var effects = agent.OpenTasks.Contains(over.Task.Value) ? Effects.Persist(new TaskPutDown(over.Task, context.Now)) : Effects.None;
        return agent.Membership is { } member && !over.Unbegun ? effects.ThenTell(member.Team.Entity, new NoteTaskEnded(agent.Name, over.Task)) : effects;
    }

    /// <summary>Only the agent knows in which team it is now.</summary>
    public static Effects PassingOn(Agent agent, PassTaskOn pass) => pass.Task is { } task
        ? Effects.None.ThenTell(task.Entity, new ReassignTask(agent.Name, pass.Execution, pass.Note) { ReportTo = pass.ReportTo, Team = agent.Team })
        : Effects.None.ThenTell(WorkQueue.Of(agent.Name), new PassTasksOn(pass.Note) { Team = agent.Team });

    /// <summary>What a report of its own, in a message of a type that says so, means for its block.</summary>
    public static Effects Reporting(Agent agent, PermitMessage permit, Effects effects, DecisionContext context)
        => permit.Status is { } status ? effects.Then(Blocking(agent, new ReportBlocked(status.Blocker), context) with { Reply = effects.Reply }) : effects;

    /// <summary>Text of somebody in one line, so that it cannot look like more than that.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // Never in the middle of a character.
    private static string Cut(string reason) => reason.Length <= LongestReason ? reason : reason[..(char.IsHighSurrogate(reason[LongestReason - 1]) ? LongestReason - 1 : LongestReason)];
}
