using System.Net;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

public sealed class EventsTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync(static options =>
    {
        options.Heartbeat = TimeSpan.FromMilliseconds(100);
        options.TokenRecheck = TimeSpan.FromMilliseconds(100);
    });

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_reader_that_comes_back_misses_nothing_and_sees_nothing_twice()
    {
        await _node.SpawnReadyAsync("a1");
        var all = (await _node.Client.ReadJournalAsync(limit: 1000)).Select(static e => e.Position).ToList();
        Assert.True(all.Count > 3);
        var middle = all[all.Count / 2];
        using var http = _node.Http(_node.AdminToken);
        http.DefaultRequestHeaders.Add("Last-Event-ID", $"{middle}");
        await using var stream = await http.GetStreamAsync("/api/v1/events");
        using var reader = new StreamReader(stream);
        var seen = new List<long>();
        while (seen.Count < all.Count(p => p > middle))
        {
            if (await reader.ReadLineAsync() is ['i', 'd', ':', .. var id])
            {
                seen.Add(long.Parse(id));
            }
        }

        Assert.Equal(all.Where(p => p > middle), seen);
    }

    [Fact]
    public async Task The_last_events_are_read_from_the_end()
    {
        await _node.SpawnReadyAsync("a1");
        var all = await _node.Client.ReadJournalAsync(limit: 1000);
        var last = await _node.Client.ReadLastOfJournalAsync(limit: 2);
        Assert.True(all[^2].Position <= last[0].Position);
        Assert.True(last[0].Position < last[1].Position);
        Assert.Equal(all[..2].Select(static e => e.Position), (await _node.Client.ReadLastOfJournalAsync(before: all[2].Position, limit: 2)).Select(static e => e.Position));
        Assert.Equal("agent/a1", Assert.Single(await _node.Client.ReadLastOfJournalAsync("agent/a1", limit: 1)).Entity);
        var history = await _node.Client.GetHistoryAsync("a1", limit: 1000);
        Assert.Equal(history[0].Position, Assert.Single(await _node.Client.GetLastOfHistoryAsync("a1", before: history[1].Position)).Position);
        using var http = _node.Http(_node.AdminToken);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync("/api/v1/journal?after=1&before=2")).StatusCode);
    }

    [Fact]
    public async Task A_stream_lives_through_a_restart_of_the_node_without_a_gap()
    {
        await _node.SpawnReadyAsync("a1");
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new List<EventInfo>();
        var following = Task.Run(async () =>
        {
            await foreach (var e in _node.Client.FollowEventsAsync(after: 0, entity: "agent/a1", cancellationToken: end.Token))
            {
                lock (seen)
                {
                    seen.Add(e);
                }

                if (e.Type == "agent.terminated.v1")
                {
                    return;
                }
            }
        });
        await Eventually.True(() => Count() > 0, "the first events");
        await _node.StopAsync();
        await _node.StartAgainAsync();
        await _node.Client.EndAgentAsync("a1", force: true);
        await following;
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(static i => (long)i), seen.Select(static e => e.SequenceNumber));

        int Count()
        {
            lock (seen)
            {
                return seen.Count;
            }
        }
    }

    [Fact]
    public async Task A_stream_without_a_position_begins_now_and_can_be_narrowed()
    {
        await _node.SpawnReadyAsync("a1");
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = _node.Client.FollowEventsAsync(kind: "agent", cancellationToken: end.Token).GetAsyncEnumerator(end.Token);
        var first = events.MoveNextAsync().AsTask();
        await using var others = _node.Client.FollowEventsAsync(after: 0, entity: "agent/a2", cancellationToken: end.Token).GetAsyncEnumerator(end.Token);
        var other = others.MoveNextAsync().AsTask();

        // The first stream may not be open yet: what is spawned is asked for until it shows.
        for (var i = 2; !first.IsCompleted; i++)
        {
            await _node.SpawnReadyAsync($"a{i}");
            await Task.WhenAny(first, Task.Delay(500));
        }

        Assert.True(await first && await other);
        Assert.NotEqual("agent/a1", events.Current.Entity);
        Assert.Equal(("agent/a2", "agent.registered.v1", 1L), (others.Current.Entity, others.Current.Type, others.Current.SequenceNumber));
    }

    [Fact]
    public async Task A_quiet_stream_shows_that_it_lives()
    {
        using var http = _node.Http(_node.AdminToken);
        await using var stream = await http.GetStreamAsync("/api/v1/events");
        using var reader = new StreamReader(stream);
        var lines = new List<string?>();
        while (lines.Count(static l => l is [':', ..]) < 3)
        {
            lines.Add(await reader.ReadLineAsync());
        }

        Assert.DoesNotContain(lines, static l => l is ['d', 'a', 't', 'a', ..]);
    }

    [Fact]
    public async Task Revoking_a_token_ends_its_open_stream()
    {
        var token = await _node.IssueAsync("watcher", Scopes.SystemRead);
        using var http = _node.Http(token);
        await using var stream = await http.GetStreamAsync("/api/v1/events");
        using var reader = new StreamReader(stream);
        Assert.NotNull(await reader.ReadLineAsync());
        await _node.RevokeAsync(token);
        while (await reader.ReadLineAsync() is not null)
        {
            // What was sent before the token was looked at again.
        }

        using var again = await http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task Revoking_a_token_ends_its_recording()
    {
        await _node.SpawnReadyAsync("a1");
        var token = await _node.IssueAsync("watcher", Scopes.AgentsRead);
        using var http = _node.Http(token);
        await using var stream = await http.GetStreamAsync("/api/v1/agents/a1/recording");
        using var reader = new StreamReader(stream);
        Assert.Contains("version", await reader.ReadLineAsync(), StringComparison.Ordinal);
        await _node.RevokeAsync(token);
        Assert.Null(await reader.ReadLineAsync());
        using var again = await http.GetAsync("/api/v1/agents/a1/recording", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task A_token_that_may_not_follow_events_can_still_wait()
    {
        await _node.SpawnReadyAsync("a1");
        using var reader = _node.ClientOf(await _node.IssueAsync("reader", Scopes.AgentsRead));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var waiting = reader.WaitForAgentAsync("a1", static a => a.State == "offline", limit.Token);
        await _node.Client.StopAgentAsync("a1");
        Assert.Equal("offline", (await waiting).State);
    }

    [Theory]
    [InlineData("/api/v1/events", "x")]
    [InlineData("/api/v1/events?after=-1", null)]
    [InlineData("/api/v1/events?entity=nonsense", null)]
    public async Task A_position_that_is_none_is_refused(string path, string? header)
    {
        using var http = _node.Http(_node.AdminToken);
        if (header is not null)
        {
            http.DefaultRequestHeaders.Add("Last-Event-ID", header);
        }

        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_read_of_a_position_that_is_not_there_yet_waits_and_then_says_so()
    {
        await using var node = await ApiNode.StartAsync(static options => options.PositionWait = TimeSpan.FromMilliseconds(200));
        using var http = node.Http(node.AdminToken);
        using var response = await http.GetAsync("/api/v1/agents?position=999999999");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("unavailable", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_can_look_into_the_actor_system()
    {
        await _node.SpawnReadyAsync("a1");
        Assert.Contains((await _node.Client.ListActorsAsync()).Actors, static a => a.Entity == "agent/a1");
        Assert.Equal("agent.registered.v1", (await _node.Client.ReadJournalAsync("agent/a1", limit: 1)).Single().Type);
        Assert.Empty(await _node.Client.ListDeadLettersAsync());
        Assert.Empty(await _node.Client.ListInboxAsync("agent/a1"));
        Assert.Equal(["demo", "shell"], (await _node.Client.ListProfilesAsync()).Select(static p => p.Name));
        Assert.Contains(await _node.Client.ListSettingsAsync(), static s => s.Value == "(redacted)");
        Assert.Equal("Host=db;Password=(redacted)", (await _node.Client.ListSettingsAsync()).Single(static s => s.Path == "orchestrator.database").Value);
        Assert.Equal("n1", (await _node.Client.GetNodeAsync()).Name);
        Assert.Equal("ok", (await _node.Client.GetReadinessAsync()).Status);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.ResendDeadLetterAsync(999))).Code);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.DropDeadLetterAsync(999))).Code);
    }
}
