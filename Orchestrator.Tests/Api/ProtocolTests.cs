using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

/// <summary>Messages are held to the protocol at the API, for people and agents.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("null", "invalid_format", HttpStatusCode.BadRequest)]
    [InlineData("{", "invalid_format", HttpStatusCode.BadRequest)]
    [InlineData("""{"to":"a1"}""", "missing_required_field", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":"x"}""", "missing_required_field", HttpStatusCode.BadRequest)]
    [InlineData("""{"to":"a1","text":[1]}""", "invalid_field_type", HttpStatusCode.BadRequest)]
    [InlineData("""{"to":"a1","text":"x","expiresAt":"2001-01-01T00:00:00Z"}""", "expired_message", HttpStatusCode.BadRequest)]
    [InlineData("""{"to":"a1","text":"x","timestamp":"2999-01-01T00:00:00Z"}""", "future_timestamp", HttpStatusCode.BadRequest)]
    [InlineData("""{"to":"a1","text":"x","sender":"eve"}""", "unauthorized_sender", HttpStatusCode.Forbidden)]
    [InlineData("""{"to":"nobody","text":"x"}""", "unknown_recipient", HttpStatusCode.NotFound)]
    [InlineData("""{"to":"a1","text":"x","inReplyTo":"01M81K3BRX5H648TKR7XCPJABR"}""", "invalid_field_type", HttpStatusCode.BadRequest)]
    public async Task A_violation_is_refused_by_name_and_counted_for_its_sender(string body, string violation, HttpStatusCode status)
    {
        await _node.SpawnReadyAsync("a1");
        using var http = _node.Http(_node.AdminToken);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await http.PostAsync("/api/v1/messages", new StringContent(body, Encoding.UTF8, "application/json"));
            var problem = await answer.Content.ReadFromJsonAsync(ApiJson.Wire.ProblemInfo);
            Assert.Equal((status, violation), (answer.StatusCode, problem!.Violation));
            Assert.False(string.IsNullOrWhiteSpace(problem.Detail));
        }

        var record = await Eventually.Value(() => _node.Client.ListViolationsAsync(), static v => v is [{ Total: 2 }], "both are counted");
        Assert.Equal(("client:admin", 2), (record[0].Sender, record[0].Counts[violation]));
        var incident = Assert.Single(record[0].Incidents);
        Assert.Equal((violation, 2), (incident.Violation, incident.Count));
    }

    [Fact]
    public async Task What_routes_would_take_is_held_to_the_protocol_before_it_is_routed()
    {
        await _node.SpawnReadyAsync("lead");
        await _node.Client.PutRouteAsync("all", new RouteRequest { To = ["lead"], Default = true });
        using var http = _node.Http(_node.AdminToken);
        foreach (var (body, violation) in new[]
        {
            ("null", "invalid_format"),
            ("""{"text":""}""", "missing_required_field"),
            ("""{"text":"x","timestamp":"2999-01-01T00:00:00Z"}""", "future_timestamp"),
            ("""{"text":"x","sender":"eve"}""", "unauthorized_sender"),
            ($$"""{"text":"{{new string('x', 300_000)}}"}""", "too_large"),
        })
        {
            using var answer = await http.PostAsync("/api/v1/dispatches", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(violation, (await answer.Content.ReadFromJsonAsync(ApiJson.Wire.ProblemInfo))!.Violation);
        }

        Assert.Equal("lead", Assert.Single((await _node.Client.DispatchAsync(new DispatchRequest { Text = "well formed" })).Recipients).Agent);
        Assert.Equal("well formed", Assert.Single(await _node.Client.ListMessagesAsync("lead")).Text);
        Assert.Empty(await _node.Client.ListDispatchesAsync(deadLetters: true));
        Assert.Equal(5, Assert.Single(await Eventually.Value(() => _node.Client.ListViolationsAsync(), static v => v is [{ Total: 5 }], "all are counted")).Total);
    }

    [Fact]
    public async Task Violations_are_still_known_after_a_restart()
    {
        await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(new SendRequest { To = "nobody", Text = "x" }));
        await Eventually.Value(() => _node.Client.ListViolationsAsync(), static v => v is [{ Total: 1 }], "it is counted");
        await _node.StopAsync();
        await _node.StartAgainAsync();
        Assert.Equal("unknown_recipient", Assert.Single((await _node.Client.ListViolationsAsync())[0].Incidents).Violation);
        Assert.Equal("client:admin", Assert.Single(await _node.Client.ListViolationsAsync("client:admin")).Sender);
        Assert.Empty(await _node.Client.ListViolationsAsync("admin"));
    }

    [Fact]
    public async Task A_message_of_another_content_under_the_same_id_is_a_duplicate()
    {
        await _node.SpawnReadyAsync("a1");
        var id = MessageId.New(TimeProvider.System);
        await _node.Client.SendMessageAsync(new SendRequest { Id = id, To = "a1", Text = "one" });
        await _node.Client.SendMessageAsync(new SendRequest { Id = id, To = "a1", Text = "one" });
        var refused = await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(new SendRequest { Id = id, To = "a1", Text = "two" }));
        Assert.Equal(("already-exists", "duplicate"), (refused.Problem.Code, refused.Problem.Violation));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused()
    {
        await _node.SpawnAsync("a1");
        var refused = await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = new string('x', 300_000) }));
        Assert.Equal(("invalid", "too_large"), (refused.Problem.Code, refused.Problem.Violation));
    }

    [Fact]
    public async Task That_a_message_was_delivered_is_not_told_to_the_model_of_its_sender()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        using var a = _node.ClientOf(await _node.IssueAsync("agent/a1", Scopes.MessagesWrite));
        var sent = await a.SendMessageAsync(new SendRequest { To = "b1", Text = "hello" });
        await Eventually.Value(() => _node.Client.GetMessageAsync(sent.Id), static m => m.State == "confirmed", "it is delivered");
        Assert.Empty(await _node.Client.ListMessagesAsync("a1"));
    }

    [Fact]
    public void Ids_that_are_made_within_one_second_differ()
        => Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(static _ => MessageId.New(TimeProvider.System)).Distinct().Count());

    [Fact]
    public async Task A_typed_message_reaches_the_agent_as_its_template_says()
    {
        await _node.SpawnReadyAsync("a1");
        var content = JsonSerializer.SerializeToElement(new { id = "T1", objective = "build it", success_criteria = new[] { "it runs" } });
        var sent = await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Type = "task_assignment", Content = content });
        Assert.Equal(("task_assignment", "TASK T1\nObjective: build it\nSuccess criteria:\n  - it runs"), (sent.Type, sent.Text));
        Assert.Contains("task_assignment", (await _node.Client.ListMessageTypesAsync()).Select(static t => t.Name));
    }

    [Fact]
    public async Task Two_agents_with_tokens_of_their_own_answer_each_other_until_the_limit_and_one_record_says_so()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        using var a = _node.ClientOf(await _node.IssueAsync("agent/a1", Scopes.MessagesWrite));
        using var b = _node.ClientOf(await _node.IssueAsync("agent/b1", Scopes.MessagesWrite));
        Assert.Equal("agent/a1", (await a.SendMessageAsync(new SendRequest { To = "b1", Text = "ping" })).From);
        ApiException? stopped = null;
        var sent = 1;
        for (; stopped is null && sent < 50; sent++)
        {
            var (who, to) = sent % 2 == 1 ? (b, "a1") : (a, "b1");
            try
            {
                await who.SendMessageAsync(new SendRequest { To = to, Text = "and again" });
            }
            catch (ApiException e)
            {
                stopped = e;
            }
        }

        Assert.Equal("exchange_limit", stopped?.Problem.Violation);
        Assert.Contains("escalation", stopped!.Problem.Detail, StringComparison.Ordinal);
        Assert.InRange(sent, 4, 8);
        var record = await Eventually.Value(() => _node.Client.ListViolationsAsync(), static v => v.Length == 1, "it is recorded");
        Assert.Equal("exchange_limit", Assert.Single(record[0].Incidents).Violation);

        // An escalation is a new topic and goes through.
        var content = JsonSerializer.SerializeToElement(new { issue = "we go in circles", severity = "low", requesting = "a decision" });
        await a.SendMessageAsync(new SendRequest { To = "b1", Type = "escalation", Content = content });
    }

    [Fact]
    public async Task A_flood_of_two_agents_is_stopped_is_one_gap_and_does_no_harm_to_others_meanwhile()
    {
        const int Others = 15;
        await Task.WhenAll(new[] { "a1", "b1", "c1", "d1" }.Select(_node.SpawnReadyAsync));
        using var done = new CancellationTokenSource();
        var (tries, refusals) = (0, 0);
        int[] floods = await WhileFloodingAsync(async () =>
        {
            using var c = _node.ClientOf(await _node.IssueAsync("agent/c1", Scopes.MessagesWrite));
            for (var number = 0; number < Others; number++)
            {
                var before = Volatile.Read(ref tries);
                foreach (var sent in new[] { await c.SendMessageAsync(new SendRequest { To = "d1", Text = $"part {number}" }), await _node.Client.SendMessageAsync(new SendRequest { To = "c1", Text = $"go on {number}" }) })
                {
                    await Eventually.Value(() => _node.Client.GetMessageAsync(sent.Id), static m => m.State == "confirmed", "it arrives", TimeSpan.FromSeconds(60));
                }

                await Eventually.True(() => Volatile.Read(ref tries) >= before + 2, "the two go on trying", TimeSpan.FromSeconds(60));
            }

            await Eventually.True(() => Volatile.Read(ref refusals) >= 20, "they are stopped", TimeSpan.FromSeconds(60));
        });

        // The one that the limit of exchanges stops hears no more; the other goes on alone up to the rate of the pair.
        Assert.All(floods, static sent => Assert.InRange(sent, 1, 30));
        Assert.Equal(floods.Sum(), (await _node.Client.ListMessagesAsync("a1")).Length + (await _node.Client.ListMessagesAsync("b1")).Length);
        Assert.Equal(Enumerable.Range(0, Others).Select(static n => $"part {n}"), (await _node.Client.ListMessagesAsync("d1")).Select(static m => m.Text));
        var gap = Assert.Single(await Eventually.Value(() => _node.Client.ListGapsAsync(), static gaps => gaps.Length > 0, "it is a gap"));
        Assert.Equal("endless_talk", gap.Kind);
        var records = await _node.Client.ListViolationsAsync();
        Assert.All(records, static r =>
        {
            Assert.Contains(r.Sender, new[] { "agent/a1", "agent/b1" });
            Assert.All(r.Incidents, static i => Assert.Contains(i.Violation, new[] { "exchange_limit", "hop_limit", "rate_limit" }));
        });

        async Task<int[]> WhileFloodingAsync(Func<Task> others)
        {
            var flood = Task.WhenAll(FloodAsync("a1", "b1"), FloodAsync("b1", "a1"));
            try
            {
                await others();
            }
            finally
            {
                await done.CancelAsync();
            }

            return await flood;
        }

        async Task<int> FloodAsync(string from, string to)
        {
            using var client = _node.ClientOf(await _node.IssueAsync($"agent/{from}", Scopes.MessagesWrite));
            for (var sent = 0; ; Interlocked.Increment(ref tries))
            {
                if (done.IsCancellationRequested)
                {
                    return sent;
                }

                try
                {
                    await client.SendMessageAsync(new SendRequest { To = to, Text = "and again" });
                    sent++;
                }
                catch (ApiException e) when (e.Problem.Violation is not null)
                {
                    // It tries on.
                    Interlocked.Increment(ref refusals);
                }
            }
        }
    }

    [Fact]
    public async Task A_message_to_a_role_or_a_team_reaches_all_of_it_and_says_so_for_each()
    {
        await SpawnAsync("a1", "qa", "red");
        await SpawnAsync("a2", "qa", "blue");
        await SpawnAsync("a3", "developer", "red");
        var toRole = await _node.Client.DispatchAsync(new DispatchRequest { To = "role:qa", Text = "look at the build" });
        var toTeam = await _node.Client.DispatchAsync(new DispatchRequest { To = "team:red", Type = "broadcast", Text = "deploy at noon" });
        Assert.Equal(["a1", "a2"], toRole.Recipients.Select(static r => r.Agent));
        var done = await Eventually.Value(() => _node.Client.GetDispatchAsync(toTeam.Id), static d => d.Recipients.All(static r => r.Taken == true), "all have taken it");
        Assert.Equal(["a1", "a3"], done.Recipients.Select(static r => r.Agent));
        Assert.Equal("deploy at noon", (await _node.Client.GetMessageAsync(done.Recipients[1].Message)).Text);
    }

    [Fact]
    public async Task An_agent_broadcasts_to_its_own_team_only()
    {
        await SpawnAsync("a1", "qa", "red");
        await SpawnAsync("b1", "qa", "blue");
        using var a = _node.ClientOf(await _node.IssueAsync("agent/a1", Scopes.MessagesWrite));
        foreach (var to in new[] { "team:blue", "role:qa", null })
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => a.DispatchAsync(new DispatchRequest { To = to, Type = "broadcast", Text = "hello all" }));
            Assert.Equal("unauthorized_sender", refused.Problem.Violation);
        }

        foreach (var to in new[] { "b1", "a1" })
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => a.SendMessageAsync(new SendRequest { To = to, Type = "broadcast", Text = "hello all" }));
            Assert.Equal("unauthorized_sender", refused.Problem.Violation);
        }
    }

    [Fact]
    public async Task What_a_member_of_a_team_sends_to_a_role_stays_in_its_team_and_other_teams_are_refused()
    {
        await SpawnAsync("a1", "qa", "red");
        await SpawnAsync("a2", "qa", "red");
        await SpawnAsync("b1", "qa", "blue");
        await SpawnAsync("b2", "devops", "blue");
        using var a = _node.ClientOf(await _node.IssueAsync("agent/a1", Scopes.MessagesWrite));
        Assert.Equal("a2", Assert.Single((await a.DispatchAsync(new DispatchRequest { To = "role:qa", Text = "hello" })).Recipients).Agent);
        var lost = await a.DispatchAsync(new DispatchRequest { To = "role:devops", Text = "hello" });
        Assert.Equal("dead_letter", lost.State);
        Assert.Contains("role:devops is nobody in your team red", lost.Reason, StringComparison.Ordinal);
        foreach (var to in new[] { "team:blue", "project:shop" })
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => a.DispatchAsync(new DispatchRequest { To = to, Text = "hello" }));
            Assert.Equal("not_in_touch", refused.Problem.Violation);
            Assert.Contains("ask a person to pass it on", refused.Problem.Detail, StringComparison.Ordinal);
        }

        Assert.Empty(await _node.Client.ListMessagesAsync("b1"));
        Assert.Equal(3, (await _node.Client.DispatchAsync(new DispatchRequest { To = "role:qa", Text = "from a person" })).Recipients.Length);
    }

    [Fact]
    public async Task Routes_decide_where_there_is_no_recipient_and_what_none_takes_is_a_dead_letter()
    {
        await SpawnAsync("lead", "project_manager", "red");
        await SpawnAsync("rest", "developer", "red");
        var lost = await _node.Client.DispatchAsync(new DispatchRequest { Text = "who takes this?" });
        Assert.Equal("dead_letter", lost.State);
        Assert.Contains("orc route add", lost.Reason, StringComparison.Ordinal);

        await _node.Client.PutRouteAsync("escalations", new RouteRequest { Types = ["escalation"], To = ["role:project_manager"] });
        await _node.Client.PutRouteAsync("others", new RouteRequest { To = ["rest"], Default = true });
        var content = JsonSerializer.SerializeToElement(new { issue = "disk full", severity = "high", requesting = "a disk" });
        var escalated = await _node.Client.DispatchAsync(new DispatchRequest { Type = "escalation", Content = content });
        Assert.Equal(("escalations", "lead"), (Assert.Single(escalated.Routes), Assert.Single(escalated.Recipients).Agent));
        Assert.Equal("rest", Assert.Single((await _node.Client.DispatchAsync(new DispatchRequest { Text = "hello" })).Recipients).Agent);
        Assert.Equal([1, 1], (await _node.Client.ListRoutesAsync()).Select(static r => r.Messages));
        Assert.Equal(lost.Id, Assert.Single(await _node.Client.ListDispatchesAsync(deadLetters: true)).Id);

        await _node.Client.RemoveRouteAsync("others");
        Assert.Equal("dead_letter", (await _node.Client.DispatchAsync(new DispatchRequest { Text = "hello" })).State);
    }

    [Theory]
    [InlineData("bad name", "a1", null)]
    [InlineData("r", "nowhere:x", null)]
    [InlineData("r", "a1", "gossip")]
    public async Task A_route_that_makes_no_sense_is_refused(string name, string to, string? type)
        => Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.PutRouteAsync(name, new RouteRequest { To = [to], Types = type is null ? null : [type] }))).Problem.Code);

    [Fact]
    public async Task Statistics_count_by_type_priority_and_agent_in_the_period_that_is_asked_for()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        var content = JsonSerializer.SerializeToElement(new { about = "the build" });
        await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "one", Priority = "high" });
        await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "two" });
        await _node.Client.SendMessageAsync(new SendRequest { To = "b1", Type = "status_request", Content = content });
        await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(new SendRequest { To = "nobody", Text = "x" }));
        var all = await Eventually.Value(() => _node.Client.GetMessageStatisticsAsync(), static s => s.Refused == 1 && s.Outcomes.GetValueOrDefault("confirmed") == 3, "all is counted");
        Assert.Equal(3, all.Received);
        Assert.Equal((2, 1), (all.ByType["direct_message"], all.ByType["status_request"]));
        Assert.Equal((1, 2), (all.ByPriority["high"], all.ByPriority["medium"]));
        Assert.Equal((2, 1, 3), (all.Parties.Single(static p => p.Party == "agent/a1").Received, all.Parties.Single(static p => p.Party == "agent/b1").Received, all.Parties.Single(static p => p.Party == "client:admin").Sent));
        Assert.Equal(0, (await _node.Client.GetMessageStatisticsAsync(all.To.AddDays(1), all.To.AddDays(2))).Received);
        Assert.Equal(3, (await _node.Client.GetMessageStatisticsAsync(all.To.AddHours(-5), all.To.AddHours(5))).Received);
        Assert.Equal(0, (await _node.Client.GetMessageStatisticsAsync(all.To.AddHours(-5), all.To.AddHours(-2))).Received);
    }

    private Task<AgentInfo> SpawnAsync(string name, string role, string team) => _node.Client.SpawnAsync(new SpawnRequest
    {
        Name = name,
        Profile = "shell",
        Folder = _node.Data,
        Role = role,
        Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("team", team),
    });
}
