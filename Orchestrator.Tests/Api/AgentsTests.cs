using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Orchestrator.Client;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

public sealed class AgentsTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_spawned_agent_is_seen_at_once_and_becomes_ready()
    {
        var spawned = await _node.Client.SpawnAsync(new SpawnRequest
        {
            Name = "a1",
            Profile = "shell",
            Folder = _node.Data,
            Role = "qa",
            DisplayName = "Änne ☂",
            Command = ["bash", "-i"],
            Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue"),
        });
        Assert.Equal(("a1", "running", "shell", "qa", "Änne ☂", "n1", 1), (spawned.Name, spawned.Desired, spawned.Profile, spawned.Role, spawned.DisplayName, spawned.Node, spawned.Generation));
        Assert.Equal("blue", spawned.Metadata["team"]);
        Assert.Equal(["a1"], (await _node.Client.ListAgentsAsync()).Select(static a => a.Name));
        var ready = await UntilAsync("a1", static a => a.State == "idle");
        Assert.Equal("%7", ready.Pane?.Id);
        Assert.Equal("screen", ready.Fact?.Source);
    }

    [Fact]
    public async Task The_same_wish_sent_twice_makes_one_agent()
    {
        using var http = _node.Http(_node.AdminToken);
        http.DefaultRequestHeaders.Add("Idempotency-Key", Client.MessageId.New(TimeProvider.System));
        var body = $$"""{"name":"a1","profile":"shell","folder":"{{_node.Data}}"}""";
        using var first = await http.PostAsync("/api/v1/agents", new StringContent(body, Encoding.UTF8, "application/json"));
        using var second = await http.PostAsync("/api/v1/agents", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(1, (await _node.Client.GetAgentAsync("a1")).Generation);
        Assert.True(long.Parse(first.Headers.GetValues("Orchestrator-Position").Single()) > 0);
    }

    [Fact]
    public async Task A_long_list_is_read_page_by_page_and_nothing_is_left_out()
    {
        string[] names = ["a1", "a2", "a3", "a4", "a5"];
        foreach (var name in names)
        {
            await _node.Client.SpawnAsync(new SpawnRequest { Name = name, Profile = "shell", Folder = _node.Data, Role = name == "a2" ? "qa" : null, Start = false });
        }

        using var http = _node.Http(_node.AdminToken);
        Assert.Equal(["a1", "a2"], await PageAsync("limit=2"));
        Assert.Equal(["a3", "a4"], await PageAsync("limit=2&after=a2"));
        Assert.Equal(["a5"], await PageAsync("limit=2&after=a4"));
        Assert.Equal(["a1", "a3", "a4"], await PageAsync("limit=3&role=developer"));
        using var refused = await http.GetAsync("/api/v1/agents?limit=10001");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(names, (await _node.Client.ListAgentsAsync()).Select(static a => a.Name));

        async Task<IEnumerable<string>> PageAsync(string query)
            => (await http.GetFromJsonAsync($"/api/v1/agents?{query}", ApiJson.Wire.ImmutableArrayAgentInfo)).Select(static a => a.Name);
    }

    [Fact]
    public async Task Another_agent_of_the_same_name_is_refused()
    {
        await _node.SpawnAsync("a1");
        await RefusedAsync("already-exists", HttpStatusCode.Conflict, () => _node.SpawnAsync("a1"));
    }

    [Theory]
    [InlineData("A1", "shell", null, null, null)]
    [InlineData("a#(touch x)", "shell", null, null, null)]
    [InlineData("a1", "nosuch", null, null, null)]
    [InlineData("a1", "shell", "/no/such/folder", null, null)]
    [InlineData("a1", "shell", "relative", null, null)]
    [InlineData("a1", "shell", null, "king", null)]
    [InlineData("a1", "shell", null, null, "-bad..branch")]
    public async Task A_request_that_makes_no_sense_is_refused_with_what_would(string name, string profile, string? folder, string? role, string? branch)
        => await RefusedAsync("invalid", HttpStatusCode.BadRequest, () => _node.Client.SpawnAsync(new SpawnRequest { Name = name, Profile = profile, Folder = folder ?? _node.Data, Role = role, Worktree = branch is not null, Branch = branch }));

    [Fact]
    public async Task A_profile_with_a_command_of_its_own_takes_no_other()
        => await RefusedAsync("invalid", HttpStatusCode.BadRequest, () => _node.SpawnAsync("a1", "demo", "rm", "-rf"));

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await RefusedAsync("not-found", HttpStatusCode.NotFound, () => _node.Client.GetAgentAsync("ghost"));
        await RefusedAsync("not-found", HttpStatusCode.NotFound, () => _node.Client.StopAgentAsync("ghost"));
        await RefusedAsync("not-found", HttpStatusCode.NotFound, () => _node.Client.GetOutputAsync("ghost"));
        await RefusedAsync("not-found", HttpStatusCode.NotFound, () => _node.Client.GetMessageAsync("ghost"));
    }

    [Fact]
    public async Task An_agents_description_is_merged()
    {
        await _node.SpawnAsync("a1");
        await _node.SpawnAsync("lead");
        var one = ImmutableSortedDictionary<string, string>.Empty;
        await _node.Client.UpdateAgentAsync("a1", new UpdateAgentRequest { Metadata = one.Add("x", "1").Add("y", "2"), ReportsTo = "lead", CollaboratesWith = ["lead"] });
        var changed = await _node.Client.UpdateAgentAsync("a1", new UpdateAgentRequest { Metadata = one.Add("x", string.Empty), Role = "devops" });
        Assert.Equal([KeyValuePair.Create("y", "2")], changed.Metadata);
        Assert.Equal(("lead", "devops"), (changed.Relationships.ReportsTo, changed.Role));
        Assert.Equal(["lead"], changed.Relationships.CollaboratesWith.AsEnumerable());
    }

    [Fact]
    public async Task An_agent_is_stopped_started_restarted_and_ended_and_its_last_screen_is_kept()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.Client.StopAgentAsync("a1");
        await UntilAsync("a1", static a => a.State == "offline");
        var kept = await _node.Client.GetOutputAsync("a1", lines: 2);
        Assert.Equal(("ended", "second\nlast words"), (kept.Source, kept.Text));

        await _node.Client.StartAgentAsync("a1");
        Assert.Equal(2, (await UntilAsync("a1", static a => a.State == "idle")).Generation);
        await RefusedAsync("illegal-state", HttpStatusCode.Conflict, () => _node.Client.StartAgentAsync("a1"));
        await _node.Client.RestartAgentAsync("a1");
        Assert.Equal(3, (await UntilAsync("a1", static a => a is { State: "idle", Generation: 3 })).Generation);

        await _node.Client.EndAgentAsync("a1");
        await UntilAsync("a1", static a => a.State == "terminated");
        await RefusedAsync("not-found", HttpStatusCode.NotFound, () => _node.Client.StartAgentAsync("a1"));
        Assert.Equal("ended", (await _node.Client.GetOutputAsync("a1")).Source);
        Assert.Contains("agent.terminated.v1", (await _node.Client.GetHistoryAsync("a1")).Select(static e => e.Type));
    }

    [Fact]
    public async Task A_list_can_be_narrowed()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnAsync("a2", "shell", "no-such-program");
        await UntilAsync("a2", static a => a.State == "error");
        Assert.Equal(["a2"], (await _node.Client.ListAgentsAsync(state: "error")).Select(static a => a.Name));
        Assert.Empty(await _node.Client.ListAgentsAsync(role: "qa"));
        await _node.Client.SpawnAsync(new SpawnRequest { Name = "a3", Profile = "shell", Folder = _node.Data, Start = false, Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue").Add("project", "shop") });
        Assert.Equal(["a3"], (await _node.Client.ListAgentsAsync(team: "blue")).Select(static a => a.Name));
        Assert.Equal(["a3"], (await _node.Client.ListAgentsAsync(project: "shop", team: "blue")).Select(static a => a.Name));
        Assert.Empty(await _node.Client.ListAgentsAsync(project: "blue"));
        var counts = await _node.Client.CountAgentsAsync();
        Assert.Equal(3, counts.Total);
        Assert.Equal(["active 0", "busy 0", "error 1", "idle 1", "offline 1", "terminated 0"], counts.States.Select(static s => $"{s.Key} {s.Value}"));
        Assert.Equal(1, (await _node.Client.CountAgentsAsync(team: "blue")).Total);
        await RefusedAsync("invalid", HttpStatusCode.BadRequest, () => _node.Client.ListAgentsAsync(state: "sleepy"));
    }

    [Fact]
    public async Task The_screen_and_the_reasons_come_from_the_worker_while_there_is_a_pane()
    {
        await _node.SpawnReadyAsync("a1");
        var output = await _node.Client.GetOutputAsync("a1", lines: 5);
        Assert.Equal(("pane", "a1 line 1\na1 line 2\na1 line 3\na1 line 4\na1 line 5"), (output.Source, output.Text));
        await RefusedAsync("invalid", HttpStatusCode.BadRequest, () => _node.Client.GetOutputAsync("a1", lines: 0));
        var explained = await _node.Client.ExplainAsync("a1");
        Assert.Equal("screen rule ready", explained.Decided);
        Assert.True(explained.Rules.Single().Won);
    }

    [Fact]
    public async Task Without_a_pane_the_history_explains()
    {
        await _node.SpawnAsync("a1", "shell", "no-such-program");
        await UntilAsync("a1", static a => a.State == "error");
        await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "hello" });
        var explained = await _node.Client.ExplainAsync("a1");
        Assert.Contains("no-such-program", explained.Decided, StringComparison.Ordinal);
        Assert.Contains("no pane", explained.Waiting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_outside_the_roots_is_refused_also_through_a_link()
    {
        using var inside = new TemporaryFolder();
        using var outside = new TemporaryFolder();
        Directory.CreateSymbolicLink(inside["way-out"], outside.Path);
        await using var node = await ApiNode.StartAsync(options => options.FolderRoots = [inside.Path]);
        foreach (var folder in new[] { outside.Path, inside["way-out"], inside.Path + "/../" + Path.GetFileName(outside.Path), inside.Path + "x" })
        {
            await RefusedAsync("invalid", HttpStatusCode.BadRequest, () => node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "shell", Folder = folder }));
        }

        Assert.Equal(inside.Path, (await node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "shell", Folder = inside.Path + "/" })).Folder);
    }

    private static async Task RefusedAsync(string code, HttpStatusCode status, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(call);
        Assert.Equal((status, code), (refused.Status, refused.Code));
        Assert.NotEmpty(refused.Message);
    }

    private async Task<AgentInfo> UntilAsync(string name, Func<AgentInfo, bool> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _node.Client.WaitForAgentAsync(name, until, limit.Token);
    }
}
