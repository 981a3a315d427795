using System.Globalization;
using Orchestrator.Cli.Dialogs;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary>Agents as people read them.</summary>
internal static class AgentText
{
    /// <summary>One agent a line.</summary>
    public static void List(IReadOnlyCollection<AgentInfo> agents)
    {
        var now = TimeProvider.System.GetUtcNow();
        Tables.Write(
            ["NAME", "STATE", "ACTIVITY", "SINCE", "PROFILE", "ROLE", "NODE", "GENERATION", "QUEUE"],
            agents.Select(a => new Cell[]
            {
                a.Name, new(a.State, Tables.ToneOf(a.State)), new(Activity(a), Tables.ToneOf(a.Activity)), Durations.Ago(a.Since, now), a.Profile, a.Role, a.Node,
                a.Generation.ToString(CultureInfo.InvariantCulture), a.QueueLength.ToString(CultureInfo.InvariantCulture),
            }));
        foreach (var alert in agents.Select(Alert).OfType<string>())
        {
            Tables.Line(new Cell(alert, Tone.Attention));
        }
    }

    /// <summary>How many agents there are in each state, as one line; nothing for none.</summary>
    public static void Counts(IReadOnlyCollection<AgentInfo> agents)
    {
        if (agents.Count > 0)
        {
            var states = agents.CountBy(static a => a.State).OrderByDescending(static c => c.Value).ThenBy(static c => c.Key, StringComparer.Ordinal);
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"{agents.Count} {(agents.Count == 1 ? "agent" : "agents")}: {string.Join(", ", states.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {c.Key}")))}"), Tone.Quiet));
        }
    }

    /// <summary>All about one agent.</summary>
    public static void Details(AgentInfo a)
    {
        List<(string, Cell)> pairs =
        [
            ("name", a.Name), ("state", new(a.State, Tables.ToneOf(a.State))), ("activity", new(Activity(a), Tables.ToneOf(a.Activity))), ("since", Time(a.Since)), ("desired", a.Desired),
            ("profile", a.Profile), ("role", a.Role), ("folder", a.Folder), ("node", a.Node), ("generation", a.Generation.ToString(CultureInfo.InvariantCulture)),
            ("queue", a.QueueLength.ToString(CultureInfo.InvariantCulture)),
        ];
        Add(pairs, "alert", Alert(a));
        Add(pairs, "called", a.DisplayName);
        Add(pairs, "session", a.Session is { } session ? $"{session.Id ?? "of unknown id"}{(session.How is { } how ? $", {how}" : string.Empty)}{(session.Reason is { } why ? $": {why}" : string.Empty)}" : null);
        Add(pairs, "account", a.Account);
        Add(pairs, "model", a.Model);
        Add(pairs, "temperature", a.Temperature?.ToString(CultureInfo.InvariantCulture));
        Add(pairs, "worktree", a.Worktree is { } tree ? $"{tree.Path} (branch {tree.Branch})" : null);
        Add(pairs, "pane", a.Pane is { } pane ? string.Create(CultureInfo.InvariantCulture, $"{pane.Id} in {pane.Socket}, process {pane.Pid}") : null);
        DialogText.Add(pairs, a);
        Add(pairs, "on node loss", a.OnNodeLoss);
        Add(pairs, "lost", a.Loss is { } loss ? $"{loss.Reason}{(loss.RePlaceAt is { } at ? $", not before {Time(at)}" : string.Empty)}" : null);
        Add(pairs, "because", a.Fact is { } fact ? $"{fact.Source}: {fact.Evidence}" : null);
        Add(pairs, "reports to", a.Relationships.ReportsTo);
        Add(pairs, "manages", Names(a.Relationships.Manages));
        Add(pairs, "works with", Names(a.Relationships.CollaboratesWith));
        foreach (var (key, value) in a.Metadata)
        {
            pairs.Add((key, value));
        }

        Performed(pairs, a.Performance);
        pairs.Add(("last active", Time(a.LastActiveAt)));
        pairs.Add(("created", Time(a.CreatedAt)));
        Tables.Pairs(pairs);
    }

    private static void Performed(List<(string, Cell)> pairs, PerformanceInfo p)
    {
        pairs.Add(("turns", string.Create(CultureInfo.InvariantCulture, $"{p.Completed} completed, {p.Failed} failed, {p.Interrupted} cut off, {p.Open} open")));
        Add(pairs, "success", p.SuccessRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.#} %") : null);
        Add(pairs, "response", p is { MeanResponseSeconds: { } mean, LastResponseSeconds: { } last } ? string.Create(CultureInfo.InvariantCulture, $"{mean:0.0} s on average, {last:0.0} s the last") : null);
        Add(pairs, "last error", p.LastError is { } error ? $"{(p.LastErrorAt is { } at ? Time(at) + " " : string.Empty)}{SafeText.Line(error, 200)}" : null);
        pairs.Add(("uptime", string.Create(CultureInfo.InvariantCulture, $"{Durations.Short(TimeSpan.FromSeconds(p.UptimeSeconds))}, {p.Crashes} crashes")));
    }

    /// <summary>What a person should know, as one line; null if there is nothing.</summary>
    private static string? Alert(AgentInfo a) => a switch
    {
        { Activity: "auth_required" } => $"{a.Name} is not signed in: orc attach {a.Name} --write",
        { Session.CompactedAt: { } at, State: not ("offline" or "terminated") } => $"{a.Name} has shortened what it remembers at {Time(at)}: orc rebrief {a.Name}",
        { Hold: { Until: { } until } hold } => $"{a.Name} waits until {Time(until)}: {hold.Reason}",
        { Hold: { } hold } => $"{a.Name} waits: {hold.Reason}",
        _ => null,
    };

    /// <summary>One line of an agent's state.</summary>
    public static string Summary(AgentInfo a) => a.Activity is null && a.Detail is null ? $"{a.Name} is {a.State}" : $"{a.Name} is {a.State} ({Activity(a)})";

    /// <summary>A time, local, to the second.</summary>
    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Activity(AgentInfo a) => (a.Activity, a.Dialog is { } dialog ? DialogText.Short(dialog) : a.Detail) switch
    {
        (null, null) => "-",
        (null, { } detail) => detail,
        ({ } activity, null) => activity,
        ({ } activity, { } detail) => $"{activity}: {SafeText.Line(detail, 60)}",
    };

    private static void Add(List<(string, Cell)> pairs, string name, string? value)
    {
        if (value is not null)
        {
            pairs.Add((name, value));
        }
    }

    private static string? Names(System.Collections.Immutable.ImmutableArray<string> names) => names.IsDefaultOrEmpty ? null : string.Join(", ", names);
}
