using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>The rules of a merge request. It is a task of its reviewer; what must be mended is a task of its author.</summary>
public sealed class MergeBehavior : Behavior<MergeRequest>
{
    /// <inheritdoc/>
    public override MergeRequest Empty(EntityId id) => MergeRequest.Empty(id);

    /// <inheritdoc/>
    public override MergeRequest Apply(MergeRequest state, Event e)
        => e is MergeEvent merge ? state.Apply(merge) : throw new UnreachableException($"a merge request has no rule for the event {e.GetType().Name}");

    /// <inheritdoc/>
    public override Effects Decide(MergeRequest state, Command command, DecisionContext context) => command switch
    {
        RequestMerge when state.State is not null => Effects.Refuse(RefusalCodes.AlreadyExists, $"there is a merge request {state.Id} already: use another id"),
        RequestMerge request => Requesting(state, request, context),
        ReportMerge report => state.State == MergeState.Merging && report.Attempt == state.Attempts ? Ending(state, report, context) : Effects.None,
        _ when state.State is null => Effects.Refuse(RefusalCodes.NotFound, $"there is no merge request {state.Id}: 'orc merge ls' shows those there are"),
        AcceptMerge when state.State is MergeState.Merging or MergeState.Merged => Effects.None,
        AcceptMerge when state.State is MergeState.Rejected => Closed(state),
        AcceptMerge => Accepting(state, context),
        RejectMerge when state.State is MergeState.Merging or MergeState.Merged or MergeState.Rejected => Closed(state),
        RejectMerge reject => Rejecting(state, reject, context),
        _ => throw new UnreachableException($"a merge request has no rule for {command.GetType().Name}"),
    };

    private static Effects Closed(MergeRequest merge)
        => Effects.Refuse(RefusalCodes.IllegalState, $"the merge request {merge.Id} is {merge.State!.Value.Words()}: make another one with 'orc merge request'");

    private static Effects Requesting(MergeRequest merge, RequestMerge request, DecisionContext context)
    {
        var notes = $"Its changes: git diff {request.Target}...{request.Source}\nAccept it with 'orc merge accept {merge.Id}', send it back with 'orc merge reject {merge.Id} REASON'.";
        var task = Task($"Review the merge request {merge.Id} of {request.Author}, {request.Source} into {request.Target}: {request.Title}", notes);
        var effects = Effects.Persist(new MergeRequested(request.Team, request.Author, request.Reviewer, request.Node, request.Folder, request.Source, request.Target, request.Title, request.Secret, context.Sender.Value, context.Now))
            .ThenTell(merge.ReviewTask.Entity, new AddTask(task with { Team = request.Team.Value }, request.Reviewer is { } reviewer ? new TaskAssignee(reviewer, request.ReviewerRole) : null, request.Secret));
        return request.Reviewer is null ? effects.ThenTell(request.Author.Entity, new NoteAwaited(context.Self, Waits: true)) : effects;
    }

    private static Effects Accepting(MergeRequest merge, DecisionContext context)
        => Decided(merge, Effects.Persist(new MergeAccepted(context.Sender.Value, context.Now)))
            .ThenWorker(merge.Node, new MergeBranch(merge.Attempts + 1, merge.Folder, merge.Source, merge.Target, $"Merge {merge.Source}: {merge.Title}\n\nMerge request {merge.Id} of {merge.Author}, accepted by {SenderNames.Of(context.Sender.Value)}"));

    private static Effects Ending(MergeRequest merge, ReportMerge report, DecisionContext context)
    {
        var effects = Effects.Persist(new MergeEnded(report.Commit, report.Conflicts, report.Problem, context.Now));
        if (report.Commit is { } commit)
        {
            return Reviewed(merge, $"merged as {commit}", effects);
        }

        return report.Conflicts.IsEmpty
            ? effects
            : Mending(merge, $"{merge.Source} and {merge.Target} have changed the same places of {string.Join(", ", report.Conflicts)}. Merge {merge.Target} into your branch, settle these files, and commit.", effects);
    }

    private static Effects Rejecting(MergeRequest merge, RejectMerge reject, DecisionContext context)
    {
        var rejected = merge with { Attempts = merge.Attempts + 1 };
        return Mending(rejected, reject.Reason, Reviewed(merge, $"rejected: {reject.Reason}", Decided(merge, Effects.Persist(new MergeRejected(reject.Reason, context.Sender.Value, context.Now)))));
    }

    private static Effects Decided(MergeRequest merge, Effects effects)
        => merge.Reviewer is null ? effects.ThenTell(merge.Author.Entity, new NoteAwaited(MergeRequest.Entity(merge.Id), Waits: false)) : effects;

    // Where a person reviews, nobody executes the task: then it is over when it is taken back.
    private static Effects Reviewed(MergeRequest merge, string outcome, Effects effects) => merge.Reviewer is { } reviewer
        ? effects.ThenTell(merge.ReviewTask.Entity, new StartTask(reviewer)).ThenTell(merge.ReviewTask.Entity, new CompleteTask(reviewer, outcome, [], Place: null))
        : effects.ThenTell(merge.ReviewTask.Entity, new CancelTask(outcome));

    private static Effects Mending(MergeRequest merge, string what, Effects effects)
        => effects.ThenTell(
            merge.MendTask(merge.Attempts).Entity,
            new AddTask(Task($"Mend your branch {merge.Source}, so that it can be merged into {merge.Target}: {merge.Title}", what) with { Beside = true }, new TaskAssignee(merge.Author, Role: null), merge.Secret));

    private static TaskDescription Task(string objective, string notes)
        => new(objective, [], MessagePriority.High, Deadline: null, [], Reviewer: null, Check: null, notes, Chain: null, TaskLimits.None);
}
