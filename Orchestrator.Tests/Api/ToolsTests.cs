using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

/// <summary>The tools of agents over MCP: by HTTP at <c>/mcp</c> and by <c>orc mcp</c>, with a client that is not ours.</summary>
public sealed class ToolsTests : IAsyncLifetime
{
    private static readonly string[] OfAnAgent =
    [
        "list_team", "send_message", "reply", "read_inbox", "list_tasks", "start_task", "report_progress", "complete_task", "fail_task", "ask_person", "schedule_check_in", "hand_over",
    ];

    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        await _node.SpawnReadyAsync("alice");
        await _node.SpawnReadyAsync("bob");
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task An_agent_sees_the_tools_that_its_role_permits_each_with_a_schema()
    {
        await using var alice = await HttpAsync("alice");
        var tools = await alice.ListToolsAsync();
        Assert.Equal(OfAnAgent, tools.Select(static t => t.Name));
        Assert.All(tools, static t =>
        {
            Assert.Equal("object", t.JsonSchema.GetProperty("type").GetString());
            Assert.False(t.JsonSchema.GetProperty("additionalProperties").GetBoolean());
            Assert.True(t.Description.Length > 40, t.Name);
            Assert.All(t.JsonSchema.GetProperty("required").EnumerateArray(), name => Assert.True(t.JsonSchema.GetProperty("properties").TryGetProperty(name.GetString()!, out _), t.Name));
        });
        await using var mute = await HttpAsync("bob", AgentPermissions.ReadInbox);
        Assert.Equal(["read_inbox"], (await mute.ListToolsAsync()).Select(static t => t.Name));
        Assert.Contains("does not permit this", await FailsAsync(mute, "send_message", new { to = "alice", text = "hello" }), StringComparison.Ordinal);
        await using var lead = await HttpAsync("alice", [.. AgentPermissions.All]);
        Assert.Contains("assign_task", (await lead.ListToolsAsync()).Select(static t => t.Name));
    }

    [Fact]
    public async Task A_message_has_the_true_sender_and_a_call_that_is_repeated_is_one_message()
    {
        await using var alice = await HttpAsync("alice");
        var first = await CallAsync(alice, "send_message", new { to = "bob", text = "hold this" });
        var second = await CallAsync(alice, "send_message", new { to = "bob", text = "hold this" });
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        var other = await CallAsync(alice, "send_message", new { to = "bob", text = "hold that" });
        Assert.NotEqual(first.GetProperty("id").GetString(), other.GetProperty("id").GetString());
        var own = MessageId.New(TimeProvider.System);
        Assert.Equal(own, (await CallAsync(alice, "send_message", new { to = "bob", text = "hold this", id = own })).GetProperty("id").GetString());
        Assert.Equal(["agent/alice", "agent/alice", "agent/alice"], (await _node.Client.ListMessagesAsync("bob")).Select(static m => m.From));

        await using var bob = await HttpAsync("bob");
        var read = (await CallAsync(bob, "read_inbox", new { })).EnumerateArray().ToArray();
        Assert.Equal("alice", read[0].GetProperty("from").GetString());
        var reply = await CallAsync(bob, "reply", new { message = first.GetProperty("id").GetString(), text = "held" });
        Assert.Equal("alice", reply.GetProperty("to").GetString());
        Assert.Equal(first.GetProperty("id").GetString(), (await _node.Client.GetMessageAsync(reply.GetProperty("id").GetString()!)).InReplyTo);
    }

    [Fact]
    public async Task An_agent_that_asks_another_gets_what_that_one_says_as_a_message()
    {
        await _node.SpawnAsync("carol", "shell", "answers");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await _node.Client.WaitForAgentAsync("carol", static a => a.State == "idle", limit.Token);
        await using var alice = await HttpAsync("alice");
        var asked = await CallAsync(alice, "send_message", new { to = "carol", text = "Is it done?", wants_answer = true });
        var told = await CallAsync(alice, "send_message", new { to = "carol", text = "It is noon." });
        var id = asked.GetProperty("id").GetString();
        var answer = Assert.Single(await Eventually.Value(() => _node.Client.ListMessagesAsync("alice"), static m => m is [{ State: "confirmed" }], "the answer arrives"));
        Assert.Equal(("agent/carol", id, $"carol answers your message {id} (Is it done?):\n\nI heard: Is it done?"), (answer.From, answer.InReplyTo, answer.Text));

        // To what wanted no answer none comes, though there is one.
        await Eventually.Value(() => _node.Client.GetMessageAsync(told.GetProperty("id").GetString()!), static m => m.Answer is not null, "carol has said something to that too");
        Assert.Single(await _node.Client.ListMessagesAsync("alice"));
    }

    [Fact]
    public async Task What_goes_wrong_is_said_so_that_it_can_be_done_better()
    {
        await using var alice = await HttpAsync("alice");
        Assert.Contains("needs the argument text", await FailsAsync(alice, "send_message", new { to = "bob" }), StringComparison.Ordinal);
        Assert.Contains("has no argument recipient: it has to, text", await FailsAsync(alice, "send_message", new { recipient = "bob", text = "hello" }), StringComparison.Ordinal);
        Assert.Contains("there is no agent carl", await FailsAsync(alice, "send_message", new { to = "carl", text = "hello" }), StringComparison.Ordinal);
        Assert.Contains("there is no tool shout: there are list_team", await FailsAsync(alice, "shout", new { }), StringComparison.Ordinal);
        Assert.Contains("needs evidence", await FailsAsync(alice, "complete_task", new { task = "t-1", summary = "done", evidence = Array.Empty<string>() }), StringComparison.Ordinal);
        var asked = await _node.Client.SendMessageAsync(new SendRequest { To = "alice", Text = "from a person" });
        Assert.Contains("what you say in the turn", await FailsAsync(alice, "reply", new { message = asked.Id, text = "hello" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_goes_from_its_assignment_to_its_end_by_tools_and_nothing_is_done_twice()
    {
        await using var lead = await HttpAsync("alice", [.. AgentPermissions.All]);
        await using var bob = await HttpAsync("bob");
        var task = new { objective = "repair it", agent = "bob", criteria = new[] { "it works" }, reviewer = "alice" };
        var id = (await CallAsync(lead, "assign_task", task)).GetProperty("id").GetString()!;
        Assert.Equal(id, (await CallAsync(lead, "assign_task", task)).GetProperty("id").GetString());
        await Eventually.Value(() => _node.Client.GetTaskAsync(id), static t => t.State == "in_progress", "the task runs", TimeSpan.FromSeconds(60));
        Assert.Equal("repair it", (await CallAsync(bob, "start_task", new { task = id })).GetProperty("objective").GetString());
        await CallAsync(bob, "report_progress", new { task = id, text = "half" });
        await CallAsync(bob, "report_progress", new { task = id, text = "half" });
        var done = new { task = id, summary = "repaired", evidence = new[] { "commit 1" } };
        Assert.Equal("in_review", (await CallAsync(bob, "complete_task", done)).GetProperty("state").GetString());
        Assert.Equal("in_review", (await CallAsync(bob, "complete_task", done)).GetProperty("state").GetString());
        var stored = await _node.Client.GetTaskAsync(id);
        Assert.Equal(("agent/bob", "half"), (stored.Completion?.By, stored.Progress.Single().Text));
        Assert.Contains(id, (await CallAsync(bob, "list_tasks", new { })).EnumerateArray().Select(static t => t.GetProperty("id").GetString()));
        Assert.Contains("there is no task none", await FailsAsync(bob, "fail_task", new { task = "none", reason = "…" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_is_open_until_a_person_answers_and_a_check_in_and_a_hand_over_are_stored_once()
    {
        await using var alice = await HttpAsync("alice");
        var question = (await CallAsync(alice, "ask_person", new { question = "Which?", choices = new[] { "a", "b" } })).GetProperty("id").GetString()!;
        Assert.Equal(question, (await CallAsync(alice, "ask_person", new { question = "Which?", choices = new[] { "a", "b" } })).GetProperty("id").GetString());
        Assert.Equal(("alice", "open", "a b"), (await _node.Client.ListQuestionsAsync()).Select(static q => (q.Agent, q.State, string.Join(' ', q.Choices))).Single());
        await _node.Client.AnswerQuestionAsync(question, "b");
        await Eventually.True(async () => (await CallAsync(alice, "read_inbox", new { })).ToString().Contains(question, StringComparison.Ordinal), "the answer is in the inbox");

        var checkIn = (await CallAsync(alice, "schedule_check_in", new { note = "look again", in_minutes = 30 })).GetProperty("id").GetString();
        Assert.Equal(checkIn, (await CallAsync(alice, "schedule_check_in", new { note = "look again", in_minutes = 30 })).GetProperty("id").GetString());
        Assert.Contains("say when", await FailsAsync(alice, "schedule_check_in", new { note = "look again" }), StringComparison.Ordinal);
        Assert.Equal(1, (await CallAsync(alice, "hand_over", new { text = "half is done" })).GetProperty("note").GetInt32());
        Assert.Equal("half is done", (await _node.Client.GetHandOverAsync("alice")).Note);
        Assert.Contains("\"you\":true", (await CallAsync(alice, "list_team", new { })).ToString().Replace(" ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_keeps_no_keys_in_the_home_of_its_user()
        => Assert.DoesNotContain(_node.Services.GetServices<IHostedService>(), static service => service.GetType().FullName!.Contains("DataProtection", StringComparison.Ordinal));

    [Fact]
    public async Task A_revoked_token_has_no_tools()
    {
        var token = await TokenAsync("alice");
        await using var alice = await ConnectAsync(token);
        await CallAsync(alice, "list_team", new { });
        await _node.RevokeAsync(token);
        await Assert.ThrowsAsync<HttpRequestException>(async () => await alice.CallToolAsync("list_team"));
    }

    [Fact]
    public async Task Orc_mcp_serves_the_same_over_standard_input_and_is_not_disturbed_by_a_node_that_comes_back()
    {
        var transport = new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = "orc mcp",
            Command = Orc.Program,
            Arguments = ["mcp"],
            EnvironmentVariables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ORC_TOKEN"] = await TokenAsync("alice"), ["ORC_URL"] = _node.Address.ToString() },
        });

        // As programs do today: one that first asks for the newest protocol gives that up where the server takes long to start.
        await using var alice = await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = "2025-06-18" });
        Assert.Equal(OfAnAgent, (await alice.ListToolsAsync()).Select(static t => t.Name));
        var sent = await CallAsync(alice, "send_message", new { to = "bob", text = "hold this" });
        Assert.Equal("agent/alice", (await _node.Client.GetMessageAsync(sent.GetProperty("id").GetString()!)).From);
        await _node.StopAsync();
        Assert.Contains("nothing is done twice", await FailsAsync(alice, "send_message", new { to = "bob", text = "hold this" }), StringComparison.Ordinal);
        await _node.StartAgainAsync();
        Assert.Equal(sent.GetProperty("id").GetString(), (await CallAsync(alice, "send_message", new { to = "bob", text = "hold this" })).GetProperty("id").GetString());
    }

    private Task<string> TokenAsync(string agent, params string[] permissions)
        => _node.IssueAsync(AgentPermissions.TokenName(agent), permissions.Length == 0 ? AgentPermissions.Default : [.. permissions], expiresAt: null);

    private async Task<McpClient> HttpAsync(string agent, params string[] permissions) => await ConnectAsync(await TokenAsync(agent, permissions));

    private Task<McpClient> ConnectAsync(string token) => McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
    {
        Endpoint = new Uri(_node.Address, "/mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {token}" },
    }));

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, object arguments)
    {
        var result = await ResultAsync(client, tool, arguments);
        Assert.True(result.IsError is not true, $"{tool}: {Text(result)}");
        return JsonDocument.Parse(Text(result)).RootElement;
    }

    private static async Task<string> FailsAsync(McpClient client, string tool, object arguments)
    {
        var result = await ResultAsync(client, tool, arguments);
        Assert.True(result.IsError is true, $"{tool} did not fail: {Text(result)}");
        return Text(result);
    }

    private static async Task<CallToolResult> ResultAsync(McpClient client, string tool, object arguments)
        => await client.CallToolAsync(tool, JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value, StringComparer.Ordinal));

    private static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(static block => block.Text));
}
