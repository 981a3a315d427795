using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Tasks;

/// <summary>Tasks as people read them.</summary>
internal static class TaskText
{
    private const int Preview = 60;

    /// <summary>One task a line.</summary>
    public static void List(IEnumerable<TaskInfo> tasks)
    {
        var now = TimeProvider.System.GetUtcNow();
        Tables.Write(
            ["ID", "STATE", "PRIORITY", "FOR", "AGE", "OBJECTIVE"],
            tasks.Select(t => new Cell[] { t.Id, new(t.State, ToneOf(t.State)), t.Priority, For(t), Durations.Ago(t.CreatedAt, now), SafeText.Line(t.Objective, Preview) }));
    }

    /// <summary>What became of a task.</summary>
    public static void Outcome(TaskInfo t) => Tables.Line(new Cell($"{t.Id} is {t.State}{Because(t)}", ToneOf(t.State)));

    /// <summary>All about one task.</summary>
    public static void Details(TaskInfo t)
    {
        Outcome(t);
        List<(string, Cell)> pairs = [("objective", t.Objective)];
        pairs.AddRange(t.Criteria.Select(static c => ("done when", (Cell)c)));
        pairs.Add(("priority", t.Priority));
        pairs.Add(("for", For(t)));
        Add(pairs, "deadline", t.Deadline is { } deadline ? AgentText.Time(deadline) : null);
        Add(pairs, "after", t.Dependencies.IsEmpty ? null : string.Join(", ", t.Dependencies));
        Add(pairs, "reviewer", t.Reviewer);
        Add(pairs, "check", t.Check.IsEmpty ? null : string.Join(' ', t.Check));
        Add(pairs, "notes", t.Notes);
        Add(pairs, "chain", t.Chain);
        Add(pairs, "said complete", t.Completion is { } said ? $"{AgentText.Time(said.At)} by {said.By}: {said.Summary}" : null);
        pairs.AddRange((t.Completion?.Evidence ?? []).Select(static e => ("evidence", (Cell)e)));
        Add(pairs, "last check", t.LastCheck is { } check ? $"{check.Reason}{(check.Output.Length > 0 ? "\n" + check.Output : string.Empty)}" : null);
        pairs.AddRange(t.Returns.Select(static r => ("sent back", new Cell($"{AgentText.Time(r.At)} by {r.By}: {r.Text}", Tone.Attention))));
        pairs.AddRange(t.Progress.Select(static p => ("progress", (Cell)$"{AgentText.Time(p.At)} by {p.By}: {p.Text}")));
        pairs.Add(("added", $"{AgentText.Time(t.CreatedAt)} by {t.By}"));
        Tables.Pairs(pairs);
        if (!t.Executions.IsEmpty)
        {
            Console.Out.WriteLine();
            Executions(t.Executions);
        }
    }

    /// <summary>One execution a line.</summary>
    public static void Executions(IEnumerable<ExecutionInfo> executions) => Tables.Write(
        ["TASK", "NO", "STATUS", "AGENT", "QUEUED", "TOOK", "OUTCOME"],
        executions.Select(static e => new Cell[]
        {
            e.Task, e.Number.ToString(CultureInfo.InvariantCulture), new(e.Status, ToneOf(e.Status)), e.Agent, AgentText.Time(e.QueuedAt), e.Seconds is { } seconds ? Seconds(seconds) : null, SafeText.Line(e.Reason ?? "-", Preview),
        }));

    /// <summary>The columns of the board that have tasks.</summary>
    public static void Board(ImmutableArray<BoardColumnInfo> board)
    {
        var filled = board.Where(static c => !c.Tasks.IsEmpty).ToList();
        if (filled.Count == 0)
        {
            Tables.Line(new Cell("no tasks", Tone.Quiet));
        }

        foreach (var column in filled)
        {
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"{column.State} ({column.Tasks.Length})"), ToneOf(column.State)));
            foreach (var task in column.Tasks)
            {
                Tables.Line(new Cell($"  {task.Id}  {For(task)}  {SafeText.Line(task.Objective, Preview)}"));
            }
        }
    }

    /// <summary>The figures of executions.</summary>
    public static void Statistics(ExecutionStatisticsInfo s) => Tables.Write(
        ["STATUS", "COUNT", "MEAN"],
        [
            ["pending", Count(s.Pending), null], ["running", Count(s.Running), null],
            ["completed", Count(s.Completed.Count), Mean(s.Completed)], ["failed", Count(s.Failed.Count), Mean(s.Failed)], ["cancelled", Count(s.Cancelled.Count), Mean(s.Cancelled)],
        ]);

    /// <summary>One queue a line.</summary>
    public static void Queues(IEnumerable<QueueInfo> queues) => Tables.Write(
        ["QUEUE", "MODE", "WAITING", "AGENTS"],
        queues.Select(static q => new Cell[] { q.Name, q.Mode, Count(q.Waiting.Length), string.Join(", ", q.Members.Select(static m => m.Task is { } task ? $"{m.Agent} ({task})" : m.Here ? m.Agent : $"{m.Agent} (away)")) }));

    private static Cell Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static Cell Mean(EndedExecutionsInfo ended) => ended.MeanSeconds is { } seconds ? Seconds(seconds) : null;

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s");

    private static string For(TaskInfo t) => t.Agent ?? (t.Role is { } role ? $"role {role}" : "-");

    private static string Because(TaskInfo t) => t switch
    {
        { State: "blocked" } => $" by {string.Join(", ", t.BlockedBy)}",
        { State: "in_progress", Returns: [.., var back] } => $": sent back by {back.By}: {SafeText.Line(back.Text, 200)}",
        { Reason: { } reason, State: "failed" or "cancelled" or "done" } => $": {SafeText.Line(reason, 200)}",
        _ => string.Empty,
    };

    private static Tone ToneOf(string state) => state switch
    {
        "done" or "completed" => Tone.Good,
        "in_progress" or "checking" or "running" or "queued" or "pending" => Tone.Active,
        "in_review" or "blocked" => Tone.Attention,
        "failed" => Tone.Bad,
        "cancelled" or "backlog" => Tone.Quiet,
        _ => Tone.Plain,
    };

    private static void Add(List<(string, Cell)> pairs, string name, string? value)
    {
        if (value is not null)
        {
            pairs.Add((name, value));
        }
    }
}
