using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Orchestrator.Actors.Agents;
using Orchestrator.Client;
using Orchestrator.Tests.Api;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary><c>orc</c> against a node: what it prints, and that 0 means that it happened.</summary>
public sealed class CommandsTests : IAsyncLifetime
{
    private readonly Orc _orc = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        _orc.Environment["ORC_DATA"] = _node.Data;
    }

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Spawn_waits_until_the_agent_takes_messages()
    {
        var output = await _orc.RunAsync("spawn", "a1", "--profile", "shell", "--role", "qa", "--meta", "team=blue", "--meta", "x=a=b", "--wait", "--json", "--", "bash", "-l");
        var agent = JsonSerializer.Deserialize(output.Expect(0), ApiJson.Wire.AgentInfo)!;
        Assert.Equal(("a1", "idle", "qa", _orc.Home), (agent.Name, agent.State, agent.Role, agent.Folder));
        Assert.Equal(("blue", "a=b"), (agent.Metadata["team"], agent.Metadata["x"]));
        (await _orc.RunAsync("spawn", "a1", "--profile", "shell")).Expect(1);
    }

    [Fact]
    public async Task Spawn_says_1_for_an_agent_that_fails_or_needs_a_person()
    {
        var failed = await _orc.RunAsync("spawn", "a1", "-p", "shell", "--wait", "--", "no-such-program");
        Assert.Contains("no-such-program", failed.Expect(1), StringComparison.Ordinal);
        Assert.Contains("orc explain a1", failed.Errors, StringComparison.Ordinal);
        var waiting = await _orc.RunAsync("spawn", "a2", "-p", "shell", "--wait", "--", "sign-in");
        waiting.Expect(1);
        Assert.Contains("needs a person (auth_required)", waiting.Errors, StringComparison.Ordinal);
        waiting = await _orc.RunAsync("spawn", "a3", "-p", "shell", "--wait", "--", "draft");
        waiting.Expect(1);
        Assert.Contains("needs a person (unsubmitted_input)", waiting.Errors, StringComparison.Ordinal);
        (await _orc.RunAsync("wait", "a3", "--for", "idle")).Expect(0);
        (await _orc.RunAsync("wait", "a3", "--for", "ready", "--timeout", "200ms")).Expect(3);
    }

    [Fact]
    public async Task Ls_prints_what_was_promised_for_people_and_for_programs()
    {
        await _node.SpawnReadyAsync("a1");
        var lines = (await _orc.RunAsync("ls")).Expect(0).Split('\n');
        Assert.Equal(["NAME", "STATE", "ACTIVITY", "SINCE", "PROFILE", "ROLE", "NODE", "GENERATION", "QUEUE"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"^a1 +idle +ready +\d+s +shell +developer +n1 +1 +0 *$", lines[1]);
        Assert.DoesNotContain("\e", string.Concat(lines), StringComparison.Ordinal);
        Assert.Equal("1 agent: 1 idle", lines[2]);
        Assert.DoesNotContain("a1", (await _orc.RunAsync("ls", "--team", "blue")).Expect(0), StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await _orc.RunAsync("ls", "--json")).Expect(0));
        Assert.Equal(
            ["name", "state", "activity", "detail", "since", "desired", "profile", "role", "displayName", "folder", "worktree", "node", "generation", "queueLength", "pane", "fact", "metadata", "relationships", "model", "temperature", "account", "hold", "session", "performance", "lastActiveAt", "createdAt", "position", "dialog", "decision", "policy", "onNodeLoss", "loss"],
            json.RootElement[0].EnumerateObject().Select(static p => p.Name));
    }

    [Fact]
    public async Task Agent_set_changes_what_is_named_and_leaves_the_rest()
    {
        await _node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "shell", Folder = _node.Data, Role = "qa", Start = false, Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue").Add("note", "x") });
        var changed = await SetAsync("--role", "developer", "--meta", "note=", "--meta", "project=shop", "--reports-to", "lead", "--manages", "a2", "--manages", "a3", "--collaborates-with", "a4");
        Assert.Equal(("developer", "lead"), (changed.Role, changed.Relationships.ReportsTo));
        Assert.Equal(["project=shop", "team=blue"], changed.Metadata.Select(static m => $"{m.Key}={m.Value}"));
        Assert.Equal("a2 a3", string.Join(' ', changed.Relationships.Manages));
        changed = await SetAsync("--manages", "", "--reports-to", "", "--display-name", "Änne");
        Assert.Equal(("developer", null, "Änne"), (changed.Role, changed.Relationships.ReportsTo, changed.DisplayName));
        Assert.Empty(changed.Relationships.Manages);
        Assert.Equal("a4", string.Join(' ', changed.Relationships.CollaboratesWith));
        (await _orc.RunAsync("agent", "set", "ghost", "--role", "qa")).Expect(1);

        async Task<AgentInfo> SetAsync(params string[] changes) => JsonSerializer.Deserialize((await _orc.RunAsync(["agent", "set", "a1", .. changes, "--json"])).Expect(0), ApiJson.Wire.AgentInfo)!;
    }

    [Fact]
    public async Task Send_says_what_became_of_the_message_with_its_evidence()
    {
        await _node.SpawnReadyAsync("a1");
        var stored = JsonSerializer.Deserialize((await _orc.RunAsync("send", "a1", "hello", "--json")).Expect(0), ApiJson.Wire.MessageInfo)!;
        Assert.Equal("hello", stored.Text);
        foreach (var wait in new[] { "submitted", "confirmed", "idle" })
        {
            var message = JsonSerializer.Deserialize((await _orc.RunAsync("send", "a1", "hello", "--wait", wait, "--json")).Expect(0), ApiJson.Wire.MessageInfo)!;
            Assert.Contains(message.State, new[] { "submitted", "confirmed" });
            Assert.NotNull(message.Steps.Last(static s => s.State == "submitted").Evidence);
        }

        Assert.Contains("transcript", (await _orc.RunAsync("send", "a1", "hello", "--wait", "confirmed")).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_waits_for_idle_until_the_turn_is_over()
    {
        var agent = await _node.SpawnReadyAsync("a1");
        var sending = _orc.RunAsync("send", "a1", "slow", "--wait", "idle");
        await Eventually.True(async () => (await _node.Client.GetAgentAsync("a1")).State == "busy", "the turn has begun");
        Assert.False(sending.IsCompleted);
        await _node.Worker.FinishAsync("a1", new Generation(agent.Generation));
        (await sending).Expect(0);
    }

    [Fact]
    public async Task Send_says_1_when_it_failed_and_3_when_it_cannot_be_told_yet()
    {
        await _node.SpawnReadyAsync("a1");
        Assert.Contains("does not take it", (await _orc.RunAsync("send", "a1", "reject", "--wait", "submitted")).Expect(1), StringComparison.Ordinal);
        var late = await _orc.RunAsync("send", "a1", "hold", "--wait", "submitted", "--timeout", "300ms");
        late.Expect(3);
        Assert.Contains("it may be later: orc show 0", late.Errors, StringComparison.Ordinal);
        (await _orc.RunAsync("send", "ghost", "hello")).Expect(1);
    }

    [Theory]
    [InlineData("@all do it")]
    [InlineData("- a list item")]
    [InlineData("--wait for me")]
    [InlineData("[suggest] this; $(rm -rf ~) `x` #{y} \"quoted\" 漢😀")]
    [InlineData("two\nlines\n")]
    public async Task A_text_arrives_as_it_was_given(string text)
    {
        await _node.SpawnReadyAsync("a1");
        (await _orc.RunAsync("send", "a1", "--", text)).Expect(0);
        Assert.Equal(text, (await _node.Client.ListMessagesAsync("a1")).Single().Text);
    }

    [Fact]
    public async Task A_text_can_come_from_the_standard_input_or_a_file()
    {
        await _node.SpawnReadyAsync("a1");
        await File.WriteAllTextAsync(Path.Combine(_orc.Home, "task.md"), "# task\n\ndo it\n");
        (await _orc.RunWithInputAsync("piped\ntext\n", "send", "a1", "-")).Expect(0);
        (await _orc.RunAsync("send", "a1", "--file", "task.md")).Expect(0);
        Assert.Equal(["piped\ntext", "# task\n\ndo it\n"], (await _node.Client.ListMessagesAsync("a1")).Select(static m => m.Text));
    }

    [Fact]
    public async Task The_same_id_sent_twice_is_one_message()
    {
        await _node.SpawnReadyAsync("a1");
        var id = MessageId.New(TimeProvider.System);
        (await _orc.RunAsync("send", "a1", "hello", "--id", id)).Expect(0);
        (await _orc.RunAsync("send", "a1", "hello", "--id", id)).Expect(0);
        (await _orc.RunAsync("send", "a1", "other", "--id", id)).Expect(1);
        Assert.Single(await _node.Client.ListMessagesAsync("a1"));
        Assert.Contains(id, (await _orc.RunAsync("show", id)).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_start_restart_and_rm_return_once_it_has_happened()
    {
        await _node.SpawnReadyAsync("a1");
        (await _orc.RunAsync("stop", "a1")).Expect(0);
        Assert.Equal("offline", (await _node.Client.GetAgentAsync("a1")).State);
        (await _orc.RunAsync("start", "a1")).Expect(0);
        (await _orc.RunAsync("start", "a1")).Expect(1);
        (await _orc.RunAsync("restart", "a1")).Expect(0);
        Assert.Equal(3, (await _node.Client.GetAgentAsync("a1")).Generation);
        (await _orc.RunAsync("rm", "a1", "--force")).Expect(0);
        Assert.Equal("terminated", (await _node.Client.GetAgentAsync("a1")).State);
        Assert.DoesNotContain("a1", (await _orc.RunAsync("ls")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("a1", (await _orc.RunAsync("ls", "--all")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("rm", "ghost")).Expect(1);
    }

    [Fact]
    public async Task Wait_returns_when_it_is_so_also_through_a_restart_of_the_node()
    {
        await _node.SpawnReadyAsync("a1");
        (await _orc.RunAsync("wait", "a1")).Expect(0);
        (await _orc.RunAsync("wait", "a1", "--for", "busy", "--timeout", "200ms")).Expect(3);
        var waiting = _orc.RunAsync("wait", "a1", "--for", "awaiting_approval", "--timeout", "60s");
        await _node.StopAsync();
        await _node.StartAgainAsync();
        await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "ask" });
        Assert.Contains("awaiting_approval", (await waiting).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inbox_output_logs_explain_and_show_print_what_there_is()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "hold on \e[31mred" });
        Assert.Contains("hold on ␛[31mred", (await _orc.RunAsync("inbox", "a1")).Expect(0), StringComparison.Ordinal);
        Assert.Equal("a1 line 1\na1 line 2\n", (await _orc.RunAsync("output", "a1", "--lines", "2")).Expect(0));
        Assert.Contains("agent.registered.v1", (await _orc.RunAsync("logs", "a1")).Expect(0), StringComparison.Ordinal);
        Assert.All((await _orc.RunAsync("logs", "a1", "--json", "-n", "2")).Expect(0).Trim().Split('\n'), static line => Assert.NotNull(JsonSerializer.Deserialize(line, ApiJson.Wire.EventInfo)));
        Assert.Contains("screen rule ready", (await _orc.RunAsync("explain", "a1")).Expect(0), StringComparison.Ordinal);
        Assert.Contains(_node.Data, (await _orc.RunAsync("show", "a1")).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pbm_looks_into_the_actor_system()
    {
        await _node.SpawnReadyAsync("a1");
        Assert.Contains("agent/a1", (await _orc.RunAsync("pbm", "actor", "hierarchy")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("agent.registered.v1", (await _orc.RunAsync("pbm", "journal", "show", "agent/a1")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("agent/a1", (await _orc.RunAsync("pbm", "journal", "show")).Expect(0), StringComparison.Ordinal);
        Assert.Equal("n1\n", (await _orc.RunAsync("pbm", "hocon", "get", "orchestrator.node.name")).Expect(0));
        (await _orc.RunAsync("pbm", "hocon", "get", "orchestrator.nothing")).Expect(1);
        (await _orc.RunAsync("pbm", "dead-letters", "ls", "--json")).Expect(0);
        (await _orc.RunAsync("pbm", "dead-letters", "drop", "999")).Expect(1);
        (await _orc.RunAsync("pbm", "inbox", "ls")).Expect(0);
    }

    [Fact]
    public async Task Completion_offers_the_agents_that_there_are()
    {
        await _node.SpawnReadyAsync("alpha");
        _orc.Environment["ORC_COMPLETION_WITHIN"] = "60s";
        Assert.Contains("alpha", (await _orc.RunAsync("[suggest:9]", "orc show ")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_is_silent_about_a_node_that_does_not_answer()
    {
        using var silent = new TcpListener(IPAddress.Loopback, port: 0);
        silent.Start();
        _orc.Environment["ORC_URL"] = $"http://{silent.LocalEndpoint}";
        _orc.Environment["ORC_TOKEN"] = "any";
        var completed = await _orc.RunAsync("[suggest:9]", "orc show ");
        Assert.Equal("", completed.Fails(0));
    }

    [Fact]
    public async Task The_demo_shows_two_agents_and_leaves_none_behind()
    {
        var output = (await _orc.RunAsync("demo")).Expect(0);
        Assert.Contains("awaiting_approval", output, StringComparison.Ordinal);
        Assert.Contains("message.accepted.v1", output, StringComparison.Ordinal);
        await Eventually.True(async () => (await _node.Client.ListAgentsAsync()).All(static a => a.State == "terminated"), "both are ended");
    }
}
