using System.Diagnostics;
using System.Globalization;
using Orchestrator.Client;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Scenario;

/// <summary>
/// A team does its work without a person: a lead assigns two tasks of which one needs the other, developers write and commit in worktrees of their own, the reviewer sends one back, both are merged;
/// one developer is killed on the way, one hangs. Run by <c>./scenario</c>; a seed says who, where and when.
/// </summary>
[Trait("Category", "Long")]
public sealed class ScenarioTests
{
    private const string DefaultSeeds = "1 2 3";

    public static TheoryData<int> Seeds => [.. (Environment.GetEnvironmentVariable("ORC_SCENARIO_SEEDS") is { Length: > 0 } given ? given : DefaultSeeds).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static seed => int.Parse(seed, CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_team_does_its_work_without_a_person_although_one_is_killed_and_one_hangs(int seed)
    {
        var drawn = Environment.GetEnvironmentVariable("ORC_SCENARIO_FAULTS") == "none" ? ScenarioSeed.WithoutFaults(seed) : ScenarioSeed.Of(seed);
        var watch = Stopwatch.StartNew();
        await using var scenario = await TeamScenario.StartAsync(drawn);
        var outcome = "failed";
        try
        {
            await scenario.RunAsync();
            outcome = "went through, but not as it should";
            CheckGit(scenario);
            await CheckTasksAsync(scenario);
            await CheckMessagesAsync(scenario);
            await CheckRecoveriesAsync(scenario);
            await CheckHistoryAsync(scenario);
            await scenario.EndAsync();
            await CheckProcessesAsync(scenario);
            outcome = "went through";
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or OrchestratorException)
        {
            throw new Xunit.Sdk.XunitException($"{e.Message}\n{await scenario.DiagnosisAsync()}", e);
        }
        finally
        {
            if (Environment.GetEnvironmentVariable("ORC_SCENARIO_FIGURES") is { } figures)
            {
                await File.AppendAllTextAsync(figures, string.Create(CultureInfo.InvariantCulture, $"| {drawn} | {watch.Elapsed.TotalSeconds:0} s | {outcome} |\n"));
            }
        }
    }

    private static void CheckGit(TeamScenario scenario)
    {
        Assert.Equal("readme.md\nsrc/parser.txt\nsrc/printer.txt", scenario.Git("ls-tree", "-r", "--name-only", "main"));
        Assert.Equal(TeamModel.Content("parser", below: null, flawed: false).TrimEnd(), scenario.Git("show", "main:src/parser.txt"));
        Assert.Equal(TeamModel.Content("printer", "parser", flawed: false).TrimEnd(), scenario.Git("show", "main:src/printer.txt"));
        Assert.Equal(
            $"Merge agent/{scenario.Seed.Developer("printer")}: printer\nMerge agent/{scenario.Seed.Developer("parser")}: parser\nbegin",
            scenario.Git("log", "--first-parent", "--format=%s", "main"));
        string[] written = [.. TeamScenario.Tasks.Select(static task => $"Write {task}"), $"Write {scenario.Seed.Rejected} again"];
        Assert.Equal(written.Order(StringComparer.Ordinal), scenario.Git("log", "--no-merges", "--format=%s", "main").Split('\n').Where(static subject => subject != "begin").Order(StringComparer.Ordinal));
        Assert.Equal("", scenario.Git("status", "--porcelain"));
        Assert.Equal("", scenario.Git("branch", "--no-merged", "main"));
        scenario.Git("fsck", "--strict");
    }

    private static async Task CheckTasksAsync(TeamScenario scenario)
    {
        foreach (var id in TeamScenario.Tasks)
        {
            var task = await scenario.Client.GetTaskAsync(id);
            Assert.Equal((scenario.Seed.Developer(id), 1, "completed"), (task.Agent, task.Executions.Length, task.Executions[0].Status));
            Assert.Equal(id == scenario.Seed.Rejected ? 1 : 0, task.Returns.Length);
            Assert.Equal("merged", (await scenario.Client.GetMergeAsync($"m-{id}")).State);
        }
    }

    private static async Task CheckMessagesAsync(TeamScenario scenario)
    {
        var arrived = scenario.Node.Arrived().Select(static message => message.Id).Order(StringComparer.Ordinal).ToList();
        Assert.Equal((await scenario.MessagesAsync()).Select(static message => message.Id).Order(StringComparer.Ordinal), arrived);
        Assert.Empty(scenario.Node.Model.Problems);
    }

    private static async Task CheckRecoveriesAsync(TeamScenario scenario)
    {
        var expected = new List<string>();
        if (scenario.Seed.Kill is { } kill)
        {
            expected.Add($"{scenario.Seed.Developer(kill.Task)} crashed restart succeeded");
        }

        if (scenario.Seed.Hang is { } hang)
        {
            expected.Add($"{scenario.Seed.Developer(hang.Task)} hung restart succeeded");
        }

        var tried = await Eventually.Value(async () => await scenario.Client.RecoveryHistoryAsync(), static all => all.All(static t => t.Attempt.Outcome != "begun"), "every recovery has come to its end", ProgramNode.Patience);
        Assert.Equal(expected.Order(StringComparer.Ordinal), tried.Select(static t => $"{t.Agent} {t.Attempt.Trouble} {t.Attempt.Strategy} {t.Attempt.Outcome}").Order(StringComparer.Ordinal));
        await Eventually.True(async () => (await scenario.Client.ListGapsAsync()).IsEmpty, "no gap is open", ProgramNode.Patience);
        Assert.Empty(await scenario.Client.ListQuestionsAsync());
    }

    private static async Task CheckHistoryAsync(TeamScenario scenario)
    {
        var history = await scenario.HistoryAsync();
        Assert.Equal(history.Select(static e => e.Position).Order(), history.Select(static e => e.Position));
        var rejected = Assert.Single(history, static e => e.Type == "task.returned.v1");
        Assert.Equal($"task/{scenario.Seed.Rejected}", rejected.Entity);
        Assert.Equal(["task/parser", "task/printer"], history.Where(static e => e.Type == "task.execution_ended.v1" && TeamScenario.Tasks.Any(task => e.Entity == $"task/{task}")).Select(static e => e.Entity));
        Assert.Equal(2, history.Count(static e => e.Type == "merge.ended.v1"));

        // As it was when the reviewer had just sent it back.
        var then = await scenario.Client.GetPastStateAsync("team/shop", rejected.Position.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(scenario.Seed.Rejected == "parser" ? ("in_progress", "blocked") : ("done", "in_progress"), (State("parser"), State("printer")));

        string? State(string task) => then.Single(state => state.Entity == $"task/{task}").State.GetProperty("state").GetString();
    }

    private static Task CheckProcessesAsync(TeamScenario scenario) => Eventually.Value(
        () => Task.FromResult(string.Join('\n', TeamScenario.Processes(scenario.Node).Where(process => !scenario.RanBefore.Contains(process.Command)))),
        static stray => stray.Length == 0,
        "nothing is left of the team");
}
