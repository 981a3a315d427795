using System.Globalization;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;

namespace Orchestrator.Actors.Tasks;

/// <summary>What agents are told of tasks.</summary>
internal static class TaskText
{
    /// <summary>Begin with it.</summary>
    public static string Assignment(WorkTask task)
    {
        var description = task.Description!;
        var text = new StringBuilder($"Task {task.Id}, priority {description.Priority.Words()}");
        if (description.Deadline is { } deadline)
        {
            text.Append(CultureInfo.InvariantCulture, $", to be done by {deadline:yyyy-MM-dd HH:mm zzz}");
        }

        text.Append($"\n\nObjective: {description.Objective}");
        if (!description.Criteria.IsEmpty)
        {
            text.Append("\n\nIt is done when:");
            foreach (var criterion in description.Criteria)
            {
                text.Append($"\n- {criterion}");
            }
        }

        if (description.Notes is { Length: > 0 } notes)
        {
            text.Append($"\n\nNotes: {notes}");
        }

        if (task.HandOverNote is { } handOver)
        {
            text.Append($"\n\n{handOver}");
            AppendProgress(text, task);
        }
        else if (task.Executions.FindLast(e => e is { IsLive: false, StartedAt: not null, Agent: not null } && e.Agent != task.Live?.Agent) is { } former)
        {
            text.Append($"\n\n{former.Agent} has worked on it before, until it was {former.Status.Words()}: {former.Reason}. See first what is done already.");
            AppendProgress(text, task);
        }

        if (!task.Returns.IsEmpty)
        {
            text.Append($"\n\nIt was said to be complete before, and was not: {task.Returns[^1].Text}");
        }

        if (description.Check is { } check)
        {
            text.Append($"\n\nWhether it is complete is decided by this command, run in your working folder: {Words(check)}");
        }

        if (description.Reviewer is { } reviewer)
        {
            text.Append(reviewer == TaskDescription.AnyPerson ? "\n\nA person reviews it." : $"\n\nIt is reviewed by {reviewer}.");
        }

        return text.Append("\n\nWhen it is done, say so, with what you did and what shows it. If you cannot do it, say why.").ToString();
    }

    private static void AppendProgress(StringBuilder text, WorkTask task)
    {
        foreach (var progress in task.Progress)
        {
            text.Append($"\n- {progress.By} reported: {progress.Text}");
        }
    }

    /// <summary>It was not complete.</summary>
    public static string Return(WorkTask task, string by, string reason)
        => $"Task {task.Id} is not complete, says {SenderNames.Of(by)}:\n\n{reason}\n\nGo on with it: {task.Description!.Objective}";

    /// <summary>It is not to be done any more, or by somebody else.</summary>
    public static string Withdrawal(WorkTask task, string reason)
        => $"Task {task.Id} is taken from you: {reason}. Do not go on with it, nor begin it if you have not.";

    /// <summary>Look whether it is complete.</summary>
    public static string Review(WorkTask task, TaskCompletion completion)
    {
        var description = task.Description!;
        var text = new StringBuilder($"Review task {task.Id}, done by {task.Live?.Agent}.\n\nObjective: {description.Objective}");
        foreach (var criterion in description.Criteria)
        {
            text.Append($"\n- {criterion}");
        }

        text.Append($"\n\nWhat was done: {completion.Summary}");
        foreach (var evidence in completion.Evidence)
        {
            text.Append($"\n- {evidence}");
        }

        return text.Append("\n\nSay whether it is complete, and if not, what is missing.").ToString();
    }

    /// <summary>Why a check sent a task back.</summary>
    public static string Failed(TaskCheck check, CheckResult result)
        => result.Output.Length == 0 ? $"{Words(check)} {result.Reason}, without a word" : $"{Words(check)} {result.Reason}:\n{result.Output}";

    private static string Words(TaskCheck check) => string.Join(' ', check.Command.Select(static word => word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal)) ? word : $"'{word}'"));
}
