using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Teams;
using Orchestrator.Tests.Programs.Qwen;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Scenario;

/// <summary>A team of real Qwen Code over a real repository, from its file to its end, and what is looked at from outside afterwards.</summary>
internal sealed class TeamScenario : IAsyncDisposable
{
    public static readonly ImmutableArray<string> Tasks = ["parser", "printer"];
    public static readonly ImmutableArray<string> Members = ["shop-lead", "shop-dev-1", "shop-dev-2", "shop-review"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    // Everything is decided without a person, and what is wrong with a program is mended by its supervisor.
    private static readonly string[] Settings =
    [
        "-D", "orchestrator.policies.crew={ shell { else = allow }, edit { else = allow }, tool { else = allow } }",
        "-D", "orchestrator.recovery={ crashed = [restart, restart_rebrief, notify], hung = [restart, restart_rebrief, notify] }",
    ];

    private readonly TeamFaults _faults;
    private readonly Orc _orc = new();

    private TeamScenario(ScenarioSeed seed, TeamFaults faults, ProgramNode node)
    {
        Seed = seed;
        _faults = faults;
        Node = node;
        _orc.Environment["ORC_DATA"] = node.Node.Data;
    }

    public ScenarioSeed Seed { get; }

    public ProgramNode Node { get; }

    public OrchestratorClient Client => Node.Client;

    /// <summary>What ran before there was a team: the node, its tmux server, and what these two keep.</summary>
    public required ImmutableHashSet<string> RanBefore { get; init; }

    /// <summary>The processes of the node and of all that it has started, by the home that stands in their environment.</summary>
    public static IReadOnlyList<(int Pid, string Command)> Processes(ProgramNode node) => ProcessList.WithInEnvironment($"HOME={node.Home.Home}\0");

    /// <summary>The folder of the project.</summary>
    public string Project => Node.Home.Folder;

    public static async Task<TeamScenario> StartAsync(ScenarioSeed seed)
    {
        var node = await ProgramNode.StartAsync(new QwenProgram(), Settings, ("qwen-crew", "inherits = qwen\nhang.quiet = 30s\npane.columns = 200\n"));
        var faults = new TeamFaults(seed) { Client = node.Client };
        node.Model.Script = new TeamModel(seed, faults).Next;
        var scenario = new TeamScenario(seed, faults, node) { RanBefore = [.. Processes(node).Select(static process => process.Command)] };
        await node.Home.WriteAsync(".gitconfig", "[user]\n\tname = member\n\temail = member@example.invalid\n");
        Directory.CreateDirectory(Path.Combine(scenario.Project, "src"));
        scenario.Git("init", "--quiet", "--initial-branch=main");
        GitRepository.Write(scenario.Project, "readme.md", "a shop\n");
        scenario.Git("add", "--all");
        scenario.Git("commit", "--quiet", "--message", "begin");
        return scenario;
    }

    /// <summary>Deploys the team by its file, tells its lead what is wanted, and waits until everything is done, merged and at rest.</summary>
    public async Task RunAsync()
    {
        var file = Path.Combine(_orc.Home, "team.conf");
        await File.WriteAllTextAsync(file, $$"""
            name = shop
            template = medium
            folder = "{{Project}}"
            specification { goal = "A parser and a printer.", success-criteria = ["both are merged"] }
            member-defaults { profile = qwen-crew, policy = crew }
            """);
        await OrcAsync("team", "deploy", file);
        await Eventually.True(async () => (await Client.GetTeamAsync("shop")) is { State: "running" } team && team.Members.All(static member => member.State == "up"), "everybody has a place", Patience);
        await OrcAsync("send", "shop-lead", "Build the shop: first the parser, then the printer on top of it.");
        await Eventually.True(async () => (await Client.ListTasksAsync(closed: true)).Count(static task => Tasks.Contains(task.Id) && task.State == "done") == Tasks.Length, "both tasks are done", Patience);
        await _faults.Killing;
        await Eventually.True(async () => (await AgentsAsync()).All(static agent => agent is { State: "idle", QueueLength: 0, Activity: "ready" }), "everybody is at rest", Patience);
        await Eventually.True(async () => (await MessagesAsync()).All(static message => message.State is "confirmed"), "all messages are delivered", Patience);
    }

    /// <summary>Ends the team.</summary>
    public async Task EndAsync()
    {
        await OrcAsync("team", "rm", "shop", "--yes");
        await Eventually.True(async () => (await AgentsAsync()).All(static agent => agent.State == "terminated"), "everybody is gone", Patience);
    }

    public async Task<string> OrcAsync(params string[] words) => (await _orc.RunAsync(words)).Expect(0);

    public string Git(params string[] words) => TestGit.Git(Project, words);

    public async Task<ImmutableArray<AgentInfo>> AgentsAsync() => [.. await Task.WhenAll(Members.Select(name => Client.GetAgentAsync(name)))];

    /// <summary>Everything that has happened to the team and to what belongs to it.</summary>
    public async Task<ImmutableArray<EventInfo>> HistoryAsync()
    {
        var history = ImmutableArray<EventInfo>.Empty;
        ImmutableArray<EventInfo> page;
        do
        {
            page = await Client.GetWholeHistoryAsync("team/shop", history.IsEmpty ? 0 : history[^1].Position);
            history = history.AddRange(page);
        }
        while (!page.IsEmpty);
        return history;
    }

    /// <summary>All messages to members.</summary>
    public async Task<ImmutableArray<MessageInfo>> MessagesAsync() => [.. (await Task.WhenAll(Members.Select(name => Client.ListMessagesAsync(name)))).SelectMany(static messages => messages).Where(static message => Members.Contains(message.To.Replace("agent/", "", StringComparison.Ordinal))).DistinctBy(static message => message.Id)];

    /// <summary>All that is known, for a run that has not gone through.</summary>
    public async Task<string> DiagnosisAsync()
    {
        var lines = new List<string> { Seed.ToString(), $"killed: {_faults.Killed} {_faults.Killing.Exception?.Message}, hung: {_faults.Hung}" };
        foreach (var task in await Client.ListTasksAsync(closed: true))
        {
            lines.Add($"task {task.Id} {task.State} {task.Agent} {task.Reason} [{string.Join("; ", task.Executions.Select(static e => $"{e.Number} {e.Status} {e.Agent} {e.Reason}"))}] returns: {string.Join("; ", task.Returns.Select(static r => r.Text))}");
        }

        lines.AddRange((await Client.ListMergesAsync(closed: true)).Select(static merge => $"merge {merge.Id} {merge.State} {merge.Reason}"));
        lines.AddRange((await Client.ListGapsAsync(closed: true)).Select(static gap => $"gap {gap.Id} {gap.Cause}"));
        lines.AddRange((await Client.RecoveryHistoryAsync()).Select(static tried => $"recovery {tried.Agent} {tried.Attempt}"));
        lines.AddRange((await MessagesAsync()).Select(static message => string.Create(CultureInfo.InvariantCulture, $"message {message.AcceptedAt:HH:mm:ss} {message.Id} {message.From} to {message.To} {message.State} {message.Reason}: {message.Text.Split('\n')[0]}")));
        lines.AddRange(Node.Model.Messages.Select(static message => string.Create(CultureInfo.InvariantCulture, $"model {message.At:HH:mm:ss} {message.Text[..Math.Min(message.Text.Length, 160)].ReplaceLineEndings(" ")}")));
        foreach (var name in Members)
        {
            lines.Add($"== {name}\n{await Node.DiagnosisAsync(name)}");
        }

        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _orc.Dispose();
    }
}
