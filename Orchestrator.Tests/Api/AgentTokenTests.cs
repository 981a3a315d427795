using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Security;
using Orchestrator.Client;

namespace Orchestrator.Tests.Api;

/// <summary>What an agent may do with the token of its own.</summary>
public sealed class AgentTokenTests : IAsyncLifetime
{
    // Everything that the default permissions open; every other route is closed to an agent.
    private static readonly string[] Open =
    [
        "GET /api/v1/agents", "GET /api/v1/registry", "GET /api/v1/agents/{name}", "GET /api/v1/agents/{name}/inbox", "GET /api/v1/self",
        "POST /api/v1/messages", "GET /api/v1/messages", "GET /api/v1/messages/{id}", "GET /api/v1/message-types", "POST /api/v1/dispatches", "GET /api/v1/dispatches/{id}",
        "POST /api/v1/conversations", "GET /api/v1/conversations", "GET /api/v1/conversations/{id}", "GET /api/v1/conversations/{id}/messages", "GET /api/v1/conversations/{id}/context",
        "GET /api/v1/conversations/{id}/export", "POST /api/v1/conversations/{id}/messages", "POST /api/v1/conversations/{id}/participants", "DELETE /api/v1/conversations/{id}/participants/{name}",
        "POST /api/v1/conversations/{id}/read", "POST /api/v1/conversations/{id}/summaries",
        "GET /api/v1/tasks", "GET /api/v1/tasks/{id}", "POST /api/v1/tasks/next", "POST /api/v1/tasks/{id}/start", "POST /api/v1/tasks/{id}/progress", "POST /api/v1/tasks/{id}/complete",
        "POST /api/v1/tasks/{id}/fail", "POST /api/v1/tasks/{id}/review",
        "POST /api/v1/merges", "GET /api/v1/merges", "GET /api/v1/merges/{id}", "POST /api/v1/merges/{id}/accept", "POST /api/v1/merges/{id}/reject", "POST /api/v1/agents/{name}/blocked",
        "POST /api/v1/checkins", "GET /api/v1/checkins", "GET /api/v1/checkins/{id}", "DELETE /api/v1/checkins/{id}",
        "POST /api/v1/questions", "GET /api/v1/questions", "GET /api/v1/questions/{id}", "POST /api/v1/questions/{id}/withdraw",
        "GET /api/v1/handovers/{name}", "POST /api/v1/handovers/{name}/notes", "GET /api/v1/agents/{name}/transcript",
        "GET /health/ready", "GET /openapi/{documentName}.json", "POST /mcp",
    ];

    // What a role that assigns tasks may do beyond that.
    private static readonly string[] OpenToLeads =
    [
        "POST /api/v1/tasks", "POST /api/v1/tasks/{id}/assign", "POST /api/v1/tasks/{id}/cancel", "GET /api/v1/tasks/board", "GET /api/v1/tasks/executions", "GET /api/v1/tasks/statistics",
        "GET /api/v1/tasks/queues",
    ];

    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Every_route_that_its_role_does_not_open_is_forbidden()
    {
        var (agent, lead) = (await TokenAsync("alice"), await TokenAsync("lead", [.. AgentPermissions.All]));
        foreach (var route in Guarded())
        {
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var name = $"{method} {route.RoutePattern.RawText!.TrimEnd('/').Replace(":long", string.Empty, StringComparison.Ordinal)}";
                Assert.True(Open.Contains(name) == await IsOpenAsync(route, method, agent), $"{name} is {(Open.Contains(name) ? "closed" : "open")} to an agent");
                Assert.True((Open.Contains(name) || OpenToLeads.Contains(name)) == await IsOpenAsync(route, method, lead), $"{name}, for a lead");
            }
        }
    }

    [Fact]
    public async Task A_person_gets_nothing_by_the_permissions_of_agents()
    {
        var token = await _node.IssueAsync("person", [.. AgentPermissions.All], expiresAt: null);
        foreach (var route in Guarded().Where(static r => r.Metadata.GetMetadata<RequireScopeAttribute>()!.Scope is not null))
        {
            Assert.False(await IsOpenAsync(route, route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0], token), route.RoutePattern.RawText);
        }
    }

    [Fact]
    public async Task The_sender_is_the_agent_whatever_the_request_says()
    {
        await SpawnAsync("alice", "bob");
        using var alice = await ClientAsync("alice");
        Assert.Equal("agent/alice", (await alice.SendMessageAsync(new SendRequest { To = "bob", Text = "hello" })).From);
        foreach (var claimed in new[] { "agent/bob", "client:admin", "bob" })
        {
            using var response = await PostAsync(await TokenAsync("alice"), "/api/v1/messages", $$"""{ "to": "bob", "text": "forged", "sender": "{{claimed}}" }""");
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains("unauthorized_sender", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_reads_its_own_inbox_and_messages_only()
    {
        await SpawnAsync("alice", "bob");
        var foreign = await _node.Client.SendMessageAsync(new SendRequest { To = "bob", Text = "for bob" });
        var own = await _node.Client.SendMessageAsync(new SendRequest { To = "alice", Text = "for alice" });
        using var alice = await ClientAsync("alice");
        Assert.Equal([own.Id], (await alice.ListMessagesAsync()).Select(static m => m.Id));
        Assert.Equal(own.Id, (await alice.GetMessageAsync(own.Id)).Id);
        await ProblemAsync("not-found", () => alice.GetMessageAsync(foreign.Id));
        await ProblemAsync("forbidden", () => alice.ListMessagesAsync("bob"));
        await ProblemAsync("forbidden", () => alice.GetInboxAsync("bob"));
    }

    [Fact]
    public async Task Only_so_many_of_its_questions_wait_for_a_person_and_one_more_is_refused_until_one_is_closed()
    {
        await SpawnAsync("alice", "bob");
        using var alice = await ClientAsync("alice");
        for (var number = 1; number <= new Orchestrator.Actors.Messaging.Protocol.ProtocolRules().OpenQuestions; number++)
        {
            await alice.AskQuestionAsync(new AskQuestionRequest { Id = $"q{number}", Text = $"number {number}?" });
        }

        await ProblemAsync("overloaded", () => alice.AskQuestionAsync(new AskQuestionRequest { Id = "more", Text = "one more?" }));

        // The same again is the same question, and others have a limit of their own.
        Assert.Equal("q3", (await alice.AskQuestionAsync(new AskQuestionRequest { Id = "q3", Text = "number 3?" })).Id);
        using var bob = await ClientAsync("bob");
        await bob.AskQuestionAsync(new AskQuestionRequest { Text = "and I?" });
        await _node.Client.AnswerQuestionAsync("q1", "yes");
        await alice.AskQuestionAsync(new AskQuestionRequest { Id = "more", Text = "one more?" });
    }

    [Fact]
    public async Task It_works_on_its_own_tasks_only_and_cannot_run_programs_by_a_check()
    {
        await SpawnAsync("alice", "bob");
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "of-bob", Objective = "b", Agent = "bob" });
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "of-alice", Objective = "a", Agent = "alice", Reviewer = "person" });
        using var alice = await ClientAsync("alice");
        Assert.Equal(["of-alice"], (await alice.ListTasksAsync()).Select(static t => t.Id));
        await ProblemAsync("forbidden", () => alice.GetTaskAsync("of-bob"));
        await ProblemAsync("forbidden", () => alice.StartTaskAsync("of-bob", "alice"));
        await ProblemAsync("forbidden", () => alice.StartTaskAsync("of-alice", "bob"));
        await ProblemAsync("forbidden", () => alice.CompleteTaskAsync("of-bob", new CompleteTaskRequest { Summary = "not mine" }));
        await ProblemAsync("forbidden", () => alice.AssignTaskAsync("of-bob", new AssignTaskRequest(Agent: "alice", Role: null)));
        await BecomesAsync("of-alice", "in_progress");
        Assert.Equal("agent/alice", (await alice.CompleteTaskAsync("of-alice", new CompleteTaskRequest { Summary = "did it", Evidence = ["commit 1"] })).Completion?.By);
        await ProblemAsync("forbidden", () => alice.ReviewTaskAsync("of-alice", new ReviewTaskRequest(Accepted: true)));

        using var lead = await ClientAsync("lead", [.. AgentPermissions.All]);
        Assert.Equal("bob", (await lead.AddTaskAsync(new AddTaskRequest { Id = "by-lead", Objective = "c", Agent = "bob" })).Agent);
        await ProblemAsync("forbidden", () => lead.AddTaskAsync(new AddTaskRequest { Objective = "c", Agent = "bob", Check = ["true"] }));
        await ProblemAsync("invalid", () => lead.AddTaskAsync(new AddTaskRequest { Objective = "c", Agent = "bob", Reviewer = "bob" }));

        // Whoever may assign tasks may review those of others, not its own.
        await SpawnAsync("lead");
        await lead.AddTaskAsync(new AddTaskRequest { Id = "of-lead", Objective = "d", Agent = "lead", Reviewer = "person" });
        await BecomesAsync("of-lead", "in_progress");
        await lead.CompleteTaskAsync("of-lead", new CompleteTaskRequest { Summary = "did it" });
        await ProblemAsync("illegal-state", () => lead.ReviewTaskAsync("of-lead", new ReviewTaskRequest(Accepted: true)));
        Assert.Equal("done", (await lead.ReviewTaskAsync("of-alice", new ReviewTaskRequest(Accepted: true))).State);
    }

    [Fact]
    public async Task What_a_lead_may_do_with_tasks_ends_at_its_team()
    {
        await SpawnAsync("shop-lead", "shop-dev", "bank-dev", "single");
        foreach (var (name, team) in new[] { ("shop-lead", "shop"), ("shop-dev", "shop"), ("bank-dev", "bank") })
        {
            await _node.Client.UpdateAgentAsync(name, new UpdateAgentRequest { Metadata = Team(team) });
        }

        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "of-bank", Objective = "b", Agent = "bank-dev", Reviewer = "person" });
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "of-nobody", Objective = "b" });
        await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "backlog", Objective = "b", Team = "shop" });
        using var lead = await ClientAsync("shop-lead", [.. AgentPermissions.All]);
        foreach (var task in new[] { "of-bank", "of-nobody" })
        {
            await ProblemAsync("forbidden", () => lead.GetTaskAsync(task));
            await ProblemAsync("forbidden", () => lead.CancelTaskAsync(task, "not ours"));
            await ProblemAsync("forbidden", () => lead.ReviewTaskAsync(task, new ReviewTaskRequest(Accepted: true)));
            await ProblemAsync("forbidden", () => lead.AssignTaskAsync(task, new AssignTaskRequest(Agent: "shop-dev")));
        }

        await ProblemAsync("forbidden", () => lead.AddTaskAsync(new AddTaskRequest { Objective = "c", Agent = "bank-dev" }));
        await ProblemAsync("forbidden", () => lead.AddTaskAsync(new AddTaskRequest { Objective = "c", Agent = "single" }));
        await ProblemAsync("forbidden", () => lead.AddTaskAsync(new AddTaskRequest { Objective = "c", Role = "developer", Team = "bank" }));
        Assert.Equal("shop-dev", (await lead.AssignTaskAsync("backlog", new AssignTaskRequest(Agent: "shop-dev"))).Agent);

        // Without a word of a team a role is that of its own.
        Assert.Equal("shop", (await lead.AddTaskAsync(new AddTaskRequest { Id = "of-role", Objective = "c", Role = "qa" })).Team);
        Assert.Equal(["backlog", "of-role"], (await lead.ListTasksAsync()).Select(static t => t.Id));
        Assert.Equal(["backlog", "of-role"], (await lead.GetBoardAsync()).SelectMany(static c => c.Tasks).Select(static t => t.Id).Order(StringComparer.Ordinal));
        Assert.DoesNotContain((await lead.ListQueuesAsync()).SelectMany(static q => q.Members), static m => m.Agent is "bank-dev" or "single");
        Assert.All(await lead.ListExecutionsAsync(), static e => Assert.NotEqual("of-bank", e.Task));
        Assert.Equal("cancelled", (await lead.CancelTaskAsync("of-role", "not needed")).State);
    }

    [Fact]
    public async Task A_task_that_a_person_gives_to_a_role_is_that_of_the_team_it_names_or_of_the_only_one_that_has_the_role()
    {
        await SpawnAsync("shop-dev");
        await _node.Client.UpdateAgentAsync("shop-dev", new UpdateAgentRequest { Metadata = Team("shop") });
        Assert.Equal("shop", (await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t1", Objective = "a", Role = "qa", Team = "shop" })).Team);
        await _node.Client.SetQueueModeAsync("role:developer", "pull");
        Assert.Equal("shop", (await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t2", Objective = "a", Role = "developer" })).Team);
        await SpawnAsync("bob");
        Assert.Null((await _node.Client.AddTaskAsync(new AddTaskRequest { Id = "t3", Objective = "a", Role = "developer" })).Team);
        using var bob = await ClientAsync("bob");
        Assert.Equal(["t3"], (await bob.ListTasksAsync()).Select(static t => t.Id));
        Assert.Equal("t3", (await bob.NextTaskAsync("bob")).Id);
        await ProblemAsync("not-found", () => bob.NextTaskAsync("bob"));
        await ProblemAsync("forbidden", () => bob.StartTaskAsync("t2", "bob"));
        await ProblemAsync("invalid", () => _node.Client.AddTaskAsync(new AddTaskRequest { Objective = "a", Role = "developer", Team = "ghosts" }));
        await ProblemAsync("invalid", () => _node.Client.AssignTaskAsync("t1", new AssignTaskRequest(Team: "shop")));
    }

    [Fact]
    public async Task It_schedules_asks_and_hands_over_for_itself_only()
    {
        await SpawnAsync("alice", "bob");
        using var alice = await ClientAsync("alice");
        var own = await alice.AddCheckInAsync(new AddCheckInRequest { Agent = "alice", Note = "look", InSeconds = 600 });
        await ProblemAsync("forbidden", () => alice.AddCheckInAsync(new AddCheckInRequest { Agent = "bob", Note = "look", InSeconds = 600 }));
        var foreign = await _node.Client.AddCheckInAsync(new AddCheckInRequest { Agent = "alice", Note = "by a person", InSeconds = 600 });
        Assert.Equal(2, (await alice.ListCheckInsAsync()).Length);
        await ProblemAsync("forbidden", () => alice.RemoveCheckInAsync(foreign.Id));
        Assert.False((await alice.RemoveCheckInAsync(own.Id)).Open);

        var question = await alice.AskQuestionAsync(new AskQuestionRequest { Text = "Which?" });
        using var bob = await ClientAsync("bob");
        await ProblemAsync("not-found", () => bob.GetQuestionAsync(question.Id));
        await ProblemAsync("forbidden", () => alice.AnswerQuestionAsync(question.Id, "my own answer"));
        await ProblemAsync("invalid", () => _node.Client.AskQuestionAsync(new AskQuestionRequest { Text = "a person asks" }));
        var answered = await _node.Client.AnswerQuestionAsync(question.Id, "the second");
        Assert.Equal(("answered", "client:admin"), (answered.State, answered.By));
        await Support.Eventually.True(async () => (await alice.ListMessagesAsync()).Any(m => m.Id == answered.Message && m.Text.Contains("the second", StringComparison.Ordinal)), "the answer is with the agent", TimeSpan.FromSeconds(60));

        Assert.Equal("left", (await alice.LeaveNoteAsync("alice", "half is done")).State);
        await ProblemAsync("forbidden", () => alice.LeaveNoteAsync("bob", "forged"));
        await ProblemAsync("forbidden", () => bob.GetHandOverAsync("alice"));
    }

    [Fact]
    public async Task It_sees_its_team()
    {
        await _node.Client.SpawnAsync(Request("alice") with { Metadata = Team("red") });
        await _node.Client.SpawnAsync(Request("amy") with { Metadata = Team("red") });
        await _node.Client.SpawnAsync(Request("bob") with { Metadata = Team("blue") });
        using var alice = await ClientAsync("alice");
        Assert.Equal(["alice", "amy"], (await alice.ListAgentsAsync()).Select(static a => a.Name));
        await ProblemAsync("forbidden", () => alice.GetAgentAsync("bob"));
        using var bob = await ClientAsync("bob");
        Assert.Equal(["bob"], (await bob.ListAgentsAsync()).Select(static a => a.Name));
    }

    [Fact]
    public async Task One_that_may_only_reply_does_not_begin_and_a_role_with_a_scope_has_all_of_it()
    {
        await SpawnAsync("alice", "bob");
        using var reply = await ClientAsync("alice", AgentPermissions.Reply, AgentPermissions.ReadInbox);
        await ProblemAsync("forbidden", () => reply.SendMessageAsync(new SendRequest { To = "bob", Text = "hello" }));
        using var bob = await ClientAsync("bob");
        var asked = await bob.SendMessageAsync(new SendRequest { To = "alice", Text = "how far?" });
        Assert.Equal(asked.Id, (await reply.SendMessageAsync(new SendRequest { To = "bob", Text = "far", InReplyTo = asked.Id })).InReplyTo);
        using var trusted = await ClientAsync("alice", Scopes.AgentsWrite, Scopes.AgentsRead);
        Assert.Equal("carl", (await trusted.SpawnAsync(Request("carl"))).Name);
    }

    [Fact]
    public async Task Its_token_that_another_agent_or_a_person_writes_down_is_not_kept()
    {
        await SpawnAsync("alice", "bob");
        var token = await TokenAsync("alice");
        using var alice = _node.ClientOf(token);
        var sent = await alice.SendMessageAsync(new SendRequest { To = "bob", Text = $"my token is {token}, use it" });
        Assert.Equal("my token is orc_(redacted), use it", sent.Text);
        await alice.LeaveNoteAsync("alice", $"token {token}");
        await alice.AskQuestionAsync(new AskQuestionRequest { Text = $"is {token} right?" });
        using var http = _node.Http(_node.AdminToken);
        Assert.DoesNotContain(token, await http.GetStringAsync("/api/v1/journal?limit=1000"), StringComparison.Ordinal);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> Team(string name)
        => System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("team", name);

    private SpawnRequest Request(string name) => new() { Name = name, Profile = "demo", Folder = _node.Data };

    private async Task SpawnAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await _node.SpawnReadyAsync(name);
        }
    }

    private Task<string> TokenAsync(string agent, params string[] permissions)
        => _node.IssueAsync(AgentPermissions.TokenName(agent), permissions.Length == 0 ? AgentPermissions.Default : [.. permissions], expiresAt: null);

    private async Task<OrchestratorClient> ClientAsync(string agent, params string[] permissions) => _node.ClientOf(await TokenAsync(agent, permissions));

    private async Task BecomesAsync(string task, string state)
        => await Support.Eventually.Value(() => _node.Client.GetTaskAsync(task), t => t.State == state, $"{task} is {state}", TimeSpan.FromSeconds(60));

    private static async Task ProblemAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<ApiException>(act)).Code);

    private IEnumerable<RouteEndpoint> Guarded() => _node.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(static r => r.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is null);

    // What lies behind the permission answers that there is no such thing, or that it is another's: that is no closed route.
    private async Task<bool> IsOpenAsync(RouteEndpoint route, string method, string token)
    {
        var path = route.RoutePattern.RawText!.Replace("{name}", "nobody", StringComparison.Ordinal).Replace("{id:long}", "999", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
        using var response = await SendAsync(method, path, token, "{}");
        return response.StatusCode != HttpStatusCode.Forbidden || !(await response.Content.ReadAsStringAsync()).Contains("does not permit this", StringComparison.Ordinal)
            ? response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) || (await response.Content.ReadAsStringAsync()).Contains(" may not do this: ", StringComparison.Ordinal)
            : false;
    }

    private Task<HttpResponseMessage> PostAsync(string token, string path, string body) => SendAsync("POST", path, token, body);

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string token, string body)
    {
        using var http = _node.Http();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.Method != HttpMethod.Get)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
    }
}
