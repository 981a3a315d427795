using Orchestrator.Actors.Agents;
using Orchestrator.Tests.Api;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary><c>orc attach</c> on a real terminal to a real pane.</summary>
public sealed class AttachTests : IAsyncLifetime
{
    private readonly TerminalServer _agents = new();
    private readonly TerminalServer _person = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        await _agents.StartAsync("agents", "cat");
        await _agents.RunAsync("set-option", "-g", "status", "off");
        await _agents.RunAsync("new-window", "-d", "-t", "=agents:", "cat");
        await _person.StartAsync("keeper", "cat");
        await _person.RunAsync("set-environment", "-gr", "TMUX");
        _node = await ApiNode.StartAsync();
        var second = (await _agents.RunAsync("list-panes", "-s", "-t", "=agents", "-F", "#{pane_id} #{window_id} #{pane_pid}")).Split('\n')[1].Split(' ');
        _node.Worker.Pane = new AgentPane(second[0], second[1], int.Parse(second[2]), new TmuxServerFact(1, 1, _agents.Socket));
        await _node.SpawnReadyAsync("a1");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _person.DisposeAsync();
        await _agents.DisposeAsync();
    }

    [Fact]
    public async Task A_watcher_sees_the_agents_window_and_its_keys_reach_nothing()
    {
        var pane = _node.Worker.Pane.Id;
        await AttachAsync("a1");
        await _agents.RunAsync("send-keys", "-t", pane, "-l", "from the agent");
        await SeesAsync("from the agent");
        await _person.KeysAsync("attached", "-l", "typed by the watcher");
        await _agents.RunAsync("send-keys", "-t", pane, "-l", " and more");
        await SeesAsync("from the agent and more");
        Assert.DoesNotContain("agent.person_attached.v1", (await _node.Client.GetHistoryAsync("a1")).Select(static e => e.Type));
        Assert.DoesNotContain("typed", await _agents.RunAsync("capture-pane", "-p", "-t", pane), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_write_the_keys_reach_the_program_and_leaving_leaves_no_trace()
    {
        var pane = _node.Worker.Pane.Id;
        var size = await _agents.RunAsync("display-message", "-p", "-t", pane, "#{window_width}x#{window_height}");
        await AttachAsync("a1", "--write");
        await _person.KeysAsync("attached", "-l", "typed by a person");
        await Eventually.Value(() => _agents.RunAsync("capture-pane", "-p", "-t", pane), static s => s.Contains("typed by a person", StringComparison.Ordinal), "it reaches the program");
        Assert.Contains("agent.person_attached.v1", (await _node.Client.GetHistoryAsync("a1")).Select(static e => e.Type));
        Assert.Equal(size, await _agents.RunAsync("display-message", "-p", "-t", pane, "#{window_width}x#{window_height}"));
        await _person.KeysAsync("attached", "C-b", "d");
        await Eventually.True(() => File.Exists(_person["code"]), "orc has ended");
        await Eventually.Value(() => _agents.RunAsync("list-sessions", "-F", "#{session_name}"), static s => s == "agents", "the person's session is gone");
        Assert.Equal("0", (await File.ReadAllTextAsync(_person["code"])).Trim());
    }

    [Fact]
    public async Task Without_a_terminal_or_away_from_the_machine_it_says_what_to_do_instead()
    {
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = _node.Data;
        var result = await orc.RunAsync("attach", "a1");
        result.Expect(2);
        Assert.Contains("orc output a1", result.Errors, StringComparison.Ordinal);
        _node.Worker.Pane = new AgentPane("%1", "@1", 1, new TmuxServerFact(1, 1, "/no/such/socket"));
        await _node.SpawnReadyAsync("far");
        await AttachAsync("far");
        await SeesAsync("works on that machine only");
    }

    private Task AttachAsync(params string[] words)
        => _person.StartAsync("attached", "sh", "-c", $"ORC_DATA='{_node.Data}' '{Orc.Program}' attach {string.Join(' ', words)}; echo $? > {_person["code"]}; sleep 100");

    private Task<string> SeesAsync(string text)
        => Eventually.Value(async () => string.Join('\n', await _person.ScreenAsync("attached")), s => s.Replace("\n", string.Empty, StringComparison.Ordinal).Contains(text, StringComparison.Ordinal), $"the person sees: {text}");
}
