using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Inspection;
using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

/// <summary>What operators see of a node on its own, and what they can ask of its entities.</summary>
public sealed class InspectionTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_node_on_its_own_is_the_one_member_of_its_cluster_and_owns_all_shards()
    {
        var cluster = await _node.Client.GetClusterAsync();
        Assert.True(cluster.Alone);
        var member = Assert.Single(cluster.Members);
        Assert.Equal((ApiNode.NodeName, true, "up", 64), (member.Name, member.Self, member.State, member.Shards));
        Assert.All(await _node.Client.ListShardsAsync(), static s => Assert.Equal(("owned", ApiNode.NodeName), (s.State, s.Owner)));
        foreach (var change in new Func<Task>[] { () => _node.Client.LeaveClusterAsync("n1"), () => _node.Client.JoinClusterAsync("n1"), () => _node.Client.MarkDownAsync("n1"), () => _node.Client.MarkUnreachableDownAsync() })
        {
            Assert.Equal("illegal-state", (await Assert.ThrowsAsync<ApiException>(change)).Code);
        }
    }

    [Fact]
    public async Task Entities_in_memory_are_listed_with_their_node_shard_and_kind()
    {
        await _node.SpawnReadyAsync("a1");
        var all = await _node.Client.ListActorsAsync();
        var a1 = all.Actors.Single(static a => a.Entity == "agent/a1");
        Assert.Equal((ApiNode.NodeName, "agent", new EntityId("agent", "a1").Shard, "active"), (a1.Node, a1.Kind, a1.Shard, a1.Condition));
        Assert.True(a1.Version > 0);
        Assert.Equal(all.Total, all.Actors.Length);
        Assert.Empty(all.Unanswered);
        Assert.All((await _node.Client.ListActorsAsync(kind: "agent")).Actors, static a => Assert.Equal("agent", a.Kind));
        Assert.Contains((await _node.Client.ListActorsAsync(shard: a1.Shard)).Actors, static a => a.Entity == "agent/a1");
        Assert.Empty((await _node.Client.ListActorsAsync(node: "other")).Actors);
    }

    [Fact]
    public async Task Regions_and_their_shards_count_what_is_in_memory_and_an_entity_shows_its_state()
    {
        await _node.SpawnReadyAsync("a1");
        var region = (await _node.Client.ListRegionsAsync()).Regions.Single(static r => r.Kind == "agent");
        Assert.Equal((1, 1, 1, 0), (region.Entities, region.Shards, region.Nodes, region.Quarantined));
        var shard = new EntityId("agent", "a1").Shard;
        Assert.Equal(1, (await _node.Client.GetRegionStatsAsync("agent")).Shards[shard].Entities);
        var entity = await _node.Client.GetEntityAsync("agent/a1");
        Assert.Equal((shard, ApiNode.NodeName), (entity.Shard.Shard, entity.Shard.Owner));
        Assert.Equal("a1", entity.State!.Value.GetProperty("name").GetString());
        Assert.Equal((await _node.Client.ReadJournalAsync("agent/a1")).Length, entity.Version);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.GetRegionStatsAsync("nothing"))).Code);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.GetEntityAsync("nothing/x"))).Code);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.GetEntityAsync("nothing"))).Code);
    }

    [Fact]
    public async Task A_query_takes_the_right_to_read_and_a_command_that_of_the_administrator()
    {
        await _node.SpawnReadyAsync("a1");
        using var reader = _node.ClientOf(await _node.IssueAsync("reader", Scopes.SystemRead, Scopes.SystemWrite, Scopes.ClusterWrite, Scopes.AgentsWrite));
        var read = await reader.QueryActorAsync(new AskRequest("agent/a1", "runtime.read-state.v1"));
        Assert.Equal("runtime.state-read.v1", read.Manifest);
        Assert.Equal("a1", read.Reply.GetProperty("state").GetProperty("name").GetString());

        var leaked = await _node.IssueAsync("leaked", Scopes.SystemRead);
        var revoke = new AskRequest($"token/{Secret.HashOf(leaked)}", "command.token.revoke.v1", JsonSerializer.SerializeToElement(new { reason = "leaked" }));
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ApiException>(() => reader.AskActorAsync(revoke))).Code);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => reader.QueryActorAsync(revoke))).Code);
        var done = await _node.Client.AskActorAsync(revoke);
        Assert.Equal("done.v1", done.Manifest);
        Assert.True(done.Position > 0);
        using var gone = _node.ClientOf(leaked);
        await Eventually.True(async () => await Record.ExceptionAsync(() => gone.ListActorsAsync()) is ApiException { Code: "unauthorized" }, "the token is revoked");
        Assert.Equal("client:admin", (await _node.Client.ReadJournalAsync(revoke.Entity)).Last().Data.GetProperty("by").GetString());
    }

    [Theory]
    [InlineData("agent/a1", "agent.registered.v1", "{}")]
    [InlineData("agent/a1", "no.such.v1", "{}")]
    [InlineData("nothing/a1", "command.token.revoke.v1", "{}")]
    [InlineData("agent", "command.token.revoke.v1", "{}")]
    [InlineData("token/x", "command.token.revoke.v1", "{}")]
    [InlineData("token/x", "command.token.revoke.v1", "{\"reason\":1}")]
    [InlineData("token/x", "command.token.revoke.v1", "[]")]
    public async Task What_makes_no_command_is_refused_and_reaches_no_entity(string entity, string manifest, string payload)
    {
        var before = (await _node.Client.ReadJournalAsync()).Length;
        var refused = await Assert.ThrowsAsync<ApiException>(() => _node.Client.AskActorAsync(new AskRequest(entity, manifest, JsonSerializer.Deserialize<JsonElement>(payload))));
        Assert.Equal("invalid", refused.Code);
        Assert.Equal(before, (await _node.Client.ReadJournalAsync()).Length);
        Assert.Empty(await _node.Client.ListDeadLettersAsync());
    }

    [Fact]
    public async Task The_stored_names_are_listed_with_what_they_are_and_their_fields()
    {
        var known = (await _node.Client.ListManifestsAsync()).ToDictionary(static m => m.Name, StringComparer.Ordinal);
        Assert.Equal("query", known["runtime.read-state.v1"].Type);
        Assert.Equal("event", known["agent.registered.v1"].Type);
        Assert.Equal("worker_command", known["worker.spawn_pane.v1"].Type);
        var issue = known["command.token.issue.v1"];
        Assert.Equal(("command", "name, scopes, expiresAt?"), (issue.Type, string.Join(", ", issue.Fields)));
    }

    [Fact]
    public async Task The_log_is_read_from_its_end_by_level_and_without_secrets()
    {
        var log = _node.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Some.Part");
        var token = Secret.NewToken();
        log.LogInformation("quiet");
        log.LogWarning(new InvalidOperationException($"Host=db;Password=hunter2;x {token}"), "cannot use {Token}", token);
        var read = await _node.Client.ReadLogAsync(lines: 1, level: "warning");
        var line = Assert.Single(read.Lines);
        Assert.Equal(("warning", "Part", "cannot use (redacted)"), (line.Level, line.Source, line.Text));
        Assert.DoesNotContain("hunter2", line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, line.Error, StringComparison.Ordinal);
        Assert.Equal("quiet", (await _node.Client.ReadLogAsync(line.Number - 2, lines: 1)).Lines.Single().Text);
    }

    [Fact]
    public async Task A_reader_of_the_log_waits_for_the_next_line()
    {
        var log = _node.Services.GetRequiredService<ILoggerFactory>().CreateLogger("part");
        var last = (await _node.Client.ReadLogAsync()).Last;
        var waiting = _node.Client.ReadLogAsync(last, level: "error", wait: 30);
        log.LogInformation("not this");
        log.LogError("this");
        Assert.Equal("this", (await waiting).Lines.Single().Text);
    }

    [Fact]
    public void The_ring_keeps_the_newest_lines_and_says_how_many_are_lost()
    {
        using var ring = new LogRing(TimeProvider.System);
        var log = ring.CreateLogger("x");
        for (var i = 1; i <= LogRing.Capacity + 100; i++)
        {
            log.LogInformation("line {Number}", i);
        }

        var all = ring.Read(after: 0, LogRing.Capacity, LogLevel.Trace);
        Assert.Equal((LogRing.Capacity, 100, "line 101"), (all.Lines.Length, (int)all.Lost, all.Lines[0].Text));
        Assert.Equal(LogRing.Capacity + 100, all.Last);
        var some = ring.Read(after: 2000, most: 3, LogLevel.Trace);
        Assert.Equal((2003L, "line 2001"), (some.Last, some.Lines[0].Text));
        Assert.Equal(["line 2099", "line 2100"], ring.Read(after: null, most: 2, LogLevel.Trace).Lines.Select(static l => l.Text));
    }

    [Theory]
    [InlineData("Password=hunter2", "hunter2")]
    [InlineData("{\"apiKey\": \"hunter2\"}", "hunter2")]
    [InlineData("OPENAI_API_KEY=hunter2 next", "hunter2")]
    [InlineData("Authorization: Bearer hunter2xyz", "hunter2")]
    [InlineData("https://user:hunter2@host/path", "hunter2")]
    [InlineData("got sk-ant-api03-abcdefghijklmnop", "abcdefghijklmnop")]
    [InlineData("join with orcjoin_0123456789abcdef0123456789abcdef", "0123456789abcdef")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----", "MHcCAQEE")]
    public void What_looks_like_a_secret_is_taken_out(string text, string secret)
    {
        var shown = SecretText.Redact(text);
        Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        Assert.Contains(SecretText.Redacted, shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent/a1 is idle: 2 messages, http://127.0.0.1:7717/api/v1")]
    [InlineData("a token was revoked; the password-file is missing")]
    public void Ordinary_text_stays_as_it_is(string text) => Assert.Equal(text, SecretText.Redact(text));
}
