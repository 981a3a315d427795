using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>The hooks of the real Qwen Code: installed for one process of it, with those of its user and of its system still in force.</summary>
public sealed class HooksOnNodeTests(ITestOutputHelper output)
{
    private const int Calls = 60;
    private static readonly TimeSpan MostForACall = TimeSpan.FromMilliseconds(30);

    // The screen is believed against a hook after a second; the rest is for a loaded machine.
    private static readonly TimeSpan WrongAtMost = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task They_tell_of_each_turn_beside_those_of_its_user_and_of_its_system_whose_settings_stay_as_they_are()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var (byUser, bySystem) = (Path.Combine(qwen.Node.Work, "user"), Path.Combine(qwen.Node.Work, "system"));
        var settings = Path.Combine(qwen.Home.Home, ".qwen", "settings.json");
        var defaults = Path.Combine(qwen.Node.Work, "system-defaults.json");
        var user = JsonNode.Parse(await File.ReadAllTextAsync(settings))!;
        user["hooks"] = OnStop($"touch {byUser}");
        await File.WriteAllTextAsync(settings, user.ToJsonString());
        await File.WriteAllTextAsync(defaults, new JsonObject { ["hooks"] = OnStop($"touch {bySystem}") }.ToJsonString());
        await qwen.Node.KillAsync();
        qwen.Node.Environment["QWEN_CODE_SYSTEM_DEFAULTS_PATH"] = defaults;
        await qwen.Node.StartAgainAsync();
        var defaultsBefore = await File.ReadAllTextAsync(defaults);

        await qwen.SpawnReadyAsync("q");
        await qwen.ConfirmedAsync("q", await qwen.SendAsync("q", "first"));
        await Eventually.True(async () => (await ToldAsync(qwen)).Contains("Stop"), "a hook has told of the end of the turn", ProgramNode.Patience);
        await qwen.IsAsync("q", "ready");

        Assert.Contains("UserPromptSubmit", await ToldAsync(qwen));
        Assert.Contains("SessionStart", await ToldAsync(qwen));
        await Eventually.True(() => File.Exists(byUser) && File.Exists(bySystem), "the hooks of the user and of the system were called");

        // The program itself writes its user's settings anew, in its own form: none of what it was given comes into them.
        var after = JsonNode.Parse(await File.ReadAllTextAsync(settings))!;
        Assert.Equal(user["hooks"]!.ToJsonString(), after["hooks"]!.ToJsonString());
        Assert.DoesNotContain(qwen.Node.Data, after.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(defaultsBefore, await File.ReadAllTextAsync(defaults));
    }

    [Fact]
    public async Task A_turn_that_a_person_cuts_off_of_which_no_hook_tells_is_soon_seen_to_be_over()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var end = new TaskCompletionSource();
        qwen.Model.Script = _ => new ModelScript.Talk(end.Task, TimeSpan.FromMilliseconds(100));
        await qwen.SpawnReadyAsync("q");
        await qwen.ConfirmedAsync("q", await qwen.SendAsync("q", "talk"));
        await qwen.IsAsync("q", "working");
        await Eventually.True(async () => (await ToldAsync(qwen)).Contains("UserPromptSubmit"), "a hook has told of the beginning of the turn");

        var cut = Stopwatch.StartNew();
        await qwen.PressAsync("q", "Escape");
        var agent = await qwen.Node.AgentIs("q", static agent => agent.State == "idle", "is idle again", ProgramNode.Patience);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"idle {cut.Elapsed.TotalSeconds:0.0} s after Escape, by {agent.Fact?.Source} {agent.Fact?.Rule}"));
        Assert.True(cut.Elapsed < WrongAtMost, $"it was shown as {agent.Activity} only {cut.Elapsed.TotalSeconds:0.0} s after Escape");
        end.SetResult();
    }

    [Fact]
    public async Task They_are_fast_and_silent_also_while_the_node_is_away_and_the_program_is_not_disturbed()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        await qwen.SpawnReadyAsync("q");
        var pane = (await qwen.Client.GetAgentAsync("q")).Pane!.Id;
        var hook = Path.Combine(qwen.Node.Data, "state", "q", "hooks", "hook");
        var there = Measure(hook);
        await qwen.Node.KillAsync();
        var away = Measure(hook);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a call takes {Median(there):0.0} ms (median of {Calls}), {Median(away):0.0} ms without the node; the fastest quarter at most {Quarter(there):0.0} and {Quarter(away):0.0} ms"));

        // What the machine does beside it is not the hook's: the quarter of the calls that it left alone tells what a call takes.
        Assert.True(Quarter(there) < MostForACall.TotalMilliseconds, $"a call takes {Quarter(there)} ms");
        Assert.True(Quarter(away) < MostForACall.TotalMilliseconds, $"a call without the node takes {Quarter(away)} ms");

        qwen.Node.Tmux("send-keys", "-t", pane, "-l", "typed by a person");
        await Eventually.True(() => qwen.Node.Tmux("capture-pane", "-p", "-t", pane).Contains("> typed by a person", StringComparison.Ordinal), "the text stands in the input");
        qwen.Node.Tmux("send-keys", "-t", pane, "Enter");
        await Eventually.True(() => qwen.Node.Tmux("capture-pane", "-p", "-t", pane).Contains("Received.", StringComparison.Ordinal), "the program has answered without the node", ProgramNode.Patience);
        Assert.DoesNotContain("hook", qwen.Node.Tmux("capture-pane", "-p", "-t", pane), StringComparison.OrdinalIgnoreCase);

        await qwen.Node.StartAgainAsync();
        await qwen.IsAsync("q", "ready");
        await qwen.ConfirmedAsync("q", await qwen.SendAsync("q", "and by the node"));
        await Eventually.True(async () => (await ToldAsync(qwen)).Contains("Stop"), "the hooks are heard again", ProgramNode.Patience);
    }

    private static JsonObject OnStop(string command)
        => JsonSerializer.SerializeToNode(new { Stop = new[] { new { hooks = new[] { new { type = "command", command } } } } })!.AsObject();

    private static async Task<List<string>> ToldAsync(ProgramNode qwen)
        => [.. (await qwen.Client.ExplainAsync("q")).Facts.Where(static fact => fact.Source == "hook").Select(static fact => fact.Rule!)];

    private static List<double> Measure(string hook) => [.. Enumerable.Range(0, Calls).Select(_ => CallOnce(hook)).Order()];

    private static double CallOnce(string hook)
    {
        var watch = Stopwatch.StartNew();
        using var call = Process.Start(new ProcessStartInfo("sh", [hook]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        call.StandardInput.Write("""{"session_id":"s","hook_event_name":"Measured"}""");
        call.StandardInput.Close();
        var said = call.StandardOutput.ReadToEnd() + call.StandardError.ReadToEnd();
        call.WaitForExit();
        watch.Stop();
        Assert.Equal((0, string.Empty), (call.ExitCode, said));
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> sorted) => sorted[sorted.Count / 2];

    private static double Quarter(List<double> sorted) => sorted[sorted.Count / 4];
}
