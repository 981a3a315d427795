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
    public static void List(IEnumerable<AgentInfo> agents)
    {
        var now = TimeProvider.System.GetUtcNow();
        Tables.Write(
            ["NAME", "STATE", "ACTIVITY", "SINCE", "PROFILE", "ROLE", "NODE", "GENERATION", "QUEUE"],
            agents.Select(a => new Cell[]
            {
                a.Name, new(a.State, Tables.ToneOf(a.State)), new(Activity(a), Tables.ToneOf(a.Activity)), Durations.Ago(a.Since, now), a.Profile, a.Role, a.Node,
                a.Generation.ToString(CultureInfo.InvariantCulture), a.QueueLength.ToString(CultureInfo.InvariantCulture),
            }));
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
        Add(pairs, "called", a.DisplayName);
        Add(pairs, "worktree", a.Worktree is { } tree ? $"{tree.Path} (branch {tree.Branch})" : null);
        Add(pairs, "pane", a.Pane is { } pane ? string.Create(CultureInfo.InvariantCulture, $"{pane.Id} in {pane.Socket}, process {pane.Pid}") : null);
        DialogText.Add(pairs, a);
        Add(pairs, "because", a.Fact is { } fact ? $"{fact.Source}: {fact.Evidence}" : null);
        Add(pairs, "reports to", a.Relationships.ReportsTo);
        Add(pairs, "manages", Names(a.Relationships.Manages));
        Add(pairs, "works with", Names(a.Relationships.CollaboratesWith));
        foreach (var (key, value) in a.Metadata)
        {
            pairs.Add((key, value));
        }

        pairs.Add(("created", Time(a.CreatedAt)));
        Tables.Pairs(pairs);
    }

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
