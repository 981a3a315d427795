using System.Collections.Immutable;
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
        RequestMerge { Policy: not null } request when state is { State: MergeState.Open or MergeState.Conflicted, Policy: not null } && request.Author == state.Author => Renewing(state, request, context),
        RequestMerge when state.State is not null => Effects.Refuse(RefusalCodes.AlreadyExists, $"there is a merge request {state.Id} already: use another id"),
        RequestMerge request => Requesting(state, request, context),
        ReportBranch report => state.Looking && report.Look == state.Looks ? Finding(state, report, context) : Effects.None,
        ReportMerge report => state.State == MergeState.Merging && report.Attempt == state.Attempts ? Ending(state, report, context) : Effects.None,
        _ when state.State is null => Effects.Refuse(RefusalCodes.NotFound, $"there is no merge request {state.Id}: 'orc merge ls' shows those there are"),
        AcceptMerge when state.State is MergeState.Merging or MergeState.Merged => Effects.None,
        AcceptMerge when state.State is MergeState.Rejected => Closed(state),
        AcceptMerge accept when Unreviewed(state, accept) is { } why => Effects.Refuse(RefusalCodes.IllegalState, why),
        AcceptMerge => Accepting(state, context),
        RejectMerge when state.State is MergeState.Merging or MergeState.Merged or MergeState.Rejected => Closed(state),
        RejectMerge reject => Rejecting(state, reject, context),
        _ => throw new UnreachableException($"a merge request has no rule for {command.GetType().Name}"),
    };

    private static Effects Closed(MergeRequest merge)
        => Effects.Refuse(RefusalCodes.IllegalState, $"the merge request {merge.Id} is {merge.State!.Value.Words()}: make another one with 'orc merge request'");

    // The node says first which commit it is about: that is what is reviewed, and nothing else is merged.
    private static Effects Requesting(MergeRequest merge, RequestMerge request, DecisionContext context)
    {
        var requested = new MergeRequested(request.Team, request.Author, request.Reviewer, request.Node, request.Folder, request.Source, request.Target, request.Title, request.Secret, context.Sender.Value, context.Now)
        {
            ReviewerRole = request.ReviewerRole,
            Policy = request.Policy,
        };
        return request.Policy is { } policy
            ? Effects.Persist(requested).ThenWorker(request.Node, new InspectBranch(Look: 1, request.Folder, request.Source, request.Target, policy))
            : AskingReviewer(merge.Apply(requested), Effects.Persist(requested));
    }

    private static Effects Renewing(MergeRequest merge, RequestMerge request, DecisionContext context)
        => Effects.Persist(new MergeRenewed(request.Policy!, context.Sender.Value, context.Now))
            .ThenWorker(merge.Node, new InspectBranch(merge.Looks + 1, merge.Folder, merge.Source, merge.Target, request.Policy!));

    /// <summary>Why nobody can have reviewed what would be merged; null if somebody can.</summary>
    private static string? Unreviewed(MergeRequest merge, AcceptMerge accept) => merge switch
    {
        { Policy: null } => null,
        { Looking: true } => $"the node {merge.Node} has not said yet which commit of {merge.Source} the merge request {merge.Id} is about: 'orc merge ls' shows when it has",
        { SourceCommit: null } => $"there is nothing to merge: {merge.Reason}",
        { SourceCommit: { } commit } when !IsMeant(merge, accept.Commit)
            => $"the merge request {merge.Id} is about the commit {commit} now: review that (git diff {merge.Target}...{commit}), and accept it with 'orc merge accept {merge.Id} --commit {commit}'",
        _ => null,
    };

    private static bool IsMeant(MergeRequest merge, string? commit)
        => commit is null ? merge.Rounds <= 1 : merge.SourceCommit!.StartsWith(commit, StringComparison.Ordinal);

    private static Effects Finding(MergeRequest merge, ReportBranch report, DecisionContext context)
    {
        if (report.Commit is not { } commit || report.Problem is not null)
        {
            return Decided(merge, Failing(merge, new MergeEnded(Commit: null, [], report.Problem, context.Now) { Refused = report.Refused }));
        }

        var found = new BranchFound(commit, context.Now);
        var effects = NotingFiles(merge, [], Effects.Persist(found));
        return merge.SourceCommit == commit ? effects : AskingReviewer(merge.Apply(found), Reviewed(merge, $"the commit {commit} is up for review instead", effects));
    }

    private static Effects AskingReviewer(MergeRequest merge, Effects effects)
    {
        var source = merge.SourceCommit ?? merge.Source;
        var notes = $"Its changes: git diff {merge.Target}...{source}\nAccept it with 'orc merge accept {merge.Id}{(merge.SourceCommit is { } commit ? $" --commit {commit}" : string.Empty)}', send it back with 'orc merge reject {merge.Id} REASON'.";
        var task = Task($"Review the merge request {merge.Id} of {merge.Author}, {merge.Source} into {merge.Target}: {merge.Title}", notes);
        effects = effects.ThenTell(merge.ReviewTask.Entity, new AddTask(task with { Team = merge.Team.Value }, merge.Reviewer is { } reviewer ? new TaskAssignee(reviewer, merge.ReviewerRole) : null, merge.Secret));
        return merge.Reviewer is null ? effects.ThenTell(merge.Author.Entity, new NoteAwaited(MergeRequest.Entity(merge.Id), Waits: true)) : effects;
    }

    private static Effects Accepting(MergeRequest merge, DecisionContext context)
    {
        var reviewed = merge.SourceCommit is { } commit ? $" at {commit}" : string.Empty;
        var message = $"Merge {merge.Source}: {merge.Title}\n\nMerge request {merge.Id} of {merge.Author}, accepted{reviewed} by {SenderNames.Of(context.Sender.Value)}";
        return Decided(merge, Effects.Persist(new MergeAccepted(context.Sender.Value, context.Now)))
            .ThenWorker(merge.Node, new MergeBranch(merge.Attempts + 1, merge.Folder, merge.Source, merge.Target, message) { Commit = merge.SourceCommit, Policy = merge.Policy });
    }

    private static Effects Ending(MergeRequest merge, ReportMerge report, DecisionContext context)
    {
        var ended = new MergeEnded(report.Commit, report.Conflicts, report.Problem, context.Now) { Refused = report.Refused, Note = report.Note };
        return report.Commit is { } commit ? Reviewed(merge, $"merged as {commit}", Effects.Persist(ended)) : Failing(merge, ended);
    }

    /// <summary>It is not merged: what its author can mend is a task of that one. What is mended is another commit, which is to be reviewed, but for a request of an older version.</summary>
    private static Effects Failing(MergeRequest merge, MergeEnded ended)
    {
        var effects = Effects.Persist(ended);
        if (!ended.Refused.IsEmpty)
        {
            effects = Mending(merge, $"{ended.Problem}\n{TakingOut(merge)}", NotingFiles(merge, ended.Refused, effects));
        }
        else if (!ended.Conflicts.IsEmpty)
        {
            effects = Mending(merge, $"{merge.Source} and {merge.Target} have changed the same places of {string.Join(", ", ended.Conflicts)}. Merge {merge.Target} into your branch, settle these files, and commit.{(merge.Policy is null ? string.Empty : $" {AskingAgain(merge)}")}", effects);
        }

        return effects;
    }

    private static string TakingOut(MergeRequest merge)
        => $"Deleting them in another commit does not take them out of the history: 'git reset --soft $(git merge-base {merge.Target} HEAD)', take them out of the index with 'git restore --staged FILE', and commit the rest. Replace every secret that was committed. {AskingAgain(merge)}";

    private static string AskingAgain(MergeRequest merge) => $"Then let it be reviewed: orc merge request {merge.Author} TITLE --id {merge.Id}";

    private static Effects NotingFiles(MergeRequest merge, ImmutableArray<RefusedFile> refused, Effects effects)
        => effects.ThenTell(merge.Team.Entity, new NoteMergeFiles(merge.Author, refused));

    private static Effects Rejecting(MergeRequest merge, RejectMerge reject, DecisionContext context)
    {
        var rejected = merge with { Attempts = merge.Attempts + 1 };
        return Mending(rejected, reject.Reason, Reviewed(merge, $"rejected: {reject.Reason}", Decided(merge, Effects.Persist(new MergeRejected(reject.Reason, context.Sender.Value, context.Now)))));
    }

    private static Effects Decided(MergeRequest merge, Effects effects)
        => merge.Reviewer is null ? effects.ThenTell(merge.Author.Entity, new NoteAwaited(MergeRequest.Entity(merge.Id), Waits: false)) : effects;

    // Where a person reviews, nobody executes the task: then it is over when it is taken back.
    private static Effects Reviewed(MergeRequest merge, string outcome, Effects effects) => !merge.IsInReview ? effects
        : merge.Reviewer is { } reviewer
        ? effects.ThenTell(merge.ReviewTask.Entity, new StartTask(reviewer)).ThenTell(merge.ReviewTask.Entity, new CompleteTask(reviewer, outcome, [], Place: null))
        : effects.ThenTell(merge.ReviewTask.Entity, new CancelTask(outcome));

    private static Effects Mending(MergeRequest merge, string what, Effects effects)
        => effects.ThenTell(
            merge.MendTask(merge.Attempts + merge.Looks).Entity,
            new AddTask(Task($"Mend your branch {merge.Source}, so that it can be merged into {merge.Target}: {merge.Title}", what) with { Beside = true }, new TaskAssignee(merge.Author, Role: null), merge.Secret));

    private static TaskDescription Task(string objective, string notes)
        => new(objective, [], MessagePriority.High, Deadline: null, [], Reviewer: null, Check: null, notes, Chain: null, TaskLimits.None);
}
